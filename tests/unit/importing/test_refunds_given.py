"""Issue 17: a refund that was given by hand, or in refunds.csv, is not posted again from the export."""

from collections.abc import Mapping

import pytest

from chalicelib.importing.domain.mapping.systems import system_map
from chalicelib.importing.domain.rows import RefundRow
from chalicelib.importing.domain.tables.opening import tables_of
from chalicelib.importing.services.importer import OwnRows
from chalicelib.importing.services.mapping import MappedReading, Said
from chalicelib.importing.services.planning import Plan
from chalicelib.importing.services.progress import in_turn
from tests.unit.importing.exports import loaded, mapped, prepared, with_clients
from tests.unit.importing.test_mapping import paid, payroll
from tests.unit.importing.world import PRACTICE, World

PAID = [paid(1, "$60.00"), paid(2, "$60.00", on="10/21/2026")]
FILES = payroll(*PAID, paid(3, "-$10.00", on="10/22/2026"))
BY_HAND = "refund_id,payment_id,date,amount\nR-1,{payment},{on},10.00\n"


def payments(world: World) -> list[str]:
    return sorted(row.payment_id for row in mapped(world, payroll(*PAID), "theranest").batch.payments)


def given(world: World, *, on: str = "2026-10-22") -> World:
    loaded(world, payroll(*PAID), "theranest")
    world.load({"refunds.csv": BY_HAND.format(payment=payments(world)[0], on=on)})
    assert world.balance("C2") == 1000
    return world


def beside(world: World, payment: str, files: Mapping[str, str] = FILES, minor: int = 1000) -> Plan:
    """The export with a refunds.csv in one command."""
    row = RefundRow(
        file="refunds.csv", number=2, given=frozenset(), headers={}, refund_id="R-1", payment_id=payment,
        date="2026-10-22", amount_minor=minor,
    )  # fmt: skip
    reading = MappedReading(world.ledgers, world.people, world.keys, world.register, in_turn)
    tables = list(tables_of("payroll.csv", files["payroll.csv"].encode()))
    own, terms = OwnRows((row,)), world.importer.terms(PRACTICE)
    found = reading.read(PRACTICE, tables, system_map("theranest"), terms, Said(), own)
    return world.importer.plan(PRACTICE, found.batch, found.problems)


def test_a_refund_given_by_hand_is_known_when_the_exports_row_comes() -> None:
    world = given(with_clients())
    told = mapped(world, FILES, "theranest").told
    assert [t.count for t in told if t.code == "refunds_known"] == [1]
    assert prepared(world, FILES, "theranest").empty


@pytest.mark.parametrize("on", ["2026-10-23"])
def test_one_of_another_day_is_another(on: str) -> None:
    world = given(with_clients(), on=on)
    (problem,) = prepared(world, FILES, "theranest").problems
    assert problem.code == "refund_of_several"
    assert all(payment in str(problem.details["ids"]) for payment in payments(world))


def test_two_in_the_export_and_one_by_hand_leave_one_to_be_asked_about() -> None:
    world = given(with_clients())
    twice = payroll(*PAID, paid(3, "-$10.00", on="10/22/2026"), paid(4, "-$10.00", on="10/22/2026"))
    assert [p.code for p in prepared(world, twice, "theranest").problems] == ["refund_of_several"]


def test_one_that_was_taken_back_is_not_given() -> None:
    world = given(with_clients())
    world.take_back("C2", kind="refund")
    assert [p.code for p in prepared(world, FILES, "theranest").problems] == ["refund_of_several"]


@pytest.mark.parametrize("before", [False, True])
def test_refunds_csv_in_the_same_command_says_whose_it_is(before: bool) -> None:
    world = with_clients()
    if before:
        loaded(world, payroll(*PAID), "theranest")
    plan = beside(world, payments(world)[0])
    assert plan.problems == ()
    world.importer.apply(plan)
    assert world.balance("C2") == 1000
    assert beside(world, payments(world)[0]).empty
    assert prepared(world, FILES, "theranest").empty


def test_what_refunds_csv_gives_back_of_a_payment_is_not_given_back_of_it_again() -> None:
    """Of two payments alike the export's refund can be of the other one alone."""
    world = with_clients()
    later = payroll(*PAID, paid(3, "-$60.00", on="10/23/2026"))
    assert [p.code for p in prepared(world, later, "theranest").problems] == ["refund_of_several"]
    plan = beside(world, payments(world)[0], later, 6000)
    assert plan.problems == ()
    world.importer.apply(plan)
    assert world.balance("C2") == 12000
    another = payroll(*PAID, paid(4, "-$1.00", on="10/24/2026"))
    assert [p.code for p in prepared(world, another, "theranest").problems] == ["refund_of_none"]
