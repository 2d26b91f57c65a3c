"""Issue 17: what an import's undoing took back is asked about as if it had never been, and what was imported
again is known under the ids that files have."""

from dataclasses import replace

import pytest

from chalicelib.importing.services.mapping import Said
from tests.unit.importing.exports import codes, loaded, prepared, with_clients
from tests.unit.importing.test_mapping import CHARGES, DR_A, days, paid, payroll
from tests.unit.importing.test_undoing import undo
from tests.unit.importing.world import World

CONFIRMED = Said(repeats_confirmed=True)


def sessions_again(*fees: str, times: int = 1) -> World:
    """A day's sessions, imported, undone and imported again."""
    world = with_clients()
    id_ = loaded(world, days(*fees), CHARGES, DR_A).import_id
    for _ in range(times):
        undo(world, id_)
        loaded(world, days(*fees), CHARGES, DR_A)
    return world


def payments_again(*lines: str) -> World:
    world = with_clients()
    undo(world, loaded(world, payroll(*lines), "theranest", CONFIRMED).import_id)
    loaded(world, payroll(*lines), "theranest", CONFIRMED)
    return world


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("fees", [("100.00", "100.00"), ("100.00", "130.00", "100.00")])
def test_several_of_a_day_are_known_in_any_order(fees: tuple[str, ...], times: int) -> None:
    world = sessions_again(*fees, times=times)
    assert prepared(world, days(*reversed(fees)), CHARGES, DR_A).empty


def test_one_more_and_one_fewer_of_a_day_are_counted_against_what_stands() -> None:
    world = sessions_again("100.00", "100.00")
    for fees, found in [(("100.00",), 1), (("100.00",) * 3, 3)]:
        (problem,) = prepared(world, days(*fees), CHARGES, DR_A).problems
        assert (problem.code, problem.details["found"], problem.details["posted"]) == (
            "repeats_changed", found, 2,
        )  # fmt: skip
    loaded(world, days(*["100.00"] * 3), CHARGES, replace(DR_A, repeats_confirmed=True))
    assert world.balance("C2") == 30000
    assert prepared(world, days(*["100.00"] * 3), CHARGES, DR_A).empty


def test_a_day_that_was_corrected_before_it_was_imported_again_is_known_as_corrected() -> None:
    world = with_clients()
    undo(world, loaded(world, days("100.00", "130.00"), CHARGES, DR_A).import_id)
    loaded(world, days("100.00", "140.00"), CHARGES, DR_A)
    assert prepared(world, days("140.00", "100.00"), CHARGES, DR_A).empty
    wrong = prepared(world, days("100.00", "130.00"), CHARGES, DR_A)
    assert [problem.code for problem in wrong.problems] == ["repeats_differ"]


def test_a_refund_finds_the_only_payment_and_stays_with_it() -> None:
    world = payments_again(paid(1, "$120.00"))
    back = payroll(paid(2, "-$120.00", on="10/27/2026"))
    loaded(world, back, "theranest")
    assert world.balance("C2") == 12000
    assert prepared(world, back, "theranest").empty
    whole = payroll(paid(1, "$120.00"), paid(2, "-$120.00", on="10/27/2026"))
    assert prepared(world, whole, "theranest").empty


def test_a_refund_that_was_undone_may_be_given_again() -> None:
    world = with_clients()
    loaded(world, payroll(paid(1, "$120.00")), "theranest")
    back = payroll(paid(2, "-$120.00", on="10/27/2026"))
    for _ in range(2):
        undo(world, loaded(world, back, "theranest").import_id)
        assert world.balance("C2") == 0
    loaded(world, back, "theranest")
    assert world.balance("C2") == 12000
    assert codes(world, payroll(paid(3, "-$1.00", on="10/28/2026"))) == ["refund_of_none"]


def test_a_session_that_was_paid_twice_is_asked_about_again_after_the_undoing() -> None:
    lines = paid(1, "$120.00"), paid(2, "$120.00")
    world = with_clients()
    undo(world, loaded(world, payroll(*lines), "theranest", CONFIRMED).import_id)
    assert codes(world, payroll(*lines)) == ["sessions_or_payments"]


def test_what_was_paid_for_a_session_counts_once() -> None:
    world = payments_again(paid(1, "$60.00"))
    loaded(world, payroll(paid(1, "$60.00"), paid(2, "$60.00", on="10/21/2026")), "theranest")
    assert codes(world, payroll(paid(3, "$60.00", on="10/22/2026"))) == ["sessions_or_payments"]


def test_what_was_undone_and_not_imported_again_has_paid_nothing() -> None:
    world = with_clients()
    undo(world, loaded(world, payroll(paid(1, "$120.00")), "theranest").import_id)
    loaded(world, payroll(paid(2, "$120.00")), "theranest")
    assert world.balance("C2") == 0


# --- rows that move to another client, once their import is undone ------------------------------------

CHARGED = "charge_id,client_id,date,service,clinician_id,fee\nS1,{},2026-10-13,Talk,dr-a,100.00\n"
PAID = "payment_id,client_id,date,amount,method,charge_ids\nP1,{},2026-10-13,60.00,cash,S1\n"
LATER = {
    "adjustments.csv": "adjustment_id,charge_id,date,amount,kind\nJ1,S1,2026-10-20,5.00,adjustment\n",
    "payments.csv": "payment_id,client_id,date,amount,method,charge_ids\nP2,C2,2026-10-20,20.00,cash,S1\n",
    "refunds.csv": "refund_id,payment_id,date,amount\nR1,P1,2026-10-20,10.00\n",
}


def of(client: str) -> dict[str, str]:
    return {"charges.csv": CHARGED.format(client), "payments.csv": PAID.format(client)}


def undone() -> World:
    world = with_clients()
    undo(world, world.load(of("C1")).import_id)
    return world


@pytest.mark.parametrize(("name", "owed"), list(zip(LATER, (3500, 2000, 5000), strict=True)))
def test_next_weeks_rows_find_the_client_to_whom_what_they_name_has_moved(name: str, owed: int) -> None:
    world = undone()
    world.load(of("C2"))
    world.load({name: LATER[name]})
    assert (world.balance("C1"), world.balance("C2")) == (0, owed)
    assert world.prepare({name: LATER[name]}).empty
    world.check_ledgers()


def test_what_was_undone_and_not_imported_again_is_not_there_to_be_named() -> None:
    world = undone()
    for name, code in zip(LATER, ("charge_unknown", "charge_unknown", "payment_unknown_id"), strict=True):
        assert [problem.code for problem in world.prepare({name: LATER[name]}).problems] == [code]
