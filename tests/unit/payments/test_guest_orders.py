"""Guests who pay by PayPal: no name and no telephone is asked, and what was approved is taken once (issue 16;
G5, G9, G15)."""

from dataclasses import replace

import pytest

from chalicelib.kernel.errors import Invalid
from chalicelib.ledger.domain.payments import State
from chalicelib.payments.domain.guests import GuestForm
from tests.support.clock import FakeClock
from tests.support.guests import FORM, Desk, key
from tests.support.money import Money
from tests.support.orders import Orders
from tests.support.practice import PRACTICE

BY_PAYPAL = GuestForm("ada", "Maya Moss", "friend@example.com")
ORDER = "O-1"


class Town(Money):
    orders: Orders

    def __init__(self) -> None:
        super().__init__(other=self._made)
        self.practices.save_practice(replace(PRACTICE, processors=("stripe", "paypal")))

    def _made(self, clock: FakeClock) -> Orders:
        self.orders = Orders(clock)
        return self.orders

    @property
    def completed(self) -> int:
        return [call for call, _ in self.orders.calls].count("complete")


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def desk(town: Town) -> Desk:
    return Desk(town)


def test_g5_g9_g15_paypal_asks_less_and_takes_what_was_approved_once(town: Town, desk: Desk) -> None:
    """G5, G9, G15: to PayPal and back; the return page asked twice, or days later, is one capture."""
    started = desk.start("a", form=BY_PAYPAL, way="paypal")
    assert (started.ways, started.flow, started.next_url) == (
        ("paypal",), "redirect", f"https://orders.example/{ORDER}"
    )  # fmt: skip
    assert town.ledgers.accounts == {}
    town.orders.approve(ORDER)
    assert desk.check("a").payment.state is State.SUCCEEDED
    town.clock.advance(days=3)
    assert desk.check("a").payment.state is State.SUCCEEDED
    assert town.completed == 1
    [paid] = desk.guests.unmatched("fern")
    assert town.account(paid.account_id).ledger.credit_minor == 12_500


def test_g5_g13_g15_where_paypal_is_alone_its_page_takes_cards_without_an_account(
    town: Town, desk: Desk
) -> None:
    """G5, G13, G15: the card path is there, asks all that it asks, and leads to PayPal's own card page."""
    alone = replace(PRACTICE, processors=("paypal",))
    town.practices.save_practice(alone)
    offers = desk.paying.terms(alone).offers
    assert [(o.way.value, o.processor, o.flow.value) for o in offers] == [
        ("paypal", "paypal", "redirect"), ("card", "paypal", "redirect")
    ]  # fmt: skip
    with pytest.raises(Invalid, match="field_missing"):
        desk.start("a", form=BY_PAYPAL, way="card")
    started = desk.start("a", form=FORM, way="card")
    assert (started.processor, started.ways, started.flow) == ("paypal", ("card",), "redirect")
    town.orders.approve(ORDER)
    assert desk.check("a").payment.state is State.SUCCEEDED


def test_a_declined_instrument_leads_back_to_the_same_approval(town: Town, desk: Desk) -> None:
    started = desk.start("a", form=BY_PAYPAL, way="paypal")
    town.orders.declines = True
    town.orders.approve(ORDER)
    again = desk.check("a").payment
    assert (again.state, again.next_url) == (State.AWAITING, started.next_url)
    assert town.ledgers.accounts == {}


def test_what_was_canceled_or_waited_too_long_is_never_taken(town: Town, desk: Desk) -> None:
    desk.start("a", form=BY_PAYPAL, way="paypal")
    assert desk.paying.cancel("fern", desk.payment("a").guest).payment.state is State.CANCELED
    town.orders.approve(ORDER)
    desk.check("a")
    desk.start("b", form=BY_PAYPAL, way="paypal")
    town.clock.advance(hours=4)
    assert desk.check("b").payment.state is State.EXPIRED
    assert (town.completed, town.ledgers.accounts) == (0, {})


def test_a_timeout_at_capture_is_looked_up_and_never_taken_twice(town: Town, desk: Desk) -> None:
    desk.start("a", form=BY_PAYPAL, way="paypal")
    town.orders.approve(ORDER)
    town.orders.silent = ["", "after"]
    assert desk.check("a").payment.state is State.UNKNOWN
    town.clock.advance(seconds=3)
    assert desk.check("a").payment.state is State.SUCCEEDED
    assert town.completed == 1


def test_a_page_that_asks_all_the_time_asks_the_processor_every_three_seconds(town: Town, desk: Desk) -> None:
    """Issue 16: each question cost a call there; in between what is stored answers. Who comes back having
    approved it is not kept waiting for that."""
    started = desk.start("a", form=BY_PAYPAL, way="paypal")
    for _ in range(20):
        assert desk.check("a").payment == started
        town.clock.advance(seconds=0.3)
    assert [call for call, _ in town.orders.calls] == ["open", "look", "look"]
    town.orders.approve(ORDER)
    desk.check("a")
    assert town.orders.calls[-1] == ("complete", ORDER)
    paid = desk.paying.check("fern", key("a"), approved=True).payment
    assert (paid.state, town.completed) == (State.SUCCEEDED, 1)
    before = len(town.orders.calls)
    assert [desk.check("a").payment.state for _ in range(20)] == [State.SUCCEEDED] * 20
    assert len(town.orders.calls) == before


def test_who_has_approved_it_is_asked_for_at_once(town: Town, desk: Desk) -> None:
    desk.start("a", form=BY_PAYPAL, way="paypal")
    desk.check("a")
    town.orders.approve(ORDER)
    assert desk.paying.check("fern", key("a"), approved=True).payment.state is State.SUCCEEDED


def test_who_pays_by_card_and_by_paypal_has_paid_twice_and_staff_see_both(town: Town, desk: Desk) -> None:
    """Bad days: both are in the books, and either can be matched or refunded."""
    desk.start("a", form=BY_PAYPAL, way="paypal")
    town.orders.approve(ORDER)
    desk.check("a")
    desk.pay("b", form=FORM)
    waiting = desk.matching.waiting("fern")
    assert sorted(each.payment.processor for each in waiting) == ["paypal", "stripe"]
    assert [each.form.client for each in waiting if each.form] == ["Maya Moss", "Maya Moss"]


def test_a_card_is_no_concern_of_who_pays_by_paypal_under_pressure(town: Town, desk: Desk) -> None:
    for number in range(12):
        desk.start(f"t{number}", ip=f"10.0.{number}.1")
    assert desk.limits.pressed("fern")
    assert desk.start("a", form=BY_PAYPAL, way="paypal").state is State.AWAITING
