"""Refunds: unapplied credit first, then the payment's newest allocation, then what its money became."""

import itertools

import pytest

from chalicelib.kernel.errors import Invalid
from tests.support.money import Money


@pytest.fixture
def money() -> Money:
    made = Money()
    made.open()
    return made


def test_credit_goes_first_then_the_newest_allocation(money: Money) -> None:
    old = money.charge("c1", 4000, date="2026-01-01")
    new = money.charge("c2", 4000, date="2026-02-01")
    money.cash("p1", 10000)
    money.give_back("r1", "p1", 3000)
    assert (money.account().ledger.credit_minor, money.owed(old), money.owed(new)) == (0, 0, 1000)
    money.give_back("r2", "p1", 4000)
    assert (money.owed(old), money.owed(new)) == (1000, 4000)


def test_credit_that_paid_a_later_charge_is_taken_back_from_there(money: Money) -> None:
    money.cash("p1", 5000)
    later = money.charge("c1", 3000)
    money.give_back("r1", "p1", 5000)
    assert (money.account().ledger.credit_minor, money.owed(later)) == (0, 3000)


def test_a_payment_whose_credit_another_refund_took_can_still_be_refunded(money: Money) -> None:
    paid = money.charge("c1", 10000)
    money.cash("p1", 10000)
    money.cash("p2", 5000)
    money.give_back("r1", "p1", 10000)  # takes p2's credit, then half of what p1 paid
    assert (money.account().ledger.credit_minor, money.owed(paid)) == (0, 5000)
    money.give_back("r2", "p2", 5000)
    assert (money.account().ledger.credit_minor, money.owed(paid)) == (0, 10000)


def test_two_payments_of_one_charge_are_refunded_in_any_order(money: Money) -> None:
    paid = money.charge("c1", 10000)
    money.cash("p1", 6000)
    money.cash("p2", 4000)
    money.give_back("r1", "p1", 6000)
    money.give_back("r2", "p2", 4000)
    assert money.owed(paid) == 10000


@pytest.mark.parametrize("order", list(itertools.permutations(["p1", "p2", "p3"])))
def test_every_payment_can_be_refunded_whole_in_any_order(money: Money, order: tuple[str, ...]) -> None:
    money.charge("c1", 5000)
    money.cash("p1", 7000)
    money.charge("c2", 6000)
    money.cash("p2", 3000)
    money.post.adjustment(money.ref(), "a1", charge_external_id="c1", amount_minor=2500, on="2026-03-04")
    money.cash("p3", 4000)
    amounts = {"p1": 7000, "p2": 3000, "p3": 4000}
    for payment in order:
        money.give_back(f"r-{payment}", payment, amounts[payment])
        ledger = money.account().ledger
        assert ledger.credit_minor == 0 or not ledger.open
    assert money.account().ledger.balance_minor == 8500


def test_more_than_the_remainder_is_refused(money: Money) -> None:
    money.charge("c1", 5000)
    money.cash("p1", 5000)
    money.give_back("r1", "p1", 2000)
    with pytest.raises(Invalid) as caught:
        money.give_back("r2", "p1", 3001)
    assert caught.value.code == "refund_above_remainder"
    assert caught.value.details == {"remainder_minor": 3000}
    assert money.account().ledger.balance_minor == 2000
