"""Settling: one credit per movement of money, whoever brings it, in whatever order, however late."""

import itertools
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.kernel.errors import NotFound, Refused
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.domain.allocation import Allocation, Share
from chalicelib.ledger.domain.marker_keys import Outcome, at_processor
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.payments import State
from chalicelib.payments.ports.processors import Facts, Refunded, RefundStatus, Stage
from chalicelib.payments.services.settling import EVENTS
from tests.support.money import Money, meanwhile
from tests.support.processor import AT

OUTCOMES = {
    Stage.OPEN: None,
    Stage.PROCESSING: State.PROCESSING,
    Stage.CANCELED: State.CANCELED,
    Stage.EXPIRED: State.EXPIRED,
    Stage.FAILED: State.EXPIRED,
    Stage.SUCCEEDED: State.SUCCEEDED,
}


@pytest.fixture
def money() -> Money:
    made = Money()
    made.open()
    made.charge("c1", 10000)
    return made


def receipts_due(money: Money) -> list[str]:
    return [m.key for m in money.ledgers.movements.values() if m.due == "receipt"]


def test_a_capture_credits_the_full_amount_and_posts_the_fee_as_the_practices(money: Money) -> None:
    money.start("key-1")
    money.processor.take("key-1")
    paid = money.settle("key-1")
    assert (paid.state, paid.amount_minor, paid.fee_minor, paid.owed_after_minor) == (
        State.SUCCEEDED, 10000, 320, 0,
    )  # fmt: skip
    assert money.account().ledger.balance_minor == 0
    assert money.account().reserved == {}
    assert [e.draft.kind for e in money.ledgers.entries(money.ref())] == [
        "charge", "payment", "processor_fee",
    ]  # fmt: skip


def test_told_any_number_of_times_it_is_one_credit_and_one_receipt(money: Money) -> None:
    money.start("key-1")
    money.processor.take("key-1")
    for _ in range(3):
        money.settle("key-1")
        money.check("key-1")
        money.reconciling.reconcile()
    assert money.account().ledger.seq == 3
    assert receipts_due(money) == ["stripe#pi_key-1#succeeded"]
    assert len(money.documents_queue.sent) == 1


@pytest.mark.parametrize("trouble", ["busy", "conflict", "lost"])
@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_trouble_in_the_store_neither_doubles_nor_loses(money: Money, trouble: str, at: int) -> None:
    money.start("key-1")
    money.processor.take("key-1")
    money.processor.refund(intent_id="pi_key-1", refund_id="r1", amount_minor=10000)
    money.ledgers.trouble = [""] * at + [trouble]
    settled = money.settle("key-1")
    assert (settled.state, settled.refunded_minor, settled.fee_minor) == (State.SUCCEEDED, 10000, 320)
    assert money.account().ledger.balance_minor == 10000
    assert receipts_due(money) == ["stripe#pi_key-1#succeeded"]


@pytest.mark.parametrize(("stage", "outcome"), OUTCOMES.items())
def test_an_awaiting_payment_goes_where_the_processor_says(
    money: Money, stage: Stage, outcome: State | None
) -> None:
    money.start("key-1")
    money.processor.become("key-1", stage) if stage is not Stage.SUCCEEDED else money.processor.take("key-1")
    settled = money.settle("key-1")
    assert settled.state is (outcome or State.AWAITING)
    assert bool(money.account().reserved) is settled.live


@pytest.mark.parametrize(
    "stages", list(itertools.permutations([s for s in Stage if s is not Stage.SUCCEEDED], 3))
)
def test_money_is_credited_after_whatever_was_believed_before(
    money: Money, stages: tuple[Stage, ...]
) -> None:
    money.start("key-1")
    for stage in stages:
        money.processor.become("key-1", stage)
        money.settle("key-1")
    money.processor.take("key-1")
    assert money.settle("key-1").state is State.SUCCEEDED
    for stage in stages:  # old news after the end changes nothing
        money.settling.settle(money.practice, "stripe", facts(money, stage=stage))
    assert money.payment("key-1").state is State.SUCCEEDED
    assert money.account().ledger.balance_minor == 0
    assert money.account().reserved == {}


def facts(money: Money, **changes: object) -> Facts:
    return replace(money.processor.attempts["cs_key-1"], **changes)  # type: ignore[arg-type]


def test_a_late_capture_of_an_item_paid_meanwhile_becomes_credit_and_is_kept(money: Money) -> None:
    money.start("key-1")
    money.processor.become("key-1", Stage.EXPIRED)
    money.settle("key-1")
    money.cash("p1", 10000)
    money.processor.take("key-1")
    late = money.settle("key-1")
    assert late.state is State.SUCCEEDED
    assert (late.allocation.shares, late.allocation.credit_minor) == ((), 10000)
    assert money.account().ledger.credit_minor == 10000


def test_an_early_event_does_not_make_an_attempt_waiting_without_the_place_to_pay(money: Money) -> None:
    money.processor.silent = ["after"]
    money.start("key-1")
    money.settling.settle(money.practice, "stripe", facts(money, session_id="", stage=Stage.OPEN))
    assert money.payment("key-1").state is State.UNKNOWN
    found = money.check("key-1")
    assert found.state is State.AWAITING
    assert found.session_id == "cs_key-1"
    assert found.next_url


@pytest.mark.parametrize("stage", [Stage.FAILED, Stage.CANCELED, Stage.EXPIRED])
def test_a_bank_debit_that_came_to_nothing_frees_its_items(money: Money, stage: Stage) -> None:
    money.start("key-1")
    money.processor.become("key-1", Stage.PROCESSING)
    assert money.settle("key-1").state is State.PROCESSING
    with pytest.raises(Refused):
        money.quote()
    money.processor.become("key-1", stage)
    assert money.settle("key-1").state is State.FAILED
    assert money.account().reserved == {}


def test_a_refund_seen_by_two_at_once_is_posted_once_and_neither_fails(money: Money) -> None:
    money.start("key-1")
    money.processor.take("key-1")
    money.settle("key-1")
    money.processor.refund(intent_id="pi_key-1", refund_id="r1", amount_minor=10000)
    meanwhile(money.ledgers, "marker", lambda: money.settle("key-1"))
    assert money.settle("key-1").refunded_minor == 10000
    assert money.account().ledger.balance_minor == 10000


def test_refunds_made_at_the_processor_are_posted_each_once_when_they_succeed(money: Money) -> None:
    money.start("key-1")
    taken = money.processor.take("key-1")
    pending = Refunded("re_1", 4000, RefundStatus.PENDING, AT)
    done = Refunded("re_2", 1000, RefundStatus.SUCCEEDED, AT)
    for refunds in [(pending,), (pending, done), (replace(pending, status=RefundStatus.SUCCEEDED), done)]:
        money.settling.settle(money.practice, "stripe", replace(taken, refunds=refunds))
    assert money.payment("key-1").refunded_minor == 5000
    assert money.account().ledger.balance_minor == 5000


def test_less_or_more_than_asked_for_is_credited_as_it_was_captured(money: Money) -> None:
    for captured, owed in [(9000, 1000), (12000, -2000)]:
        other = Money()
        other.open()
        other.charge("c1", 10000)
        other.start("key-1")
        other.processor.take("key-1", amount_minor=captured)
        assert other.settle("key-1").allocation.total_minor == captured
        assert other.account().ledger.balance_minor == owed


def test_another_currency_and_an_unknown_payment_change_nothing(money: Money) -> None:
    money.start("key-1")
    taken = money.processor.take("key-1")
    before = money.account()
    money.settling.settle(money.practice, "stripe", replace(taken, currency="EUR"))
    assert money.alerts.subjects == {"pi_key-1": "currency_differs"}
    for changes in ({"payment_id": "other"}, {"account_id": "noah"}):
        with pytest.raises(NotFound):
            money.settling.settle(money.practice, "stripe", replace(taken, **changes))  # type: ignore[arg-type]
    assert money.account() == before


def test_a_receipt_that_could_not_be_queued_stays_due(money: Money) -> None:
    money.start("key-1")
    money.processor.take("key-1")
    money.documents_queue.down = True
    money.settle("key-1")
    assert money.documents_queue.sent == []
    money.documents_queue.down = False
    assert money.sweep()["receipt"] == 1
    assert [m["marker"] for m in money.documents_queue.sent] == receipts_due(money)


def test_every_event_the_table_of_stages_names_is_allowed_from_that_state() -> None:
    from chalicelib.ledger.domain.payments import next_state

    for (stage, state), event in EVENTS.items():
        assert next_state(state, event) is not state, (stage, state)


def test_a_busy_store_is_said_so_and_the_money_is_credited_later(money: Money) -> None:
    money.start("key-1")
    money.processor.take("key-1")
    money.ledgers.trouble = ["busy"] * 12
    with pytest.raises(Busy):
        money.settle("key-1")
    assert money.settle("key-1").state is State.SUCCEEDED


def test_what_a_conflict_showed_is_decided_again_on_the_new_account(money: Money) -> None:
    money.start("key-1")
    money.processor.take("key-1")
    meanwhile(money.ledgers, "account", lambda: money.cash("p1", 10000))
    settled = money.settle("key-1")
    assert (settled.allocation.shares, settled.allocation.credit_minor) == ((), 10000)
    assert settled.owed_after_minor == -10000


def test_news_that_met_a_conflict_is_tried_again_after_a_pause(money: Money) -> None:
    money.start("key-1")
    money.processor.become("key-1", Stage.EXPIRED)
    money.ledgers.trouble = ["conflict"]
    assert money.settle("key-1").state is State.EXPIRED
    assert money.clock.pauses == 1


def test_the_chosen_service_is_paid_though_an_older_one_is_open(money: Money) -> None:
    chosen = money.charge("c2", 3000, date="2026-03-08")
    money.start("key-1", kind="services", charge_ids=(chosen,))
    money.processor.take("key-1")
    assert money.settle("key-1").allocation == Allocation((Share(chosen, 3000),))
    assert (money.owed(chosen), money.account().ledger.balance_minor) == (0, 10000)


def test_a_capture_tells_an_unknown_payment_its_session_and_how_much_it_was(money: Money) -> None:
    money.processor.silent = ["after"]
    assert money.start("key-1").session_id == ""
    money.processor.take("key-1", amount_minor=9000)
    settled = money.settle("key-1")
    assert (settled.session_id, settled.intent_id, settled.amount_minor) == ("cs_key-1", "pi_key-1", 9000)


def test_a_capture_and_its_fee_are_one_transaction(money: Money) -> None:
    """Issue 13, number 5."""
    money.start("key-1")
    money.processor.take("key-1")
    commits = money.ledgers.commits
    money.settle("key-1")
    assert money.ledgers.commits == commits + 1
    assert [e.draft.kind.value for e in money.ledgers.entries(money.ref())][1:] == [
        "payment",
        "processor_fee",
    ]


def test_money_is_credited_although_its_fee_stands_already(money: Money) -> None:
    """Issue 13, number 5: the fee's marker says nothing about the money."""
    money.start("key-1")
    facts = money.processor.take("key-1")
    key = at_processor("stripe", "txn_key-1", Outcome.FEE)
    money.ledgers.movements["fern", key] = Marker(key, "maya", "key-1", 1, AT)
    paid = money.settle("key-1")
    assert (paid.state, paid.amount_minor, paid.fee_minor) == (State.SUCCEEDED, facts.amount_minor, None)
    assert money.account().ledger.balance_minor == 0
    assert money.settle("key-1") == paid


@pytest.mark.parametrize(
    ("change", "called"),
    [({"fee_minor": 100_000_000_000}, "money_not_settled"), ({"fee_currency": "EUR"}, "currency_differs")],
)
def test_money_is_credited_although_the_ledger_refuses_its_fee_and_a_person_is_called(
    money: Money, change: dict[str, Any], called: str
) -> None:
    """Issue 13, number 5."""
    money.start("key-1")
    taken = money.processor.take("key-1")
    [moved] = taken.movements
    money.processor.attempts["cs_key-1"] = replace(taken, movements=(replace(moved, **change),))
    paid = money.settle("key-1")
    assert (paid.state, paid.fee_minor, money.account().ledger.balance_minor) == (State.SUCCEEDED, None, 0)
    assert money.alerts.names == [called]


def test_a_fee_that_is_known_later_is_posted_then(money: Money) -> None:
    money.start("key-1")
    taken = money.processor.take("key-1")
    money.processor.attempts["cs_key-1"] = replace(taken, movements=())
    assert money.settle("key-1").fee_minor is None
    money.processor.attempts["cs_key-1"] = taken
    assert money.settle("key-1").fee_minor == 320
