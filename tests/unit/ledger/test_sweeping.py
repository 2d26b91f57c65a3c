"""What is stuck is started again; one that cannot be helped keeps nobody waiting."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.domain.payments import State
from chalicelib.services.ports import Facts, Stage
from tests.support.money import Money


@pytest.fixture
def money() -> Money:
    made = Money()
    for account_id in ("maya", "noah"):
        made.open(account_id)
        made.charge(f"c-{account_id}", 10000, account_id)
    return made


def test_an_event_kept_but_not_enqueued_is_enqueued_by_the_sweep(money: Money) -> None:
    money.start("key-1")
    money.processor.take("key-1")
    money.settle_queue.down = True
    money.webhook("evt-1", "pi_key-1")
    money.settle_queue.down = False
    assert money.sweep()["inbox"] == 1
    money.work_off()
    assert money.payment("key-1").state is State.SUCCEEDED
    assert money.sweep() == {"inbox": 0, "receipt": 1, "payment": 0, "returned": 0}


def test_an_event_received_twice_is_worked_off_again_and_changes_nothing(money: Money) -> None:
    money.start("key-1")
    money.processor.take("key-1")
    money.webhook("evt-1", "pi_key-1")
    money.webhook("evt-1", "pi_key-1")
    assert len(money.settle_queue.sent) == 2  # resending an event is how people mend what is stuck
    money.work_off()
    assert money.account().ledger.seq == 3


def test_events_of_other_deployments_are_put_aside(money: Money) -> None:
    money.start("key-1")
    money.processor.attempts["cs_x"] = replace(
        money.processor.attempts["cs_key-1"], payment_id="x", stage=Stage.SUCCEEDED
    )
    money.webhook("evt-1", "pi_x")
    money.webhook("evt-2", "cus_nothing")
    money.work_off()
    assert money.sweep()["inbox"] == 0


def test_an_abandoned_attempt_is_looked_at_once_its_session_is_over(money: Money) -> None:
    money.start("key-1")
    money.processor.become("key-1", Stage.EXPIRED)
    assert money.sweep(after_minutes=30)["payment"] == 0
    assert money.sweep(after_minutes=40)["payment"] == 1
    assert money.payment("key-1").state is State.EXPIRED


class OneBroken(Exception):
    """Nothing that the services know of."""


def test_one_payment_that_cannot_be_read_does_not_keep_the_others_waiting(money: Money) -> None:
    money.processor.silent = ["before", "before"]
    money.start("key-1")
    money.start("key-2", "noah")
    opened = money.processor.open

    def broken(attempt: object) -> object:
        if getattr(attempt, "payment_id", "") == "key-1":
            raise OneBroken
        return opened(attempt)  # type: ignore[arg-type]

    money.processor.open = broken  # type: ignore[method-assign, assignment]
    assert money.sweep()["payment"] == 1
    assert money.payment("key-2", "noah").state is State.AWAITING


def test_reconcile_goes_on_after_money_that_a_person_must_look_at(money: Money) -> None:
    money.start("key-1")
    money.start("key-2", "noah")
    money.processor.take("key-1", currency="EUR")
    money.processor.take("key-2")
    assert money.reconciling.reconcile() == 2
    assert money.payment("key-1").state is State.AWAITING
    assert money.payment("key-2", "noah").state is State.SUCCEEDED


def test_reconcile_goes_on_after_a_practice_that_fails(money: Money) -> None:
    money.start("key-1")
    money.processor.take("key-1")
    money.practices.held = {"broken": money.practices.held["fern"], **money.practices.held}
    recent, calls = money.processor.recent, list[int]()

    def first_breaks(*, since: datetime) -> Iterator[Facts]:
        calls.append(1)
        if len(calls) == 1:
            raise OneBroken
        return recent(since=since)

    money.processor.recent = first_breaks  # type: ignore[method-assign]
    money.reconciling.reconcile()
    assert money.payment("key-1").state is State.SUCCEEDED


def test_with_all_webhooks_lost_one_reconcile_posts_all_and_the_next_nothing(money: Money) -> None:
    money.start("key-1")
    money.start("key-2", "noah")
    money.processor.take("key-1")
    money.processor.take("key-2")
    money.processor.refund(intent_id="pi_key-2", refund_id="r1", amount_minor=2500)
    money.reconciling.reconcile()
    assert money.account().ledger.balance_minor == 0
    assert money.account("noah").ledger.balance_minor == 2500
    commits = money.ledgers.commits
    money.reconciling.reconcile()
    assert money.ledgers.commits == commits
