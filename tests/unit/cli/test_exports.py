"""`billfold import` of other systems' exports: its options, and what it says before it writes (issue 17)."""

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
    assert "payroll.csv, Client: 2 rows joined to clients by name" in dry.out.splitlines()
    assert "payroll.csv, Amount: 1 row: the currency’s sign dropped (“$40.00” → “40.00”)" in dry.out
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


def test_a_file_that_no_part_of_a_map_is_for_says_what_it_lacks(world: World) -> None:
    world.with_practice()
    told = world.run("import", "--practice", "oak", "--from", "quickbooks", world.file("x.csv", SESSIONS))
    assert told.status == 1
    assert (
        "QuickBooks has no part for this table. Of “Invoices” it lacks: Customer / Customer name, "
        in told.out
    )
