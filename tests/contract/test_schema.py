"""What the stand-in answers is what Stripe publishes: every operation, every object, unexpanded."""

import functools
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from sandbox.stripe import routes
from sandbox.stripe.objects import customers
from sandbox.stripe.scope import Scope
from tests.contract.harness import Json, Practice, bank, card, debit, pay
from tests.contract.test_set_up import by_deposit, set_up_bank

DOCUMENT, _MORE = (
    json.loads((Path(__file__).parent / name).read_text())
    for name in ("stripe-openapi-subset.json", "stripe-additions.json")
)
DOCUMENT["paths"] |= _MORE["paths"]
DOCUMENT["components"]["schemas"] |= _MORE["components"]["schemas"]
# In the document, and not in the stand-in: Billfold shows saved cards itself.
LEFT_OUT = {("POST", "/v1/customer_sessions")}


def _strict(node: Any) -> Any:
    """OpenAPI 3.0 to JSON Schema, written apart from the stand-in's own; unknown properties are refused."""
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {name: _strict(inner) for name, inner in node.items() if name not in ("nullable", "format")}
    if plain.get("type") == "object" and "properties" in plain and "additionalProperties" not in plain:
        plain["additionalProperties"] = False
    return {"anyOf": [plain, {"type": "null"}]} if node.get("nullable") is True else plain


SCHEMAS = {name: _strict(schema) for name, schema in DOCUMENT["components"]["schemas"].items()}


def _validator(method: str, path: str) -> jsonschema_rs.Draft202012Validator:
    answer = DOCUMENT["paths"][path][method.lower()]["responses"]["200"]["content"]["application/json"][
        "schema"
    ]
    return jsonschema_rs.Draft202012Validator({**_strict(answer), "components": {"schemas": SCHEMAS}})


def _ids(practice: Practice) -> dict[str, str]:
    """One object of each kind, by the name its id has in the document's paths."""
    customer = practice.customer(email="payer@example.org", metadata={"a": "b"})
    saved = practice.saved_card(customer)
    intent = practice.paid(customer=customer, payment_method=saved, statement_descriptor_suffix="PRACTICE")
    disputed = practice.paid(payment_method="pm_card_createDispute")
    refund = practice.made("/v1/refunds", {"payment_intent": intent["id"], "amount": 500})
    endpoint = practice.made(
        "/v1/webhook_endpoints", {"url": "http://127.0.0.1:1/", "enabled_events": ["balance.available"]}
    )
    return {
        "customer": customer,
        "payment_method": saved,
        "intent": intent["id"],
        "charge": intent["latest_charge"],
        "refund": refund["id"],
        "dispute": practice.get("/v1/disputes", {"payment_intent": disputed["id"]}).json["data"][0]["id"],
        "session": practice.session(customer=customer, client_reference_id="ref_1")["id"],
        "webhook_endpoint": endpoint["id"],
        "payment_method_domain": practice.made(
            "/v1/payment_method_domains", {"domain_name": "pay.example.org"}
        )["id"],
        "mandate": practice.made("/v1/setup_intents", set_up_bank())["mandate"],
        "event": practice.get("/v1/events").json["data"][0]["id"],
        "balance_transaction": refund["balance_transaction"],
        "setup": practice.made("/v1/setup_intents", _waiting_setup(customer))["id"],
    }


def _waiting_setup(customer: str) -> Json:
    """A set-up at a challenge: it has an attempt, and may still be changed."""
    return {
        "customer": customer,
        "payment_method": "pm_card_authenticationRequired",
        "payment_method_types": ["card"],
        "confirm": True,
    }


# What each POST is sent; a DELETE comes last, so that the object is still there for the others.
BODIES: dict[str, Json] = {
    "/v1/customers": {"name": "c_1", "email": "payer@example.org"},
    "/v1/customers/{customer}": {"description": "changed"},
    "/v1/checkout/sessions": {
        "mode": "payment",
        "success_url": "http://localhost:1/ok",
        "line_items": [
            {"price_data": {"currency": "usd", "unit_amount": 5000, "product_data": {"name": "x"}}}
        ],
    },
    "/v1/checkout/sessions/{session}": {"metadata": {"a": "b"}},
    "/v1/payment_intents": pay(confirm=False),
    "/v1/payment_intents/{intent}": {"metadata": {"a": "b"}},
    "/v1/payment_method_domains": {"domain_name": "shop.example.org"},
    "/v1/payment_methods": {"type": "card", "card": {"token": "tok_visa"}},
    "/v1/payment_methods/{payment_method}": {"metadata": {"a": "b"}},
    "/v1/charges/{charge}": {"description": "changed"},
    "/v1/refunds/{refund}": {"metadata": {"a": "b"}},
    "/v1/setup_intents": {
        "payment_method": "pm_card_visa",
        "payment_method_types": ["card"],
        "confirm": True,
    },
    "/v1/setup_intents/{intent}": {"description": "changed"},
    "/v1/webhook_endpoints": {"url": "http://127.0.0.1:1/", "enabled_events": ["*"]},
    "/v1/webhook_endpoints/{webhook_endpoint}": {"disabled": True},
    "/v1/disputes/{dispute}": {"evidence": {"uncategorized_text": "a story"}},
}
# Always refused, by design (tests/contract/test_refusals.py).
REFUSED = {"/v1/charges", "/v1/refunds/{refund}/cancel"}


def _special(practice: Practice, path: str, ids: dict[str, str]) -> tuple[str, Json]:
    """Operations that need an object in a state of its own: (path with ids, body)."""
    match path:
        case "/v1/refunds":
            return path, {"payment_intent": practice.paid()["id"]}
        case "/v1/payment_intents/{intent}/cancel":
            return f"/v1/payment_intents/{practice.paid(confirm=False)['id']}/cancel", {}
        case "/v1/payment_intents/{intent}/confirm":
            return f"/v1/payment_intents/{practice.paid(confirm=False)['id']}/confirm", {}
        case "/v1/payment_intents/{intent}/capture":
            held = practice.paid(capture_method="manual")["id"]
            return f"/v1/payment_intents/{held}/capture", {"amount_to_capture": 1500}
        case "/v1/payment_methods/{payment_method}/attach":
            return "/v1/payment_methods/pm_card_mastercard/attach", {"customer": ids["customer"]}
        case "/v1/setup_intents/{intent}/confirm" | "/v1/setup_intents/{intent}/cancel":
            fresh = practice.made("/v1/setup_intents", {"payment_method": "pm_card_visa"})["id"]
            body = {"return_url": "http://localhost:1/"} if path.endswith("confirm") else {}
            return f"/v1/setup_intents/{fresh}/{path.rpartition('/')[2]}", body
        case "/v1/setup_intents/{intent}/verify_microdeposits":
            waiting = practice.made("/v1/setup_intents", by_deposit())["id"]
            return f"/v1/setup_intents/{waiting}/verify_microdeposits", {"descriptor_code": "SM11AA"}
        case "/v1/payment_intents/{intent}/verify_microdeposits":
            how = {"us_bank_account": {"verification_method": "microdeposits"}}
            waiting = practice.made("/v1/payment_intents", debit(payment_method_options=how))["id"]
            return f"/v1/payment_intents/{waiting}/verify_microdeposits", {"descriptor_code": "SM11AA"}
    return _filled(path, ids), BODIES.get(path, {})


def _filled(path: str, ids: dict[str, str]) -> str:
    generic = {"/v1/events/{id}": "event", "/v1/balance_transactions/{id}": "balance_transaction"}
    named = dict(ids, id=ids.get(generic.get(path, ""), ""))
    if path.startswith("/v1/setup_intents"):
        named["intent"] = ids["setup"]
    return path.format(**named)


def _operations() -> list[tuple[str, str]]:
    order = {"get": 0, "post": 1, "delete": 2}
    found = [(m, p) for p, item in DOCUMENT["paths"].items() for m in item if m in order]
    return [(m.upper(), p) for m, p in sorted(found, key=lambda each: order[each[0]])]


def test_every_operation_of_the_document_is_answered() -> None:
    assert set(_operations()) - set(routes.ROUTES) == LEFT_OUT
    assert set(routes.ROUTES) <= set(_operations())


@pytest.mark.parametrize(("method", "path"), [each for each in _operations() if each not in LEFT_OUT])
def test_answers_with_the_published_schema(practice: Practice, method: str, path: str) -> None:
    if method == "POST" and path in REFUSED:
        return
    ids = _ids(practice)
    asked = {"setup_intent": ids["setup"]} if path == "/v1/setup_attempts" else {}
    where, body = _special(practice, path, ids) if method == "POST" else (_filled(path, ids), asked)
    reply = practice.api(method, where, body)
    assert reply.status == 200, reply.json
    faults = [error.message for error in _validator(method, path).iter_errors(reply.json)]
    assert not faults, faults


def test_every_event_and_what_it_carries_has_the_published_schema(practice: Practice) -> None:
    """A long story, so that each kind of object is seen in many states."""
    _story(practice)
    newest = practice.get("/v1/events", {"limit": 100}).json["data"]
    older = practice.get("/v1/events", {"limit": 100, "starting_after": newest[-1]["id"]}).json["data"]
    oldest = practice.get("/v1/events", {"limit": 100, "starting_after": older[-1]["id"]}).json["data"]
    events = newest + older + oldest
    for event in events:
        _check("event", event)
        carried = event["data"]["object"]
        _check(carried["object"], carried)
    assert len({event["type"] for event in events}) >= 36, sorted({event["type"] for event in events})


@functools.cache
def _of(name: str) -> jsonschema_rs.Draft202012Validator:
    """Made once of each kind of object: that takes a hundred times as long as it is used."""
    whole = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": SCHEMAS}}
    return jsonschema_rs.Draft202012Validator(whole)


def _check(name: str, value: Json) -> None:
    faults = [error.message for error in _of(name).iter_errors(value)]
    assert not faults, (value.get("type"), faults)


def _story(practice: Practice) -> None:
    customer = practice.customer(email="payer@example.org")
    saved = practice.saved_card(customer)
    practice.made(f"/v1/customers/{customer}", {"name": "c_2"})
    practice.made(f"/v1/payment_methods/{saved}", {"metadata": {"a": "b"}})
    practice.made(f"/v1/payment_methods/{saved}/detach")
    for method in (
        "pm_card_visa",
        "pm_card_createDispute",
        "pm_card_createDisputeInquiry",
        "pm_card_refundFail",
    ):
        practice.paid(payment_method=method)
    practice.post("/v1/payment_intents", pay(payment_method="pm_card_visa_chargeDeclined"))
    practice.paid(payment_method="pm_card_threeDSecure2Required")
    held = practice.paid(capture_method="manual")["id"]
    practice.made(f"/v1/payment_intents/{held}/capture", {"amount_to_capture": 500})
    practice.made(f"/v1/payment_intents/{practice.paid(capture_method='manual')['id']}/cancel")
    for dispute in practice.get("/v1/disputes").json["data"]:
        practice.control("POST", "disputes/close", {"account": "demo", "dispute": dispute["id"], "won": True})
    for card_name in ("pm_card_refundFail", "pm_card_pendingRefund"):
        practice.made("/v1/refunds", {"payment_intent": practice.paid(payment_method=card_name)["id"]})
    setup = {"payment_method_types": ["card"], "confirm": True}
    practice.made("/v1/setup_intents", setup | {"payment_method": "pm_card_visa"})
    practice.post("/v1/setup_intents", setup | {"payment_method": "pm_card_chargeDeclined"})
    practice.made("/v1/setup_intents", setup | {"payment_method": "pm_card_authenticationRequired"})
    session = practice.session()
    practice.browser(f"/c/pay/{session['id']}", card("4242424242424242"))
    practice.made(f"/v1/checkout/sessions/{practice.session()['id']}/expire")
    practice.api("DELETE", f"/v1/customers/{customer}")
    _methods(practice)
    _debits(practice)
    practice.control("POST", "clock", {"advance_seconds": 90})
    practice.made("/v1/refunds", {"payment_intent": _debits(practice)})
    practice.control("POST", "clock", {"advance_seconds": 90})


def _methods(practice: Practice) -> None:
    """What happens to saved methods, and set-ups of bank accounts that end in every way."""
    practice.control("POST", "wallets", {"account": "demo", "wallets": ["apple_pay"]})
    wallet = practice.client_call("payment_methods", type="apple_pay").json["id"]
    practice.made(f"/v1/payment_methods/{wallet}/attach", {"customer": practice.customer()})
    practice.paid(
        customer=practice.customer(), payment_method="pm_card_visa", setup_future_usage="on_session"
    )
    renewed = {"account": "demo", "payment_method": wallet, "exp_year": 2040}
    practice.control("POST", "payment_methods/renew", renewed)
    for code in ("SM11AA", "SM33CC", "SM44DD"):
        waiting = practice.made("/v1/setup_intents", by_deposit(customer=practice.customer()))["id"]
        path = f"/v1/setup_intents/{waiting}/verify_microdeposits"
        practice.post(path, {"descriptor_code": code})
    bank_account = practice.made("/v1/setup_intents", set_up_bank(customer=practice.customer()))
    closed = {"account": "demo", "payment_method": bank_account["payment_method"]}
    why = {"reason": "debit_not_authorized", "network_code": "R10"}
    practice.control("POST", "payment_methods/block", closed | why)
    practice.control("POST", "payment_methods/detach", closed)
    session = practice.session(mode="setup", line_items=None, payment_method_types=["card"])["id"]
    practice.made(f"/v1/checkout/sessions/{session}/expire")


def _debits(practice: Practice) -> str:
    """Bank debits that end in every way; the id of one that is paid."""
    for name in ("dispute", "insufficientFunds"):
        practice.made("/v1/payment_intents", debit(payment_method=f"pm_usBankAccount_{name}"))
    stuck = practice.made("/v1/payment_intents", debit(payment_method="pm_usBankAccount_processing"))["id"]
    practice.made(f"/v1/payment_intents/{stuck}/cancel")
    for number in ("000123456789", "000111111113"):
        session = practice.session(payment_method_types=["card", "us_bank_account"])
        practice.browser(f"/c/pay/{session['id']}", bank(number))
    paid = practice.made("/v1/payment_intents", debit())["id"]
    practice.control("POST", "debits", {"account": "demo", "payment_intent": paid, "outcome": "paid"})
    return str(paid)


def test_an_object_off_the_schema_never_leaves(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(scope: Scope, params: Json) -> Json:
        return customers.create(scope, params) | {"balance": "nothing", "made_up": 1}

    monkeypatch.setitem(routes.ROUTES, ("POST", "/v1/customers"), broken)
    reply = practice.post("/v1/customers")
    assert (reply.status, reply.refusal) == (500, "schema_broken")
    assert "made_up" in reply.error["message"]
    assert practice.get("/v1/customers").json["data"], "an answer that broke the schema was still given"
