"""PaymentIntents and SetupIntents: test cards, states, 3-D Secure, capture, off-session."""

import itertools
from typing import Any

import pytest
import stripe

from sandbox.stripe import cards
from sandbox.stripe.states import PAYMENT, SETUP, may
from tests.contract.harness import Json, Practice, Reply, pay

INTENTS = "/v1/payment_intents"
SETUPS = "/v1/setup_intents"

DECLINES = [
    ("4000000000000002", "card_declined", "generic_decline"),
    ("4000000000009995", "card_declined", "insufficient_funds"),
    ("4000000000009987", "card_declined", "lost_card"),
    ("4000000000009979", "card_declined", "stolen_card"),
    ("4100000000000019", "card_declined", "fraudulent"),
    ("4000000000000069", "expired_card", "expired_card"),
    ("4000000000000127", "incorrect_cvc", "incorrect_cvc"),
    ("4000000000000119", "processing_error", "processing_error"),
    ("4000000000000341", "card_declined", "generic_decline"),
]
MINIMUMS = {
    "usd": 50, "aed": 200, "aud": 50, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50,
    "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300,
    "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip
STATUSES = ("requires_payment_method", "requires_confirmation", "requires_action", "processing",
            "requires_capture", "succeeded", "canceled")  # fmt: skip


def _test_id(number: str) -> str:
    return cards.BY_NUMBER[number].test_ids[0]


def _answer(practice: Practice, intent: Json, outcome: str) -> Reply:
    path = f"/challenge/{intent['id']}?client_secret={intent['client_secret']}"
    return practice.browser(path, {"outcome": outcome})


@pytest.mark.parametrize(("number", "code", "decline_code"), DECLINES)
def test_a_declined_card_leaves_the_intent_to_be_tried_again(
    practice: Practice, number: str, code: str, decline_code: str
) -> None:
    reply = practice.post(INTENTS, pay(payment_method=_test_id(number)))
    assert reply.status == 402
    error = reply.error
    assert (error["type"], error["code"], error["decline_code"]) == ("card_error", code, decline_code)
    intent = practice.get(f"{INTENTS}/{error['payment_intent']['id']}").json
    assert (intent["status"], intent["payment_method"]) == ("requires_payment_method", None)
    assert intent["last_payment_error"]["decline_code"] == decline_code
    charge = practice.get(f"/v1/charges/{error['charge']}").json
    assert (charge["status"], charge["paid"], charge["failure_code"]) == ("failed", False, code)
    assert practice.get("/v1/balance_transactions").json["data"] == []
    again = practice.post(f"{INTENTS}/{intent['id']}/confirm", {"payment_method": "pm_card_visa"})
    assert (again.json["status"], again.json["last_payment_error"]) == ("succeeded", None)


def test_stripes_own_client_raises_a_card_error(practice: Practice) -> None:
    wanted: Any = pay(payment_method="pm_card_visa_chargeDeclined")
    with pytest.raises(stripe.CardError) as caught:
        practice.client.v1.payment_intents.create(wanted)
    assert caught.value.code == "card_declined"


@pytest.mark.parametrize("currency", MINIMUMS)
def test_amounts_have_the_published_minimum(practice: Practice, currency: str) -> None:
    least = MINIMUMS[currency]
    below = practice.post(INTENTS, pay(currency=currency, amount=least - 1))
    assert (below.status, below.error["code"], below.error["param"]) == (400, "amount_too_small", "amount")
    assert practice.post(INTENTS, pay(currency=currency, amount=least)).status == 200


@pytest.mark.parametrize("amount", [0, -1, "1.5", "1e3", "٣", "", "abc", "9" * 30])
def test_odd_amounts_are_refused_and_write_nothing(practice: Practice, amount: object) -> None:
    assert practice.post(INTENTS, pay(amount=amount)).status == 400
    assert practice.get(INTENTS).json["data"] == []


@pytest.mark.parametrize(("machine", "name"), [(PAYMENT, "payment_intent"), (SETUP, "setup_intent")])
def test_the_state_machine_is_closed(machine: dict[tuple[str, str], str], name: str) -> None:
    """Every pair of status and event leads to a known status or cannot happen; ends have no way out."""
    whats = {what for _, what in machine}
    for status, what in itertools.product(STATUSES, whats):
        assert may({"object": name, "status": status}, what) == ((status, what) in machine)
    assert set(machine.values()) <= set(STATUSES)
    assert not {status for status, _ in machine} & {"succeeded", "canceled"}


@pytest.mark.parametrize("verb", ["confirm", "capture", "cancel"])
@pytest.mark.parametrize("status", ["succeeded", "canceled"])
def test_nothing_leaves_an_end(practice: Practice, status: str, verb: str) -> None:
    intent = practice.paid(confirm=status == "succeeded")["id"]
    if status == "canceled":
        practice.made(f"{INTENTS}/{intent}/cancel", {"cancellation_reason": "abandoned"})
    reply = practice.post(f"{INTENTS}/{intent}/{verb}")
    assert (reply.status, reply.error["code"]) == (400, "payment_intent_unexpected_state")
    assert practice.get(f"{INTENTS}/{intent}").json["status"] == status


def test_confirming_follows_creating(practice: Practice) -> None:
    bare = practice.made(INTENTS, {"amount": 2000, "currency": "usd", "payment_method_types": ["card"]})
    assert bare["status"] == "requires_payment_method"
    given = practice.made(f"{INTENTS}/{bare['id']}", {"payment_method": "pm_card_visa", "amount": 2500})
    assert given["status"] == "requires_confirmation"
    paid = practice.made(f"{INTENTS}/{bare['id']}/confirm")
    assert (paid["status"], paid["amount_received"]) == ("succeeded", 2500)


@pytest.mark.parametrize("number", ["4000002500003155", "4000000000003220", "4000002760003184"])
def test_three_d_secure_completed_pays(practice: Practice, number: str) -> None:
    intent = practice.paid(payment_method=_test_id(number))
    assert (intent["status"], intent["next_action"]["type"]) == ("requires_action", "use_stripe_sdk")
    assert intent["latest_charge"] is None
    _answer(practice, intent, "complete")
    after = practice.get(f"{INTENTS}/{intent['id']}", {"expand": ["latest_charge"]}).json
    assert (after["status"], after["next_action"]) == ("succeeded", None)
    secured = after["latest_charge"]["payment_method_details"]["card"]["three_d_secure"]
    assert secured["result"] == "authenticated"


def test_three_d_secure_failed_does_not_pay(practice: Practice) -> None:
    intent = practice.paid(payment_method="pm_card_threeDSecure2Required")
    _answer(practice, intent, "fail")
    after = practice.get(f"{INTENTS}/{intent['id']}").json
    assert after["status"] == "requires_payment_method"
    assert after["last_payment_error"]["code"] == "payment_intent_authentication_failure"
    assert practice.get("/v1/charges").json["data"] == []


def test_three_d_secure_passed_and_the_card_then_declined(practice: Practice) -> None:
    intent = practice.paid(payment_method=_test_id("4000008260003178"))
    _answer(practice, intent, "complete")
    after = practice.get(f"{INTENTS}/{intent['id']}").json
    assert after["status"] == "requires_payment_method"
    assert after["last_payment_error"]["decline_code"] == "insufficient_funds"


def test_three_d_secure_leads_back_to_return_url(practice: Practice) -> None:
    intent = practice.paid(
        payment_method="pm_card_threeDSecure2Required", return_url="http://localhost:1/back?a=b"
    )
    assert intent["next_action"]["redirect_to_url"]["return_url"] == "http://localhost:1/back?a=b"
    location = _answer(practice, intent, "complete").headers["location"]
    assert location.startswith(f"http://localhost:1/back?a=b&payment_intent={intent['id']}&")
    assert location.endswith("redirect_status=succeeded")


def test_three_d_secure_can_be_asked_for(practice: Practice) -> None:
    options = {"card": {"request_three_d_secure": "any"}}
    assert practice.paid(payment_method_options=options)["status"] == "requires_action"


def test_off_session_a_card_that_wants_authentication_is_a_402(practice: Practice) -> None:
    customer = practice.customer()
    method = practice.saved_card(customer, "pm_card_authenticationRequired")
    reply = practice.post(INTENTS, pay(payment_method=method, customer=customer, off_session=True))
    assert (reply.status, reply.error["code"]) == (402, "authentication_required")
    assert reply.error["payment_intent"]["status"] == "requires_payment_method"
    strict = practice.post(
        INTENTS, pay(payment_method=method, customer=customer, error_on_requires_action=True)
    )
    assert (strict.status, strict.error["code"]) == (402, "authentication_required")


def test_off_session_a_card_set_up_with_authentication_pays(practice: Practice) -> None:
    customer = practice.customer()
    wanted = {
        "customer": customer,
        "payment_method": "pm_card_authenticationRequiredOnSetup",
        "confirm": True,
    }
    setup = practice.made(SETUPS, {**wanted, "payment_method_types": ["card"]})
    assert setup["status"] == "requires_action"
    _answer(practice, setup, "complete")
    setup = practice.get(f"{SETUPS}/{setup['id']}").json
    assert setup["status"] == "succeeded"
    paid = practice.paid(payment_method=setup["payment_method"], customer=customer, off_session=True)
    assert paid["status"] == "succeeded"


def test_a_setup_that_fails_authentication_saves_nothing(practice: Practice) -> None:
    customer = practice.customer()
    wanted = {"customer": customer, "payment_method": "pm_card_authenticationRequired", "confirm": True}
    setup = practice.made(SETUPS, {**wanted, "payment_method_types": ["card"]})
    _answer(practice, setup, "fail")
    after = practice.get(f"{SETUPS}/{setup['id']}").json
    assert (after["status"], after["payment_method"]) == ("requires_payment_method", None)
    assert practice.get(f"/v1/customers/{customer}/payment_methods").json["data"] == []


def test_a_card_for_future_use_is_attached_once_it_has_paid(practice: Practice) -> None:
    customer = practice.customer()
    intent = practice.paid(customer=customer, setup_future_usage="off_session")
    saved = practice.get(f"/v1/customers/{customer}/payment_methods").json["data"]
    assert [each["id"] for each in saved] == [intent["payment_method"]]
    assert saved[0]["allow_redisplay"] == "limited"
    later = practice.paid(customer=customer, payment_method=intent["payment_method"], off_session=True)
    assert later["status"] == "succeeded"


def test_a_card_that_declines_everything_cannot_be_attached(practice: Practice) -> None:
    wanted = {"customer": practice.customer()}
    assert practice.post("/v1/payment_methods/pm_card_chargeDeclined/attach", wanted).status == 402
    assert practice.post("/v1/payment_methods/pm_card_chargeCustomerFail/attach", wanted).status == 200


def test_a_deleted_customer_loses_cards_and_is_told_as_deleted(practice: Practice) -> None:
    customer = practice.customer()
    method = practice.saved_card(customer)
    assert practice.api("DELETE", f"/v1/customers/{customer}").json["deleted"] is True
    assert practice.get(f"/v1/customers/{customer}").json["deleted"] is True
    assert practice.get(f"/v1/payment_methods/{method}").json["customer"] is None
    assert practice.post(INTENTS, pay(customer=customer)).refusal == "resource_missing"


def test_manual_capture_takes_part_and_releases_the_rest(practice: Practice) -> None:
    held = practice.paid(capture_method="manual")
    assert (held["status"], held["amount_capturable"]) == ("requires_capture", 2000)
    assert practice.get("/v1/balance_transactions").json["data"] == []
    taken = practice.made(f"{INTENTS}/{held['id']}/capture", {"amount_to_capture": 1500})
    assert (taken["status"], taken["amount_received"], taken["amount_capturable"]) == ("succeeded", 1500, 0)
    entry = practice.get("/v1/balance_transactions").json["data"][0]
    assert (entry["amount"], entry["fee"], entry["net"]) == (1500, 74, 1426)


def test_canceling_a_held_payment_takes_nothing(practice: Practice) -> None:
    held = practice.paid(capture_method="manual")["id"]
    assert practice.made(f"{INTENTS}/{held}/cancel")["status"] == "canceled"
    assert practice.get("/v1/balance_transactions").json["data"] == []


def test_the_fee_arrives_after_the_payment_and_is_announced(practice: Practice) -> None:
    """capture_method=automatic_async, Stripe's default."""
    charge = practice.paid(amount=12345)["latest_charge"]
    assert practice.get(f"/v1/charges/{charge}").json["balance_transaction"] is None
    practice.control("POST", "clock", {"advance_seconds": 5})
    settled = practice.get(f"/v1/charges/{charge}", {"expand": ["balance_transaction"]}).json
    entry = settled["balance_transaction"]
    assert (entry["amount"], entry["fee"], entry["net"], entry["type"]) == (12345, 388, 11957, "charge")
    assert entry["fee_details"][0]["type"] == "stripe_fee"
    assert practice.get("/v1/events", {"type": "charge.updated"}).json["data"]


def test_money_is_available_two_days_later(practice: Practice) -> None:
    practice.paid(capture_method="automatic")
    entry = practice.get("/v1/balance_transactions").json["data"][0]
    assert entry["status"] == "pending"
    practice.control("POST", "clock", {"advance_seconds": 2 * 86400 + 1})
    assert practice.get(f"/v1/balance_transactions/{entry['id']}").json["status"] == "available"
