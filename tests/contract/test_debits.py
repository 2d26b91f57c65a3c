"""Bank debits (ACH): processing for days, then paid or returned; what comes back later is a final dispute."""

from typing import Any

import pytest

from sandbox.stripe import banks, money
from tests.contract.harness import Json, Practice, Reply, bank, debit, line, listening, running

SESSIONS = "/v1/checkout/sessions"
INTENTS = "/v1/payment_intents"
BOTH = ["card", "us_bank_account"]
MINUTES = 5 * 60


def _intent(practice: Practice, session: Json) -> Json:
    expand = ["payment_intent.latest_charge.balance_transaction"]
    found: Json = practice.get(f"{SESSIONS}/{session['id']}", {"expand": expand}).json["payment_intent"]
    return found


def _submitted(practice: Practice, number: str = "000123456789", **params: Any) -> Json:
    """A session of 50 dollars that was paid from a bank account on the hosted page."""
    session = practice.session(payment_method_types=BOTH, **params)
    reply = practice.browser(f"/c/pay/{session['id']}", bank(number))
    assert (reply.status, reply.headers["location"]) == (303, "http://localhost:1/ok")
    return session


def _wait(practice: Practice, seconds: int = MINUTES) -> None:
    practice.control("POST", "clock", {"advance_seconds": seconds})


def _end(practice: Practice, intent: str, outcome: str) -> None:
    wanted = {"account": practice.name, "payment_intent": intent, "outcome": outcome}
    practice.control("POST", "debits", wanted)


def _types(practice: Practice) -> list[str]:
    """What has happened, oldest first."""
    return [each["type"] for each in practice.get("/v1/events", {"limit": 100}).json["data"]][::-1]


def test_a_submitted_debit_is_processing_and_its_session_complete_and_unpaid(practice: Practice) -> None:
    session = _submitted(practice)
    after = practice.get(f"{SESSIONS}/{session['id']}").json
    assert (after["status"], after["payment_status"]) == ("complete", "unpaid")
    intent = _intent(practice, session)
    assert (intent["status"], intent["amount_received"]) == ("processing", 0)
    charge = intent["latest_charge"]
    assert (charge["status"], charge["paid"], charge["captured"]) == ("pending", False, True)
    assert charge["id"][:3] == "py_"
    pending = charge["balance_transaction"]  # from the day the bank is asked
    assert (pending["type"], pending["amount"], pending["status"]) == ("payment", 5000, "pending")
    assert charge["failure_balance_transaction"] is None
    assert charge["payment_method_details"]["us_bank_account"]["last4"] == "6789"
    assert _types(practice)[-3:] == [
        "charge.pending", "payment_intent.processing", "checkout.session.completed",
    ]  # fmt: skip


def test_a_debit_that_is_paid_days_later(practice: Practice) -> None:
    session = _submitted(practice)
    _wait(practice)
    intent = _intent(practice, session)
    assert (intent["status"], intent["amount_received"]) == ("succeeded", 5000)
    paid = intent["latest_charge"]["balance_transaction"]
    assert (paid["type"], paid["reporting_category"], paid["amount"], paid["fee"]) == (
        "payment", "charge", 5000, 40,
    )  # fmt: skip
    assert practice.get(f"{SESSIONS}/{session['id']}").json["payment_status"] == "paid"
    assert _types(practice)[-3:] == [
        "charge.succeeded", "payment_intent.succeeded", "checkout.session.async_payment_succeeded",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "code"), [(each.number, each.returned) for each in banks.BANKS if each.returned]
)
def test_a_debit_that_the_bank_returns(practice: Practice, number: str, code: str) -> None:
    session = _submitted(practice, number)
    _wait(practice)
    intent = _intent(practice, session)
    assert (intent["status"], intent["payment_method"]) == ("requires_payment_method", None)
    assert (intent["last_payment_error"]["code"], intent["amount_received"]) == (code, 0)
    charge = intent["latest_charge"]
    assert (charge["status"], charge["failure_code"], charge["amount_captured"]) == ("failed", code, 0)
    after = practice.get(f"{SESSIONS}/{session['id']}").json
    assert (after["status"], after["payment_status"]) == ("complete", "unpaid")
    back, pending = practice.get("/v1/balance_transactions").json["data"]
    assert (back["type"], back["reporting_category"]) == ("payment_failure_refund", "charge_failure")
    assert (back["amount"], back["fee"], pending["net"] + back["net"]) == (-5000, 400 - 40, -400)
    assert {pending["source"], back["source"]} == {charge["id"]}
    assert charge["failure_balance_transaction"] == back["id"]
    assert _types(practice)[-3:] == [
        "charge.failed", "payment_intent.payment_failed", "checkout.session.async_payment_failed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "fee"), [(50, 0), (62, 0), (63, 1), (5000, 40), (62_500, 500), (99_999, 500)]
)
def test_the_fee_is_eight_per_mille_and_at_most_five_dollars(amount: int, fee: int) -> None:
    assert money.debit_fee(amount) == fee


def test_one_account_is_processing_until_somebody_acts(practice: Practice) -> None:
    session = _submitted(practice, "000000000009")
    _wait(practice, 30 * 86400)
    intent = _intent(practice, session)
    assert intent["status"] == "processing"
    _end(practice, intent["id"], "paid")
    assert _intent(practice, session)["status"] == "succeeded"


def test_the_control_api_returns_a_debit_of_any_account(practice: Practice) -> None:
    session = _submitted(practice)
    _end(practice, _intent(practice, session)["id"], "account_closed")
    _wait(practice)  # what was to settle it does nothing any more
    assert _intent(practice, session)["last_payment_error"]["code"] == "account_closed"


def test_how_long_processing_lasts_is_the_sandboxs_to_say() -> None:
    with running(debit_seconds=3600) as server:
        practice = Practice(server, "demo")
        session = _submitted(practice)
        _wait(practice, 3500)
        assert _intent(practice, session)["status"] == "processing"
        _wait(practice, 200)
        assert _intent(practice, session)["status"] == "succeeded"


@pytest.mark.parametrize(("reason", "fee"), [(reason, 400) for reason in banks.LATE_RETURNS] + [(None, 1500)])
def test_what_comes_back_after_success_is_a_dispute_lost_at_once(
    practice: Practice, reason: str | None, fee: int
) -> None:
    intent = practice.made(INTENTS, debit())
    _end(practice, intent["id"], "paid")
    wanted = {"account": "demo", "payment_intent": intent["id"]} | ({"reason": reason} if reason else {})
    practice.control("POST", "disputes", wanted)
    dispute = practice.get("/v1/disputes", {"payment_intent": intent["id"]}).json["data"][0]
    assert (dispute["status"], dispute["reason"]) == ("lost", reason or "debit_not_authorized")
    (moved,) = dispute["balance_transactions"]
    assert (moved["amount"], moved["fee"]) == (-2000, fee)
    assert practice.get(f"/v1/charges/{intent['latest_charge']}").json["disputed"] is True
    assert _types(practice)[-3:] == [
        "charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.closed",
    ]  # fmt: skip
    assert practice.post(f"/v1/disputes/{dispute['id']}/close").refusal == "dispute_closed"


def test_the_disputed_test_account_is_paid_and_then_disputed(practice: Practice) -> None:
    session = _submitted(practice, "000555555559")
    _wait(practice)
    assert _intent(practice, session)["status"] == "succeeded"
    assert [each["status"] for each in practice.get("/v1/disputes").json["data"]] == ["lost"]


def test_a_refund_to_a_bank_account_takes_its_time(practice: Practice) -> None:
    intent = practice.made(INTENTS, debit())["id"]
    assert practice.post("/v1/refunds", {"payment_intent": intent}).refusal == "refund_without_charge"
    _end(practice, intent, "paid")
    refund = practice.made("/v1/refunds", {"payment_intent": intent, "amount": 500})
    assert (refund["id"][:4], refund["status"]) == ("pyr_", "pending")
    moved = practice.get(f"/v1/balance_transactions/{refund['balance_transaction']}").json
    assert (moved["type"], moved["amount"], moved["fee"]) == ("payment_refund", -500, 0)
    _wait(practice)
    assert practice.get(f"/v1/refunds/{refund['id']}").json["status"] == "succeeded"


def test_a_processing_debit_can_be_called_off(practice: Practice) -> None:
    intent = practice.made(INTENTS, debit(payment_method="pm_usBankAccount_processing"))
    assert practice.made(f"{INTENTS}/{intent['id']}/cancel")["status"] == "canceled"
    charge = practice.get(f"/v1/charges/{intent['latest_charge']}").json
    assert (charge["status"], charge["paid"]) == ("failed", False)


def test_paying_from_a_bank_account_with_elements(practice: Practice) -> None:
    session = practice.session(ui_mode="elements", payment_method_types=BOTH)
    secret = session["client_secret"]
    shown = practice.client_call("session", client_secret=secret).json
    assert shown["payment_method_types"] == BOTH
    method = practice.client_call("payment_methods", **bank("000123456789")).json["id"]
    common = {"client_secret": secret, "payment_method": method, "email": "payer@example.org"}
    confirmed = practice.client_call("confirm", **common).json
    assert (confirmed["status"], confirmed["payment_status"]) == ("complete", "unpaid")
    assert _intent(practice, session)["status"] == "processing"


def test_a_session_offers_bank_accounts_only_when_asked_or_switched_on(practice: Practice) -> None:
    def types(**params: Any) -> list[str]:
        found: list[str] = practice.session(**params)["payment_method_types"]
        return found

    assert types() == ["card"]
    practice.control("POST", "methods", {"account": "demo", "types": BOTH})
    assert types() == BOTH
    assert types(payment_method_types=["card"]) == ["card"]
    assert types(line_items=[line(5000, "eur")]) == ["card"]
    automatic = practice.made(INTENTS, {"amount": 2000, "currency": "usd"})
    assert automatic["payment_method_types"] == BOTH


def _pay(practice: Practice, session: Json, **fields: str) -> Reply:
    return practice.browser(f"/c/pay/{session['id']}", bank("000123456789", **fields))


def test_a_session_for_cards_takes_no_bank_account(practice: Practice) -> None:
    session = practice.session()
    reply = _pay(practice, session)
    assert reply.status == 402
    assert "is not allowed" in reply.body.decode()
    assert practice.get(f"{SESSIONS}/{session['id']}").json["status"] == "open"


def test_mistyped_accounts_are_said_and_not_printed_back(practice: Practice) -> None:
    session = practice.session(payment_method_types=BOTH)
    reply = _pay(practice, session, routing_number="123456789")
    text = reply.body.decode()
    assert reply.status == 402
    assert "routing number" in text
    assert "000123456789" not in text
    assert "000123456789" not in str(practice.control("GET", "requests"))
    assert _pay(practice, session).status == 303


def test_webhooks_tell_of_each_step_days_apart(practice: Practice) -> None:
    with listening() as receiver:
        wanted = ["checkout.session.completed", "checkout.session.async_payment_failed"]
        practice.made("/v1/webhook_endpoints", {"url": receiver.url, "enabled_events": wanted})
        session = _submitted(practice, "000222222227")
        receiver.wait_for(1)
        _end(practice, _intent(practice, session)["id"], "insufficient_funds")
        receiver.wait_for(2)
        assert receiver.types == wanted
