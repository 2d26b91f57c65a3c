"""One request for each refusal of the stand-in; each is preceded by what is taken, so that it is that one."""

from typing import Any

from sandbox.paypal.objects.orders import MOST_ATTEMPTS
from sandbox.paypal.objects.webhooks import MOST
from tests.contract.harness import Reply
from tests.contract.paypal.harness import (
    ORDERS,
    SEARCH,
    WEBHOOKS,
    Practice,
    order,
    usd,
    with_context,
)

BUYER = {"way": "account", "email": "buyer@example.org"}
GUEST = {
    "way": "card", "email": "guest@example.org", "number": "4111 1111 1111 1111", "expiry": "12/40",
    "cvc": "123",
}  # fmt: skip


def _create(practice: Practice, body: Any, key: str = "refused") -> Reply:
    assert practice.post(ORDERS, order(), "taken").status == 201
    return practice.post(ORDERS, body, key)


# --- who asks


def client_unknown(practice: Practice) -> Reply:
    assert practice.ask_token().status == 200
    return practice.ask_token(secret="another")


def grant_unsupported(practice: Practice) -> Reply:
    return practice.ask_token(grant="password")


def token_missing(practice: Practice) -> Reply:
    return practice.api("GET", WEBHOOKS, Authorization="")


def token_unknown(practice: Practice) -> Reply:
    assert practice.get(WEBHOOKS).status == 200
    practice.control("tokens/revoke")
    return practice.get(WEBHOOKS)


def permission_missing(practice: Practice) -> Reply:
    practice.control("scopes", {"scopes": ["https://uri.paypal.com/services/payments/payment"]})
    assert _create(practice, order()).status == 201
    return practice.get(SEARCH, **_days(1))


# --- the shape of a request


def url_unknown(practice: Practice) -> Reply:
    return practice.get("/v2/checkout/nothing")


def content_type_unsupported(practice: Practice) -> Reply:
    return practice.post(ORDERS, order(), "k", Content_Type="text/plain")


def body_not_json(practice: Practice) -> Reply:
    return _create(practice, b'{"intent": "CAPTURE"')


def field_missing(practice: Practice) -> Reply:
    return _create(practice, {"intent": "CAPTURE"})


def field_length(practice: Practice) -> Reply:
    assert practice.post(ORDERS, order(invoice_id="i" * 127), "k").status == 201
    return _create(practice, order(invoice_id="i" * 128))


def array_short(practice: Practice) -> Reply:
    return _create(practice, order() | {"purchase_units": []})


def array_long(practice: Practice) -> Reply:
    return _create(practice, order() | {"purchase_units": order()["purchase_units"] * 11})


def field_syntax(practice: Practice) -> Reply:
    return _create(practice, order("1,250"))


def field_value(practice: Practice) -> Reply:
    return _create(practice, with_context(user_action="PAY_LATER"))


def field_unknown(practice: Practice) -> Reply:
    return _create(practice, order(client_name="Ada"))


def beyond_stand_in(practice: Practice) -> Reply:
    return _create(practice, order() | {"intent": "AUTHORIZE"})


def instant_impossible(practice: Practice) -> Reply:
    """The published pattern lets it pass; a date of February it is not."""
    return practice.get(SEARCH, start_date="2026-02-30T00:00:00Z", end_date="2026-03-01T00:00:00Z")


def page_token_unknown(practice: Practice) -> Reply:
    assert practice.get("/v1/customer/disputes", next_page_token="10").status == 200
    return practice.get("/v1/customer/disputes", next_page_token="abc")


def mock_unknown(practice: Practice) -> Reply:
    mock = '{"mock_application_codes": "MADE_UP"}'
    return practice.post(ORDERS, order(), "k", PayPal_Mock_Response=mock)


# --- PayPal-Request-Id


def request_id_required(practice: Practice) -> Reply:
    return _create(practice, order(), "")


def request_in_progress(practice: Practice) -> Reply:
    with practice.server.sandbox.api.in_use.held(practice.name, f"{ORDERS} refused"):
        return _create(practice, order())


# --- money


def currency_unknown(practice: Practice) -> Reply:
    return _create(practice, order(currency="KWD"))


def decimals_wrong(practice: Practice) -> Reply:
    return _create(practice, order("20.005"))


def decimals_unsupported(practice: Practice) -> Reply:
    assert practice.post(ORDERS, order("1500", "TWD"), "k").status == 201
    return _create(practice, order("1500.00", "TWD"))


def amount_not_positive(practice: Practice) -> Reply:
    assert practice.post(ORDERS, order("0.01"), "k").status == 201
    return _create(practice, order("0.00"))


def amount_too_large(practice: Practice) -> Reply:
    assert practice.post(ORDERS, order("999999999999999.99"), "k").status == 201
    return _create(practice, order("1000000000000000.00"))


# --- orders


def resource_missing(practice: Practice) -> Reply:
    return practice.get(f"{ORDERS}/5O190127TN364715T")


def order_not_approved(practice: Practice) -> Reply:
    return practice.capture(practice.created()["id"])


def order_captured(practice: Practice) -> Reply:
    ident = practice.approved()
    assert practice.capture(ident).status == 201
    return practice.capture(ident, "another")


def order_in_progress(practice: Practice) -> Reply:
    ident = practice.approved()
    with practice.server.sandbox.api.in_use.held(practice.name, ident):
        return practice.capture(ident)


def invoice_id_used(practice: Practice) -> Reply:
    declined = practice.paid("captured-declined@example.org", order(invoice_id="att-1"), "k0")
    assert declined["status"] == "DECLINED"
    practice.paid(body=order(invoice_id="att-1"), key="k1")
    return practice.capture(practice.approved(body=order(invoice_id="att-1"), key="k2"))


def attempts_too_many(practice: Practice) -> Reply:
    ident = practice.approved("declined@example.org")
    for _ in range(MOST_ATTEMPTS):
        assert practice.capture(ident).refusal == "INSTRUMENT_DECLINED"
    return practice.capture(ident)


# --- refunds


def refund_before_money(practice: Practice) -> Reply:
    return practice.refund(practice.paid("pending@example.org")["id"])


def refund_without_money(practice: Practice) -> Reply:
    return practice.refund(practice.paid("captured-declined@example.org")["id"])


def refund_after_all(practice: Practice) -> Reply:
    capture = practice.paid()["id"]
    assert practice.refund(capture).status == 201
    return practice.refund(capture)


def refund_too_late(practice: Practice) -> Reply:
    capture = practice.paid()["id"]
    practice.advance(179 * 86400)
    assert practice.refund(capture, {"amount": usd("1.00")}).status == 201
    practice.advance(86400 + 60)
    return practice.refund(capture)


def refund_too_much(practice: Practice) -> Reply:
    capture = practice.paid()["id"]
    assert practice.refund(capture, {"amount": usd("5.00")}).status == 201
    return practice.refund(capture, {"amount": usd("15.01")})


def refund_currency(practice: Practice) -> Reply:
    amount = {"currency_code": "EUR", "value": "5.00"}
    return practice.refund(practice.paid()["id"], {"amount": amount})


def refund_in_dispute(practice: Practice) -> Reply:
    capture = practice.paid()["id"]
    practice.dispute(capture)
    return practice.refund(capture, {"amount": usd("5.00")})


def refund_charged_back(practice: Practice) -> Reply:
    capture = practice.paid()["id"]
    practice.dispute(capture, stage="CHARGEBACK", channel="EXTERNAL")
    return practice.refund(capture)


def refund_invoice_id_used(practice: Practice) -> Reply:
    capture = practice.paid()["id"]
    body = {"amount": usd("5.00"), "invoice_id": "re-1"}
    assert practice.refund(capture, body).status == 201
    return practice.refund(capture, body)


# --- transaction search


def _days(count: int) -> dict[str, str]:
    return {"start_date": "2026-10-01T00:00:00Z", "end_date": f"2026-10-{1 + count:02d}T00:00:00Z"}


def range_too_long(practice: Practice) -> Reply:
    assert practice.get(SEARCH, **_days(30)).status == 200
    return practice.get(SEARCH, start_date="2026-10-01T00:00:00Z", end_date="2026-11-01T00:00:01Z")


def range_backwards(practice: Practice) -> Reply:
    return practice.get(SEARCH, start_date="2026-10-02T00:00:00Z", end_date="2026-10-01T00:00:00Z")


# --- webhooks


def _webhook(practice: Practice, url: str, name: str = "PAYMENT.CAPTURE.COMPLETED") -> Reply:
    return practice.post(WEBHOOKS, {"url": url, "event_types": [{"name": name}]})


def webhook_url(practice: Practice) -> Reply:
    assert _webhook(practice, "https://pay.example.org/hook").status == 201
    return _webhook(practice, "http://pay.example.org/hook")


def webhook_event_unknown(practice: Practice) -> Reply:
    return _webhook(practice, "https://pay.example.org/hook", "PAYMENT.CAPTURE.LOST")


def webhook_url_used(practice: Practice) -> Reply:
    assert _webhook(practice, "https://pay.example.org/hook").status == 201
    return _webhook(practice, "https://pay.example.org/hook")


def webhooks_too_many(practice: Practice) -> Reply:
    for place in range(MOST):
        assert _webhook(practice, f"https://pay.example.org/{place}").status == 201
    return _webhook(practice, "https://pay.example.org/more")


# --- the page


def page_card_not_offered(practice: Practice) -> Reply:
    assert practice.page(practice.created(key="k")["id"], GUEST).status == 303
    practice.control("guest_card", {"offered": False})
    return practice.page(practice.created()["id"], GUEST)


def page_card_invalid(practice: Practice) -> Reply:
    return practice.page(practice.created()["id"], GUEST | {"number": "4242 4242 4242 4242"})


def page_not_immediate(practice: Practice) -> Reply:
    echeck = BUYER | {"email": "echeck@example.org"}
    body = with_context(payment_method_preference="UNRESTRICTED")
    assert practice.page(practice.created(body, key="k")["id"], echeck).status == 303
    return practice.page(practice.created()["id"], echeck)


def page_email_missing(practice: Practice) -> Reply:
    return practice.page(practice.created()["id"], BUYER | {"email": ""})


def page_order_over(practice: Practice) -> Reply:
    ident = practice.created()["id"]
    assert practice.page(ident).status == 200
    practice.advance(6 * 3600 + 1)
    return practice.page(ident, BUYER)
