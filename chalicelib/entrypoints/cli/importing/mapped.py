"""Other systems' exports, for `billfold import`: what its options say, and what was made of the files."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from chalicelib.entrypoints.cli.command import Invocation, day_of
from chalicelib.entrypoints.cli.importing import choices
from chalicelib.entrypoints.cli.importing.interpreted import tell_note
from chalicelib.entrypoints.cli.output import Output
from chalicelib.importing.domain.mapping.folding import folded
from chalicelib.importing.domain.mapping.map_text import BadMap, parse_map
from chalicelib.importing.domain.mapping.maps import ExportMap
from chalicelib.importing.domain.mapping.names import said_names
from chalicelib.importing.domain.mapping.systems import SYSTEMS, system_map
from chalicelib.importing.domain.mapping.telling import Told
from chalicelib.importing.domain.problems import Problem
from chalicelib.importing.domain.rows import OpeningBalanceRow
from chalicelib.importing.domain.tables.choices import Choices
from chalicelib.importing.domain.tables.opening import tables_of
from chalicelib.importing.domain.tables.own_files import own_format_of
from chalicelib.importing.domain.tables.table import Table, Unreadable
from chalicelib.importing.services.importer import Importer, OwnRows, Source
from chalicelib.importing.services.mapping import MappedBatch, Said
from chalicelib.importing.services.planning import Plan
from chalicelib.words import say
from chalicelib.words.import_report import counted
from chalicelib.words.mapping import MAPPED
from chalicelib.words.reading import INTERPRETED

OPENING_LIST = "opening_balances.csv"  # what a list is read as, however it is called
_NAME, _BORN, _ID = "name", "birthdate", "clientid"


def add_options(parser: argparse.ArgumentParser) -> None:
    one = parser.add_mutually_exclusive_group()
    one.add_argument(
        "--from", dest="system", choices=sorted(SYSTEMS), help="the files are exports of that system"
    )
    one.add_argument(
        "--map", type=Path, metavar="FILE", help="the files are exports that this map of headers describes"
    )
    parser.add_argument("--as-of", default="", metavar="DATE", help="the day of the balances in an export")
    parser.add_argument("--clinician", default="", metavar="ID", help="who gave services that name nobody")
    parser.add_argument(
        "--names",
        type=Path,
        metavar="FILE",
        help="whose name it is: a table of name, client_id, and birth_date (YYYY-MM-DD) where two share one",
    )
    parser.add_argument("--add-clients", action="store_true", help="a name that nobody has is a new client's")
    parser.add_argument(
        "--shared-emails", action="store_true", help="one address may be that of several clients"
    )
    parser.add_argument(
        "--confirm-repeats", action="store_true",
        help="more of one client, day and code than before are new ones",
    )  # fmt: skip


def add_explaining(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--explain", action="store_true",
        help="propose a map for the files, and show how each column would be read; write nothing",
    )  # fmt: skip
    parser.add_argument(
        "--write-map", type=Path, metavar="FILE", help="with --explain: keep the proposed map there"
    )


def add_comparing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--compare", type=Path, metavar="FILE",
        help="the old system's list of balances: what clients owe after the import is held against it",
    )  # fmt: skip
    parser.add_argument(
        "--accept-differences", action="store_true", help="import although some balances differ"
    )


def check(options: argparse.Namespace) -> None:
    """An option that would do nothing is a mistake: the command line is refused."""
    needs_map = ("as_of", "clinician", "names", "add_clients", "shared_emails", "confirm_repeats")
    alone = [name for name in needs_map if getattr(options, name) and not is_mapped(options)]
    alone += ["write_map"] if options.write_map and not options.explain else []
    alone += ["accept_differences"] if options.accept_differences and not options.compare else []
    for name in alone:
        wanted = _NEEDED.get(name, "--from or --map")
        options.usage_error(f"argument --{name.replace('_', '-')}: only with {wanted}")


_NEEDED = {"write_map": "--explain", "accept_differences": "--compare"}


def is_mapped(options: argparse.Namespace) -> bool:
    return bool(options.system or options.map)


def planned(invocation: Invocation, importer: Importer, files: Sequence[Source]) -> tuple[Plan, MappedBatch]:
    """Errors: OSError, Invalid date_invalid, NotFound practice_not_found, Busy."""
    practice, options = invocation.practice(), invocation.options
    try:
        by, said = map_of(options), _said(options)
    except BadMap as bad:
        found = MappedBatch(problems=bad.problems)
    except Unreadable as error:
        found = MappedBatch(problems=(error.problem(options.names.name),))
    else:
        tables, own, unreadable = _sorted(files, by, said.choices)
        lists, own_lists, more = _sorted(_compared(options), by, said.choices)
        rows = importer.read(practice, own, said.choices)
        reading = invocation.app.mapped_reading(importer.together)
        terms = importer.terms(practice)
        found = reading.read(practice, tables, by, terms, said, rows, [*unreadable, *more], lists)
        found = _with_own_lists(found, importer.read(practice, own_lists, said.choices))
    plan = importer.plan(practice, found.batch, found.problems, take_over=options.take_over)
    return replace(plan, interpreted=found.interpreted), found


def map_of(options: argparse.Namespace) -> ExportMap:
    """Of one of the systems, or a person's own. Errors: BadMap, OSError."""
    if options.system:
        return system_map(options.system)
    text = options.map.read_bytes().decode("utf-8", errors="replace")
    return parse_map(options.map.name, text)


def _compared(options: argparse.Namespace) -> list[Source]:
    """Error: OSError."""
    return [Source(options.compare.name, options.compare.read_bytes())] if options.compare else []


def with_own_list(
    invocation: Invocation, importer: Importer, plan: Plan
) -> tuple[Plan, tuple[OpeningBalanceRow, ...]]:
    """The plan of own files, with the list of balances in the own format. Error: OSError."""
    options = invocation.options
    lists = [Source(OPENING_LIST, one.content) for one in _compared(options)]
    own = importer.read(plan.practice, lists, choices.said(options))
    named = (replace(problem, file=options.compare.name) for problem in own.problems)
    found = _with_own_lists(MappedBatch(), own)
    return replace(plan, problems=(*plan.problems, *named)), found.listed


def _with_own_lists(found: MappedBatch, own: OwnRows) -> MappedBatch:
    """A list of balances in the own format needs no map."""
    balances = tuple(row for row in own.rows if isinstance(row, OpeningBalanceRow))
    return replace(found, listed=(*found.listed, *balances), problems=(*found.problems, *own.problems))


def _said(options: argparse.Namespace) -> Said:
    pairs = _named(options.names) if options.names else []
    return Said(
        choices.said(options), day_of(options.as_of, "as_of"), options.clinician, said_names(pairs),
        options.add_clients, options.shared_emails, options.confirm_repeats,
    )  # fmt: skip


def _named(path: Path) -> list[tuple[str, str, str]]:
    """Error: Unreadable."""
    (table,) = tables_of(path.name, path.read_bytes())
    columns = [folded(column) for column in table.columns]
    missing = [column for column in (_NAME, _ID) if column not in columns]
    if missing:
        raise Unreadable("column_missing", table.header_row, {_NAME: "name", _ID: "client_id"}[missing[0]])
    name, id_ = columns.index(_NAME), columns.index(_ID)
    born = columns.index(_BORN) if _BORN in columns else None
    return [(r.cells[name], r.cells[born] if born is not None else "", r.cells[id_]) for r in table.rows()]


def _sorted(
    files: Sequence[Source], by: ExportMap, read_as: Choices
) -> tuple[list[Table], list[Source], list[Problem]]:
    """Tables for the map, files of the own formats, and what cannot be read."""
    tables, own, problems = list[Table](), list[Source](), list[Problem]()
    for file in files:
        try:
            found = tables_of(file.name, file.content, read_as)
        except Unreadable as error:
            problems.append(error.problem(file.name))
            continue
        if own_format_of(file.name) and not any(by.table_for(table.columns) for table in found):
            own.append(file)
        else:
            tables += found
    return tables, own, problems


def tell(found: MappedBatch, output: Output) -> None:
    """What was made of the files, before anything is written."""
    for place, note in found.noted:
        tell_note(place, note, output)
    for file, made in found.studied:
        text = say(INTERPRETED, made.code, output.language)
        examples = "; ".join(f"{before} → {after}" for before, after in made.examples)
        rows = counted("row", made.count, output.language)
        output.tell(
            "interpreted", f"{file}, {made.column}: {rows}: {text} ({examples})", file=file,
            column=made.column, code=made.code, count=made.count, row=made.first_row,
        )  # fmt: skip
    for told in found.told:
        _tell(told, output)


def _tell(told: Told, output: Output) -> None:
    words = {name: str(value) for name, value in told.details.items()}
    text = say(MAPPED, told.code, output.language, n=counted("row", told.count, output.language), **words)
    place = ", ".join(filter(None, (told.file, told.column)))
    output.tell(
        "interpreted", f"{place}: {text}", file=told.file, column=told.column, code=told.code,
        count=told.count, row=told.row, **told.details,
    )  # fmt: skip
