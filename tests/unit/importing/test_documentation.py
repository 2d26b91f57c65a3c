"""What docs/import.md and docs/own-practice.md show is imported here; their tables are held to the code."""

import json
import re
import textwrap
from dataclasses import replace
from datetime import date

import pytest

from chalicelib.entrypoints.cli.practice.practice_file import parse
from chalicelib.importing.domain.formats import FORMATS, Column, Format
from chalicelib.importing.domain.mapping.map_text import map_text, parse_map
from chalicelib.importing.domain.mapping.maps import ExportMap
from chalicelib.importing.domain.mapping.systems import system_map
from chalicelib.importing.domain.problems import BadValue
from chalicelib.importing.domain.tables.choices import Choices, DateOrder
from chalicelib.importing.domain.tables.opening import tables_of
from chalicelib.importing.domain.values import Terms
from chalicelib.importing.services.explaining import Explaining
from chalicelib.importing.services.mapping import Said
from chalicelib.words.cli.imports import IMPORTS
from chalicelib.words.errors import WORDS
from sandbox.config import ROOT
from tests.unit.importing.exports import loaded, prepared
from tests.unit.importing.world import World

IMPORT = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
OWN = (ROOT / "docs" / "own-practice.md").read_text(encoding="utf-8")


def _files(text: str, folder: str = "", kind: str = "csv") -> dict[str, str]:
    pattern = rf"^( *)```{kind} {re.escape(folder)}([^\s/]+)\n(.*?)^ *```$"
    blocks = re.findall(pattern, text, re.DOTALL | re.MULTILINE)
    return {name: textwrap.dedent(body) for _, name, body in blocks}


def test_the_examples_import_as_they_are_printed() -> None:
    files = _files(IMPORT)
    assert set(files) == {f"{f.kind}.csv" for f in FORMATS}
    world = World()
    world.load(files)
    assert (world.balance("C-1"), world.balance("C-2")) == (6000, 0)


CLIENTS = "client_id,name,email\nC-1,Robin Vale,robin@example.test\nC-2,Inés Vale,\n"
MONTH_FIRST = Choices(dates=DateOrder.MONTH_FIRST)


def _balances(world: World) -> dict[str, int]:
    return {client.name: world.balance(client.external_id) for client in world.people.client_rows.values()}


def _said(folder: str) -> Said:
    """As the page's own commands say it."""
    if folder == "simplepractice/":
        return Said(MONTH_FIRST, as_of="2026-03-31")
    if folder == "sheet/":
        return Said(as_of="2026-03-31", add_clients=True)
    return Said(MONTH_FIRST, clinician="dr-a")


def _map(folder: str, files: dict[str, str]) -> ExportMap:
    if folder == "sheet/":
        return parse_map("mine.toml", _files(IMPORT, folder, "toml")["mine.toml"])
    if folder != "else/":
        return system_map(folder.rstrip("/"))
    tables = [table for name, text in files.items() for table in tables_of(name, text.encode())]
    proposal = Explaining().explain(tables, Terms("USD", date(2026, 11, 21)), Choices()).proposal
    assert proposal is not None
    return proposal


@pytest.mark.parametrize(
    ("folder", "owed"),
    [
        ("simplepractice/", (4000, -3000)), ("theranest/", (2000, 2000)), ("quickbooks/", (30000, 8000)),
        ("else/", (1500, 12000)), ("sheet/", (8000, -3000)),
    ],
)  # fmt: skip
def test_the_exports_of_other_systems_import_as_they_are_printed(folder: str, owed: tuple[int, int]) -> None:
    """Issue 17: "I come from …", each with a made-up file; and the same files again bring nothing new."""
    files, world = _files(IMPORT, folder), World()
    assert files
    files = {name: text.replace("Dr. A", "A") for name, text in files.items()}  # so is the world's called
    if folder not in ("simplepractice/", "sheet/"):
        world.load({"clients.csv": CLIENTS})
    by = _map(folder, files)
    loaded(world, files, by, _said(folder))
    assert _balances(world) == dict(zip(("Robin Vale", "Inés Vale"), owed, strict=True))
    assert prepared(world, files, by, _said(folder)).empty


def test_the_payments_of_quickbooks_import_as_they_are_printed() -> None:
    """By the map that is proposed, once it leaves out what the page says."""
    world, invoices = World(), _files(IMPORT, "quickbooks/")
    world.load({"clients.csv": CLIENTS})
    loaded(world, invoices, system_map("quickbooks"), _said("quickbooks/"))
    payments = _files(IMPORT, "quickbooks-payments/")
    made = map_text(_map("else/", payments))
    refused = prepared(world, payments, parse_map("p.toml", made), _said("quickbooks/"))
    assert [(p.row, p.code) for p in refused.problems] == [(2, "line_of_no_rule")]
    [left_out] = re.findall(
        r"^```toml\n(\[\[tables.leave_out\]\]\n.*?)^```$", IMPORT, re.DOTALL | re.MULTILINE
    )
    by = parse_map("p.toml", made.replace("[[tables.rows]]", f"{left_out}\n[[tables.rows]]", 1))
    loaded(world, payments, by, _said("quickbooks/"))
    assert _balances(world) == {"Robin Vale": 12000, "Inés Vale": 8000}
    assert prepared(world, payments, by, _said("quickbooks/")).empty


def test_the_weeks_import_as_they_are_printed() -> None:
    """Issue 17: new, corrected, changed, gone, and an address that was changed here."""
    world, first, second = World(), _files(IMPORT, "week1/"), _files(IMPORT, "week2/")
    world.load(first)
    ines = next(c for c in world.people.client_rows.values() if c.external_id == "C-2")
    world.people.save_client("oak", replace(ines, email="new@example.test"), before=ines)
    files = {**first, **second}
    plan = world.load(files)
    assert (plan.new, len(plan.corrections), len(plan.facts)) == (1, 1, 1)
    assert ([row.id for row in plan.missing], len(plan.directory.kept)) == (["S-3"], 1)
    assert _balances(world) == {"Robin Vale": 31000, "Inés Vale": 36000}
    assert world.load(files).empty


@pytest.mark.parametrize("format_", FORMATS, ids=lambda f: f.kind)
def test_every_column_is_documented(format_: Format) -> None:
    section = re.search(rf"^### {format_.kind}\.csv$(.*?)(?=^##)", IMPORT, re.DOTALL | re.MULTILINE)
    assert section is not None
    tables = [line for line in section[1].splitlines() if line.startswith("| `")]
    assert {c for line in tables for c in re.findall(r"`([a-z_]+)`", line.split("|")[1])} == {
        column.name for column in format_.columns
    }


@pytest.mark.parametrize("format_", FORMATS, ids=lambda f: f.kind)
def test_how_long_a_text_may_be_is_documented(format_: Format) -> None:
    """Issue 14: names end at 120 characters, and the page said so of no name."""
    (told,) = re.findall(r"^- \*\*Texts\*\* (.*?)(?=^\S|^$)", IMPORT, re.DOTALL | re.MULTILINE)
    for column in format_.columns:
        longest = _longest(column)
        if longest and (column.name.endswith("name") or column.name == "insured"):
            assert f"all names end at {longest} characters" in told
        elif longest:
            assert re.search(rf"`{column.name}` (?:at\s+|\(){longest}\b", told), column.name


def _longest(column: Column) -> object:
    try:
        column.parse("x" * 100_000, Terms("USD", date.max))
    except BadValue as bad:
        return bad.details.get("longest")
    return None


def test_the_newcomers_practice_is_taken_as_it_is_printed() -> None:
    (block,) = re.findall(r"```json\n(.*?)```", OWN, re.DOTALL)
    assert parse(json.dumps(json.loads(block)).encode()).id == "oak"
    World().load(_files(OWN))


def test_no_word_of_imports_is_one_of_the_ledgers_errors() -> None:
    assert not set(IMPORTS) & set(WORDS)
