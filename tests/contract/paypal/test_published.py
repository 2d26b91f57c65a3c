"""The stand-in and the tests are held to PayPal's published documents.

The harness holds every answer of every test here, and every request that was taken; so this file asks for
each operation once, says which are left out, and guards the guards.
"""

import pytest

from sandbox.paypal import schema
from sandbox.paypal.routes import ROUTES
from tests.contract.paypal.harness import ORDERS, WEBHOOKS, Practice, order, usd
from tests.contract.paypal.published import DOCUMENTS, answer_faults, request_faults

# Published, and not in the stand-in: Billfold has no use for them.
LEFT_OUT = {
    ("PATCH", f"{ORDERS}/{{id}}"),
    ("POST", f"{ORDERS}/{{id}}/confirm-payment-source"),
    ("POST", "/v1/customer/disputes/{id}/accept-claim"),
    ("PATCH", f"{WEBHOOKS}/{{webhook_id}}"),
    ("GET", f"{WEBHOOKS}/{{webhook_id}}/event-types"),
    ("GET", f"{WEBHOOKS}-event-types"),
    ("POST", "/v1/notifications/simulate-event"),
    ("GET", "/v1/reporting/balances"),
}


def test_each_published_operation_is_there_or_left_out() -> None:
    published = {
        (method.upper(), template)
        for document in DOCUMENTS.values()
        for template, methods in document["paths"].items()
        for method in methods
    }
    assert set(ROUTES) | LEFT_OUT == published
    assert not set(ROUTES) & LEFT_OUT


def test_each_operation_answers_as_published(practice: Practice) -> None:
    """Issue 16: the stand-in's answers validate; the harness looks at each."""
    ident = practice.approved("second-try@example.org", order(invoice_id="att-1", custom_id="att-1"))
    assert practice.capture(ident).status == 201
    payments = practice.get(f"{ORDERS}/{ident}").json["purchase_units"][0]["payments"]
    capture = payments["captures"][1]["id"]
    about = {"amount": usd("5.00"), "custom_id": "re-1", "invoice_id": "re-1", "note_to_payer": "Sorry."}
    refund = practice.refund(capture, about).json["id"]
    dispute = practice.dispute(capture)["dispute_id"]
    practice.control("disputes/move", {"dispute": dispute, "type": "DEBIT", "amount": usd("15.00")})
    webhook = practice.listen("https://pay.example.org/hook")["id"]
    event = practice.get(f"{WEBHOOKS}-events").json["events"][0]["id"]
    paths = {
        "/v2/payments/captures/{capture_id}": f"/v2/payments/captures/{capture}",
        "/v2/payments/refunds/{refund_id}": f"/v2/payments/refunds/{refund}",
        "/v1/customer/disputes": "/v1/customer/disputes?page_size=5",
        "/v1/customer/disputes/{id}": f"/v1/customer/disputes/{dispute}",
        f"{ORDERS}/{{id}}": f"{ORDERS}/{ident}",
        WEBHOOKS: WEBHOOKS,
        f"{WEBHOOKS}/{{webhook_id}}": f"{WEBHOOKS}/{webhook}",
        f"{WEBHOOKS}-events": f"{WEBHOOKS}-events?page_size=3",
        f"{WEBHOOKS}-events/{{event_id}}": f"{WEBHOOKS}-events/{event}",
        "/v1/reporting/transactions": "/v1/reporting/transactions?fields=all&start_date=2026-11-01T00:00:00Z"
        "&end_date=2026-12-01T00:00:00Z",
    }
    assert set(paths) == {template for method, template in ROUTES if method == "GET"}
    for path in paths.values():
        assert practice.get(path).status == 200
    assert practice.post(f"{WEBHOOKS}-events/{event}/resend", {"webhook_ids": [webhook]}).status == 202
    assert practice.api("DELETE", f"{WEBHOOKS}/{webhook}").status == 204


def test_events_carry_what_is_published(practice: Practice) -> None:
    """The resource of an event is the object as the API answers it."""
    ident = practice.approved("second-try@example.org")
    practice.capture(ident)
    capture = practice.get(f"{ORDERS}/{ident}").json["purchase_units"][0]["payments"]["captures"][1]["id"]
    practice.refund(capture, {"amount": usd("5.00")})
    practice.dispute(capture)
    paths = {
        "checkout-order": f"{ORDERS}/{ident}",
        "capture": f"/v2/payments/captures/{capture}",
        "refund": "/v2/payments/refunds/R",
        "dispute": "/v1/customer/disputes/D",
    }
    events = practice.get(f"{WEBHOOKS}-events", page_size="50").json["events"]
    assert {event["resource_type"] for event in events} == set(paths)
    for event in events:
        assert answer_faults("GET", paths[event["resource_type"]], 200, event["resource"]) == []


def test_the_guard_refuses_a_wrong_answer_and_a_wrong_request() -> None:
    """A validator that accepts everything would make the contract empty."""
    assert answer_faults("GET", f"{ORDERS}/X", 200, {"id": "X", "status": "PAID"})
    assert answer_faults("GET", f"{ORDERS}/X", 200, {"id": "X", "client": "Ada"}) == [
        "/client is published nowhere"
    ]
    wrong = {"name": "UNPROCESSABLE_ENTITY", "details": [{"issue": "MADE_UP"}]}
    assert answer_faults("POST", f"{ORDERS}/X/capture", 422, wrong)
    assert request_faults("POST", ORDERS, {"purchase_units": []})
    assert request_faults("POST", ORDERS, order(note="Ada")) == [
        "/purchase_units/0/note is published nowhere"
    ]
    assert request_faults("POST", ORDERS, order()) == []


def test_what_only_answers_have_is_refused_in_a_request(practice: Practice) -> None:
    named = {"url": "https://pay.example.org/hook", "event_types": [{"name": "*"}]}
    assert practice.post(WEBHOOKS, named).status == 201
    reply = practice.post(WEBHOOKS, named | {"url": "https://pay.example.org/other", "id": "X"})
    assert reply.refusal == "field_unknown"


def test_an_answer_that_would_break_the_published_shape_never_leaves(practice: Practice) -> None:
    """A refund may be asked for with any custom_id, and is answered with few characters only."""
    reply = practice.refund(practice.paid()["id"], {"custom_id": "re 1"})
    assert (reply.status, reply.refusal) == (500, "schema_broken")


@pytest.mark.parametrize(("method", "template"), sorted(ROUTES))
def test_the_stand_ins_own_reading_is_strict(method: str, template: str) -> None:
    """An answer with a field too much, or of a status that is not published, never leaves it."""
    operation = schema.operations()[method, template]
    status = ROUTES[method, template].status
    assert schema.answer_faults(operation, 418, {}) != []
    if status != 204:
        assert schema.answer_faults(operation, status, {"surely_unknown": 1}) != []
