"""Issue 13, number 1: Stripe's list of events, as reconcile reads it."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.kernel.outside import ProcessorDenied, ProcessorMissing, ProcessorRefused
from chalicelib.payments.ports.processors import Decision, Stage
from chalicelib.payments.processors.stripe import changes
from tests.contract.harness import Practice
from tests.contract.test_adapter import PAYMENT, adapter, attempt, debited, end, paid
from tests.contract.test_balance import decided, disputed
from tests.support.announced import listed, told
from tests.support.references import named


def since(**ago: float) -> datetime:
    return datetime.now(UTC) - (timedelta(**ago) if ago else timedelta(hours=1))


def test_what_two_events_say_of_one_payment_is_asked_for_once(practice: Practice) -> None:
    """A card's payment brings seven events: the session, the intent, the charge, and its fee."""
    intent_id = paid(practice).intent_id
    assert listed(adapter(practice), since()) == [named(intent_id)]


def test_every_fact_that_is_settled_is_led_to(practice: Practice) -> None:
    stripe = adapter(practice)
    facts = paid(practice)
    stripe.refund(intent_id=facts.intent_id, refund_id="r1", amount_minor=2000)
    dispute_id = disputed(practice, facts.intent_id)
    decided(practice, dispute_id, won=True)
    returned = debited(practice, payment_id=f"{PAYMENT}-2")
    end(practice, returned, "account_closed")
    under_way = debited(practice, payment_id=f"{PAYMENT}-3")
    over = stripe.expire(stripe.open(attempt(f"{PAYMENT}-4")).session_id)
    found = {found.payment_id: found for found in told(stripe, since())}
    assert set(listed(stripe, since())) == {
        *map(named, (facts.intent_id, dispute_id, returned, under_way, over.session_id))
    }
    assert {name: each.stage for name, each in found.items()} == {
        PAYMENT: Stage.SUCCEEDED, f"{PAYMENT}-2": Stage.FAILED, f"{PAYMENT}-3": Stage.PROCESSING,
        f"{PAYMENT}-4": Stage.EXPIRED,
    }  # fmt: skip
    by_dispute = stripe.look(named(dispute_id))
    assert by_dispute is not None
    assert [dispute.decision for dispute in by_dispute.disputes] == [Decision.WON]
    assert [refund.amount_minor for refund in by_dispute.refunds] == [2000]


def test_a_page_at_a_time_whatever_comes_meanwhile(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "_PAGE", 2)
    intents = [practice.paid()["id"] for _ in range(3)]
    stripe = adapter(practice)
    first = stripe.changes(since=since(), cursor="")
    assert first.next_cursor.startswith("evt_")
    later = practice.paid()["id"]
    rest, cursor = list(first.about), first.next_cursor
    while cursor:
        page = stripe.changes(since=since(), cursor=cursor)
        rest, cursor = [*rest, *page.about], page.next_cursor
    assert set(rest) == set(map(named, intents))
    assert named(later) in listed(stripe, since())


def test_what_is_older_than_asked_for_or_than_30_days_is_not_listed(practice: Practice) -> None:
    intent_id = paid(practice).intent_id
    stripe = adapter(practice)
    assert listed(stripe, datetime.now(UTC) + timedelta(minutes=1)) == []
    practice.control("POST", "clock", {"advance_seconds": 29 * 24 * 3600})
    assert listed(stripe, since(days=1)) == [named(intent_id)]
    practice.control("POST", "clock", {"advance_seconds": 2 * 24 * 3600})
    assert listed(stripe, since(days=1)) == []


def test_a_place_that_is_not_known_and_keys_that_are_not_taken_are_told(practice: Practice) -> None:
    with pytest.raises(ProcessorRefused) as refused:
        adapter(practice).changes(since=since(), cursor="evt_unheard_of")
    assert not isinstance(refused.value, ProcessorDenied)
    assert isinstance(refused.value, ProcessorMissing)
    with pytest.raises(ProcessorDenied):
        adapter(practice, secret_key="sk_test_revoked").changes(since=since(), cursor="")
