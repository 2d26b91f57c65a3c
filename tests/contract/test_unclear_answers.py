"""Our adapter where Stripe's answer is none, or says less than it seems to: unknown is never taken for no.

Issue 8, number 2.
"""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.kernel.outside import ProcessorDenied, ProcessorRefused, ProcessorTimeout
from chalicelib.payments.ports.processors import Stage
from chalicelib.payments.processors.stripe.client import StripeProcessor
from tests.contract.harness import Json, Practice
from tests.contract.test_adapter import PAYMENT, adapter, attempt, complete, paid, set_up
from tests.support.references import named
from tests.support.waiting import wait_until

NO_ANSWERS: list[Json] = [
    *({"kind": "garbage", "status": 200, "body": body} for body in ("html", "empty", "half")),
    *({"kind": "garbage", "status": status} for status in (301, 307, 401, 403, 404, 408, 424, 429, 500, 502)),
    *({"kind": "status", "status": status} for status in (400, 404, 408, 409, 424, 429, 500, 503)),
    {"kind": "cut", "bytes": 40},
]


def name(fault: Json) -> str:
    return " ".join(str(part) for part in fault.values())


@pytest.fixture(params=["before", "after"])
def when(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def stripe(practice: Practice) -> StripeProcessor:
    return adapter(practice)


def fail(practice: Practice, fault: Json, **more: object) -> None:
    practice.control("POST", "faults", {**fault, **more})


def sessions(practice: Practice) -> list[Json]:
    found: list[Json] = practice.get("/v1/checkout/sessions").json["data"]
    return found


@pytest.mark.parametrize("fault", NO_ANSWERS, ids=name)
def test_an_answer_that_is_not_stripes_own_refusal_is_a_time_out(
    practice: Practice, stripe: StripeProcessor, fault: Json, when: str
) -> None:
    """And asked again under its key it is the same attempt, whether it had happened or not."""
    fail(practice, fault, when=when, path="/v1/checkout")
    begun = attempt()
    with pytest.raises(ProcessorTimeout):
        stripe.open(begun)
    again = stripe.open(begun)
    assert [session["id"] for session in sessions(practice)] == [again.session_id]


@pytest.mark.parametrize("fault", NO_ANSWERS, ids=name)
def test_a_refund_so_answered_is_unknown_and_the_same_when_asked_again(
    practice: Practice, stripe: StripeProcessor, fault: Json
) -> None:
    intent_id = paid(practice).intent_id
    fail(practice, fault, when="after", path="/v1/refunds")
    with pytest.raises(ProcessorTimeout):
        stripe.refund(intent_id=intent_id, refund_id="r1", amount_minor=5000)
    made = stripe.refund(intent_id=intent_id, refund_id="r1", amount_minor=5000)
    assert [each["id"] for each in practice.get("/v1/refunds").json["data"]] == [made.id]


@pytest.mark.parametrize("fault", NO_ANSWERS, ids=name)
def test_no_reading_call_takes_it_for_an_answer(
    practice: Practice, stripe: StripeProcessor, fault: Json
) -> None:
    opened, since = stripe.open(attempt()), datetime.now(UTC) - timedelta(hours=1)
    asked = (
        lambda: stripe.look(named(opened.session_id)),
        lambda: stripe.look(named("pi_1")),
        lambda: stripe.look(named("re_1")),
        lambda: stripe.expire(opened.session_id),
        lambda: stripe.find(PAYMENT, account_id="acct", since=since),
        lambda: stripe.changes(since=since, cursor=""),
        lambda: stripe.movements(since=since, cursor=""),
    )
    for ask in asked:
        fail(practice, fault)
        with pytest.raises(ProcessorTimeout):
            ask()
        assert practice.control("DELETE", "faults") == {}


def test_a_redirect_is_not_followed(practice: Practice, stripe: StripeProcessor) -> None:
    """A POST would go on as a GET: the list of all refunds for an answer to one."""
    intent_id = paid(practice).intent_id
    practice.control("DELETE", "requests")
    fail(practice, {"kind": "garbage", "status": 301}, path="/v1/refunds")
    with pytest.raises(ProcessorTimeout):
        stripe.refund(intent_id=intent_id, refund_id="r1", amount_minor=5000)
    asked = practice.control("GET", "requests")["data"]
    assert [(each["method"], each["path"]) for each in asked] == [("POST", "/v1/refunds")]


def test_a_key_that_stands_for_another_request_is_unknown(
    practice: Practice, stripe: StripeProcessor
) -> None:
    """The portal's address changed meanwhile: what the key stands for may be there, and paid."""
    stripe.open(attempt())
    with pytest.raises(ProcessorTimeout):
        stripe.open(attempt(amount_minor=11000))
    assert len(sessions(practice)) == 1


def test_a_saved_500_is_answered_for_as_long_as_its_key_lives(
    practice: Practice, stripe: StripeProcessor
) -> None:
    """What it hides is found, and ended."""
    fail(practice, {"status": 500}, when="after", saved=True, path="/v1/checkout")
    for _ in range(3):
        with pytest.raises(ProcessorTimeout):
            stripe.open(attempt())
    found = stripe.find(PAYMENT, account_id="acct", since=datetime.now(UTC) - timedelta(hours=1))
    assert found is not None
    assert found.stage is Stage.OPEN
    assert stripe.expire(found.session_id).stage is Stage.EXPIRED


def test_only_stripes_own_form_of_a_no_is_a_refusal(practice: Practice, stripe: StripeProcessor) -> None:
    with pytest.raises(ProcessorRefused, match="amount_too_small"):
        stripe.open(attempt(amount_minor=49))
    with pytest.raises(ProcessorRefused, match="resource_missing"):
        stripe.look(named("pi_unheard_of"))
    with pytest.raises(ProcessorDenied):
        adapter(practice, secret_key="sk_test_revoked").open(attempt())


@pytest.mark.parametrize("intent", ["requires_action", "requires_confirmation", ""])
def test_a_complete_session_whose_intent_is_not_final_is_in_flight(
    practice: Practice, stripe: StripeProcessor, intent: str
) -> None:
    opened = stripe.open(attempt())
    complete(practice, opened.session_id, intent)
    for facts in (stripe.look(named(opened.session_id)), stripe.expire(opened.session_id)):
        assert facts is not None
        assert (facts.stage, facts.return_reason, facts.amount_minor) == (Stage.PROCESSING, None, 0)


@pytest.mark.parametrize("intent", ["requires_action", "requires_confirmation"])
@pytest.mark.parametrize("ends", [Stage.SUCCEEDED, Stage.CANCELED])
def test_it_reads_as_what_its_intent_comes_to(
    practice: Practice, stripe: StripeProcessor, intent: str, ends: Stage
) -> None:
    opened = stripe.open(attempt())
    complete(practice, opened.session_id, intent)
    facts = stripe.look(named(opened.session_id))
    assert facts is not None
    if ends is Stage.SUCCEEDED:
        how: Json = {"payment_method": "pm_card_visa"}
        assert practice.post(f"/v1/payment_intents/{facts.intent_id}/confirm", how).status == 200
    else:
        assert practice.post(f"/v1/payment_intents/{facts.intent_id}/cancel").status == 200
    after = stripe.look(named(opened.session_id))
    assert after is not None
    assert after.stage is ends


def test_an_intent_that_is_only_named_is_asked_for(practice: Practice, stripe: StripeProcessor) -> None:
    session_id = paid(practice).session_id
    fail(practice, {"kind": "unexpanded"}, path="/v1/checkout")
    facts = stripe.look(named(session_id))
    assert facts is not None
    assert (facts.stage, facts.amount_minor) == (Stage.SUCCEEDED, 12000)


def test_a_set_up_with_our_metadata_is_no_payment(practice: Practice, stripe: StripeProcessor) -> None:
    session_id = set_up(practice)
    assert stripe.look(named(session_id)) is None
    secret = practice.get(f"/v1/checkout/sessions/{session_id}").json["client_secret"]
    done = practice.client_call("confirm", client_secret=secret, payment_method="pm_card_visa")
    assert done.status == 200, done.body
    wait_until(lambda: sessions(practice)[0]["status"] == "complete", what="the set-up")
    assert stripe.look(named(session_id)) is None
