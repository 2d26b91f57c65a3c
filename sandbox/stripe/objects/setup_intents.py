"""/v1/setup_intents: saving a card or a bank account without paying."""

from sandbox.stripe import banks, listing
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.objects import debits, mandates, payment_methods, setting_up
from sandbox.stripe.objects.payment_intents import OFFERED
from sandbox.stripe.params import merged_metadata, only
from sandbox.stripe.scope import Scope, random_text
from sandbox.stripe.states import CONFIRMABLE, may, move

_CHANGE = (
    "customer",
    "description",
    "metadata",
    "payment_method",
    "payment_method_types",
    "payment_method_options",
)
_CONFIRM = ("mandate_data", "return_url", "use_stripe_sdk")


def create(scope: Scope, params: Json) -> Json:
    only(params, *_CHANGE, *_CONFIRM, "automatic_payment_methods", "confirm", "usage")
    automatic = debits.automatic_of(params) if "automatic_payment_methods" in params else None
    intent = scope.new(
        "setup_intent",
        automatic_payment_methods=automatic,
        metadata={},
        payment_method_options={"card": {"request_three_d_secure": "automatic"}},
        payment_method_types=scope.automatic_types(),
        status="requires_payment_method",
        usage=params.get("usage", "off_session"),
    )
    intent["client_secret"] = f"{intent['id']}_secret_{random_text(25)}"
    _change(scope, intent, params)
    scope.save(intent)
    scope.emit("setup_intent.created", intent)
    return _confirmed(scope, intent, params) if params.get("confirm") else intent


def _change(scope: Scope, intent: Json, params: Json) -> None:
    for kind in params.get("payment_method_types") or []:
        if kind not in OFFERED:
            raise refuse("setup_type_unsupported", param="payment_method_types", type=kind)
    if "customer" in params:
        intent["customer"] = scope.require("customer", params["customer"], "customer")["id"]
    if "description" in params:
        intent["description"] = params["description"]
    intent["metadata"] = merged_metadata(intent["metadata"], params.get("metadata"))
    intent["payment_method_types"] = params.get("payment_method_types") or intent["payment_method_types"]
    _options(intent, params.get("payment_method_options", {}))
    if "payment_method" in params:
        setting_up.give(intent, payment_methods.resolve(scope, params["payment_method"]))


def _options(intent: Json, options: Json) -> None:
    only(options, "card", banks.TYPE)
    card = options.get("card") or {}
    only(card, "request_three_d_secure")
    intent["payment_method_options"]["card"] |= card
    bank = options.get(banks.TYPE) or intent["payment_method_options"].get(banks.TYPE)
    intent["payment_method_options"] |= debits.options(intent["payment_method_types"], bank)


def update(scope: Scope, params: Json, ident: str) -> Json:
    only(params, *_CHANGE)
    intent = scope.require("setup_intent", ident, "intent")
    if intent["status"] not in CONFIRMABLE:
        raise refuse("setup_intent_state_update", verb="updated", status=intent["status"])
    _change(scope, intent, params)
    return scope.save(intent)


def retrieve(scope: Scope, params: Json, ident: str) -> Json:
    only(params)
    return scope.require("setup_intent", ident, "intent")


def find_all(scope: Scope, params: Json) -> Json:
    only(params, "limit", "starting_after", "ending_before", "created", "customer", "payment_method")
    return listing.listed(scope, "setup_intent", params, "/v1/setup_intents")


def confirm(scope: Scope, params: Json, ident: str) -> Json:
    only(params, *_CONFIRM, "payment_method", "payment_method_options")
    intent = _own(scope, ident, "confirm")
    if intent["status"] not in CONFIRMABLE:
        raise refuse(
            "setup_intent_state_confirm",
            verb="confirmed",
            status=intent["status"],
            extra={"setup_intent": intent},
        )
    _change(scope, intent, {name: value for name, value in params.items() if name in _CHANGE})
    return _confirmed(scope, intent, params)


def _own(scope: Scope, ident: str, verb: str) -> Json:
    """The intent, unless an open Checkout Session has it."""
    intent = scope.require("setup_intent", ident, "intent")
    found = listing.listed(
        scope, "checkout.session", {"limit": 1}, "", where={"setup_intent": ident, "status": "open"}
    )
    if found["data"]:
        raise refuse("setup_intent_of_checkout", verb=verb)
    return intent


def _confirmed(scope: Scope, intent: Json, params: Json) -> Json:
    if intent["payment_method"] is None:
        raise refuse("setup_needs_payment_method", param="payment_method", extra={"setup_intent": intent})
    debits.check_return_url(intent, params)
    method = payment_methods.resolve(scope, intent["payment_method"])
    if method["type"] == banks.TYPE:
        mandates.check(scope, intent, method, params)
    return setting_up.attempt(scope, intent, method, return_url=params.get("return_url"))


def cancel(scope: Scope, params: Json, ident: str) -> Json:
    only(params, "cancellation_reason")
    intent = _own(scope, ident, "cancel")
    if not may(intent, "canceled"):
        raise refuse(
            "setup_intent_state_cancel",
            verb="canceled",
            status=intent["status"],
            extra={"setup_intent": intent},
        )
    return canceled(scope, intent, params.get("cancellation_reason"))


def canceled(scope: Scope, intent: Json, reason: str | None) -> Json:
    move(intent, "canceled")
    intent["cancellation_reason"] = reason
    scope.save(intent)
    scope.emit("setup_intent.canceled", intent)
    return intent
