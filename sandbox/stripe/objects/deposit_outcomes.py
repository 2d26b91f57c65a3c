"""How micro-deposits end: verified by their code; or too many tries, ten days, a bank that takes none."""

from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.objects import checkout_flow, debits, deposits, mandates, setting_up
from sandbox.stripe.objects.behaviour import mark
from sandbox.stripe.params import only
from sandbox.stripe.scope import Scope
from sandbox.stripe.states import move

MOST_TRIES = 3
_WORDS = {
    "attempts_exceeded": (
        "payment_method_microdeposit_verification_attempts_exceeded",
        "You have exceeded the number of allowed verification attempts.",
    ),
    "timeout": (
        "payment_method_microdeposit_verification_timeout",
        "The microdeposits were not verified in time.",
    ),
    "failed": (
        "payment_method_microdeposit_failed",
        "The microdeposits failed to send. Check the account number and try again.",
    ),
}


def verify_setup(scope: Scope, params: Json, ident: str) -> Json:
    only(params, "amounts", "descriptor_code")
    return verify(scope, scope.require("setup_intent", ident, "intent"), params)


def verify_payment(scope: Scope, params: Json, ident: str) -> Json:
    only(params, "amounts", "descriptor_code")
    return verify(scope, scope.require("payment_intent", ident, "intent"), params)


def verify(scope: Scope, intent: Json, params: Json) -> Json:
    """Raises deposits_not_awaited, deposit_code_missing, deposit_code_wrong, deposit_tries_exceeded."""
    if not deposits.awaited(intent):
        raise refuse("deposits_not_awaited", status=intent["status"], extra={intent["object"]: intent})
    code = params.get("descriptor_code")
    if code is None:
        raise refuse("deposit_code_missing", param="descriptor_code")
    outcome = deposits.CODES.get(code.upper()) or _wrong(scope, intent)
    if outcome == "verified":
        return _verified(scope, intent)
    if outcome == "wrong":
        raise refuse("deposit_code_wrong", param="descriptor_code", keeps_effects=True)
    _failed(scope, intent, outcome)
    if outcome == "attempts_exceeded":
        raise refuse("deposit_tries_exceeded", param="descriptor_code", keeps_effects=True)
    return intent


def _wrong(scope: Scope, intent: Json) -> str:
    tries = scope.private(intent["object"], intent["id"]).get("tries", 0) + 1
    scope.save(intent, {"tries": tries})
    return "wrong" if tries < MOST_TRIES else "attempts_exceeded"


def _verified(scope: Scope, intent: Json) -> Json:
    method = scope.require("payment_method", intent["payment_method"])
    mandates.turn(scope, method, "active")
    mark(scope, method, verified=True)
    if intent["object"] == "setup_intent":
        setting_up.set_up(scope, intent, method)
    else:
        debits.submit(scope, intent, method)
    checkout_flow.deposits_verified(scope, intent)
    return intent


def _failed(scope: Scope, intent: Json, why: str) -> None:
    method = scope.require("payment_method", intent["payment_method"])
    mandates.turn(scope, method, "inactive")
    code, message = _WORDS[why]
    error: Json = {"code": code, "message": message, "type": "invalid_request_error"}
    error |= {"payment_method": method}
    if intent["object"] == "setup_intent":
        setting_up.failed(scope, intent, method, error)
        return
    move(intent, "refused")
    intent |= {"payment_method": None, "last_payment_error": error}
    scope.save(intent)
    scope.emit("payment_intent.payment_failed", intent)
    checkout_flow.debit_ended(scope, intent, paid=False)


def expire_later(scope: Scope, ident: str) -> None:
    """The job at the end of ten days; nothing when the code came in time."""
    _end(scope, ident, "timeout")


def fail_later(scope: Scope, ident: str) -> None:
    """The job behind the account that takes no deposits."""
    _end(scope, ident, "failed")


def _end(scope: Scope, ident: str, why: str) -> None:
    kind = "setup_intent" if ident.startswith("seti_") else "payment_intent"
    intent = scope.find(kind, ident)
    if intent and deposits.awaited(intent):
        _failed(scope, intent, why)
