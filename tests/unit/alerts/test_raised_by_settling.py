"""Money that no program may decide about: each kind is one alert, credits nothing twice, stops nothing."""

from dataclasses import replace

import pytest

from chalicelib.ledger.domain.payments import State
from chalicelib.operations.services.sweeping import STUCK
from chalicelib.payments.ports.processors import Facts, Refunded, RefundStatus, Stage
from tests.support.money import Money
from tests.support.processor import AT, came_in

KEY = "key-1"


@pytest.fixture
def money() -> Money:
    """Somebody who owes 100.00 and has begun to pay."""
    made = Money()
    made.open()
    made.charge("c1", 10000)
    made.start(KEY)
    return made


def hear(money: Money, facts: Facts) -> None:
    """What the processor holds now, told twice: the second time changes nothing."""
    money.processor.attempts[facts.session_id] = facts
    money.settling.settle(money.practice, "stripe", facts)
    before = money.account(), dict(money.alerts.held)
    money.settling.settle(money.practice, "stripe", facts)
    assert (money.account(), money.alerts.held) == before


def test_what_is_captured_as_asked_for_calls_nobody(money: Money) -> None:
    hear(money, money.processor.take(KEY))
    assert money.alerts.held == {}


@pytest.mark.parametrize("amount_minor", [9000, 12000])
def test_another_amount_is_credited_and_a_person_called(money: Money, amount_minor: int) -> None:
    hear(money, money.processor.take(KEY, amount_minor=amount_minor))
    assert money.account().ledger.balance_minor == 10000 - amount_minor
    [alert] = money.alerts.held.values()
    assert (alert.cause.name, alert.cause.subject) == ("amount_differs", f"pi_{KEY}")
    assert (alert.cause.facts["asked_minor"], alert.cause.facts["amount_minor"]) == (10000, amount_minor)


def test_another_currency_is_not_credited(money: Money) -> None:
    hear(money, money.processor.take(KEY, currency="EUR"))
    assert money.payment(KEY).state is State.AWAITING
    assert money.alerts.subjects == {f"pi_{KEY}": "currency_differs"}


def test_a_second_capture_of_one_payment_posts_nothing_of_its_own(money: Money) -> None:
    first = money.processor.take(KEY)
    hear(money, first)
    before = money.account()
    refund = Refunded("re_9", 10000, RefundStatus.SUCCEEDED, AT)
    hear(
        money,
        replace(
            first, intent_id="pi_second", movements=(came_in(first, "txn_second", 320),), refunds=(refund,)
        ),
    )
    assert money.account() == before
    assert money.alerts.subjects == {"pi_second": "second_capture"}


def test_a_refund_above_what_is_left_is_named_and_keeps_the_other_from_nothing(money: Money) -> None:
    taken = money.processor.take(KEY)
    refunds = (
        Refunded("re_1", 12000, RefundStatus.SUCCEEDED, AT),
        Refunded("re_2", 4000, RefundStatus.SUCCEEDED, AT),
    )
    hear(money, replace(taken, refunds=refunds))
    assert money.payment(KEY).refunded_minor == 4000
    assert money.alerts.subjects == {"re_1": "refund_above_remainder"}


def test_a_refund_that_has_room_once_another_came_back_calls_nobody(money: Money) -> None:
    taken = money.processor.take(KEY)
    first, second = (
        Refunded("re_1", 10000, RefundStatus.SUCCEEDED, AT),
        Refunded("re_2", 10000, RefundStatus.SUCCEEDED, AT),
    )
    hear(money, replace(taken, refunds=(first,)))
    # Newest first, as Stripe lists them: the second is met before the first has come back.
    hear(money, replace(taken, refunds=(second, replace(first, status=RefundStatus.FAILED))))
    assert money.payment(KEY).refunded_minor == 10000
    assert money.alerts.held == {}


def test_news_that_is_overtaken_is_looked_at_again_before_a_person_is_called(money: Money) -> None:
    taken = money.processor.take(KEY)
    stale = replace(taken, refunds=(Refunded("re_1", 10000, RefundStatus.SUCCEEDED, AT),))
    later = (
        Refunded("re_2", 10000, RefundStatus.SUCCEEDED, AT),
        Refunded("re_1", 10000, RefundStatus.FAILED, AT),
    )
    hear(money, replace(taken, refunds=later))
    money.settling.settle(money.practice, "stripe", stale)
    assert (money.payment(KEY).refunded_minor, money.alerts.held) == (10000, {})


def test_money_of_no_payment_calls_a_person_once_it_is_captured(money: Money) -> None:
    money.processor.attempts["cs_x"] = replace(money.processor.attempts[f"cs_{KEY}"], payment_id="x")
    money.webhook("evt-1", "pi_x")
    money.work_off()
    assert money.alerts.held == {}
    money.processor.become("x", Stage.SUCCEEDED)
    for event in ("evt-2", "evt-3"):
        money.webhook(event, "pi_x")
    money.work_off()
    assert money.alerts.names == ["unknown_money"]
    assert money.sweep()["inbox"] == 0


def test_what_a_person_must_decide_does_not_go_back_to_the_queue(money: Money) -> None:
    taken = money.processor.take(KEY)
    money.processor.attempts[f"cs_{KEY}"] = replace(
        taken, refunds=(Refunded("re_1", 12000, RefundStatus.SUCCEEDED, AT),)
    )
    money.webhook("evt-1", f"pi_{KEY}")
    money.work_off()
    assert money.alerts.subjects == {"re_1": "refund_above_remainder"}
    assert money.sweep()["inbox"] == 0


def test_an_event_that_cannot_be_worked_off_for_hours_calls_a_person_once(money: Money) -> None:
    money.processor.take(KEY)
    money.webhook("evt-1", f"pi_{KEY}")
    for tries in range(STUCK):
        assert money.alerts.held == {}, tries
        money.sweep(after_minutes=2**tries + 1)
    for _ in range(2):
        money.sweep(after_minutes=6 * 60 + 1)
    assert money.alerts.subjects == {"stripe#evt-1": "inbox_stuck"}
    money.work_off()
    assert money.payment(KEY).state is State.SUCCEEDED


def test_a_notice_that_cannot_be_sent_for_hours_calls_a_person(money: Money) -> None:
    money.processor.become(KEY, Stage.PROCESSING)
    money.settle(KEY)
    money.processor.become(KEY, Stage.FAILED)
    money.settle(KEY)
    for tries in range(STUCK + 1):
        assert money.alerts.held == {}, tries
        money.sweep(after_minutes=2**tries + 1)
    assert money.alerts.subjects == {f"maya {KEY}": "notice_stuck"}


def test_a_receipt_that_cannot_be_made_for_hours_calls_a_person(money: Money) -> None:
    money.processor.take(KEY)
    money.settle(KEY)
    for tries in range(STUCK + 1):
        money.sweep(after_minutes=2**tries + 1)
    assert money.alerts.subjects == {f"stripe#pi_{KEY}#succeeded": "receipt_stuck"}
