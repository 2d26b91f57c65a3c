"""One request for each refusal about Checkout Sessions and webhook endpoints."""

import time

from tests.contract.harness import CARD, Json, Practice, Reply, checkout, line

SESSIONS = "/v1/checkout/sessions"
ENDPOINTS = "/v1/webhook_endpoints"


def _refused(practice: Practice, **params: object) -> Reply:
    return practice.post(SESSIONS, checkout(**params))


def mode_missing(practice: Practice) -> Reply:
    return _refused(practice, mode=None)


def mode_unsupported(practice: Practice) -> Reply:
    return _refused(practice, mode="subscription")


def ui_mode_unsupported(practice: Practice) -> Reply:
    return _refused(practice, ui_mode="embedded_page")


def session_type_unsupported(practice: Practice) -> Reply:
    setup = _refused(practice, mode="setup", line_items=None, payment_method_types=["sepa_debit"])
    assert setup.refusal == "session_type_unsupported"
    return _refused(practice, payment_method_types=["card", "sepa_debit"])


def success_url_missing(practice: Practice) -> Reply:
    return _refused(practice, success_url=None)


def return_url_missing(practice: Practice) -> Reply:
    return _refused(practice, ui_mode="elements", return_url=None)


def url_not_for_ui_mode(practice: Practice) -> Reply:
    for name in ("success_url", "cancel_url"):
        reply = _refused(practice, ui_mode="elements", **{name: "http://localhost:1/"})
        assert reply.refusal == "url_not_for_ui_mode", name
    return _refused(practice, return_url="http://localhost:1/")


def line_items_missing(practice: Practice) -> Reply:
    return _refused(practice, line_items=None)


def line_items_in_setup(practice: Practice) -> Reply:
    return _refused(practice, mode="setup")


def line_items_mixed_currency(practice: Practice) -> Reply:
    return _refused(practice, line_items=[line(), line(currency="eur")])


def line_item_price_missing(practice: Practice) -> Reply:
    return _refused(practice, line_items=[{"quantity": 1}])


def line_item_product_missing(practice: Practice) -> Reply:
    return _refused(practice, line_items=[{"price_data": {"currency": "usd", "unit_amount": 5000}}])


def line_item_amount_missing(practice: Practice) -> Reply:
    return _refused(practice, line_items=[{"price_data": {"currency": "usd", "product_data": {"name": "x"}}}])


def line_item_amount_negative(practice: Practice) -> Reply:
    return _refused(practice, line_items=[line(5000), line(-1)])


def line_item_quantity(practice: Practice) -> Reply:
    return _refused(practice, line_items=[line(5000, quantity=0)])


def data_of_other_mode(practice: Practice) -> Reply:
    data = {"description": "Professional services"}
    wanted = {"mode": "setup", "line_items": None, "currency": "usd"}
    setup = _refused(practice, **wanted, payment_intent_data=data)
    assert setup.refusal == "data_of_other_mode"
    return _refused(practice, setup_intent_data={"description": "x"})


def expires_at_out_of_range(practice: Practice) -> Reply:
    now = int(time.time())
    assert _refused(practice, expires_at=now + 31 * 60).status == 200
    assert _refused(practice, expires_at=now + 29 * 60).refusal == "expires_at_out_of_range"
    return _refused(practice, expires_at=now + 24 * 3600 + 60)


def customer_given_twice(practice: Practice) -> Reply:
    return _refused(practice, customer=practice.customer(), customer_email="payer@example.org")


def save_needs_customer(practice: Practice) -> Reply:
    return _refused(practice, saved_payment_method_options={"payment_method_save": "enabled"})


def session_not_open_to_expire(practice: Practice) -> Reply:
    session = practice.session()["id"]
    practice.made(f"{SESSIONS}/{session}/expire")
    return practice.post(f"{SESSIONS}/{session}/expire")


def _elements(practice: Practice, **params: object) -> str:
    return str(practice.session(ui_mode="elements", **params)["client_secret"])


def _confirm(practice: Practice, secret: str, **fields: str) -> Reply:
    common = {"client_secret": secret, "payment_method": "pm_card_visa", "email": "payer@example.org"}
    return practice.client_call("confirm", **common | fields)


def session_not_open_to_confirm(practice: Practice) -> Reply:
    secret = _elements(practice)
    assert _confirm(practice, secret).status == 200
    return _confirm(practice, secret)


def save_not_enabled(practice: Practice) -> Reply:
    secret = _elements(practice, customer=practice.customer())
    return _confirm(practice, secret, save_payment_method="true")


def saved_method_not_offered(practice: Practice) -> Reply:
    """Attached, but not allow_redisplay=always: not among the session's saved methods."""
    customer = practice.customer()
    method = practice.saved_card(customer)
    return _confirm(practice, _elements(practice, customer=customer), payment_method=method)


def email_missing(practice: Practice) -> Reply:
    return _confirm(practice, _elements(practice), email="")


def endpoint_version_unsupported(practice: Practice) -> Reply:
    wanted = {"url": "http://127.0.0.1:1/", "enabled_events": ["*"], "api_version": "2025-03-31.basil"}
    return practice.post(ENDPOINTS, wanted)


def endpoints_too_many(practice: Practice) -> Reply:
    wanted = {"url": "http://127.0.0.1:1/", "enabled_events": ["*"]}
    for _ in range(16):
        practice.made(ENDPOINTS, wanted)
    return practice.post(ENDPOINTS, wanted)


def endpoint_url_invalid(practice: Practice) -> Reply:
    return practice.post(ENDPOINTS, {"url": "localhost/webhooks", "enabled_events": ["*"]})


def save_options_in_setup(practice: Practice) -> Reply:
    wanted = {
        "customer": practice.customer(),
        "saved_payment_method_options": {"payment_method_save": "enabled"},
    }
    assert _refused(practice, **wanted).status == 200
    return _refused(practice, mode="setup", line_items=None, currency="usd", **wanted)


def save_asked_twice(practice: Practice) -> Reply:
    wanted = {"customer": practice.customer(), "payment_intent_data": {"setup_future_usage": "on_session"}}
    off, on = ({"payment_method_save": word} for word in ("disabled", "enabled"))
    assert _refused(practice, **wanted, saved_payment_method_options=off).status == 200
    return _refused(practice, **wanted, saved_payment_method_options=on)


def customer_creation_of_customer(practice: Practice) -> Reply:
    return _refused(practice, customer=practice.customer(), customer_creation="always")


def customer_update_without_customer(practice: Practice) -> Reply:
    return _refused(practice, customer_update={"name": "auto"})


def billing_address_missing(practice: Practice) -> Reply:
    secret = _elements(practice, billing_address_collection="required")
    whole: Json = {"name": "A Payer", "address": {"line1": "1 Main St", "city": "Troy", "state": "NY"}}
    assert _billed(practice, secret, whole).refusal == "billing_address_missing"
    whole["address"] |= {"postal_code": "12180", "country": "US"}
    assert _billed(practice, secret, whole | {"name": ""}).refusal == "billing_address_missing"
    assert _billed(practice, secret, whole).status == 200
    return _confirm(practice, _elements(practice, billing_address_collection="required"))


def _billed(practice: Practice, secret: str, billing: Json) -> Reply:
    fields = {"client_secret": secret, "payment_method": "pm_card_visa", "email": "payer@example.org"}
    body = {"key": practice.publishable_key, "billing": billing}
    return practice.browser("/client/confirm", fields | body)


def name_missing(practice: Practice) -> Reply:
    optional = {"individual": {"enabled": True, "optional": True}, "business": {"enabled": False}}
    assert _confirm(practice, _elements(practice, name_collection=optional)).status == 200
    return _confirm(practice, _elements(practice, name_collection={"individual": {"enabled": True}}))


def terms_not_accepted(practice: Practice) -> Reply:
    consent = {"terms_of_service": "required"}
    assert _refused(practice, ui_mode="elements", consent_collection=consent).status == 400
    page = f"/c/pay/{practice.session(consent_collection=consent)['id']}"
    untaken = practice.browser(page, CARD)
    assert practice.browser(page, CARD | {"terms": "yes"}).status == 303
    return untaken
