"""`billfold clients`: the ids that files, `post` and `--names` want, found by name."""

import pytest

from tests.unit.cli.world import World

CLIENTS = """\
client_id,name,legal_name,preferred_name
C1,Ana Núñez,Ana María Núñez,
C2,Bo,,Bobby
C-30,"=cmd(),Zed",,
"""


@pytest.fixture
def practice(world: World) -> World:
    world.with_practice()
    assert world.run("import", "--practice", "oak", world.file("clients.csv", CLIENTS)).status == 0
    return world


def test_all_are_listed_by_name_with_what_else_they_are_called(practice: World) -> None:
    assert practice.run("clients", "--practice", "oak").out.splitlines() == [
        "C-30  “=cmd(),Zed”", "C1  “Ana Núñez”  (also “Ana María Núñez”)", "C2  “Bo”  (also “Bobby”)",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["nunez", "NÚÑEZ", "maria", "Nunez, Ana María", "c1"])
def test_a_part_of_any_name_or_of_the_id_finds_a_client(practice: World, name: str) -> None:
    found = practice.run("clients", "--practice", "oak", "--json", name).events
    assert [event["id"] for event in found if event["event"] == "client"] == ["C1"]


def test_nobody_of_that_name_is_said(practice: World) -> None:
    told = practice.run("clients", "--practice", "oak", "Quill")
    assert (told.status, told.out) == (0, "There is no such client.\n")


def test_clients_of_another_practice_are_not_listed(practice: World) -> None:
    practice.with_practice(id="elm")
    assert practice.run("clients", "--practice", "elm").out == "There is no such client.\n"


def test_a_practice_that_is_not_there_is_refused(practice: World) -> None:
    assert practice.run("clients", "--practice", "ash").status == 1


def test_balances_are_listed_with_their_sum(practice: World) -> None:
    charges = (
        "charge_id,client_id,date,service,clinician_id,fee\n"
        "A1,C1,2026-10-05,Talk,dr-a,120.00\nA2,C2,2026-10-06,Talk,dr-a,80.50\n"
    )  # fmt: skip
    payments = "payment_id,client_id,date,amount,method\nP1,C2,2026-10-07,100.00,cash\n"
    files = practice.file("charges.csv", charges), practice.file("payments.csv", payments)
    assert practice.run("import", "--practice", "oak", *files).status == 0
    assert practice.run("clients", "--practice", "oak", "--balances").out.splitlines() == [
        "        0.00  C-30  “=cmd(),Zed”", "      120.00  C1  “Ana Núñez”  (also “Ana María Núñez”)",
        "      -19.50  C2  “Bo”  (also “Bobby”)", "      100.50  all together",
    ]  # fmt: skip
    *each, total = practice.run("clients", "--practice", "oak", "--balances", "--json", "bo").events
    assert [one["balance_minor"] for one in each] == [-1950]
    assert (total["balance_minor"], total["clients"]) == (-1950, 1)
    nobody = practice.run("clients", "--practice", "oak", "--balances", "Quill")
    assert nobody.out == "There is no such client.\n"
