"""Refunds that staff ask for: the way the money came, never more than is left, once however often asked."""

import pytest

from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.outside import ProcessorTimeout
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.ledger.services.correcting import Correcting
from chalicelib.ledger.services.posting import own_id
from chalicelib.payments.ports.processors import Processor, RefundStatus
from chalicelib.payments.services.refunding import Refunding
from tests.support.money import Money, meanwhile
from tests.support.processor import OneProcessor
from tests.support.refunds import wish
from tests.support.refusals import Refusal, refusal

KEY = "key-1"


@pytest.fixture
def money() -> Money:
    """100.00 charged, paid by card and settled."""
    made = Money()
    made.open()
    made.charge("c1", 10000)
    made.start(KEY)
    made.processor.take(KEY)
    made.settle(KEY)
    made.processor.calls.clear()
    return made


class OnlyFern(OneProcessor):
    """The practice has an account at one processor."""

    def of(self, practice: str, name: str) -> Processor:
        assert (practice, name) == ("fern", "stripe")
        return super().of(practice, name)


@pytest.fixture
def refunding(money: Money) -> Refunding:
    return Refunding(money.ledgers, OnlyFern(money.processor), money.settling, money.clock)


def refund(refunding: Refunding, amount: int, *, id_: str = "r1", payment: str = KEY) -> Payment:
    return refunding.refund(wish(refunding.ledgers, payment, amount, id_=id_)).payment


def asked(money: Money) -> list[str]:
    return [about for call, about in money.processor.calls if call == "refund"]


def test_a_refund_is_made_at_the_processor_and_posted(money: Money, refunding: Refunding) -> None:
    after = refund(refunding, 4000)
    assert (after.refunded_minor, money.account().ledger.balance_minor) == (4000, 4000)
    (made,) = money.processor.attempts[f"cs_{KEY}"].refunds
    assert (made.refund_id, made.amount_minor) == ("r1", 4000)
    assert money.ledgers.marker("fern", "stripe#re_r1#succeeded") is not None


def test_the_same_refund_asked_again_is_the_same_even_for_all_that_was_left(
    money: Money, refunding: Refunding
) -> None:
    for _ in range(2):
        assert refund(refunding, 10000).refunded_minor == 10000
    assert asked(money) == ["r1"]


def test_another_refund_is_another(money: Money, refunding: Refunding) -> None:
    refund(refunding, 4000)
    assert refund(refunding, 6000, id_="r2").refunded_minor == 10000
    assert asked(money) == ["r1", "r2"]


def test_a_refund_whose_answer_was_lost_is_found_when_asked_again(money: Money, refunding: Refunding) -> None:
    money.processor.silent = ["", "after"]
    with pytest.raises(ProcessorTimeout):
        refund(refunding, 10000)
    assert refund(refunding, 10000).refunded_minor == 10000
    assert asked(money) == ["r1"]


def test_a_refund_that_came_to_nothing_is_refused_and_another_id_tries_again(
    money: Money, refunding: Refunding
) -> None:
    """It was posted, and its failure is posted before staff are told."""
    assert refund(refunding, 4000).refunded_minor == 4000
    money.processor.refund_becomes(KEY, RefundStatus.FAILED)
    told: Refusal = ("refund_failed", "refund_id", {"status": "failed"})
    assert refusal(refund, refunding, 4000) == told
    assert (money.payment(KEY).refunded_minor, money.account().ledger.balance_minor) == (0, 0)
    assert asked(money) == ["r1"]
    assert refund(refunding, 4000, id_="r2").refunded_minor == 4000
    assert asked(money) == ["r1", "r2"]


def test_an_id_refunds_one_amount(money: Money, refunding: Refunding) -> None:
    refund(refunding, 4000)
    assert refusal(refund, refunding, 4001) == ("external_id_taken", "external_id", {})
    assert (money.payment(KEY).refunded_minor, asked(money)) == (4000, ["r1"])


def test_an_id_refunds_one_payment(money: Money, refunding: Refunding) -> None:
    """Issue 8, number 5: Stripe answered that the key was another call's, which kept the other payment's
    refunds locked for a day, and refunded that payment, too, once it had forgotten the key."""
    money.charge("c2", 10000)
    money.start("key-2")
    money.processor.take("key-2")
    money.settle("key-2")
    refund(refunding, 4000)
    money.processor.calls.clear()
    for _ in range(2):
        assert refusal(refund, refunding, 4000, payment="key-2") == ("external_id_taken", "external_id", {})
        money.clock.advance(hours=25)
    assert (asked(money), money.payment("key-2").refund_count) == ([], 0)
    assert refund(refunding, 4000, id_="r2", payment="key-2").refunded_minor == 4000


def test_of_one_id_for_two_payments_at_once_one_is_refused(money: Money, refunding: Refunding) -> None:
    money.charge("c2", 10000)
    money.start("key-2")
    money.processor.take("key-2")
    money.settle("key-2")
    money.processor.calls.clear()
    meanwhile(money.processor, "look", lambda: refund(refunding, 4000))
    assert refusal(refund, refunding, 4000, payment="key-2") == ("external_id_taken", "external_id", {})
    assert (asked(money), money.payment("key-2").refunded_minor) == (["r1"], 0)


def test_more_than_is_left_is_refused_before_the_processor_is_asked(
    money: Money, refunding: Refunding
) -> None:
    refund(refunding, 4000)
    told: Refusal = ("refund_above_remainder", "amount_minor", {"remainder_minor": 6000})
    assert refusal(refund, refunding, 6001, id_="r2") == told
    assert refusal(refunding.foresee, wish(money.ledgers, KEY, 6001, id_="r2")) == told
    assert asked(money) == ["r1"]
    assert refunding.foresee(wish(money.ledgers, KEY, 6000, id_="r2")) is None


@pytest.mark.parametrize("amount", [0, -1, True, 1.5])
def test_an_amount_that_is_none_is_refused(money: Money, refunding: Refunding, amount: int) -> None:
    assert refusal(refund, refunding, amount) == ("amount_invalid", "amount_minor", {})
    assert asked(money) == []


def test_a_payment_that_is_none_of_theirs_is_not_found(money: Money, refunding: Refunding) -> None:
    money.open("noah")
    told: Refusal = ("payment_not_found", "payment_id", {})
    assert refusal(refund, refunding, 100, payment="nothing") == told
    assert refusal(refunding.foresee, wish(money.ledgers, KEY, 100, account="noah")) == told
    assert refusal(refunding.foresee, wish(money.ledgers, KEY, 100, practice="other")) == told


def test_money_taken_elsewhere_is_given_back_elsewhere(money: Money, refunding: Refunding) -> None:
    money.cash("p1", 500)
    told: Refusal = ("refund_elsewhere", "payment_id", {})
    assert refusal(refund, refunding, 100, payment=own_id("fern", "payment", "p1")) == told


def test_a_payment_that_was_not_captured_has_nothing_to_give_back(money: Money, refunding: Refunding) -> None:
    money.charge("c2", 5000)
    started = money.start("key-2")
    assert started.state is State.AWAITING
    told: Refusal = ("payment_state", "payment_id", {"state": "awaiting"})
    assert refusal(refund, refunding, 100, payment="key-2") == told


def test_a_refund_still_pending_is_posted_when_the_processor_says_it_succeeded(
    money: Money, refunding: Refunding
) -> None:
    money.processor.refunds_begin = RefundStatus.PENDING
    assert refund(refunding, 1000).refunded_minor == 0
    money.processor.refund_becomes(KEY, RefundStatus.SUCCEEDED)
    assert refund(refunding, 1000).refunded_minor == 1000
    assert asked(money) == ["r1"]


def test_a_refund_of_everything_is_none_beside_another_that_is_pending(
    money: Money, refunding: Refunding
) -> None:
    """Issue 11, number 6: the second one was taken, and refused only by Stripe."""
    money.processor.refunds_begin = RefundStatus.PENDING
    assert refund(refunding, 10000).refunding_minor == 10000
    told: Refusal = ("refund_above_remainder", "amount_minor", {"remainder_minor": 0})
    assert refusal(refund, refunding, 10000, id_="r2") == told
    assert (money.payment(KEY).remainder_minor, money.payment(KEY).kept_minor) == (0, 10000)
    money.processor.refund_becomes(KEY, RefundStatus.FAILED)
    assert money.settle(KEY).remainder_minor == 10000


def test_a_payment_that_the_processor_does_not_know_keeps_the_amount_that_was_asked_for(
    money: Money, refunding: Refunding, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter([money.processor.attempts[f"cs_{KEY}"], None])
    monkeypatch.setattr(money.processor, "look", lambda _: next(looks))
    assert refund(refunding, 4000) == money.payment(KEY)
    assert (money.payment(KEY).refunded_minor, money.payment(KEY).remainder_minor) == (0, 6000)


def test_credit_that_was_moved_to_another_account_is_not_refunded_from_this_one(
    money: Money, refunding: Refunding
) -> None:
    """The processor is not even asked: what it gave back could not be posted."""
    money.open("noah")
    money.cash("p1", 3000)
    money.post.adjustment(money.ref(), "a1", charge_external_id="c1", amount_minor=4000, on="2026-03-09")
    correct = Correcting(money.ledgers, money.clock, "cli")
    maya, noah = money.ref(), money.ref("noah")
    correct.transfer_credit("t1", source=maya, target=noah, amount_minor=7000, on="2026-03-09")
    with pytest.raises(Invalid) as caught:
        refund(refunding, 6001)
    assert (caught.value.code, caught.value.details) == ("refund_above_remainder", {"remainder_minor": 6000})
    assert not [call for call, _ in money.processor.calls if call == "refund"]
    assert refund(refunding, 6000).refunded_minor == 6000
