"""Bank debits (ACH): submitted, then processing for days, then paid or returned by the payer's bank.

https://docs.stripe.com/payments/ach-direct-debit: a pending charge and a PaymentIntent in `processing`;
nobody hears of success or failure for up to four business days.
"""

from sandbox.stripe import banks
from sandbox.stripe.errors import Json, Refused, refuse
from sandbox.stripe.objects import balance, behaviour, charges, deposits, mandates, payment_methods
from sandbox.stripe.params import only
from sandbox.stripe.scope import Scope
from sandbox.stripe.states import move

# As long as it takes unless the stand-in is told otherwise: `make run` shows `processing`, and then the end.
SETTLES_AFTER_SECONDS = 60
DELAY = "debits_settle_after_seconds"


def check_offer(types: list[str], currency: str, capture_method: str) -> None:
    """Whether bank accounts may be among the types: for dollars, captured at once."""
    if banks.TYPE not in types:
        return
    if currency != "usd":
        raise refuse("debit_currency", param="payment_method_types", currency=currency)
    if capture_method == "manual":
        raise refuse("debit_capture_method", param="capture_method")


def automatic(scope: Scope, currency: str) -> list[str]:
    """What is offered where no types are named: what is switched on and fits."""
    return [kind for kind in scope.automatic_types() if currency == "usd" or kind != banks.TYPE]


def automatic_of(params: Json) -> Json | None:
    """An intent's automatic_payment_methods: on unless its types are listed."""
    if "payment_method_types" in params:
        return None
    given = params.get("automatic_payment_methods", {"enabled": True})
    if not given["enabled"]:
        return None
    return {"allow_redirects": given.get("allow_redirects", "always"), "enabled": True}


def check_return_url(intent: Json, params: Json) -> None:
    """Whatever is switched on might lead the payer away and wants a way back."""
    automatic = intent["automatic_payment_methods"] or {}
    if automatic.get("allow_redirects") == "always" and not params.get("return_url"):
        raise refuse("return_url_needed", param="return_url", extra={intent["object"]: intent})


def options(types: list[str], given: Json | None) -> Json:
    """payment_method_options[us_bank_account] as Stripe shows them, where bank accounts are offered."""
    if banks.TYPE not in types:
        return {}
    only(given or {}, "verification_method")
    method = (given or {}).get("verification_method", "automatic")
    return {banks.TYPE: {"verification_method": method}}


def take(scope: Scope, intent: Json, method: Json) -> Json:
    """Submit the debit, or first verify the account by a test deposit. Raises bank_account_blocked."""
    try:
        payment_methods.check_unblocked(method)
    except Refused as refusal:
        raise _blocked(scope, intent, refusal) from None
    mandates.for_debit(scope, intent, method)
    if deposits.needed(scope, intent, method):
        return deposits.start(scope, intent, method)
    return submit(scope, intent, method)


def submit(scope: Scope, intent: Json, method: Json) -> Json:
    """Send the debit to the bank: the intent is processing from here on."""
    mandate = mandates.for_debit(scope, intent, method)["id"]
    details = {banks.TYPE: _details(method, mandate), "type": banks.TYPE}
    charge = charges.made(scope, intent, method, "pending", captured=True, payment_method_details=details)
    charges.settle(scope, charge)  # pending, from the day the bank is asked
    intent |= {"latest_charge": charge["id"], "last_payment_error": None}
    move(intent, "submitted")
    behaviour.mark(scope, method, used=True)
    if intent["setup_future_usage"]:
        payment_methods.keep(scope, method, intent["customer"])
    scope.save(intent)
    scope.emit("charge.pending", charge)
    scope.emit("payment_intent.processing", intent)
    if behaviour.bank_of(scope, method).settles:
        scope.later(scope.store.setting(DELAY, SETTLES_AFTER_SECONDS), "settle_debit", intent["id"])
    return intent


def _blocked(scope: Scope, intent: Json, refusal: Refused) -> Refused:
    """The refusal of an account that is blocked, recorded on the intent."""
    move(intent, "refused")
    intent |= {"payment_method": None, "last_payment_error": dict(refusal.error)}
    scope.save(intent)
    scope.emit("payment_intent.payment_failed", intent)
    refusal.error["payment_intent"] = intent
    return refusal


def _details(method: Json, mandate: str) -> Json:
    shown = method[banks.TYPE]
    kept = ("account_holder_type", "account_type", "bank_name", "fingerprint", "last4", "routing_number")
    return {key: shown[key] for key in kept} | {
        "mandate": mandate,
        "payment_reference": None,
    }


def stopped(scope: Scope, intent: Json) -> None:
    """A debit called off before the bank took it: its charge has failed, for which nothing is billed."""
    fail(scope, scope.require("charge", intent["latest_charge"]), bill=0)


def fail(scope: Scope, charge: Json, *, bill: int, **why: str) -> Json:
    """A second balance transaction takes back what was pending, and has the bill (minor units)."""
    taken = balance.for_failure(scope, charge, bill)["id"]
    charge |= {"status": "failed", "captured": False, "amount_captured": 0}
    return scope.save(charge | {"failure_balance_transaction": taken, **why})
