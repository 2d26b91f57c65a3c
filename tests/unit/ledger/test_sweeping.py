"""What is stuck is started again; one that cannot be helped keeps nobody waiting."""

from dataclasses import replace

import pytest

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Unreadable
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.payments import State
from chalicelib.payments.ports.processors import Decision, Processor, Stage
from tests.support.money import Money
from tests.support.processor import OneProcessor


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
    swept = money.sweep()
    assert swept.pop("receipt") == 1
    assert set(swept.values()) == {0}


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
    money.reconciling.reconcile()
    assert money.payment("key-1").state is State.AWAITING
    assert money.payment("key-2", "noah").state is State.SUCCEEDED


def test_reconcile_goes_on_after_a_practice_that_fails(money: Money) -> None:
    class Broken(OneProcessor):
        def of(self, practice: str, name: str) -> Processor:
            if practice != "fern":
                raise OneBroken
            return super().of(practice, name)

    money.start("key-1")
    money.processor.take("key-1")
    money.practices.held = dict.fromkeys(["broken", "fern", "torn"], money.practices.held["fern"])
    money.turns = replace(money.turns, processors=Broken(money.processor))
    assert money.reconciling.reconcile() == 3
    assert money.payment("key-1").state is State.SUCCEEDED


def test_reconcile_goes_on_after_an_account_that_cannot_be_read(money: Money) -> None:
    money.start("key-1")
    money.start("key-2", "noah")
    money.processor.take("key-1")
    money.processor.take("key-2")
    read = money.ledgers.account

    def damaged(ref: AccountRef) -> Account | None:
        if ref.account == "maya":
            raise Unreadable("ACCT")
        return read(ref)

    money.ledgers.account = damaged  # type: ignore[method-assign]
    money.reconciling.reconcile()
    assert money.payment("key-2", "noah").state is State.SUCCEEDED


def test_with_all_webhooks_lost_one_reconcile_posts_all_and_the_next_nothing(money: Money) -> None:
    """Payments, a refund, and disputes open, lost and won: all from what the processor holds."""
    decisions = {"olga": Decision.OPEN, "lena": Decision.LOST, "wim": Decision.WON}
    for account_id in decisions:
        money.open(account_id)
        money.charge(f"c-{account_id}", 10000, account_id)
    everybody = ("maya", "noah", *decisions)
    for account_id in everybody:
        money.start(f"key-{account_id}", account_id)
        money.processor.take(f"key-{account_id}")
    money.processor.refund(intent_id="pi_key-noah", refund_id="r1", amount_minor=2500)
    for account_id, decision in decisions.items():
        money.processor.dispute(f"key-{account_id}", decision, id_=f"dp_{account_id}")
    money.reconciling.reconcile()
    balances = {id_: money.account(id_).ledger.balance_minor for id_ in everybody}
    assert balances == {"maya": 0, "noah": 2500, "olga": 0, "lena": 10000, "wim": 0}
    paid = {id_: money.payment(f"key-{id_}", id_) for id_ in everybody}
    assert {payment.state for payment in paid.values()} == {State.SUCCEEDED}
    assert [payment.refunded_minor for payment in paid.values()] == [0, 2500, 0, 0, 0]
    assert [payment.disputed_minor for payment in paid.values()] == [0, 0, 10000, 0, 0]
    assert [payment.lost_minor for payment in paid.values()] == [0, 0, 0, 10000, 0]
    commits = money.ledgers.commits
    money.reconciling.reconcile()
    assert money.ledgers.commits == commits


def test_an_import_that_has_not_ended_for_an_hour_calls_a_person_until_it_ends(money: Money) -> None:
    files = ["clients.csv", "charges.csv"]
    money.register.begin(money.practice, "3f0c", actor="import", rows=13956, accounts=610, files=files)
    (found,) = money.register.under_way(money.practice)
    money.sweep(after_minutes=59)
    assert money.alerts.names == []
    money.sweep(after_minutes=3)
    (alert,) = money.alerts.all(money.practice)
    assert (alert.cause.name.value, alert.cause.subject) == ("import_unfinished", f"3f0c {found.begun_at}")
    assert alert.cause.facts == {  # files may be called as clients are: no name of one
        "import": "3f0c", "by": "import", "begun": found.begun_at, "rows": 13956, "accounts": 610,
    }  # fmt: skip
    money.register.end(money.practice, found)
    assert (money.alerts.names, money.sweep(after_minutes=600)["import"]) == ([], 0)
