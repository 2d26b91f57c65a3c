"""Issue 17: `billfold import` opens files that a spreadsheet has saved, and says what it made of them."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from chalicelib.entrypoints.cli.importing import files
from tests.support.workbooks import Page, workbook
from tests.unit.cli.world import World

CLIENTS = "client_id;name\nC1;Ana Núñez\nC2;Bo\n".encode("cp1252")
CHARGES = (
    "charge_id,client_id,date,service,clinician_id,fee,diagnoses,place_of_service\r\n"
    'A1,C1,10/13/2026,Talk,dr-a,"$1,250.00 ",F411,2\r\nA2,C2,10/2/2026,Talk,dr-a,$90.00,F32.9,11\r\n'
    'Total,,,,,"$1,340.00 ",,\r\n'
)
PAYMENTS = Page(
    [
        ["payment_id", "client_id", "date", "amount", "method"],
        ["P1", "C1", date(2026, 10, 20), 112.5, "Credit Card"],
    ]
)


@pytest.fixture(autouse=True)
def _practice(world: World) -> None:
    world.with_practice()


def _import(world: World, contents: Mapping[str, str | bytes], *more: str) -> tuple[int, str]:
    named = [world.file(name, content) for name, content in contents.items()]
    result = world.run("import", "--practice", "oak", *more, *named)
    return result.status, result.out + result.err


def test_what_is_interpreted_is_listed_and_waits_for_agreement(world: World) -> None:
    given: dict[str, str | bytes] = {
        "clients.csv": CLIENTS,
        "charges.csv": CHARGES,
        "payments.xlsx": workbook({"Recent": PAYMENTS}),
    }
    status, out = _import(world, given)
    assert status == 1
    assert "clients.csv: not UTF-8; read as Windows-1252. Check these words: “Núñez”\n" in out
    assert "charges.csv: totals left out: 1 (row 4)\n" in out
    assert (
        "charges.csv, date: read as month, day, year (2 cells: “10/13/2026” is read as “2026-10-13”; " in out
    )
    assert (
        "charges.csv, fee: separators of thousands dropped (1 cell: “$1,250.00” is read as “1250.00”)" in out
    )
    assert "charges.csv, diagnoses: the point added that ICD-10-CM has there (1 cell: “F411” " in out
    assert (
        "payments.xlsx, method: a usual word for the method (1 cell: “Credit Card” is read as “card”)" in out
    )
    assert "Nothing was written: look through what was interpreted" in out
    status, out = _import(world, given, "--language", "es", "--dry-run")
    assert (status, "leído como mes, día, año" in out) == (0, True)
    status, out = _import(world, given, "--as-read")
    assert (status, "Done: 3 rows posted, 2 new clients" in out) == (0, True)
    assert world.balance("C1") == 125_000 - 11_250
    status, out = _import(world, given)
    assert (status, "Nothing new" in out) == (0, True)


def test_programs_get_each_interpretation(world: World) -> None:
    name = world.file("clients.csv", CLIENTS)
    events = world.run("import", "--practice", "oak", "--json", name).events
    (noted,) = [event for event in events if event["event"] == "noted"]
    assert (noted["code"], noted["changes"], noted["rows"]) == ("encoding_windows", True, [2])
    assert events[-1]["event"] == "unagreed"
    text = "client_id,name,birth_date\nC1,Ana,2/13/1980\nC2,Bo,2/3/1980\n"
    name = world.file("clients-2.csv", text)
    events = world.run("import", "--practice", "oak", "--json", "--dry-run", name).events
    (read,) = [event for event in events if event["event"] == "interpreted"]
    assert (read["column"], read["code"], read["count"]) == ("birth_date", "date_month_first", 2)
    assert read["examples"][0] == ["“2/13/1980”", "“1980-02-13”"]


def test_what_nothing_proves_is_asked(world: World) -> None:
    text = "client_id,name,birth_date\nC1,Ana,2/3/1980\n"
    status, out = _import(world, {"clients.csv": text})
    assert status == 1
    assert "clients.csv, row 2, birth_date: No date of this column shows whether the month or the day" in out
    status, out = _import(world, {"clients.csv": text}, "--dates", "dmy", "--dry-run")
    assert (status, "“2/3/1980” is read as “1980-03-02”" in out) == (0, True)
    two = workbook({"A": Page([["client_id", "name"], ["C1", "Ana"]]), "B": Page([["client_id"], ["C1"]])})
    status, out = _import(world, {"clients.xlsx": two})
    assert "Say which one with --sheet. [sheets_several]" in out
    assert _import(world, {"clients.xlsx": two}, "--sheet", "A", "--dry-run")[0] == 0


def test_a_web_page_with_another_name_is_named(world: World) -> None:
    status, out = _import(world, {"clients.xls": "<html><table><tr><td>client_id</td></tr></table></html>"})
    assert status == 1
    assert "clients.xls: This is a web page, whatever its name ends in." in out


@pytest.mark.parametrize("late", [False, True])
def test_a_file_that_changes_while_it_is_read_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    """While its bytes are read, or until they are checked: nothing half-done."""
    name = world.file("clients.csv", "client_id,name\nC1,Ana\n")
    if late:
        read = files.snapshot
        monkeypatch.setattr(
            "chalicelib.entrypoints.cli.importing.files.snapshot",
            lambda path: (read(path), Path(name).write_text("client_id,name\nC1,Bo\n"))[0],
        )
    else:
        monkeypatch.setattr("chalicelib.entrypoints.cli.importing.files.os.fstat", lambda _: Path("/").stat())
    result = world.run("import", "--practice", "oak", name)
    assert (result.status, "clients.csv changed while it was read" in result.err) == (1, True)
