"""11.5: what a processor can do is data of its adapter's, and each payment goes by its own processor's."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.kernel.errors import Refused
from chalicelib.kernel.outside import ProcessorTimeout
from chalicelib.ledger.domain.payments import State
from chalicelib.payments.domain.abilities import Abilities, Bounds, Flow, Way
from chalicelib.payments.processors.stripe.abilities import STRIPE
from chalicelib.payments.services.refunding import Refunding
from tests.support.money import Money
from tests.support.processor import FakeProcessor, OneProcessor
from tests.support.refunds import wish as wished

KEY = "key-1"
SHORT = replace(STRIPE, key_lifetime=timedelta(hours=6), refund_key_lifetime=timedelta(days=45))
OTHER = replace(
    STRIPE, ways=(Way.PAYPAL,), flows=(Flow.REDIRECT,), minimum_minor={"USD": 1, "JPY": 1, "MXN": 1500},
    step_minor={"MXN": 100}, lists=False,
)  # fmt: skip


def owing(processor: FakeProcessor) -> Money:
    money = Money(processor=processor)
    money.open()
    money.charge("c1", 10000)
    return money


def test_a_key_that_was_forgotten_is_not_asked_under_again() -> None:
    """With another processor's lifetime the second asking would be a second payment, beside the paid one."""
    money = owing(FakeProcessor(abilities=SHORT))
    money.processor.silent = ["after"]
    assert money.start(KEY).state is State.UNKNOWN
    money.processor.take(KEY)
    money.processor.forgotten = {KEY}
    money.clock.advance(hours=6)
    assert money.check(KEY).state is State.SUCCEEDED
    assert [attempt.payment_id for attempt in money.processor.opened] == [KEY]
    assert money.account().ledger.balance_minor == 0


def test_a_key_that_lives_is_asked_under_again() -> None:
    money = owing(FakeProcessor(abilities=SHORT))
    money.processor.silent = ["after"]
    money.start(KEY)
    money.clock.advance(hours=5, minutes=59)
    assert money.check(KEY).state is State.AWAITING
    assert "find" not in dict(money.processor.calls)


@pytest.mark.parametrize("abilities", [SHORT, STRIPE])
def test_a_refund_that_was_not_heard_is_asked_again_as_long_as_its_key_lives(abilities: Abilities) -> None:
    money = owing(FakeProcessor(abilities=abilities))
    money.start(KEY)
    money.processor.take(KEY)
    money.check(KEY)
    refunding = Refunding(money.ledgers, OneProcessor(money.processor), money.settling, money.clock)
    wish = wished(money.ledgers, KEY, 1000)
    money.processor.silent = ["", "before"]
    with pytest.raises(ProcessorTimeout):
        refunding.refund(wish)
    money.clock.advance(days=2)
    if abilities is SHORT:
        assert refunding.refund(wish).payment.refunded_minor == 1000
        return
    with pytest.raises(Refused, match="refund_failed"):  # forgotten there, and not found: it was never made
        refunding.refund(wish)


def test_a_payment_is_within_what_every_processor_takes_that_may_be_chosen() -> None:
    pesos = Bounds.of([STRIPE, OTHER], "MXN", 99_999)
    assert (pesos.least_minor, pesos.step_minor) == (1500, 100)
    stepped = replace(OTHER, minimum_minor={"KWD": 5}, step_minor={"KWD": 25})
    assert Bounds.of([STRIPE, stepped], "KWD", 99_999).step_minor == 50
    assert Bounds.of([STRIPE, OTHER], "JPY", 99_999).least_minor == 50


def test_who_does_not_take_a_currency_has_no_say_in_it() -> None:
    euros = Bounds.of([STRIPE, OTHER], "EUR", 99_999)
    assert (euros.least_minor, euros.step_minor, euros.taken) == (50, 1, True)
    assert Bounds.of([OTHER], "EUR", 99_999).taken is False


def test_nothing_is_paid_in_a_currency_that_no_processor_takes() -> None:
    money = owing(FakeProcessor(abilities=replace(STRIPE, minimum_minor={"EUR": 50})))
    with pytest.raises(Refused, match="payments_disabled"):
        money.quote()
