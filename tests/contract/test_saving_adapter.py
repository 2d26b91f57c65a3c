"""Our adapter's saved methods against the stand-in: what it asks is accepted, what it reads is what happened
(issue 15)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.kernel.outside import ProcessorMissing, ProcessorRefused
from chalicelib.payments.domain.saved_methods import AdditionState
from chalicelib.payments.ports.processors import (
    OF_SAVED,
    Embedded,
    ObjectKind,
    Redirect,
    Reference,
    SavedMethod,
    Stage,
)
from chalicelib.payments.ports.saving import CodeWrong, SetUp
from chalicelib.payments.processors.stripe.client import StripeProcessor
from tests.contract.harness import Json, Practice, bank, card, send
from tests.contract.test_adapter import adapter, attempt
from tests.contract.test_methods import told
from tests.support.announced import listed

PAGE = "http://localhost:8000/demo/payment-methods?set-up=a1"
BANK = "us_bank_account"


@pytest.fixture
def stripe(practice: Practice) -> StripeProcessor:
    return adapter(practice)


def set_up(customer: str, *, way: str = "card", flow: str = "redirect", deposits: bool = False) -> SetUp:
    at = attempt().created_at
    return SetUp("a1", customer, way, flow, "en", PAGE, f"{PAGE}&canceled=1", at, deposits)


def submit(practice: Practice, session_id: str, fields: Json) -> None:
    answer = practice.browser(f"/c/pay/{session_id}", fields)
    assert answer.status == 303, answer.body


def saved(practice: Practice, stripe: StripeProcessor, fields: Json, **wanted: object) -> tuple[str, str]:
    """A customer and the session in which they saved it."""
    customer = stripe.enrol("key1")
    opened = stripe.begin(set_up(customer, **wanted))  # type: ignore[arg-type]
    submit(practice, opened.session_id, fields)
    return customer, opened.session_id


def test_a_payer_is_enrolled_once_and_nothing_is_told_of_them(
    practice: Practice, stripe: StripeProcessor
) -> None:
    customer = stripe.enrol("key1")
    assert stripe.enrol("key1") == customer
    found = practice.get(f"/v1/customers/{customer}").json
    assert (found["email"], found["name"], found["metadata"]) == (None, None, {"payer": "key1"})
    assert stripe.held(customer) == []


@pytest.mark.parametrize("flow", ["redirect", "inline"])
def test_a_card_is_set_up_in_both_flows(practice: Practice, stripe: StripeProcessor, flow: str) -> None:
    customer = stripe.enrol("key1")
    wanted = set_up(customer, flow=flow)  # once: another second is another request
    opened = stripe.begin(wanted)
    assert stripe.begin(wanted) == opened
    assert stripe.outcome(opened.session_id).state is AdditionState.OPEN
    if isinstance(opened.next, Redirect):
        submit(practice, opened.session_id, card("4242424242424242"))
    else:
        assert isinstance(opened.next, Embedded)
        practice.client_call(
            "confirm", client_secret=opened.next.client_secret, payment_method="pm_card_visa"
        )
    outcome = stripe.outcome(opened.session_id)
    (held,) = stripe.held(customer)
    assert (outcome.state, outcome.method) == (AdditionState.SAVED, held)
    assert (held.look.kind, held.look.brand, held.look.last4, held.shown) == ("card", "Visa", "4242", True)
    assert held.fingerprint
    assert stripe.names_of(Reference(ObjectKind.METHOD, held.processor_id)) == [held.processor_id, customer]


def test_our_consent_alone_is_shown_on_stripes_page(practice: Practice, stripe: StripeProcessor) -> None:
    """Issue 15: our page said "never by itself", Stripe's says "for future payments as agreed"."""
    customer = stripe.enrol("key1")
    set_ups = [stripe.begin(replace(set_up(customer, way=way), id=way)) for way in ("card", "bank")]
    paying = stripe.open(replace(attempt(flow="redirect"), saves_for=customer))
    for opened in [*set_ups, paying]:
        page = send("GET", f"{practice.server.origin}/c/pay/{opened.session_id}")
        assert (page.status, b'id="reuse"' in page.body) == (200, False)


def test_a_bank_account_has_a_mandate_that_ends(practice: Practice, stripe: StripeProcessor) -> None:
    customer, session = saved(practice, stripe, bank("000123456789"), way="bank")
    method = stripe.outcome(session).method
    assert method is not None
    assert (method.look.kind, method.look.last4, stripe.debits(method.mandate)) == ("bank", "6789", True)
    assert stripe.names_of(Reference(ObjectKind.MANDATE, method.mandate)) == [method.processor_id]
    told(practice, "mandates", payment_method=method.processor_id, status="inactive")
    assert not stripe.debits(method.mandate)
    told(practice, "mandates", payment_method=method.processor_id, status="active")
    why = {"reason": "bank_account_frozen", "network_code": "R16"}
    told(practice, "payment_methods/block", payment_method=method.processor_id, **why)
    assert [held.blocked for held in stripe.held(customer)] == [True]


def test_a_deposit_waits_for_its_code(practice: Practice, stripe: StripeProcessor) -> None:
    fields = bank("000123456789", verify="deposit")
    customer, session = saved(practice, stripe, fields, way="bank", deposits=True)
    outcome = stripe.outcome(session)
    assert (outcome.state, stripe.held(customer)) == (AdditionState.WAITING, [])
    assert outcome.deposit is not None
    assert "/verify/" in outcome.deposit.url
    with pytest.raises(CodeWrong):
        stripe.verify(outcome.deposit.set_up, "SM99ZZ")
    assert stripe.verify(outcome.deposit.set_up, "SM11AA").state is AdditionState.SAVED
    assert stripe.outcome(session).state is AdditionState.SAVED
    assert len(stripe.held(customer)) == 1
    with pytest.raises(ProcessorRefused):
        stripe.verify(outcome.deposit.set_up, "SM11AA")


def test_a_deposit_that_nobody_waits_for_any_more_is_called_off(
    practice: Practice, stripe: StripeProcessor
) -> None:
    fields = bank("000123456789", verify="deposit")
    _, session = saved(practice, stripe, fields, way="bank", deposits=True)
    assert stripe.end(session).state is AdditionState.ENDED


def test_a_set_up_that_nobody_fills_in_is_ended(practice: Practice, stripe: StripeProcessor) -> None:
    opened = stripe.begin(set_up(stripe.enrol("key1")))
    assert stripe.end(opened.session_id).state is AdditionState.ENDED
    assert stripe.end(opened.session_id).state is AdditionState.ENDED


def test_a_set_up_that_was_filled_in_is_saved_whoever_ends_it(
    practice: Practice, stripe: StripeProcessor
) -> None:
    _, session = saved(practice, stripe, card("4242424242424242"))
    assert stripe.end(session).state is AdditionState.SAVED


def test_a_detached_one_is_gone_and_may_be_detached_again(
    practice: Practice, stripe: StripeProcessor
) -> None:
    customer, session = saved(practice, stripe, card("4242424242424242"))
    method = stripe.outcome(session).method
    assert method is not None
    stripe.detach(method.processor_id)
    stripe.detach(method.processor_id)
    stripe.detach("pm_nobody")
    assert stripe.held(customer) == []


def test_one_that_another_worker_detaches_between_our_look_and_our_call_is_gone(
    practice: Practice, stripe: StripeProcessor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page's question and the webhook both finish the method that a newer one replaced."""
    _, session = saved(practice, stripe, card("4242424242424242"))
    method = stripe.outcome(session).method
    assert method is not None
    looked: list[object] = []
    methods = stripe._api.payment_methods
    really = methods.retrieve

    def retrieve(processor_id: str) -> object:
        found = really(processor_id)
        if not looked:
            told(practice, "payment_methods/detach", payment_method=processor_id)
        looked.append(found.customer)
        return found

    monkeypatch.setattr(type(methods), "retrieve", lambda _, processor_id: retrieve(processor_id))
    stripe.detach(method.processor_id)
    assert len(looked) == 2
    assert looked[1] is None


def test_a_deleted_customer_is_missing(practice: Practice, stripe: StripeProcessor) -> None:
    customer, _ = saved(practice, stripe, card("4242424242424242"))
    told(practice, "customers/delete", customer=customer)
    with pytest.raises(ProcessorMissing):
        stripe.held(customer)


@pytest.mark.parametrize(("flow", "ticked"), [("redirect", True), ("inline", True), ("inline", False)])
def test_what_is_paid_with_is_kept_where_its_payer_said_so(
    practice: Practice, stripe: StripeProcessor, flow: str, ticked: bool
) -> None:
    """T15: not ticked, neither listed nor kept at the processor."""
    customer = stripe.enrol("key1")
    opened = stripe.open(replace(attempt(flow=flow), saves_for=customer if ticked else ""))
    assert not ticked or stripe.outcome(opened.session_id).state is AdditionState.OPEN
    if isinstance(opened.next, Embedded):
        secret = opened.next.client_secret
        practice.client_call(
            "confirm", client_secret=secret, payment_method="pm_card_visa", email="p@example.org"
        )
    else:
        submit(practice, opened.session_id, card("4242424242424242", email="p@example.org"))
    held = stripe.held(customer)
    assert len(held) == (1 if ticked else 0)
    if ticked:
        outcome = stripe.outcome(opened.session_id)
        assert (outcome.state, outcome.method) == (AdditionState.SAVED, held[0])
        assert held[0].shown


def test_what_was_kept_and_is_detached_before_we_look_is_over(
    practice: Practice, stripe: StripeProcessor
) -> None:
    """It was waited for without end: sweep asked again and again, and it took one of twenty places."""
    customer = stripe.enrol("key1")
    opened = stripe.open(replace(attempt(flow="redirect"), saves_for=customer))
    submit(practice, opened.session_id, card("4242424242424242", email="p@example.org"))
    stripe.detach(stripe.held(customer)[0].processor_id)
    assert stripe.outcome(opened.session_id).state is AdditionState.ENDED


def test_a_hosted_page_offers_no_card_that_was_saved_before(
    practice: Practice, stripe: StripeProcessor
) -> None:
    """Issue 15: it would have the one chosen that was saved last, not our default."""
    customer, _ = saved(practice, stripe, card("4242424242424242"))
    opened = stripe.open(replace(attempt(flow="redirect"), saves_for=customer))
    page = practice.browser(f"/c/pay/{opened.session_id}", {}).body.decode()
    assert "ending in" not in page


def test_a_charge_whose_payer_did_not_go_on_is_called_off(
    practice: Practice, stripe: StripeProcessor
) -> None:
    customer = stripe.enrol("key1")
    method = practice.saved_card(customer, "pm_card_authenticationRequired")
    charged = stripe.charge(attempt(), SavedMethod(method, customer), present=True)
    assert charged.next is not None
    wanted = attempt()
    since = datetime.fromisoformat(wanted.created_at)
    found = stripe.find(wanted.payment_id, account_id=wanted.account_id, since=since)
    assert found is not None
    assert (found.stage, found.session_id, found.intent_id) == (Stage.OPEN, "", charged.facts.intent_id)
    assert stripe.call_off(charged.facts.intent_id).stage is Stage.CANCELED
    assert stripe.call_off(charged.facts.intent_id).stage is Stage.CANCELED


def test_news_of_what_is_saved_names_what_it_is_about(practice: Practice, stripe: StripeProcessor) -> None:
    """Issue 15: whatever a payer, a bank or the dashboard does is in the list that reconcile reads."""
    since = datetime.now(UTC) - timedelta(minutes=5)
    customer, session = saved(practice, stripe, bank("000123456789"), way="bank")
    method = stripe.outcome(session).method
    assert method is not None
    told(practice, "mandates", payment_method=method.processor_id, status="inactive")
    told(practice, "payment_methods/detach", payment_method=method.processor_id)
    told(practice, "customers/delete", customer=customer)
    about = listed(stripe, since)
    assert {each.kind for each in about} == OF_SAVED - {ObjectKind.SET_UP}
    assert Reference(ObjectKind.METHOD, method.processor_id) in about
    assert Reference(ObjectKind.PAYER, customer) in about
    assert [stripe.look(each) for each in about] == [None] * len(about)


def test_the_cardholders_name_comes_with_the_money(practice: Practice, stripe: StripeProcessor) -> None:
    """S11: they are on our receipt as payer."""
    opened = stripe.open(attempt(flow="redirect"))
    fields = card("4242424242424242", email="p@example.org", billing_name="Alex  Example")
    submit(practice, opened.session_id, fields)
    facts = stripe.look(Reference(ObjectKind.SESSION, opened.session_id))
    assert facts is not None
    assert (facts.stage, facts.cardholder) == (Stage.SUCCEEDED, "Alex Example")
