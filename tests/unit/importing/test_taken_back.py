"""Rows about a charge that staff took back: left out or refused, and nobody stays hidden for them."""

import contextlib

import pytest

from chalicelib.importing.domain.problems import Problem
from chalicelib.kernel.errors import Refused
from tests.unit.importing.test_undoing import undo
from tests.unit.importing.world import FILES, Killed, World

ON_D1 = {
    "adjustments.csv": "adjustment_id,charge_id,date,amount,kind\n"
    "J7,opening:C3,2026-11-02,25,write_off\nJ8,D1,2026-11-02,-5,adjustment\nJ9,D1,2026-11-02,5,write_off\n",
    "insurance_payments.csv": "insurance_payment_id,charge_id,date,paid,above_expected\n"
    "I8,D1,2026-11-02,5,yes\n",
}


def test_rows_about_a_charge_that_was_taken_back_are_refused_and_nothing_is_written() -> None:
    world = World()
    world.load(FILES)
    world.take_back("C3", kind="write_off")
    world.take_back("C3", kind="charge")
    before = world.picture()
    plan = world.prepare(ON_D1)
    assert [(p.file, p.row, p.column, p.code) for p in plan.problems] == [
        ("adjustments.csv", 3, "charge_id", "charge_reversed"),
        ("adjustments.csv", 4, "charge_id", "charge_reversed"),
        ("insurance_payments.csv", 2, "charge_id", "charge_reversed"),
    ]
    assert world.picture() == before
    assert world.load(FILES).empty


def test_a_charge_taken_back_after_the_check_costs_its_own_rows_only_and_hides_nobody() -> None:
    world = World()
    world.load(FILES)
    world.take_back("C3", kind="write_off")
    payment = "payment_id,client_id,date,amount,method,charge_ids\nP8,C3,2026-11-03,40,cash,D1\n"
    files = {**ON_D1, "payments.csv": payment}
    plan = world.prepare(files)
    assert plan.problems == ()
    world.take_back("C3", kind="charge")
    refused = world.importer.apply(plan)
    assert [(p.file, p.row, p.column, p.code) for p in refused] == [
        ("adjustments.csv", 3, "charge_id", "charge_reversed"),
        ("adjustments.csv", 4, "charge_id", "charge_reversed"),
        ("insurance_payments.csv", 2, "charge_id", "charge_reversed"),
    ]
    assert world.balance("C3") == -4000
    assert [account.hold for account in world.accounts.values()] == ["", "", ""]
    world.check_ledgers()
    again = world.prepare(files)
    assert again.problems == refused
    only = {"payments.csv": payment}
    assert world.load(only).empty


@pytest.mark.parametrize("happens", [False, True], ids=["before", "after"])
def test_a_charge_taken_back_while_an_import_lies_broken_off_hides_nobody_for_good(happens: bool) -> None:
    whole = World()
    whole.load(FILES)
    whole.take_back("C3", kind="write_off")
    start, refused = whole.writes.count, list[Problem]()
    whole.load(ON_D1)
    for number in range(start + 1, whole.writes.count + 1):
        world = World()
        world.load(FILES)
        world.take_back("C3", kind="write_off")
        world.writes.kill_at = (number, happens)
        with pytest.raises(Killed):
            world.load(ON_D1)
        world.writes.kill_at = None
        began = world.account("C3").hold != ""
        with contextlib.suppress(Refused):  # once something was posted to it, it stays
            world.take_back("C3", kind="charge")
        plan = world.prepare(ON_D1)
        assert not (began and plan.problems)
        refused += plan.problems or world.importer.apply(plan)
        assert {account.hold for account in world.accounts.values()} == {""}
        world.check_ledgers()
    assert {problem.code for problem in refused} == {"charge_reversed"}


WEEK = [
    "A1,C1,2026-10-01,Talk,dr-a,150\n",
    "A2,C1,2026-10-08,Talk,dr-a,150\n",
    "A3,C1,2026-10-15,Talk,dr-a,150\n",
]


def test_a_row_that_is_back_after_it_was_taken_back_stays_out_and_is_told_each_time() -> None:
    world, clients = World(), {"clients.csv": "client_id,name\nC1,Ana\n"}
    header = "charge_id,client_id,date,service,clinician_id,fee\n"
    whole = {"charges.csv": header + "".join(WEEK)}
    world.load({**clients, **whole})
    (gone,) = world.load({"charges.csv": header + WEEK[0] + WEEK[2]}).missing
    assert gone.id == "A2"
    world.take_back("C1", kind="charge", nth=1)
    assert world.load({"charges.csv": header + WEEK[0] + WEEK[2]}).taken_back == ()
    for _ in range(2):
        plan = world.load(whole)
        assert [(row.file, row.number) for row in plan.taken_back] == [("charges.csv", 3)]
        assert (plan.empty, plan.known, world.balance("C1")) == (True, 3, 30000)
    world.load({"charges.csv": header + WEEK[1].replace("A2", "A2-again")})
    assert world.balance("C1") == 45000


def test_payments_and_balances_that_staff_took_back_are_told_and_what_an_undoing_took_is_new() -> None:
    world = World()
    plan = world.load(FILES)
    assert plan.taken_back == ()
    world.take_back("C2", kind="refund")
    world.take_back("C2", kind="payment")
    world.take_back("C3", kind="opening_balance")
    again = world.load(FILES)
    told = {(row.file, row.number) for row in again.taken_back}
    assert told == {("payments.csv", 3), ("refunds.csv", 2), ("opening_balances.csv", 2)}
    other = World()
    undo(other, other.load(FILES).import_id)
    assert other.prepare(FILES).taken_back == ()
