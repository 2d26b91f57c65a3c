"""11.5: a practice may have several processors; what they can do together are the ways to pay there."""

from dataclasses import replace

import pytest

from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.kernel.outside import ProcessorDenied
from chalicelib.ledger.domain.payments import State
from chalicelib.operations.domain.alerts import AlertName
from chalicelib.payments.domain.ways import offers
from chalicelib.payments.ports.processors import Facts, Stage
from chalicelib.payments.processors.stripe.abilities import STRIPE
from chalicelib.payments.services.turns import Turn
from tests.support.clock import FakeClock
from tests.support.money import Money
from tests.support.orders import ORDERS, Orders
from tests.support.practice import PRACTICE

KEY = "key-1"
BOTH = replace(PRACTICE, processors=("stripe", "paypal"), bank_debits=True)
ABILITIES = {"stripe": STRIPE, "paypal": ORDERS}


class Town(Money):
    """A practice with both processors; one account that owes 100.00."""

    orders: Orders

    def __init__(self) -> None:
        super().__init__(other=self._made)
        self.practices.save_practice(BOTH)
        self.open()
        self.charge("c1", 10000)

    def _made(self, clock: FakeClock) -> Orders:
        self.orders = Orders(clock)
        return self.orders


def offered(currency: str, **changes: object) -> list[tuple[str, str, str]]:
    practice = replace(BOTH, **changes)  # type: ignore[arg-type]
    return [(o.way.value, o.processor, o.flow.value) for o in offers(practice, ABILITIES, currency)]


def test_each_way_is_taken_by_the_first_processor_that_can() -> None:
    inline = [("card", "stripe", "inline"), ("bank", "stripe", "inline"), ("paypal", "paypal", "redirect")]
    assert offered("USD", flow="inline") == inline
    assert offered("USD", flow="inline", bank_debits=False) == [inline[0], inline[2]]
    cards_too = {**ABILITIES, "paypal": replace(ORDERS, ways=(*ORDERS.ways, *STRIPE.ways))}
    first = offers(replace(BOTH, processors=("paypal", "stripe")), cards_too, "USD")
    assert {o.processor for o in first} == {"paypal"}


def test_a_processor_that_does_not_take_the_currency_offers_nothing() -> None:
    assert [way for way, *_ in offered("CHF")] == ["card", "bank"]
    assert offered("CHF", processors=("paypal",)) == []


def test_a_payment_goes_to_the_processor_of_the_way_that_was_chosen() -> None:
    town = Town()
    paid = town.start(KEY, way="paypal")
    assert (paid.processor, paid.flow, paid.ways) == ("paypal", "redirect", ("paypal",))
    assert paid.next_url == "https://orders.example/O-1"
    assert town.processor.opened == []
    again = town.start("key-2", way="card")
    assert (again.processor, again.ways, town.payment(KEY).state) == ("stripe", ("card",), State.CANCELED)
    assert [attempt.ways for attempt in town.processor.opened] == [("card",)]


def test_without_a_choice_the_first_processor_offers_all_that_it_can() -> None:
    assert Town().start(KEY).ways == ("card", "bank")


def test_a_way_that_is_not_offered_is_refused_and_nothing_is_written() -> None:
    town = Town()
    town.practices.save_practice(replace(BOTH, bank_debits=False))
    for way in ("bank", "cheque"):
        with pytest.raises(Invalid, match="way_unavailable"):
            town.start(KEY, way=way)
    assert town.ledgers.payment(town.ref("maya"), KEY) is None


def test_what_was_approved_is_found_by_reconcile_where_the_processor_lists_nothing() -> None:
    """Its news was lost, the payer never came back, and an approval is good for hours only."""
    town = Town()
    town.start(KEY, way="paypal")
    town.orders.approve("O-1")
    turn = Turn(town.practice, "paypal", 1)
    assert town.turns.take(turn) == 1
    assert town.payment(KEY).state is State.SUCCEEDED
    assert town.turns.take(turn) == 0


def test_one_payment_that_cannot_be_looked_at_keeps_no_other_from_being_reconciled() -> None:
    town = Town()
    town.open("noah")
    town.charge("c2", 5000, "noah")
    town.start(KEY, way="paypal")
    town.start("key-2", "noah", way="paypal")
    town.orders.attempts.pop("O-1")
    town.orders.approve("O-2")
    town.reconciling.reconcile()
    assert town.payment("key-2", "noah").state is State.SUCCEEDED


def test_one_processor_that_cannot_be_asked_keeps_no_other_from_being_reconciled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def denied(**_: object) -> None:
        raise ProcessorDenied("api_key_expired")

    town = Town()
    town.start(KEY, way="paypal")
    town.orders.approve("O-1")
    monkeypatch.setattr(town.processor, "changes", denied)
    town.reconciling.reconcile()
    assert town.payment(KEY).state is State.SUCCEEDED


@pytest.mark.parametrize("stage", [Stage.SUCCEEDED, Stage.EXPIRED])
def test_what_another_processor_says_of_a_payment_is_not_believed(stage: Stage) -> None:
    """Its ids were copied there. A payment that ended so could still be paid, and its refunds were asked of
    a processor that had never heard of the money."""
    town = Town()
    town.start(KEY, way="card")
    made = Facts(KEY, "maya", stage, "O-9", "C-9", 10000, "USD")
    with pytest.raises(NotFound):
        town.settling.settle(town.practice, "paypal", made)
    assert (town.payment(KEY).state, town.payment(KEY).intent_id) == (State.AWAITING, "")
    told = [alert.cause.name for alert in town.settling.alerting.listed(town.practice)]
    assert told == ([AlertName.UNKNOWN_MONEY] if stage is Stage.SUCCEEDED else [])
