"""Issue 17: what comes between the plan, which a person reads, and the write is not posted a second time."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.importing.services.mapping import Said
from chalicelib.importing.services.planning import Plan
from tests.unit.importing.exports import loaded, own_map, prepared, with_clients
from tests.unit.importing.test_elsewhere import ABOUT, ANSWERED, LINE, NUMBERED
from tests.unit.importing.test_paid_online import pays_online
from tests.unit.importing.test_successors import OWN, P1, by_hand
from tests.unit.importing.world import World

MADE = own_map("""
[[tables.rows]]
kind = "payments"
payment_id = { made_of = ["client_id", "date"] }
client_id = { header = "Client", join = "client" }
date = "Date"
amount = "Amount"
method = { value = "check" }
""")
LIST = {
    "s.csv": "Number,Client,Date,Amount\n501,Robin Vale,2026-09-14,50.00\n"
    "502,Robin Vale,2026-09-15,5.00\n503,Bo Lind,2026-09-14,20.00\n"
}
SAME = {"payments.csv": OWN + "H1,C2,2026-09-14,50.00,check\n"}
Post = Callable[[World], object]


def in_own_file(world: World) -> None:
    world.load(SAME)


def staff(world: World) -> None:
    by_hand(world, SAME)


def by_another_map(world: World) -> None:
    loaded(world, LIST, replace(MADE, source="other"))


def told(plan: Plan, world: World) -> list[tuple[str, int]]:
    return [(problem.code, problem.row) for problem in world.importer.apply(plan)]


@pytest.mark.parametrize("post", [staff, in_own_file, by_another_map])
@pytest.mark.parametrize("by", [MADE, NUMBERED], ids=["made ids", "its own numbers"])
@pytest.mark.parametrize("confirmed", [False, True])
def test_a_row_that_is_there_by_then_keeps_its_clients_rows_out_until_it_is_asked(
    post: Post, by: object, confirmed: bool
) -> None:
    world = with_clients()
    said = Said(repeats_confirmed=confirmed)
    plan = prepared(world, LIST, by, said)  # type: ignore[arg-type]
    post(world)
    owed = world.balance("C2")
    both = [("posted_meanwhile", 2), ("posted_meanwhile", 3)]
    assert told(plan, world)[:2] == both
    assert (world.balance("C2"), world.balance("C3")) == (owed, -2000)
    assert world.account("C2").hold == ""
    asked = prepared(world, LIST, by).problems  # type: ignore[arg-type]
    assert {problem.code for problem in asked} == {"row_elsewhere"}
    loaded(world, LIST, by, Said(repeats_confirmed=True))  # type: ignore[arg-type]
    assert world.balance("C2") == owed - 5500


def test_what_is_no_row_of_the_file_keeps_none_out() -> None:
    world = with_clients()
    plan = prepared(world, LIST, MADE)
    by_hand(world, {"payments.csv": OWN + "H1,C2,2026-09-14,51.00,check\n"})
    assert told(plan, world) == []
    assert world.balance("C2") == -10600


def test_what_was_posted_and_taken_back_meanwhile_keeps_none_out() -> None:
    world = with_clients()
    plan = prepared(world, LIST, MADE)
    staff(world)
    world.take_back("C2", kind="payment")
    assert told(plan, world) == []
    assert world.balance("C2") == -5500


def test_of_several_files_rows_that_are_there_under_their_own_ids_are_neither_told_nor_posted_twice() -> None:
    world = with_clients()
    plan = prepared(world, LIST, NUMBERED)
    loaded(world, {"s.csv": LIST["s.csv"].split("502")[0]}, NUMBERED)
    staff(world)
    assert told(plan, world) == []
    assert world.balance("C2") == -10500


def test_charges_that_come_in_after_a_balance_was_planned_keep_it_out() -> None:
    world = with_clients()
    plan = world.prepare({"opening_balances.csv": "client_id,date,amount\nC2,2026-09-30,100.00\n"})
    header = "charge_id,client_id,date,service,clinician_id,fee\n"
    world.load({"charges.csv": header + "S1,C2,2026-09-14,Talk,dr-a,100.00\n"})
    assert told(plan, world) == [("posted_meanwhile", 2)]
    assert world.balance("C2") == 10000


def test_charges_after_the_balances_day_do_not() -> None:
    world = with_clients()
    plan = world.prepare({"opening_balances.csv": "client_id,date,amount\nC2,2026-09-30,100.00\n"})
    header = "charge_id,client_id,date,service,clinician_id,fee\n"
    world.load({"charges.csv": header + "S1,C2,2026-10-01,Talk,dr-a,100.00\n"})
    assert told(plan, world) == []
    assert world.balance("C2") == 20000


def test_what_is_posted_in_the_place_of_what_was_taken_back_is_held_to_it_too() -> None:
    world = with_clients()
    world.load({"payments.csv": P1})
    world.take_back("C2", kind="payment")
    plan = world.prepare({"payments.csv": P1.replace("50.00", "60.00")})
    by_hand(world, {"payments.csv": OWN + "H1,C2,2026-09-14,60.00,check\n"})
    assert told(plan, world) == [("posted_meanwhile", 2)]
    assert world.balance("C2") == -6000


def test_a_practices_own_rows_are_its_own() -> None:
    world = with_clients()
    plan = world.prepare({"payments.csv": P1})
    staff(world)
    assert told(plan, world) == []
    assert world.balance("C2") == -10000


@pytest.mark.parametrize("day", ["2026-09-14", "2026-10-20"])
def test_an_insurer_that_answered_meanwhile_is_not_counted_twice(day: str) -> None:
    world = with_clients()
    charge = next(iter(_posted(world)))
    plan = prepared(world, {"s.csv": LINE["s.csv"].replace("30.00,,,", "30.00,,,40.00")}, ABOUT)
    assert plan.problems == ()
    by_hand(world, {"insurance_payments.csv": f"{ANSWERED}H1,{charge},{day},40.00,yes\n"})
    owed = world.balance("C3")
    assert told(plan, world) == [("posted_meanwhile", 2)]
    assert world.balance("C3") == owed


def _posted(world: World) -> list[str]:
    """The ids of its charges."""
    plan = loaded(world, LINE, ABOUT)
    return [row.charge_id for row in plan.charged]


@pytest.mark.parametrize("number", [1, 2])
def test_so_it_is_until_the_account_is_hidden(number: int) -> None:
    """From then on `billfold post` is refused for it."""
    world = with_clients()
    plan = prepared(world, LIST, MADE)
    write, seen = world.writes.write, [0]

    def counted(do: Callable[[], None]) -> None:
        seen[0] += 1
        if seen[0] == number:
            world.writes.write = write  # type: ignore[method-assign]
            staff(world)
            world.writes.write = counted  # type: ignore[method-assign]
        write(do)

    world.writes.write = counted  # type: ignore[method-assign]
    assert told(plan, world) == [("posted_meanwhile", 2), ("posted_meanwhile", 3)]
    assert world.balance("C2") == -5000
    world.check_ledgers()


@pytest.mark.parametrize(("amount", "left"), [(5000, True), (5100, False)])
def test_what_its_client_paid_online_meanwhile_keeps_the_row_out_that_may_be_it(
    amount: int, left: bool
) -> None:
    world = with_clients()
    plan = prepared(world, LIST, MADE)
    pays_online(world, amount, "2026-09-16", client="C2")
    assert bool(told(plan, world)) == left
    assert world.balance("C2") == -amount - (0 if left else 5500)
