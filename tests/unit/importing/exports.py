"""Made-up exports of other systems, and a world that reads them by a map."""

from collections.abc import Mapping

from chalicelib.importing.domain.mapping.map_text import parse_map
from chalicelib.importing.domain.mapping.maps import ExportMap
from chalicelib.importing.domain.mapping.systems import system_map
from chalicelib.importing.domain.tables.opening import tables_of
from chalicelib.importing.services.importer import OwnRows
from chalicelib.importing.services.mapping import NO_ROWS, MappedBatch, MappedReading, Said
from chalicelib.importing.services.planning import Plan
from chalicelib.importing.services.progress import in_turn
from chalicelib.practice.domain.practices import Practice
from tests.unit.importing.world import PRACTICE, World

Files = Mapping[str, str] | Mapping[str, bytes]
CLIENTS = {
    "clients.csv": "client_id,name,email\nC1,Ana Núñez,ana@example.test\nC2,Robin Vale,\n"
    "C3,Bo Lind,bo@example.test\n"
}
THERANEST = """\
Staff,Client,Payment Number,Payment Method,Insurer,Paid with a Card,Amount,Payment Date,Date of Service,CPT Code,Rate
A,"Nunez, Ana",501,Credit/Debit Card,,Yes,$40.00,10/08/2026,10/08/2026,90834,$150.00
A,"Nunez, Ana",502,Insurance,Oak Mutual,No,$90.00,11/02/2026,10/08/2026,90834,$150.00
B,"Vale, Robin",503,Check,,No,$120.00,10/14/2026,10/13/2026,90837,$120.00
B,"Vale, Robin",503,Check,,No,($20.00),10/20/2026,10/13/2026,90837,$120.00
"""  # noqa: E501
"""Afterwards Ana owes 20.00 and Robin 20.00."""


def mapped(
    world: World, files: Files, by: ExportMap | str, said: Said | None = None,
    practice: Practice = PRACTICE, own: OwnRows = NO_ROWS,
) -> MappedBatch:  # fmt: skip
    contents = {name: file if isinstance(file, bytes) else file.encode() for name, file in files.items()}
    tables = [table for name, content in contents.items() for table in tables_of(name, content)]
    reading = MappedReading(world.ledgers, world.people, world.keys, world.register, in_turn)
    export = system_map(by) if isinstance(by, str) else by
    return reading.read(practice, tables, export, world.importer.terms(practice), said or Said(), own)


def prepared(world: World, files: Files, by: ExportMap | str, said: Said | None = None) -> Plan:
    found = mapped(world, files, by, said)
    return world.importer.plan(PRACTICE, found.batch, found.problems)


def loaded(world: World, files: Files, by: ExportMap | str, said: Said | None = None) -> Plan:
    plan = prepared(world, files, by, said)
    assert plan.problems == ()
    assert world.importer.apply(plan) == ()
    return plan


def codes(
    world: World, files: Files, by: ExportMap | str = "theranest", said: Said | None = None
) -> list[str]:
    return [problem.code for problem in prepared(world, files, by, said).problems]


def with_clients() -> World:
    world = World()
    world.load(CLIENTS)
    return world


def own_map(rows: str) -> ExportMap:
    return parse_map(
        "own.toml", f'format = 1\nname = "Own"\nsource = "own"\n[[tables]]\ntitle = "All"\n{rows}'
    )
