"""What settling may not post: whom it calls, with what, and what becomes of the attempt."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.kernel.errors import Refused
from chalicelib.ledger.domain.entries import EntryKind
from chalicelib.ledger.domain.payments import State
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.payments.ports.movements import Kind, Movement
from chalicelib.payments.ports.processors import (
    Decision,
    Facts,
    ObjectKind,
    Reference,
    Refunded,
    RefundStatus,
    Stage,
)
from chalicelib.payments.services.after_capture import AfterCapture
from chalicelib.payments.services.book_rows import cancels
from chalicelib.payments.services.fees import post_fee
from chalicelib.payments.services.movements import CaptureFee
from tests.support.money import Money
from tests.support.processor import AT
from tests.support.refusals import Refusal, refusal

KEY = "key-1"
INTENT = f"pi_{KEY}"
ABOUT = {"account": "maya", "payment": KEY, "intent": INTENT}


@pytest.fixture
def money() -> Money:
    """Somebody who owes 100.00 and has begun to pay."""
    made = Money()
    made.open()
    made.charge("c1", 10000)
    made.start(KEY)
    return made


def row(kind: Kind, name: str = "txn_1", about: str = "ch_1", **changes: object) -> Movement:
    return replace(Movement(name, kind, 10000, "USD", 0, about, INTENT, AT), **changes)  # type: ignore[arg-type]


def in_euros(money: Money, name: str = "txn_back") -> Movement:
    return row(Kind.PAYMENT_RETURNED, name, amount_minor=-10000, fee_minor=500, fee_currency="EUR")


def decide(money: Money, name: AlertName) -> None:
    """A person has done what there was to do, and closes the alert."""
    alerting, cause = money.settling.alerting, Cause(name, INTENT)
    alerting.close("fern", cause.id, note="given back")


def test_a_fee_of_an_ended_attempt_in_another_currency_calls_a_person(money: Money) -> None:
    ended = replace(money.processor.become(KEY, Stage.FAILED), movements=(in_euros(money),))
    money.settling.settle("fern", "stripe", ended)
    cause = Cause(AlertName.CURRENCY_DIFFERS, "txn_back", {**ABOUT, "code": "currency_mixed"})
    assert {held: alert.cause for held, alert in money.alerts.held.items()} == {("fern", cause.id): cause}


def test_news_of_another_processor_with_ids_of_ours_is_of_no_payment(money: Money) -> None:
    """Somebody copied the ids. Once money came by it, a person is called."""
    facts = money.processor.attempts[f"cs_{KEY}"]
    told: Refusal = ("payment_not_found", None, {})
    assert refusal(money.settling.settle, "fern", "paypal", facts) == told
    assert money.alerts.held == {}
    assert refusal(money.settling.settle, "fern", "paypal", money.processor.take(KEY)) == told
    assert money.alerts.subjects == {INTENT: "unknown_money"}
    assert money.payment(KEY).state is State.AWAITING


def test_a_fee_that_is_refused_names_its_currency(money: Money) -> None:
    facts = replace(money.processor.become(KEY, Stage.FAILED), movements=(in_euros(money),))
    with pytest.raises(Refused) as refused:
        post_fee(money.settling.movements, "fern", "stripe", facts, in_euros(money))
    assert (refused.value.code, refused.value.details) == ("currency_mixed", {"currency": "EUR"})


@pytest.mark.parametrize(
    ("begun", "ends"),
    [
        (State.CREATED, State.EXPIRED), (State.AWAITING, State.CANCELED), (State.UNKNOWN, State.CANCELED),
        (State.CAPTURING, State.FAILED), (State.PROCESSING, State.FAILED),
    ],
)  # fmt: skip
def test_once_somebody_has_decided_about_money_in_another_currency_the_attempt_ends(
    money: Money, begun: State, ends: State
) -> None:
    """It kept its charges from being paid for good: nobody can credit it."""
    held = money.payment(KEY)
    money.ledgers.note("fern", replace(held, state=begun, version=held.version + 1))
    money.processor.take(KEY, currency="EUR")
    assert money.settle(KEY).state is begun
    decide(money, AlertName.CURRENCY_DIFFERS)
    money.ledgers.trouble = ["conflict"]
    assert money.settle(KEY).state is ends
    assert (money.account().reserved, money.account().ledger.balance_minor) == ({}, 10000)
    assert money.settle(KEY).state is ends


def test_what_was_canceled_before_its_money_came_in_another_currency_stays_canceled(money: Money) -> None:
    money.processor.become(KEY, Stage.CANCELED)
    money.settle(KEY)
    money.processor.take(KEY, currency="EUR")
    money.settle(KEY)
    decide(money, AlertName.CURRENCY_DIFFERS)
    assert money.settle(KEY).state is State.CANCELED


def test_each_that_holds_money_of_one_attempt_is_an_alert(money: Money) -> None:
    money.processor.take(KEY, second_captures=("pi_two", "pi_three"))
    money.settle(KEY)
    about: dict[str, str | int] = {
        "account": "maya",
        "payment": KEY,
        "amount_minor": 10000,
        "currency": "USD",
    }
    for intent in ("pi_two", "pi_three"):
        cause = Cause(AlertName.SECOND_CAPTURE, intent, {**about, "intent": intent})
        assert money.alerts.held["fern", cause.id].cause == cause
    assert money.alerts.subjects == dict.fromkeys(("pi_two", "pi_three"), "second_capture")


def test_money_that_the_ledger_cannot_hold_calls_a_person_with_all_that_names_it(money: Money) -> None:
    money.processor.take(KEY, amount_minor=100_000_000_000)
    assert money.settle(KEY).state is State.AWAITING
    cause = Cause(AlertName.MONEY_NOT_SETTLED, INTENT, {**ABOUT, "code": "amount_invalid"})
    assert money.alerts.held["fern", cause.id].cause == cause


def test_a_fee_that_the_ledger_refuses_calls_a_person_about_the_payment(money: Money) -> None:
    taken = money.processor.take(KEY)
    fee = replace(taken.movements[0], fee_currency="EUR")
    money.processor.attempts[f"cs_{KEY}"] = replace(taken, movements=(fee,))
    money.settle(KEY)
    cause = Cause(AlertName.CURRENCY_DIFFERS, INTENT, {**ABOUT, "code": "currency_mixed"})
    assert money.alerts.held["fern", cause.id].cause == cause
    with pytest.raises(Refused) as refused:
        CaptureFee("stripe", fee, "2026-03-10").draft(money.account(), money.payment(KEY))
    assert (refused.value.code, refused.value.details) == ("currency_mixed", {"currency": "EUR"})


def test_a_fee_that_is_heard_of_later_is_of_the_day_of_the_capture(money: Money) -> None:
    taken = money.processor.take(KEY)
    money.processor.attempts[f"cs_{KEY}"] = replace(taken, movements=())
    day = money.settle(KEY).date
    money.processor.attempts[f"cs_{KEY}"] = taken
    money.clock.advance(days=9)
    money.settle(KEY)
    *_, fee = money.ledgers.entries(money.ref())
    assert (fee.draft.kind, fee.draft.occurred_on) == (EntryKind.PROCESSOR_FEE, day)


def test_a_dispute_is_beyond_the_payment_also_where_an_older_one_is_not_told_with_it(money: Money) -> None:
    money.processor.take(KEY)
    money.processor.dispute(KEY, taken=8000)
    money.settle(KEY)
    both = money.processor.dispute(KEY, id_="dp_2", taken=4000)
    money.settling.settle("fern", "stripe", replace(both, disputes=both.disputes[1:]))
    assert money.alerts.subjects == {"dp_2": "dispute_above_payment"}
    (alert,) = money.alerts.held.values()
    assert alert.cause.facts["excess_minor"] == 2000


def test_what_contradicts_the_ledger_is_looked_at_again_by_its_dispute(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a payment that is disputed no more its processor names none."""
    money.processor.take(KEY)
    money.processor.dispute(KEY, Decision.UNKNOWN, status="new")
    look, asked = money.processor.look, list[tuple[ObjectKind, str]]()

    def seen(about: Reference) -> Facts | None:
        asked.append((about.kind, about.id))
        return look(about)

    facts = money.processor.attempts[f"cs_{KEY}"]
    monkeypatch.setattr(money.processor, "look", seen)
    money.settling.settle("fern", "stripe", facts)
    assert asked == [(ObjectKind.DISPUTE, "dp_1")]


@pytest.mark.parametrize("stage", [Stage.EXPIRED, Stage.SUCCEEDED])
def test_what_was_read_is_not_read_again(money: Money, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    if stage is Stage.SUCCEEDED:  # in another currency, and decided
        money.processor.take(KEY, currency="EUR")
        money.settle(KEY)
        decide(money, AlertName.CURRENCY_DIFFERS)
    else:
        money.processor.become(KEY, stage)
    facts = money.processor.attempts[f"cs_{KEY}"]
    seen = money.settling.movements.seen("fern", facts)

    def read(*_: object) -> None:
        raise AssertionError("read again")

    for name in ("account", "payment", "account_and_payment"):
        monkeypatch.setattr(money.ledgers, name, read)
    now = money.settling.settled("fern", "stripe", facts, seen=seen)
    assert now.existing.state is not seen.existing.state


def test_what_was_read_of_a_payment_whose_fee_is_new_is_not_read_again(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = money.processor.take(KEY)
    money.settling.settle("fern", "stripe", replace(taken, movements=()))
    seen = money.settling.movements.seen("fern", taken)

    def read(*_: object) -> None:
        raise AssertionError("read again")

    for name in ("account", "payment", "account_and_payment"):
        monkeypatch.setattr(money.ledgers, name, read)
    assert money.settling.settled("fern", "stripe", taken, seen=seen).existing.fee_minor == 320


def test_what_banks_take_beyond_the_payment_is_an_alert_of_the_practice(money: Money) -> None:
    money.processor.take(KEY)
    money.settle(KEY)
    money.processor.dispute(KEY, taken=12000)
    money.settle(KEY)
    what: dict[str, str | int] = {**ABOUT, "excess_minor": 2000, "currency": "USD"}
    cause = Cause(AlertName.DISPUTE_ABOVE_PAYMENT, "dp_1", what)
    assert money.alerts.held["fern", cause.id].cause == cause


@pytest.mark.parametrize("slower", ["refund", "dispute"])
def test_of_two_workers_who_know_of_one_loss_each_the_slower_calls_a_person(
    money: Money, slower: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither could see the other's before it posted its own (seed 20261201.s16b.5936)."""
    money.processor.take(KEY)
    money.settle(KEY)
    paid = money.processor.attempts[f"cs_{KEY}"]
    refunded = replace(paid, refunds=(Refunded("re_1", paid.amount_minor, RefundStatus.SUCCEEDED, AT),))
    disputed = replace(money.processor.dispute(KEY, Decision.LOST), refunds=())
    first, last = (disputed, refunded) if slower == "refund" else (refunded, disputed)
    settle = AfterCapture.settle

    def faster(*args: Any, **more: Any) -> Any:
        monkeypatch.setattr(AfterCapture, "settle", settle)
        money.settling.settle("fern", "stripe", first)
        return settle(*args, **more)

    monkeypatch.setattr(AfterCapture, "settle", faster)
    money.settling.settle("fern", "stripe", last)
    assert set(money.alerts.subjects.values()) == {"dispute_above_payment"}
    assert money.payment(KEY).excess_minor == paid.amount_minor


def test_the_alert_of_a_dispute_that_was_won_ends_once_its_money_is_back(money: Money) -> None:
    money.processor.take(KEY)
    money.processor.dispute(KEY)
    money.settle(KEY)
    money.processor.told(KEY, replace(money.processor.dispute(KEY).disputes[0], decision=Decision.WON))
    money.settle(KEY)
    cause = Cause(AlertName.DISPUTE_NOT_RETURNED, "dp_1")
    assert money.alerts.held["fern", cause.id].open
    money.processor.dispute(KEY, Decision.WON)
    money.settle(KEY)
    held = money.alerts.held["fern", cause.id]
    assert (held.open, held.note) == (False, "the money came back")


FAILED = Facts(KEY, "maya", Stage.FAILED, intent_id=INTENT, charge_id="ch_1")
UNDONE = Refunded("re_1", 10000, RefundStatus.FAILED, AT, undone=("txn_1",))


@pytest.mark.parametrize(
    ("moved", "facts", "cancelled"),
    [
        (row(Kind.PAYMENT), FAILED, True),
        (row(Kind.PAYMENT), replace(FAILED, movements=(row(Kind.PAYMENT, "txn_2"),)), False),
        (row(Kind.REFUND), FAILED, False),
        (row(Kind.REFUND), replace(FAILED, refunds=(UNDONE,)), True),
        (row(Kind.PAYMENT), replace(FAILED, stage=Stage.SUCCEEDED), False),
        (row(Kind.PAYMENT), replace(FAILED, stage=Stage.SUCCEEDED, charge_id="ch_2"), True),
        (row(Kind.PAYMENT_RETURNED), replace(FAILED, stage=Stage.SUCCEEDED, charge_id="ch_2"), True),
        (row(Kind.REFUND), replace(FAILED, stage=Stage.SUCCEEDED, charge_id="ch_2"), False),
    ],
    ids=[
        "denied while it was on its way", "one of a debit that is known", "another kind of a failed attempt",
        "of a refund that failed", "of the try that was paid", "of a try before it", "what a try cost before",
        "no debit",
    ],
)  # fmt: skip
def test_which_rows_of_the_books_come_to_nothing(moved: Movement, facts: Facts, cancelled: bool) -> None:
    assert cancels(moved, facts) is cancelled
