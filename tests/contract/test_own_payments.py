"""PaymentIntents of our own with what was saved: one call, the payer present or not, answers lost or not."""

import pytest

from tests.contract.harness import Json, Practice, Reply, pay, send
from tests.contract.test_methods import events, told

INTENTS = "/v1/payment_intents"
METHODS = "/v1/payment_methods"
BACK = "http://localhost:1/back"
AGAIN = {"card": {"require_cvc_recollection": True}}


def saved(practice: Practice, card: str = "pm_card_visa") -> Json:
    """A customer with one saved card, as a payment names them."""
    customer = practice.customer()
    return {"customer": customer, "payment_method": practice.saved_card(customer, card)}


def charge(practice: Practice, key: str, whose: Json, **params: object) -> Reply:
    return practice.post(INTENTS, pay(**whose, **params), Idempotency_Key=key)


def test_one_call_pays_with_a_saved_card(practice: Practice) -> None:
    whose = saved(practice)
    for key, more in (("a", {}), ("b", {"off_session": True}), ("c", {"return_url": BACK})):
        paid = charge(practice, key, whose, **more).json
        assert (paid["status"], paid["customer"]) == ("succeeded", whose["customer"])


def test_a_payer_who_is_away_is_not_asked(practice: Practice) -> None:
    """402 card_error authentication_required; the payer answers later, on the same intent."""
    whose = saved(practice, "pm_card_authenticationRequired")
    refused = charge(practice, "k", whose, off_session=True)
    error = refused.error
    assert (refused.status, error["type"], error["code"]) == (402, "card_error", "authentication_required")
    intent = error["payment_intent"]
    assert (intent["status"], intent["payment_method"]) == ("requires_payment_method", None)
    assert intent["last_payment_error"]["payment_method"]["id"] == whose["payment_method"]
    assert len(events(practice, "payment_intent.payment_failed")) == 1
    again = {"payment_method": whose["payment_method"], "return_url": BACK}
    waiting = practice.made(f"{INTENTS}/{intent['id']}/confirm", again)
    assert waiting["next_action"]["type"] == "redirect_to_url"


@pytest.mark.parametrize(("outcome", "said"), [("complete", "succeeded"), ("fail", "failed")])
def test_a_payer_who_is_there_answers_on_a_page(practice: Practice, outcome: str, said: str) -> None:
    whose = saved(practice, "pm_card_authenticationRequired")
    intent = charge(practice, "k", whose, return_url=BACK).json
    assert intent["status"] == "requires_action"
    url = intent["next_action"]["redirect_to_url"]["url"]
    assert "$20.00" in send("GET", url).body.decode()
    back = practice.browser(url.removeprefix(practice.server.origin), {"outcome": outcome})
    assert back.headers["location"].startswith(f"{BACK}?payment_intent={intent['id']}&")
    assert back.headers["location"].endswith(f"redirect_status={said}")
    after = practice.get(f"{INTENTS}/{intent['id']}").json
    assert after["status"] == ("succeeded" if outcome == "complete" else "requires_payment_method")


def test_a_declined_payment_goes_on_with_another_card(practice: Practice) -> None:
    whose = saved(practice, "pm_card_chargeCustomerFail")
    error = charge(practice, "k", whose).error
    assert (error["decline_code"], error["advice_code"]) == ("generic_decline", "try_again_later")
    other = practice.saved_card(whose["customer"])
    path = f"{INTENTS}/{error['payment_intent']['id']}/confirm"
    assert practice.made(path, {"payment_method": other})["status"] == "succeeded"


def test_a_key_repeats_its_answer_a_decline_too(practice: Practice) -> None:
    whose = saved(practice)
    told(practice, "payment_methods/decline", payment_method=whose["payment_method"], decline="lost_card")
    first = charge(practice, "k", whose)
    told(practice, "payment_methods/decline", payment_method=whose["payment_method"], decline="")
    again = charge(practice, "k", whose)
    assert (again.status, again.json) == (402, first.json)
    assert charge(practice, "k", whose, amount=2100).refusal == "idempotency_other_request"
    assert charge(practice, "other", whose).status == 200


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_is_found_by_the_payments_metadata(practice: Practice, when: str) -> None:
    """By listing the customer's intents, as our adapter looks; the same key pays once, whatever happened."""
    whose, ours = saved(practice), {"payment": "pay_1"}
    practice.control("POST", "faults", {"kind": "status", "when": when, "method": "POST", "path": INTENTS})
    assert charge(practice, "k", whose, metadata=ours).status == 500
    listed = practice.get(INTENTS, {"customer": whose["customer"], "limit": 100}).json["data"]
    assert [each["metadata"] for each in listed] == ([ours] if when == "after" else [])
    assert charge(practice, "k", whose, metadata=ours).json["status"] == "succeeded"
    assert len(practice.get("/v1/charges").json["data"]) == 1


def test_a_deleted_method_or_customer_pays_nothing(practice: Practice) -> None:
    whose = saved(practice)
    practice.made(f"{METHODS}/{whose['payment_method']}/detach")
    assert charge(practice, "a", whose).refusal == "payment_method_spent"
    practice.api("DELETE", f"/v1/customers/{whose['customer']}")
    assert charge(practice, "b", whose).refusal == "resource_missing"
    assert practice.get("/v1/charges").json["data"] == []


def test_the_security_code_is_asked_again(practice: Practice) -> None:
    whose = saved(practice)
    refused = charge(practice, "a", whose, payment_method_options=AGAIN)
    assert refused.refusal == "cvc_token_needed"
    token = practice.client_call("tokens", cvc="123").json["id"]
    options = {"card": AGAIN["card"] | {"cvc_token": token}}
    paid = charge(practice, "b", whose, payment_method_options=options).json
    assert paid["status"] == "succeeded"
    assert paid["payment_method_options"]["card"]["require_cvc_recollection"] is True
    assert token not in str(paid)
    new = practice.paid(payment_method_options=AGAIN)
    assert new["status"] == "succeeded", "a card that was just typed has its code"


def test_wallets_are_shown_on_domains_that_are_registered(practice: Practice) -> None:
    path = "/v1/payment_method_domains"
    domain = practice.made(path, {"domain_name": "pay.example.org"})
    assert domain["apple_pay"]["status"] == domain["google_pay"]["status"] == "active"
    assert practice.made(path, {"domain_name": "pay.example.org"}) == domain
    said = {"domain_name": "pay.example.org", "wallet": "apple_pay", "why": "The file is missing."}
    told(practice, "domains", **said)
    assert practice.get(f"{path}/{domain['id']}").json == domain
    checked = practice.made(f"{path}/{domain['id']}/validate")
    assert checked["apple_pay"]["status_details"] == {"error_message": "The file is missing."}
    assert practice.made(f"{path}/{domain['id']}", {"enabled": False})["enabled"] is False
    assert practice.get(path, {"domain_name": "pay.example.org"}).json["data"][0]["id"] == domain["id"]
