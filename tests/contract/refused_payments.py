"""One request for each refusal about amounts, payment methods, intents, refunds and disputes."""

import json

from tests.contract.harness import BANK, CARD, Practice, Reply, bank, card, debit, pay, send

CUSTOMERS = "/v1/customers"
INTENTS = "/v1/payment_intents"
METHODS = "/v1/payment_methods"
SETUPS = "/v1/setup_intents"
REFUNDS = "/v1/refunds"


def currency_unsupported(practice: Practice) -> Reply:
    return practice.post(INTENTS, pay(currency="xxx"))


def amount_too_small(practice: Practice) -> Reply:
    assert practice.post(INTENTS, pay(amount=50)).status == 200
    return practice.post(INTENTS, pay(amount=49))


def amount_too_large(practice: Practice) -> Reply:
    assert practice.post(INTENTS, pay(amount=99_999_999)).status == 200
    return practice.post(INTENTS, pay(amount=100_000_000))


def amount_not_rounded(practice: Practice) -> Reply:
    assert practice.post(INTENTS, pay(amount=1230, currency="kwd")).status == 200
    return practice.post(INTENTS, pay(amount=1234, currency="kwd"))


def statement_descriptor_suffix_invalid(practice: Practice) -> Reply:
    for bad in ("123", "a*b", "a<b", "a'b", 'a"b', "a\\b", "José"):
        reply = practice.post(INTENTS, pay(statement_descriptor_suffix=bad))
        assert reply.refusal == "statement_descriptor_suffix_invalid", bad
    assert practice.post(INTENTS, pay(statement_descriptor_suffix="x" * 22)).status == 200
    return practice.post(INTENTS, pay(statement_descriptor_suffix="a>b"))


def statement_descriptor_on_cards(practice: Practice) -> Reply:
    return practice.post(INTENTS, pay(statement_descriptor="PRACTICE"))


def raw_card_data(practice: Practice) -> Reply:
    raw = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    return practice.post(METHODS, {"type": "card", "card": raw})


def payment_method_type_unsupported(practice: Practice) -> Reply:
    return practice.post(METHODS, {"type": "us_bank_account"})


def payment_method_details_missing(practice: Practice) -> Reply:
    return practice.post(METHODS, {"type": "card"})


def token_missing(practice: Practice) -> Reply:
    assert practice.post(METHODS, {"type": "card", "card": {"token": "tok_visa"}}).status == 200
    return practice.post(METHODS, {"type": "card", "card": {"token": "tok_nobody"}})


def attach_without_customer(practice: Practice) -> Reply:
    return practice.post(f"{METHODS}/pm_card_visa/attach")


def payment_method_attached_elsewhere(practice: Practice) -> Reply:
    method = practice.saved_card(practice.customer())
    return practice.post(f"{METHODS}/{method}/attach", {"customer": practice.customer()})


def payment_method_update_unattached(practice: Practice) -> Reply:
    method = practice.made(METHODS, {"type": "card", "card": {"token": "tok_visa"}})["id"]
    return practice.post(f"{METHODS}/{method}", {"metadata": {"a": "b"}})


def payment_method_not_of_customer(practice: Practice) -> Reply:
    method = practice.saved_card(practice.customer())
    return practice.get(f"{CUSTOMERS}/{practice.customer()}/payment_methods/{method}")


def payment_method_spent(practice: Practice) -> Reply:
    method = practice.paid()["payment_method"]
    return practice.post(INTENTS, pay(payment_method=method))


def payment_method_not_attached(practice: Practice) -> Reply:
    method = practice.made(METHODS, {"type": "card", "card": {"token": "tok_visa"}})["id"]
    return practice.post(f"{METHODS}/{method}/detach")


def payment_method_of_other_customer(practice: Practice) -> Reply:
    method = practice.saved_card(practice.customer())
    return practice.post(INTENTS, pay(payment_method=method, customer=practice.customer()))


def payment_method_needs_customer(practice: Practice) -> Reply:
    return practice.post(INTENTS, pay(payment_method=practice.saved_card(practice.customer())))


def default_payment_method_not_attached(practice: Practice) -> Reply:
    other = practice.saved_card(practice.customer())
    settings = {"invoice_settings": {"default_payment_method": other}}
    return practice.post(f"{CUSTOMERS}/{practice.customer()}", settings)


def card_refused(practice: Practice) -> Reply:
    return practice.post(INTENTS, pay(payment_method="pm_card_visa_chargeDeclined"))


def card_number_incorrect(practice: Practice) -> Reply:
    assert practice.client_call("payment_methods", **CARD).status == 200
    return practice.client_call("payment_methods", **card("4242424242424241"))


def card_expiry_invalid(practice: Practice) -> Reply:
    return practice.client_call("payment_methods", **CARD | {"expiry": "12/20"})


def card_cvc_invalid(practice: Practice) -> Reply:
    return practice.client_call("payment_methods", **CARD | {"cvc": "12"})


def card_not_a_test_card(practice: Practice) -> Reply:
    return practice.client_call("payment_methods", **card("4111111111111111"))


def intent_state_update(practice: Practice) -> Reply:
    return practice.post(f"{INTENTS}/{practice.paid()['id']}", {"amount": 3000})


def intent_state_confirm(practice: Practice) -> Reply:
    return practice.post(f"{INTENTS}/{practice.paid()['id']}/confirm")


def intent_state_capture(practice: Practice) -> Reply:
    return practice.post(f"{INTENTS}/{practice.paid()['id']}/capture")


def intent_state_cancel(practice: Practice) -> Reply:
    return practice.post(f"{INTENTS}/{practice.paid()['id']}/cancel")


def _saved(practice: Practice) -> str:
    wanted = {"payment_method": "pm_card_visa", "payment_method_types": ["card"], "confirm": True}
    return f"{SETUPS}/{practice.made(SETUPS, wanted)['id']}"


def setup_intent_state_update(practice: Practice) -> Reply:
    return practice.post(_saved(practice), {"description": "x"})


def setup_intent_state_confirm(practice: Practice) -> Reply:
    return practice.post(f"{_saved(practice)}/confirm")


def setup_intent_state_cancel(practice: Practice) -> Reply:
    return practice.post(f"{_saved(practice)}/cancel")


def intent_type_unsupported(practice: Practice) -> Reply:
    assert practice.post(INTENTS, pay(payment_method_types=["card", "us_bank_account"])).status == 200
    return practice.post(INTENTS, pay(payment_method_types=["card", "sepa_debit"]))


def method_not_allowed(practice: Practice) -> Reply:
    refused = practice.post(INTENTS, pay(payment_method_types=["us_bank_account"]))
    assert refused.refusal == "method_not_allowed"
    return practice.post(INTENTS, debit(payment_method_types=["card"]))


def debit_currency(practice: Practice) -> Reply:
    return practice.post(INTENTS, debit(currency="eur"))


def debit_capture_method(practice: Practice) -> Reply:
    return practice.post(INTENTS, debit(capture_method="manual"))


def mandate_missing(practice: Practice) -> Reply:
    assert practice.post(INTENTS, debit()).status == 200
    return practice.post(INTENTS, debit(mandate_data={}))


def debit_not_processing(practice: Practice) -> Reply:
    wanted = {"account": practice.name, "payment_intent": practice.paid()["id"], "outcome": "paid"}
    return send("POST", f"{practice.server.origin}/_control/debits", json.dumps(wanted).encode())


def bank_routing_number_invalid(practice: Practice) -> Reply:
    assert practice.client_call("payment_methods", **BANK).status == 200
    return practice.client_call("payment_methods", **BANK | {"routing_number": "110000001"})


def bank_account_number_invalid(practice: Practice) -> Reply:
    return practice.client_call("payment_methods", **bank("123"))


def bank_holder_missing(practice: Practice) -> Reply:
    return practice.client_call("payment_methods", **BANK | {"holder": " "})


def bank_not_a_test_account(practice: Practice) -> Reply:
    elsewhere = practice.client_call("payment_methods", **BANK | {"routing_number": "021000021"})
    assert elsewhere.refusal == "bank_not_a_test_account"
    return practice.client_call("payment_methods", **bank("000123456780"))


def intent_needs_payment_method(practice: Practice) -> Reply:
    return practice.post(INTENTS, {"amount": 2000, "currency": "usd", "confirm": True})


def setup_needs_payment_method(practice: Practice) -> Reply:
    return practice.post(SETUPS, {"confirm": True})


def return_url_needed(practice: Practice) -> Reply:
    wanted = {"amount": 2000, "currency": "usd", "confirm": True, "payment_method": "pm_card_visa"}
    never = {"automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
    assert practice.post(INTENTS, wanted | never).status == 200
    assert practice.post(INTENTS, wanted | {"return_url": "http://localhost:1/"}).status == 200
    return practice.post(INTENTS, wanted)


def off_session_without_confirm(practice: Practice) -> Reply:
    return practice.post(INTENTS, pay(confirm=False, off_session=True))


def off_session_saves_card(practice: Practice) -> Reply:
    return practice.post(INTENTS, pay(off_session=True, setup_future_usage="off_session"))


def intent_of_checkout(practice: Practice) -> Reply:
    session = practice.session()
    practice.browser(f"/c/pay/{session['id']}", card("4000000000000002"))
    intent = practice.get(f"/v1/checkout/sessions/{session['id']}").json["payment_intent"]
    return practice.post(f"{INTENTS}/{intent}/cancel")


def capture_too_large(practice: Practice) -> Reply:
    intent = practice.paid(capture_method="manual")["id"]
    return practice.post(f"{INTENTS}/{intent}/capture", {"amount_to_capture": 2001})


def charges_are_made_by_intents(practice: Practice) -> Reply:
    return practice.post("/v1/charges", {"amount": 2000, "currency": "usd", "source": "tok_visa"})


def refund_of_nothing(practice: Practice) -> Reply:
    return practice.post(REFUNDS, {"amount": 100})


def refund_of_both(practice: Practice) -> Reply:
    one, other = practice.paid(), practice.paid()
    return practice.post(REFUNDS, {"payment_intent": one["id"], "charge": other["latest_charge"]})


def refund_without_charge(practice: Practice) -> Reply:
    return practice.post(REFUNDS, {"payment_intent": practice.paid(confirm=False)["id"]})


def refund_of_unpaid_charge(practice: Practice) -> Reply:
    debited = practice.made(INTENTS, debit())["latest_charge"]
    assert practice.post(REFUNDS, {"charge": debited}).refusal == "refund_of_unpaid_charge"
    return practice.post(REFUNDS, {"charge": practice.paid(capture_method="manual")["latest_charge"]})


def refund_not_positive(practice: Practice) -> Reply:
    intent = practice.paid()["id"]
    assert practice.post(REFUNDS, {"payment_intent": intent, "amount": -1}).refusal == "refund_not_positive"
    return practice.post(REFUNDS, {"payment_intent": intent, "amount": 0})


def charge_already_refunded(practice: Practice) -> Reply:
    intent = practice.paid()["id"]
    practice.made(REFUNDS, {"payment_intent": intent})
    return practice.post(REFUNDS, {"payment_intent": intent, "amount": 1})


def refund_too_large(practice: Practice) -> Reply:
    intent = practice.paid()["id"]
    practice.made(REFUNDS, {"payment_intent": intent, "amount": 1500})
    return practice.post(REFUNDS, {"payment_intent": intent, "amount": 501})


def charge_disputed(practice: Practice) -> Reply:
    return practice.post(
        REFUNDS, {"payment_intent": practice.paid(payment_method="pm_card_createDispute")["id"]}
    )


def refund_not_cancelable(practice: Practice) -> Reply:
    refund = practice.made(REFUNDS, {"payment_intent": practice.paid()["id"]})
    return practice.post(f"{REFUNDS}/{refund['id']}/cancel")


def _lost(practice: Practice) -> str:
    intent = practice.paid(payment_method="pm_card_createDispute")["id"]
    dispute = practice.get("/v1/disputes", {"payment_intent": intent}).json["data"][0]["id"]
    practice.made(f"/v1/disputes/{dispute}/close")
    return f"/v1/disputes/{dispute}"


def dispute_closed(practice: Practice) -> Reply:
    return practice.post(f"{_lost(practice)}/close")


def dispute_closed_to_evidence(practice: Practice) -> Reply:
    return practice.post(_lost(practice), {"evidence": {"uncategorized_text": "winning_evidence"}})


def challenge_over(practice: Practice) -> Reply:
    intent = practice.paid()
    path = f"/challenge/{intent['id']}?client_secret={intent['client_secret']}"
    return practice.browser(path, {"outcome": "complete"})


def challenge_secret_invalid(practice: Practice) -> Reply:
    intent = practice.paid(payment_method="pm_card_threeDSecure2Required")
    return practice.browser(f"/challenge/{intent['id']}?client_secret=guessed", {"outcome": "complete"})
