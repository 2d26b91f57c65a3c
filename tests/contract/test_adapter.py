"""Our own Stripe adapter against the stand-in: what it asks is accepted, what it reads is what happened."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.kernel.outside import ProcessorDenied, ProcessorMissing, ProcessorRefused, ProcessorTimeout
from chalicelib.ledger.domain.methods import Method
from chalicelib.payments.domain.return_reasons import ReturnReason
from chalicelib.payments.ports.connections import STRIPE_RIGHTS
from chalicelib.payments.ports.processors import (
    Attempt,
    Decision,
    Embedded,
    Facts,
    Redirect,
    Stage,
    WebhookInvalid,
)
from chalicelib.payments.processors.stripe.client import StripeProcessor
from tests.contract.harness import Practice, debit
from tests.support.announced import told
from tests.support.processor import secret_of
from tests.support.references import named
from tests.support.waiting import wait_until

PAYMENT = "0b8f1c1e-0000-4000-8000-000000000001"


def restricted(practice: Practice, *, without: str = "") -> str:
    """A restricted key with the rights that connecting prints."""
    rights = [right.name for right in STRIPE_RIGHTS if right.name != without]
    practice.control("POST", "rights", {"account": practice.name, "rights": rights})
    return practice.key.replace("sk_", "rk_")


def adapter(practice: Practice, secret_key: str = "") -> StripeProcessor:
    """With a key that may do no more than it has to."""
    return StripeProcessor(
        secret_key=secret_key or restricted(practice),
        publishable_key=practice.publishable_key,
        webhook_secrets=["whsec_x"],
        api_base=practice.server.origin,
    )


def attempt(payment_id: str = PAYMENT, *, flow: str = "inline", amount_minor: int = 12000) -> Attempt:
    page = f"http://localhost:8000/demo/return?payment={payment_id}"
    created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return Attempt(payment_id, "acct", amount_minor, "USD", flow, ("card",), "en", page, page, created)


def paid(practice: Practice, card: str = "pm_card_visa", payment_id: str = PAYMENT) -> Facts:
    """An attempt paid in the page; waits for the balance transaction, which Stripe makes a moment later."""
    stripe = adapter(practice)
    opened = stripe.open(attempt(payment_id))
    answer = practice.client_call(
        "confirm", client_secret=secret_of(opened), payment_method=card, email="p@example.org"
    )
    assert answer.status == 200, answer.body
    wait_until(
        lambda: (found := stripe.look(named(opened.session_id))) and found.captured is not None, seconds=10
    )
    facts = stripe.look(named(opened.session_id))
    assert facts is not None
    return facts


BANK = "us_bank_account"


def debited(practice: Practice, name: str = "success", payment_id: str = PAYMENT) -> str:
    """An attempt whose payer chose a bank account; the PaymentIntent's id."""
    stripe = adapter(practice)
    opened = stripe.open(replace(attempt(payment_id), ways=("card", "bank")))
    secret, method = secret_of(opened), f"pm_usBankAccount_{name}"
    fields = {"client_secret": secret, "payment_method": method, "email": "p@example.org"}
    assert practice.client_call("confirm", **fields).status == 200
    facts = stripe.look(named(opened.session_id))
    assert facts is not None
    assert (facts.stage, facts.amount_minor, facts.movements) == (Stage.PROCESSING, 0, ())
    assert facts.method is not None
    assert facts.method.kind == "bank"
    return facts.intent_id


def end(practice: Practice, intent_id: str, outcome: str) -> None:
    wanted = {"account": practice.name, "payment_intent": intent_id, "outcome": outcome}
    practice.control("POST", "debits", wanted)


def set_up(practice: Practice) -> str:
    """A session that charges nothing and carries our metadata all the same."""
    ours = {"payment": PAYMENT, "account": "acct"}
    more = {"mode": "setup", "line_items": None, "currency": "usd", "ui_mode": "elements"}
    session = practice.session(client_reference_id=PAYMENT, metadata=ours, **more)
    return str(session["id"])


def complete(practice: Practice, session_id: str, intent: str) -> None:
    wanted = {"account": practice.name, "session": session_id, "intent": intent}
    practice.control("POST", "sessions/complete", wanted)


def session_of(practice: Practice, intent_id: str) -> str:
    found = practice.get("/v1/checkout/sessions", {"payment_intent": intent_id}).json["data"]
    return str(found[0]["id"])


def test_bank_accounts_are_offered_only_where_the_attempt_says_so(practice: Practice) -> None:
    stripe = adapter(practice)
    for offered, types in ((("card",), ["card"]), (("card", "bank"), ["card", BANK])):
        wanted = replace(attempt(f"{PAYMENT}-{len(offered)}"), ways=offered)
        session = practice.get(f"/v1/checkout/sessions/{stripe.open(wanted).session_id}").json
        assert session["payment_method_types"] == types
        options = session["payment_method_options"]
        assert options.get(BANK) == ({"verification_method": "instant"} if "bank" in offered else None)


def test_a_debit_reads_as_processing_and_then_as_paid_when_the_money_came(practice: Practice) -> None:
    intent_id = debited(practice)
    practice.control("POST", "clock", {"advance_seconds": 4 * 86400})
    stripe = adapter(practice)
    for found in (stripe.look(named(intent_id)), stripe.look(named(session_of(practice, intent_id)))):
        assert found is not None
        assert (found.stage, found.amount_minor, found.captured and found.captured.fee_minor) == (
            Stage.SUCCEEDED,
            12000,
            96,
        )
        assert found.method == Method("bank", "STRIPE TEST BANK", "6789")
        assert found.captured_at == ""  # not when it was asked for, which is what its books' row says


def test_a_returned_debit_reads_as_failed_by_session_by_intent_and_among_recent_ones(
    practice: Practice,
) -> None:
    intent_id = debited(practice)
    end(practice, intent_id, "account_closed")
    stripe = adapter(practice)
    recent = told(stripe, datetime.now(UTC) - timedelta(days=1))
    for found in (
        stripe.look(named(intent_id)),
        stripe.look(named(session_of(practice, intent_id))),
        *recent,
    ):
        assert found is not None
        assert (found.stage, found.return_reason) == (Stage.FAILED, ReturnReason.ACCOUNT_CLOSED)
        assert [moved.fee_minor for moved in found.movements] == [96, 400 - 96]
    assert len(recent) == 1


def test_a_late_return_reads_as_a_dispute_that_is_lost(practice: Practice) -> None:
    intent_id = debited(practice)
    end(practice, intent_id, "paid")
    late = {"account": "demo", "payment_intent": intent_id, "reason": "insufficient_funds"}
    practice.control("POST", "disputes", late)
    found = adapter(practice).look(named(intent_id))
    assert found is not None
    (dispute,) = found.disputes
    assert (dispute.decision, dispute.taken_minor("USD")) == (Decision.LOST, 12000)
    assert [row.fee_minor for row in dispute.movements] == [400]


@pytest.mark.parametrize("flow", ["inline", "redirect"])
def test_an_attempt_opens_once_however_often_it_is_asked_for(practice: Practice, flow: str) -> None:
    stripe, wanted = adapter(practice), attempt(flow=flow)
    first, again = stripe.open(wanted), stripe.open(wanted)
    assert first == again
    assert isinstance(first.next, Redirect if flow == "redirect" else Embedded)
    facts = stripe.look(named(first.session_id))
    assert facts is not None
    assert (facts.payment_id, facts.account_id, facts.stage) == (PAYMENT, "acct", Stage.OPEN)


def test_a_paid_attempt_reads_the_same_by_session_intent_and_charge(practice: Practice) -> None:
    facts = paid(practice)
    assert (facts.stage, facts.amount_minor, facts.currency) == (Stage.SUCCEEDED, 12000, "USD")
    assert facts.method == Method("card", "Visa", "4242", expiry=f"{datetime.now(UTC).year + 1}-12")
    assert facts.captured is not None
    assert facts.captured.fee_minor == 378  # 2.9 % + 30
    by_intent = adapter(practice).look(named(facts.intent_id))
    assert by_intent is not None
    assert (by_intent.payment_id, by_intent.captured) == (PAYMENT, facts.captured)
    charge = practice.client.v1.payment_intents.retrieve(facts.intent_id).latest_charge
    by_charge = adapter(practice).look(named(str(charge)))
    assert by_charge == by_intent


def test_expiring_ends_an_open_attempt_and_tells_of_a_paid_one(practice: Practice) -> None:
    stripe = adapter(practice)
    opened = stripe.open(attempt("0b8f1c1e-0000-4000-8000-000000000002"))
    assert stripe.expire(opened.session_id).stage is Stage.EXPIRED
    assert stripe.expire(opened.session_id).stage is Stage.EXPIRED
    assert stripe.expire(paid(practice).session_id).stage is Stage.SUCCEEDED


def test_an_attempt_whose_answer_was_lost_is_found_by_its_payment(practice: Practice) -> None:
    stripe = adapter(practice)
    stripe.open(attempt())
    since = datetime.now(UTC) - timedelta(hours=1)
    found = stripe.find(PAYMENT, account_id="acct", since=since)
    assert found is not None
    assert found.payment_id == PAYMENT
    assert stripe.find("another", account_id="acct", since=since) is None


def test_an_attempt_is_found_beside_another_accounts_of_the_same_id_and_a_set_up_of_its_own(
    practice: Practice,
) -> None:
    """Payers choose the ids of their payments."""
    stripe, since = adapter(practice), datetime.now(UTC) - timedelta(hours=1)
    ours = stripe.open(attempt())
    theirs = stripe.open(replace(attempt(), account_id="other"))
    set_up(practice)
    for account_id, opened in (("acct", ours), ("other", theirs)):
        found = stripe.find(PAYMENT, account_id=account_id, since=since)
        assert found is not None
        assert (found.session_id, found.account_id) == (opened.session_id, account_id)
    assert stripe.find(PAYMENT, account_id="third", since=since) is None


def test_a_payment_without_a_session_is_found_by_what_it_carries_and_ends_when_its_debit_comes_back(
    practice: Practice,
) -> None:
    """Nobody can try it again, so that an intent which waits for another bank account is over."""
    stripe, since = adapter(practice), datetime.now(UTC) - timedelta(hours=1)
    intent_id = practice.made("/v1/payment_intents", debit(metadata={"payment": PAYMENT, "account": "acct"}))[
        "id"
    ]
    found = stripe.find(PAYMENT, account_id="acct", since=since)
    assert found is not None
    assert (found.intent_id, found.session_id, found.stage) == (intent_id, "", Stage.PROCESSING)
    assert stripe.find(PAYMENT, account_id="other", since=since) is None
    end(practice, intent_id, "account_closed")
    over = stripe.look(named(intent_id))
    assert over is not None
    assert (over.stage, over.return_reason) == (Stage.FAILED, ReturnReason.ACCOUNT_CLOSED)


def test_refunds_are_made_once_by_key_and_read_back_with_our_id(practice: Practice) -> None:
    facts, stripe = paid(practice), adapter(practice)
    first = stripe.refund(intent_id=facts.intent_id, refund_id="r1", amount_minor=5000)
    again = stripe.refund(intent_id=facts.intent_id, refund_id="r1", amount_minor=5000)
    assert (first.id, first.status) == (again.id, "succeeded")
    seen = stripe.look(named(first.id))
    assert seen is not None
    assert [(r.amount_minor, r.refund_id) for r in seen.refunds] == [(5000, "r1")]
    with pytest.raises(ProcessorRefused):
        stripe.refund(intent_id=facts.intent_id, refund_id="r2", amount_minor=7001)


def test_more_refunds_than_come_with_a_charge_are_all_read(practice: Practice) -> None:
    facts, stripe = paid(practice), adapter(practice)
    for n in range(12):
        stripe.refund(intent_id=facts.intent_id, refund_id=f"r{n}", amount_minor=100)
    seen = stripe.look(named(facts.intent_id))
    assert seen is not None
    assert len(seen.refunds) == 12


def test_a_dispute_is_read_open_and_decided_and_found_by_reconcile(practice: Practice) -> None:
    facts, stripe = paid(practice, "pm_card_createDispute"), adapter(practice)
    disputed = stripe.look(named(facts.intent_id))
    assert disputed is not None
    (dispute,) = disputed.disputes
    assert (dispute.taken_minor("USD"), dispute.decision) == (12000, Decision.OPEN)
    assert [row.fee_minor for row in dispute.movements] == [1500]
    decision = {"account": practice.name, "dispute": dispute.id, "won": True, "fee_back": True}
    practice.control("POST", "disputes/close", decision)
    since = datetime.now(UTC) - timedelta(hours=1)
    decided = [d.decision for found in told(stripe, since) for d in found.disputes]
    assert Decision.WON in decided
    by_id = stripe.look(named(dispute.id))
    assert by_id is not None
    (won,) = by_id.disputes
    assert (won.decision, won.taken_minor("USD")) == (Decision.WON, 0)
    assert [(row.amount_minor, row.fee_minor) for row in won.movements] == [(-12000, 1500), (12000, -1500)]


def test_reconcile_reads_every_attempt_and_nothing_that_is_not_ours(practice: Practice) -> None:
    ours = paid(practice)
    practice.post("/v1/payment_intents", {"amount": 500, "currency": "usd", "payment_method_types": ["card"]})
    found = told(adapter(practice), datetime.now(UTC) - timedelta(hours=1))
    assert [facts.payment_id for facts in found] == [ours.payment_id]


def test_silence_is_a_time_out_and_a_no_is_a_refusal(practice: Practice) -> None:
    stripe = adapter(practice)
    for kind in ("status", "cut"):
        fault = {"kind": kind, "when": "after", "count": 1, "status": 500, "bytes": 1}
        practice.control("POST", "faults", fault)
        with pytest.raises(ProcessorTimeout):
            stripe.open(attempt(f"0b8f1c1e-0000-4000-8000-{kind:0>12}"))
    with pytest.raises(ProcessorRefused) as refused:
        stripe.open(attempt("too-little", amount_minor=49))
    assert refused.value.code == "amount_too_small"


def test_keys_that_are_not_taken_are_told_from_a_no_to_what_was_asked(practice: Practice) -> None:
    stripe = adapter(practice, secret_key="sk_test_revoked")
    asked = [lambda: stripe.look(named("pi_1")), lambda: stripe.movements(since=datetime.now(UTC), cursor="")]
    for ask in asked:
        with pytest.raises(ProcessorDenied):
            ask()
    with pytest.raises(ProcessorRefused) as refused:
        adapter(practice).look(named("pi_unheard_of"))
    assert (refused.value.code, type(refused.value)) == ("resource_missing", ProcessorMissing)


def test_webhooks_of_others_old_ones_and_nonsense_are_refused(practice: Practice) -> None:
    stripe, now = adapter(practice), datetime.now(UTC)
    for signature in ("", "t=1,v1=00", f"t={int(time.time())},v1=00"):
        with pytest.raises(WebhookInvalid):
            stripe.news({"stripe-signature": signature}, b"{}", now=now)
