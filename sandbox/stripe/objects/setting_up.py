"""One attempt to save a payment method, for a SetupIntent that has been confirmed."""

from sandbox.stripe import banks
from sandbox.stripe.errors import Json, Refused
from sandbox.stripe.objects import (
    behaviour,
    charging,
    deposits,
    mandates,
    payment_intents,
    payment_methods,
    setup_attempts,
)
from sandbox.stripe.objects.declines import declined
from sandbox.stripe.scope import Scope
from sandbox.stripe.states import move


def give(intent: Json, method: Json) -> None:
    """Raises as payment_methods.check_given."""
    payment_methods.check_given(intent, method)
    intent["payment_method"] = method["id"]
    move(intent, "method_given")


def attempt(scope: Scope, intent: Json, method: Json, *, return_url: str | None) -> Json:
    """Confirm with `method`: saved, waiting at a challenge or for a deposit, or card_refused raised."""
    if intent["payment_method"] != method["id"] or intent["status"] != "requires_confirmation":
        give(intent, method)
    if method["type"] == banks.TYPE:
        return _bank(scope, intent, method)
    decline = behaviour.setup_decline(scope, method)
    if decline:
        raise _refused(scope, intent, method, decline)
    asked = intent["payment_method_options"]["card"]["request_three_d_secure"] in ("any", "challenge")
    card = behaviour.card_of(scope, method)
    if not charging.needs_authentication(scope, card, method, off_session=False, asked=asked):
        return set_up(scope, intent, method)
    move(intent, "challenged")
    intent["next_action"] = payment_intents.challenge_action(scope, intent, return_url)
    setup_attempts.note(scope, intent, method, "requires_action")
    scope.save(intent)
    scope.emit("setup_intent.requires_action", intent)
    return intent


def _bank(scope: Scope, intent: Json, method: Json) -> Json:
    try:
        payment_methods.check_unblocked(method)
    except Refused as refusal:
        failed(scope, intent, method, dict(refusal.error))
        raise
    intent["mandate"] = mandates.for_debit(scope, intent, method)["id"]
    if not deposits.needed(scope, intent, method):
        return set_up(scope, intent, method)
    setup_attempts.note(scope, intent, method, "requires_action")
    return deposits.start(scope, intent, method)


def challenged(scope: Scope, intent: Json, *, passed: bool) -> Json:
    """The payer came out of the challenge."""
    method = scope.require("payment_method", intent["payment_method"])
    if passed:
        return set_up(scope, intent, method)
    error: Json = {
        "code": "setup_intent_authentication_failure",
        "message": "The provided payment method could not be authenticated. Try another one.",
        "payment_method": method,
        "type": "invalid_request_error",
    }
    return failed(scope, intent, method, error)


def set_up(scope: Scope, intent: Json, method: Json) -> Json:
    """The method is good for later; with a customer it is theirs."""
    payment_methods.keep(scope, method, intent["customer"])
    behaviour.mark(scope, method, used=True, set_up=True)
    move(intent, "set_up")
    intent["last_setup_error"] = None
    setup_attempts.note(scope, intent, method, "succeeded")
    scope.save(intent)
    scope.emit("setup_intent.succeeded", intent)
    return intent


def failed(scope: Scope, intent: Json, method: Json, error: Json) -> Json:
    """It was not saved, for `error`; the intent takes another one."""
    move(intent, "refused")
    setup_attempts.note(scope, intent, method, "failed", error)
    intent |= {"payment_method": None, "last_setup_error": error}
    scope.save(intent)
    scope.emit("setup_intent.setup_failed", intent)
    return intent


def _refused(scope: Scope, intent: Json, method: Json, name: str) -> Refused:
    failed(scope, intent, method, declined(name, method).error)
    return declined(name, method, setup_intent=intent)
