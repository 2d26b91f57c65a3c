"""`billfold import` of other systems' exports: its options, and what it says before it writes (issue 17)."""

import pytest

from chalicelib.entrypoints.cli.importing.files import FileChanged, Snapshot
from tests.unit.cli.world import CLIENTS, World

PAYROLL = """\
Staff,Client,Payment Number,Payment Method,Insurer,Paid with a Card,Amount,Payment Date,Date of Service,CPT Code,Rate
Dr. A,"Nunez, Ana",501,Credit/Debit Card,,Yes,$40.00,10/18/2026,10/08/2026,90834,$150.00
"""  # noqa: E501
MAP = """\
format = 1
name = "Own"
source = "own"
[[tables]]
title = "Sessions"
[[tables.rows]]
kind = "charges"
charge_id = { made_of = ["client_id", "date"] }
client_id = { header = "Who", join = "client" }
date = "Day"
service = { value = "Session" }
clinician_id = { value = "$clinician" }
fee = "Fee"
"""
SESSIONS = "Who;Day;Fee\nLake, Bo;2026-10-05;90,00\nBo;2026-10-12;90,00\n"


def test_an_export_comes_in_with_the_own_files_beside_it_and_only_once(world: World) -> None:
    world.with_practice()
    files = [world.file("clients.csv", CLIENTS), world.file("payroll.csv", PAYROLL)]
    command = ("import", "--practice", "oak", "--from", "theranest", "--dates", "mdy", *files)
    dry = world.run(*command, "--dry-run")
    assert "payroll.csv, Client: 1 row joined to clients by name" in dry.out.splitlines()
    assert "payroll.csv, Amount: the currency’s sign dropped (1 cell: “$40.00” is read as “40.00”)" in dry.out
    assert dry.out.splitlines()[-1] == "Dry run: 2 rows to post, 2 new clients. Nothing was written."
    assert world.run(*command).status == 0
    assert world.balance("C1") == 11000
    assert world.run(*command).out.splitlines()[-1] == "Nothing new: 4 rows already there."


def test_a_map_of_their_own_and_what_it_asks(world: World) -> None:
    world.with_books()
    by, sessions = world.file("own.toml", MAP), world.file("s.csv", SESSIONS)
    command = ("import", "--practice", "oak", "--map", by, sessions)
    asked = world.run(*command)
    assert asked.status == 1
    assert "s.csv: The file does not say who gave the service." in asked.out
    unknown = world.run(*command, "--clinician", "dr-b")
    assert "s.csv, row 2, Who: No client is called “Lake, Bo”." in unknown.out
    names = world.file("names.csv", 'name,client_id\n"Lake, Bo",C2\n')
    assert world.run(*command, "--clinician", "dr-b", "--names", names).status == 0
    assert world.balance("C2") == 27000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_map_is_read_as_an_editor_saved_it(world: World, encoding: str) -> None:
    world.with_books()
    by = world.file("own.toml", MAP.replace('"Fee"', '"Año"').encode(encoding))
    sessions = world.file("s.csv", "Who;Day;Año\nBo;2026-10-05;90,00\n")
    command = ("--practice", "oak", "--map", by, "--clinician", "dr-b", "--names")
    names = world.file("names.csv", "name,client_id\nBo,C2\n")
    told = world.run("import", *command, names, sessions)
    assert (told.status, world.balance("C2")) == (0, 18000), told.out + told.err


def test_a_file_that_no_part_of_a_map_is_for_says_what_it_lacks(world: World) -> None:
    world.with_practice()
    told = world.run("import", "--practice", "oak", "--from", "quickbooks", world.file("x.csv", SESSIONS))
    assert told.status == 1
    assert (
        "QuickBooks has no part for this table. Of “Invoices” it lacks: Customer / Customer name, "
        in told.out
    )


@pytest.mark.parametrize(
    "options", [("--add-clients",), ("--write-map", "x.toml"), ("--accept-differences",)], ids=lambda o: o[0]
)
def test_an_option_that_would_do_nothing_is_refused(world: World, options: tuple[str, ...]) -> None:
    told = world.run("import", "--practice", "oak", world.file("s.csv", SESSIONS), *options)
    assert (told.status, options[0] in told.err) == (2, True)


def test_a_system_whose_export_it_is_not_is_explained_by_what_it_lacks(world: World) -> None:
    world.with_practice()
    path = world.file("s.csv", SESSIONS)
    told = world.run("import", "--practice", "oak", "--explain", "--from", "theranest", path)
    assert (told.status, "Of “Payroll” it lacks:" in told.out) == (1, True)
    told = world.run("import", "--practice", "oak", "--explain", path)
    assert (
        told.status,
        "Known here: “Fee” (fee). Missing, under a name that is known: client, date." in told.out,
    ) == (1, True)


def test_a_file_is_explained_and_its_map_has_no_cell_of_it(world: World) -> None:
    world.with_books()
    report = (
        "Date,Client Name,Therapist,CPT Code,Fee,Client Paid,Payment Method,Room\n"
        '10/14/2026,"Nunez, Ana",Dr. A,90837,"$1,250.00",$15.00,Credit Card,Blue Room\n'
    )
    path, by = world.file("report.csv", report), world.folder / "own.toml"
    told = world.run("import", "--practice", "oak", "--explain", path, "--write-map", str(by))
    assert told.status == 0
    lines = told.out.splitlines()
    assert "report.csv: “Fee” becomes charges.fee: “$1,250.00” → “1250.00”" in lines
    assert "report.csv: “Room” is not read" in lines
    kept = by.read_text(encoding="utf-8")
    for cell in ("Nunez", "Ana", "Dr. A", "90837", "1,250", "Credit", "Room", "report"):
        assert cell not in kept
    assert world.run("import", "--practice", "oak", "--explain", path, "--write-map", str(by)).status == 1
    assert world.run("import", "--practice", "oak", "--map", str(by), path).status == 0
    assert world.balance("C1") == 15000 + 125000 - 1500


def test_balances_are_held_against_the_old_systems_list(world: World) -> None:
    """Issue 17: client by client, differences listed, and nothing written before they are accepted."""
    world.with_books()
    header = "Client,Clinician,Services provided,Uninvoiced,Invoiced,Client paid,Client balance\n"
    listed = world.file(
        "outstanding.csv",
        header + '"Nunez, Ana",A,$150.00,$0.00,$150.00,$40.00,$110.00\nBo,A,$90,$0.00,$90.00,$0.00,$85.00\n',
    )
    payments = world.file("payments.csv", "Date,Type,Amount,Client\n10/14/2026,Check,$40.00,Ana Núñez\n")
    command = ("import", "--practice", "oak", "--from", "simplepractice", payments, "--compare", listed)
    told = world.run(*command)
    assert told.status == 1
    assert "outstanding.csv, row 3: “C2” owes 90.00 after this import, 85.00 in the list" in told.out
    assert "1 row of the list agree with the books" in told.out
    assert world.balance("C1") == 15000
    assert world.run(*command, "--accept-differences").status == 0
    assert world.balance("C1") == 11000


def test_own_files_are_held_against_a_list_too(world: World) -> None:
    world.with_practice()
    clients = world.file("clients.csv", "client_id,name\nC1,Ana\nC2,Bo\n")
    opening = world.file("opening_balances.csv", "client_id,date,amount\nC1,2026-10-01,80\nC2,2026-10-01,5\n")
    listed = world.file("old.csv", "client_id,date,amount\nC1,2026-10-01,80\n")
    told = world.run("import", "--practice", "oak", clients, opening, "--compare", listed)
    assert told.status == 1
    assert "“C2” owes 5.00 after this import, and is not in the list" in told.out
    assert list(world.app.people.clients("oak")) == []


@pytest.mark.parametrize("changing", ["s.csv", "own.toml", "names.csv", "owed.csv", "explained.csv"])
def test_no_file_of_a_command_changes_while_it_is_read(
    world: World, monkeypatch: pytest.MonkeyPatch, changing: str
) -> None:
    def check(taken: Snapshot) -> None:
        if taken.path.name == changing:
            raise FileChanged(changing)

    monkeypatch.setattr(Snapshot, "check", check)
    world.with_books()
    files = {
        "own.toml": MAP, "names.csv": 'name,client_id\n"Lake, Bo",C2\n', "s.csv": SESSIONS,
        "owed.csv": "client_id,date,amount\nC2,2026-10-31,270.00\n", "explained.csv": SESSIONS,
    }  # fmt: skip
    paths = {name: world.file(name, text) for name, text in files.items()}
    mapped = (
        "--map", paths["own.toml"], "--names", paths["names.csv"], "--clinician", "dr-b", paths["s.csv"],
        "--compare", paths["owed.csv"], "--accept-differences",
    )  # fmt: skip
    options = ("--explain", paths[changing]) if changing == "explained.csv" else mapped
    told = world.run("import", "--practice", "oak", *options)
    assert (told.status, f"{changing} changed while it was read" in told.err) == (1, True)
    assert world.balance("C2") == 9000


def test_which_lines_are_one_session_is_told_as_a_file_is_explained(world: World) -> None:
    world.with_books()
    header = "Session date,Client name,Therapist,Code,Charge,Client paid"
    rule = "Lines with the same client_id, date, cpt, Session are taken for payments of one session"
    line = '10/14/2026,"Nunez, Ana",Dr. A,90837,150.00,15.00'
    for paid_on, day, told in (("", "", False), (",Paid on", ",10/14/2026", True)):
        path = world.file("s.csv", f"{header}{paid_on}\n{line}{day}\n")
        out = world.run("import", "--practice", "oak", "--explain", path).out
        assert (rule in out) is told


@pytest.mark.parametrize("clients", [1, 2, 3, 6])
def test_where_a_reports_names_of_columns_stand_is_not_said_of_an_own_file_beside_it(
    world: World, clients: int
) -> None:
    world.with_books()
    by = world.file("own.toml", MAP)
    report = world.file("s.csv", "A title\n;;\n;;\nWho;Day;Fee\nNew 1, Ana;2026-10-05;90,00\n")
    rows = "".join(f"N{n},Ana New {n}\n" for n in range(1, clients + 1))
    own = world.file("clients.csv", f"client_id,name\n{rows}")
    options = ("--map", by, "--header", "4", "--clinician", "dr-a")
    told = world.run("import", "--practice", "oak", *options, own, report)
    assert told.status == 0, told.out + told.err
    assert world.run("entries", "--practice", "oak", "--client", "N1").out.count(" charge ") == 1


def test_the_next_command_says_again_what_was_said(world: World) -> None:
    world.with_books()
    path = world.file("p.csv", "Title,,\nDate,Client,Amount\n2/3/2026,Ana Nunez,5.00\n")
    by = str(world.folder / "p.toml")
    options = ("--header", "2", "--dates", "mdy", "--write-map", by)
    out = world.run("import", "--practice", "oak", "--explain", path, *options).out
    assert f"billfold import --practice oak --map {by} --dates mdy --header 2 --dry-run" in out


def test_a_column_that_is_not_read_and_may_say_that_a_line_is_no_payment_is_told_as_that(
    world: World,
) -> None:
    world.with_books()
    lines = "10/14/2026,Ana Nunez,90.00,Invoice,a\n10/15/2026,Ana Nunez,90.00,Payment,b\n"
    path = world.file("p.csv", f"Payment date,Client,Amount,Sort,Desk\n{lines}")
    out = world.run("import", "--practice", "oak", "--explain", path).out
    assert "“Sort” is NOT READ, and has words like “Invoice”" in out
    assert "“Desk” is not read\n" in out


def test_a_map_that_changes_while_a_file_is_explained_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.with_books()
    by, sessions = world.file("own.toml", MAP), world.file("s.csv", SESSIONS)

    def check(taken: Snapshot) -> None:
        if taken.path.name == "own.toml":
            raise FileChanged("own.toml")

    monkeypatch.setattr(Snapshot, "check", check)
    told = world.run("import", "--practice", "oak", "--explain", "--map", by, sessions)
    assert (told.status, "own.toml changed while it was read" in told.err) == (1, True)


def test_an_invoice_with_another_number_is_asked_about_once_and_the_books_stay_whole(world: World) -> None:
    world.with_books()
    invoices = (
        "*Invoice number,*Customer,*Invoice date,Service Date,Item,*Item Amount\n"
        "1001,Bo,2026-10-31,2026-10-06,Session,120.00\n"
    )  # fmt: skip
    names = world.file("names.csv", "name,client_id\nBo,C2\n")
    command = ("import", "--practice", "oak", "--from", "quickbooks", "--clinician", "dr-b", "--names", names)
    assert world.run(*command, world.file("qb.csv", invoices)).status == 0
    owed, renumbered = world.balance("C2"), world.file("qb.csv", invoices.replace("1001", "1007"))
    assert "add --accept-changes" in world.run(*command, renumbered).out
    told = world.run(*command, "--accept-changes", renumbered).out
    assert "charges that are in the books under another id; taken for those from now on" in told
    for answer in ((), ("--confirm-repeats",)):
        last = world.run(*command, *answer, renumbered).out.splitlines()[-1]
        assert (last, world.balance("C2")) == ("Nothing new: 1 row already there.", owed)
    assert world.run("verify", "--practice", "oak").status == 0
