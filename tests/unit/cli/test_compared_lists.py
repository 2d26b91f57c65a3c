"""Issue 17: `--compare` reads a list under its own name and tells of it; `--names` takes a workbook."""

import pytest

from tests.support.workbooks import Page, workbook
from tests.unit.cli.world import World

CLIENTS = "client_id,name\nC1,Ana\nC2,Bo\n"
LIST = 'client_id,date,amount\nC1,10/13/2026,"$1,250.00"\n'
PAYMENTS = "Date,Type,Amount,Client\n10/14/2026,Check,$40.00,Ana\n"


@pytest.fixture(autouse=True)
def _practice(world: World) -> None:
    world.with_practice()


def _run(world: World, *more: str) -> tuple[int, str]:
    result = world.run("import", "--practice", "oak", *more)
    return result.status, result.out + result.err


@pytest.mark.parametrize("mapped", [False, True])
def test_a_list_in_our_form_is_read_under_its_own_name_and_told(world: World, mapped: bool) -> None:
    """It was called opening_balances.csv, and what was made of it was kept quiet."""
    clients, listed = world.file("clients.csv", CLIENTS), world.file("aged.csv", LIST)
    given = [clients, world.file("p.csv", PAYMENTS), "--from", "simplepractice"] if mapped else [clients]
    status, out = _run(world, *given, "--compare", listed, "--dry-run")
    assert "aged.csv, amount: separators of thousands dropped" in out
    assert "opening_balances" not in out
    assert "aged.csv, row 2: " in out
    assert (status, "add --as-read" in out) == (0, True)
    status, out = _run(world, *given, "--compare", listed, "--accept-differences")
    assert (status, "add --as-read" in out) == (1, True)
    wrong = world.file("wrong.csv", LIST.replace("C1", "C 1"))
    assert "wrong.csv, row 2, client_id: " in _run(world, *given, "--compare", wrong)[1]


def test_a_list_of_the_system_tells_how_it_was_read(world: World) -> None:
    listed = world.file("outstanding.csv", "Client,Clinician,Client balance\nAna,A,$80.00\nAna,B,$1.00\n")
    files = (world.file("clients.csv", CLIENTS), world.file("p.csv", PAYMENTS))
    status, out = _run(world, *files, "--from", "simplepractice", "--compare", listed, "--dry-run")
    assert status == 0
    assert (
        "outstanding.csv, Client balance: the currency’s sign dropped (2 cells: “$80.00” is read as " in out
    )
    assert "outstanding.csv, Client balance: 1 row added to another line of the same client" in out


def test_names_in_a_workbook_of_several_sheets_are_found_or_asked_about(world: World) -> None:
    names, notes = Page([["name", "client_id"], ["Ann", "C1"]]), Page([["note"], ["mind the gap"]])
    files = (world.file("clients.csv", CLIENTS), world.file("p.csv", PAYMENTS.replace("Ana", "Ann")))
    one = world.file("names.xlsx", workbook({"Notes": notes, "Names": names}))
    status, out = _run(world, *files, "--from", "simplepractice", "--names", one, "--dry-run")
    assert (status, "1 row joined to clients by name" in out) == (0, True)
    two = world.file("two.xlsx", workbook({"A": names, "B": names}))
    status, out = _run(world, *files, "--from", "simplepractice", "--names", two)
    assert (status, "two.xlsx: Several sheets have a name and a client_id: “A”, “B”." in out) == (1, True)


def test_a_map_to_finish_is_written_and_words_that_are_not_known_are_shown(world: World) -> None:
    lacking = world.file("s.csv", "Appt Date,Client,Code,Our price\n10/14/2026,Ana,90837,$150.00\n")
    target = str(world.folder / "s.toml") if hasattr(world, "folder") else lacking.replace("s.csv", "s.toml")
    status, out = _run(world, "--explain", lacking, "--write-map", target)
    assert (status, "Missing, under a name that is known: fee." in out) == (1, True)
    assert "Put the file's own header where (fee) stands" in out
    types = world.file("p.csv", PAYMENTS.replace("Check", "Lockbox"))
    status, out = _run(world, "--explain", "--from", "simplepractice", types)
    assert (status, "“Type” has words that are not known" in out) == (0, True)
    assert 'method = { header = "Type", words = { "Lockbox" = "other" } }' in out


def test_a_name_that_only_the_list_has_is_told_as_no_new_client(world: World) -> None:
    listed = world.file("outstanding.csv", "Client,Clinician,Client balance\nAna,A,$0.00\nCy Marsh,A,$5.00\n")
    payments = world.file("p.csv", PAYMENTS + "10/15/2026,Check,$1.00,Dee Hall\n")
    files = (world.file("clients.csv", CLIENTS), payments, "--from", "simplepractice", "--add-clients")
    status, out = _run(world, *files, "--compare", listed, "--dry-run")
    assert status == 0
    told = [line for line in out.splitlines() if "by name" in line and "new client" in line]
    assert told == ["p.csv, Client: 1 row: new clients, by name"]
    assert "outstanding.csv, row 3" in out
