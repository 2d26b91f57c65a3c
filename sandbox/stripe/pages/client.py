"""/client: what the Stripe.js stand-in asks. Publishable key and client secret only."""

from collections.abc import Callable
from typing import Any

from sandbox.standin.attempts import attempted
from sandbox.standin.exchange import Request, Response, json_response
from sandbox.standin.store import Store
from sandbox.stripe import auth, banks, money
from sandbox.stripe.errors import Json, Refused, error_response
from sandbox.stripe.objects import checkout_details, checkout_flow, customers
from sandbox.stripe.objects.checkout_details import Answers
from sandbox.stripe.objects.checkout_flow import Payer
from sandbox.stripe.pages import client_intents, typed_method
from sandbox.stripe.params import read_form
from sandbox.stripe.scope import Scope


def answer(store: Store, origin: str, request: Request) -> Response:
    """A form in, JSON out: no cookies, the secrets in the body are the right to ask."""
    response = _answered(store, origin, request)
    response.headers["Cache-Control"] = "no-store"
    return response


def _answered(store: Store, origin: str, request: Request) -> Response:
    action = _ACTIONS.get(request.path)
    if action is None or request.method != "POST":
        return json_response(
            404, {"error": {"type": "invalid_request_error", "message": "No such client call"}}
        )
    try:
        form = read_form(request.body)
        scope = Scope(store, auth.account_of_client(str(form.get("key", ""))), origin)
    except Refused as refusal:
        return error_response(refusal.status, refusal.error, refusal.name)
    answer = attempted(store, lambda: action(scope, form))
    if isinstance(answer, Refused):
        return error_response(answer.status, answer.error, answer.name)
    return json_response(200, answer)


Action = Callable[[Scope, dict[str, Any]], Json]


def _session(scope: Scope, form: dict[str, Any]) -> Json:
    return checkout_flow.by_client_secret(scope, str(form.get("client_secret", "")))


def _read(scope: Scope, form: dict[str, Any]) -> Json:
    return _shown(scope, _session(scope, form))


def _tokenize(scope: Scope, form: dict[str, Any]) -> Json:
    """What was typed to a payment method, asked by the frame only: the page never has the number."""
    return {"id": typed_method.method_from(scope, form)["id"]}


def _update_email(scope: Scope, form: dict[str, Any]) -> Json:
    session = _session(scope, form)
    email = form.get("email") or None
    customers.check_email(email, "email")
    kept = scope.private("checkout.session", session["id"])
    scope.save(session, kept | {"email": email})
    return _shown(scope, session)


def _confirm(scope: Scope, form: dict[str, Any]) -> Json:
    session = _session(scope, form)
    kept = scope.private("checkout.session", session["id"])
    payer = Payer(
        payment_method=str(form.get("payment_method", "")),
        email=form.get("email") or kept.get("email"),
        save=form.get("save_payment_method") == "true",
        answers=Answers(**_billing(form.get("billing"))),
    )
    return _shown(scope, checkout_flow.confirm(scope, session, payer))


def _billing(given: Any) -> Json:
    """What the billing address element, or the page, says of the payer."""
    if not isinstance(given, dict):
        return {}
    typed, parts = given.get("address"), (*checkout_details.ADDRESS, "line2")
    address = {part: str(typed[part]) for part in parts if part in typed} if isinstance(typed, dict) else None
    return {"name": given.get("name") or None, "address": address}


def _shown(scope: Scope, session: Json) -> Json:
    """What the browser may know of a session; stripe.js turns it into the types of @stripe/stripe-js."""
    customer = scope.find("customer", session["customer"]) or {}
    kept = scope.private("checkout.session", session["id"])
    intent = checkout_flow.intent_of(scope, session) or {}
    action = intent.get("next_action") or {}
    error = intent.get("last_payment_error") or intent.get("last_setup_error") or {}
    saving = session["saved_payment_method_options"] or {}
    bank_options = (session["payment_method_options"] or {}).get(banks.TYPE) or {}
    return {
        "id": session["id"],
        "mode": session["mode"],
        "status": session["status"],
        "payment_status": session["payment_status"],
        "amount_total": session["amount_total"] or 0,
        "currency": session["currency"] or "usd",
        "exponent": money.exponent(session["currency"] or "usd"),
        "business_name": scope.account,
        "email": kept.get("email") or session["customer_email"] or customer.get("email"),
        "return_url": session["return_url"],
        "line_items": [_line(item) for item in kept.get("line_items", [])],
        "saved_payment_methods": [_method(each) for each in checkout_flow.saved_methods(scope, session)],
        "payment_method_types": typed_method.offered(scope, session["payment_method_types"]),
        "deposits": bank_options.get("verification_method") == "automatic",
        "billing_address_required": session["billing_address_collection"] == "required",
        "saved_anyway": bool(kept.get("payment_intent_data", {}).get("setup_future_usage")),
        "may_save": saving.get("payment_method_save") == "enabled",
        "last_error": error.get("message"),
        "decline_code": error.get("decline_code"),
        "challenge_url": (action.get("use_stripe_sdk") or {}).get("stripe_js"),
    }


def _line(item: Json) -> Json:
    return {
        "id": item["id"],
        "name": item["description"],
        "total": item["amount_total"],
        "unit": item["price"]["unit_amount"],
        "quantity": item["quantity"],
        "price": item["price"]["id"],
    }


def _method(method: Json) -> Json:
    return {"id": method["id"], "card": method["card"], "billing_details": method["billing_details"]}


_ACTIONS: dict[str, Action] = {
    "/client/session": _read,
    "/client/payment_methods": _tokenize,
    "/client/email": _update_email,
    "/client/confirm": _confirm,
    "/client/intent": client_intents.read,
    "/client/tokens": client_intents.cvc_token,
}
