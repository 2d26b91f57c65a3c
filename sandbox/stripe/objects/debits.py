"""Bank debits (ACH): submitted, then processing for days, then paid or returned by the payer's bank.

https://docs.stripe.com/payments/ach-direct-debit: a pending charge and a PaymentIntent in `processing`;
nobody hears of success or failure for up to four business days.
"""

from sandbox.stripe import banks
from sandbox.stripe.errors import Json, Refused, refuse
from sandbox.stripe.objects import balance, behaviour, charges
from sandbox.stripe.params import only
from sandbox.stripe.scope import Scope, random_text
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


def options(types: list[str], given: Json | None) -> Json:
    """payment_method_options[us_bank_account] as Stripe shows them, where bank accounts are offered."""
    if banks.TYPE not in types:
        return {}
    only(given or {}, "verification_method")
    method = (given or {}).get("verification_method", "automatic")
    if method == "microdeposits":
        raise refuse("microdeposits_unsupported", param="payment_method_options")
    return {banks.TYPE: {"verification_method": method}}


def check_mandate(params: Json, intent: Json) -> None:
    """A debit by API needs the payer's agreement with it; Checkout and Stripe.js collect it themselves."""
    if not params.get("mandate_data"):
        raise refuse("mandate_missing", param="mandate_data", extra={"payment_intent": intent})


def submit(scope: Scope, intent: Json, method: Json) -> Json:
    """Send the debit to the bank: the intent is processing from here on. Raises bank_account_blocked."""
    if method[banks.TYPE]["status_details"]:
        raise _refused_blocked(scope, intent, method)
    details = {banks.TYPE: _details(method), "type": banks.TYPE}
    charge = charges.made(scope, intent, method, "pending", captured=True, payment_method_details=details)
    charges.settle(scope, charge)  # pending, from the day the bank is asked
    intent |= {"latest_charge": charge["id"], "last_payment_error": None}
    move(intent, "submitted")
    behaviour.mark(scope, method, used=True)
    scope.save(intent)
    scope.emit("charge.pending", charge)
    scope.emit("payment_intent.processing", intent)
    if behaviour.bank_of(scope, method).settles:
        scope.later(scope.store.setting(DELAY, SETTLES_AFTER_SECONDS), "settle_debit", intent["id"])
    return intent


def _refused_blocked(scope: Scope, intent: Json, method: Json) -> Refused:
    """The refusal of an account that is blocked, recorded on the intent."""
    refusal = refuse("bank_account_blocked", extra={"payment_method": method}, keeps_effects=True)
    move(intent, "refused")
    intent |= {"payment_method": None, "last_payment_error": dict(refusal.error)}
    scope.save(intent)
    scope.emit("payment_intent.payment_failed", intent)
    refusal.error["payment_intent"] = intent
    return refusal


def _details(method: Json) -> Json:
    shown = method[banks.TYPE]
    kept = ("account_holder_type", "account_type", "bank_name", "fingerprint", "last4", "routing_number")
    return {key: shown[key] for key in kept} | {
        "mandate": f"mandate_{random_text(24)}",
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
