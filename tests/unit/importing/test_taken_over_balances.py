"""Issue 17: a balance that comes with --take-over, after an import of what is in it was broken off."""

import pytest

from tests.unit.importing.exports import with_clients
from tests.unit.importing.world import Killed, World

HEADER = "charge_id,client_id,date,service,clinician_id,fee\n"
CHARGES = {"charges.csv": f"{HEADER}S1,C2,2026-09-14,Talk,dr-a,100.00\nS2,C2,2026-09-15,Talk,dr-a,100.00\n"}
BALANCES = {"opening_balances.csv": "client_id,date,amount\nC2,2026-09-30,200.00\n"}


def killed(files: dict[str, str], at: int) -> World:
    world = with_clients()
    plan = world.prepare(files)
    world.writes.kill_at = (world.writes.count + at, True)
    with pytest.raises(Killed):
        world.importer.apply(plan)
    world.writes.kill_at = None
    assert world.account("C2").hold
    return world


def test_it_is_asked_about_as_soon_as_entries_of_the_other_import_are_there() -> None:
    world = killed(CHARGES, 3)
    (problem,) = world.prepare(BALANCES, take_over=True).problems
    assert (problem.code, problem.details["amount"]) == ("balance_beside_entries", "200.00")
    assert world.balance("C2") == 20000


def test_where_nothing_of_it_is_there_it_is_posted_alone() -> None:
    world = killed(CHARGES, 2)
    world.load(BALANCES, take_over=True)
    assert (world.balance("C2"), world.account("C2").hold) == (20000, "")


def test_an_import_that_goes_on_with_its_own_balance_is_asked_nothing() -> None:
    world = killed({**CHARGES, **BALANCES}, 3)
    world.load({**CHARGES, **BALANCES})
    assert world.balance("C2") == 40000
