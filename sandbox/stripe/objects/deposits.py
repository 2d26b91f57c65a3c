"""Micro-deposits: a bank account typed by hand waits until its holder has told the code of a 0.01 deposit.

https://docs.stripe.com/payments/ach-direct-debit: one deposit, days on its way, ten days to answer it.
How it ends is in deposit_outcomes.py.
"""

from sandbox.stripe import banks
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.objects import mandates
from sandbox.stripe.objects.behaviour import bank_of, mark
from sandbox.stripe.scope import Scope
from sandbox.stripe.states import move

LIVES_SECONDS = 10 * 86400
ARRIVES_AFTER_SECONDS = 86400
# What Stripe's test deposits say, and what telling them comes to.
CODES = {"SM11AA": "verified", "SM33CC": "attempts_exceeded", "SM44DD": "timeout"}


def needed(scope: Scope, intent: Json, method: Json) -> bool:
    """Whether the account is to be verified first. Raises deposits_not_offered."""
    how = intent["payment_method_options"][banks.TYPE]["verification_method"]
    kept = scope.private("payment_method", method["id"])
    if kept.get("verified") or method["customer"] is not None:
        return False
    if kept.get("by_deposit") and how == "instant":
        raise refuse("deposits_not_offered", param="payment_method")
    return bool(kept.get("by_deposit") or how == "microdeposits")


def start(scope: Scope, intent: Json, method: Json) -> Json:
    """The deposit is on its way, and the intent waits for the payer to tell its code."""
    move(intent, "challenged")
    intent["next_action"] = action(scope, intent)
    scope.save(intent, {"tries": 0})
    mandates.turn(scope, method, "pending")
    mark(scope, method, used=True)
    scope.emit(f"{intent['object']}.requires_action", intent)
    fails = bank_of(scope, method).deposit_fails
    scope.later(*((ARRIVES_AFTER_SECONDS, "deposit_fails") if fails else (LIVES_SECONDS, "deposit_expires")),
                intent["id"])  # fmt: skip
    return intent


def action(scope: Scope, intent: Json) -> Json:
    """next_action of an intent that waits for it."""
    deposits = {
        "arrival_date": scope.now + ARRIVES_AFTER_SECONDS,
        "hosted_verification_url": f"{scope.origin}/verify/{intent['id']}",
        "microdeposit_type": "descriptor_code",
    }
    return {"type": "verify_with_microdeposits", "verify_with_microdeposits": deposits}


def awaited(intent: Json) -> bool:
    return (intent["next_action"] or {}).get("type") == "verify_with_microdeposits"
