"""/v1/setup_intents: saving a card without paying."""

from sandbox.stripe import listing
from sandbox.stripe.errors import Json, Refused, refuse
from sandbox.stripe.objects import behaviour, charging, payment_methods
from sandbox.stripe.objects.declines import declined
from sandbox.stripe.objects.payment_intents import challenge_action
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


def create(scope: Scope, params: Json) -> Json:
    only(params, *_CHANGE, "automatic_payment_methods", "confirm", "return_url", "usage", "use_stripe_sdk")
    intent = scope.new(
        "setup_intent",
        metadata={},
        payment_method_options={"card": {"request_three_d_secure": "automatic"}},
        payment_method_types=["card"],
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
        if kind != "card":
            raise refuse("setup_type_unsupported", param="payment_method_types", type=kind)
    if "customer" in params:
        intent["customer"] = scope.require("customer", params["customer"], "customer")["id"]
    if "description" in params:
        intent["description"] = params["description"]
    intent["metadata"] = merged_metadata(intent["metadata"], params.get("metadata"))
    if "payment_method" in params:
        intent["payment_method"] = payment_methods.resolve(scope, params["payment_method"])["id"]
        move(intent, "method_given")


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
    only(params, "payment_method", "payment_method_options", "return_url", "use_stripe_sdk")
    intent = scope.require("setup_intent", ident, "intent")
    if intent["status"] not in CONFIRMABLE:
        raise refuse(
            "setup_intent_state_confirm",
            verb="confirmed",
            status=intent["status"],
            extra={"setup_intent": intent},
        )
    _change(scope, intent, {name: value for name, value in params.items() if name in _CHANGE})
    return _confirmed(scope, intent, params)


def _confirmed(scope: Scope, intent: Json, params: Json) -> Json:
    if intent["payment_method"] is None:
        raise refuse("setup_needs_payment_method", param="payment_method", extra={"setup_intent": intent})
    method = payment_methods.resolve(scope, intent["payment_method"])
    return attempt(scope, intent, method, return_url=params.get("return_url"))


def attempt(scope: Scope, intent: Json, method: Json, *, return_url: str | None) -> Json:
    """Confirm with `method`: saved, waiting at a challenge, or card_refused raised."""
    if intent["payment_method"] != method["id"] or intent["status"] != "requires_confirmation":
        intent["payment_method"] = method["id"]
        move(intent, "method_given")
    decline = behaviour.setup_decline(scope, method)
    if decline:
        raise _failed(scope, intent, method, decline)
    if not charging.needs_authentication(scope, behaviour.card_of(scope, method), method, off_session=False):
        return _set_up(scope, intent, method)
    move(intent, "challenged")
    intent["next_action"] = challenge_action(scope, intent, return_url)
    scope.save(intent)
    scope.emit("setup_intent.requires_action", intent)
    return intent


def challenged(scope: Scope, intent: Json, *, passed: bool) -> Json:
    """The payer came out of the challenge."""
    method = scope.require("payment_method", intent["payment_method"])
    if passed:
        return _set_up(scope, intent, method)
    intent["payment_method"] = None
    move(intent, "refused")
    intent["last_setup_error"] = {
        "code": "setup_intent_authentication_failure",
        "message": "The provided payment method could not be authenticated. Try another one.",
        "payment_method": method,
        "type": "invalid_request_error",
    }
    scope.save(intent)
    scope.emit("setup_intent.setup_failed", intent)
    return intent


def _set_up(scope: Scope, intent: Json, method: Json) -> Json:
    if intent["customer"] and method["customer"] is None:
        method["customer"] = intent["customer"]
        if method["allow_redisplay"] == "unspecified":
            method["allow_redisplay"] = "limited"
        scope.save(method)
        scope.emit("payment_method.attached", method)
    behaviour.mark(scope, method, used=True, set_up=True)
    move(intent, "set_up")
    scope.save(intent)
    scope.emit("setup_intent.succeeded", intent)
    return intent


def _failed(scope: Scope, intent: Json, method: Json, name: str) -> Refused:
    intent["payment_method"] = None
    move(intent, "refused")
    intent["last_setup_error"] = declined(name, method).error
    scope.save(intent)
    scope.emit("setup_intent.setup_failed", intent)
    return declined(name, method, setup_intent=intent)


def cancel(scope: Scope, params: Json, ident: str) -> Json:
    only(params, "cancellation_reason")
    intent = scope.require("setup_intent", ident, "intent")
    if not may(intent, "canceled"):
        raise refuse(
            "setup_intent_state_cancel",
            verb="canceled",
            status=intent["status"],
            extra={"setup_intent": intent},
        )
    move(intent, "canceled")
    intent["cancellation_reason"] = params.get("cancellation_reason")
    scope.save(intent)
    scope.emit("setup_intent.canceled", intent)
    return intent
