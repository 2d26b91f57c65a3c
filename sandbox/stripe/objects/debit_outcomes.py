"""How a bank debit ends: paid, or returned by the bank. By the clock, or told by the control API."""

from sandbox.stripe import banks, money
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.objects import behaviour, charges, checkout_flow, debits, disputes, payment_methods
from sandbox.stripe.scope import Scope
from sandbox.stripe.states import move


def settle_later(scope: Scope, ident: str) -> None:
    """The job at the end of the processing days; nothing when somebody was faster."""
    intent = scope.require("payment_intent", ident)
    if intent["status"] != "processing":
        return
    bank = behaviour.bank_of(scope, scope.require("payment_method", intent["payment_method"]))
    if bank.returned:
        _return(scope, intent, bank.returned)
    else:
        _pay(scope, intent)
    if bank.disputed:
        disputes.open_for(scope, intent["latest_charge"])


def decide(scope: Scope, ident: str, outcome: str) -> Json:
    """End a processing debit now. `outcome` is "paid", or the failure code it comes back with."""
    intent = scope.require("payment_intent", ident)
    if intent["status"] != "processing":
        raise refuse("debit_not_processing", status=intent["status"])
    if outcome == "paid":
        _pay(scope, intent)
    else:
        _return(scope, intent, outcome)
    return intent


def _pay(scope: Scope, intent: Json) -> None:
    charge = scope.require("charge", intent["latest_charge"])
    charge |= {"status": "succeeded", "paid": True, "receipt_url": charges.receipt_url(scope, charge)}
    scope.save(charge)
    scope.emit("charge.succeeded", charge)
    move(intent, "paid")
    intent["amount_received"] = intent["amount"]
    scope.save(intent)
    scope.emit("payment_intent.succeeded", intent)
    checkout_flow.debit_ended(scope, intent, paid=True)


def _return(scope: Scope, intent: Json, code: str) -> None:
    message = banks.RETURNS[code]
    charge = debits.fail(
        scope, scope.require("charge", intent["latest_charge"]),
        bill=money.RETURN_FEE_MINOR, failure_code=code, failure_message=message,
    )  # fmt: skip
    method = payment_methods.block(
        scope, scope.require("payment_method", intent["payment_method"]), banks.BLOCKED_BY.get(code)
    )
    move(intent, "refused")
    intent |= {
        "payment_method": None,
        "last_payment_error": {
            "charge": charge["id"],
            "code": code,
            "doc_url": f"https://docs.stripe.com/error-codes#{code.replace('_', '-')}",
            "message": message,
            "payment_method": method,
            "type": "invalid_request_error",
        },
    }
    scope.save(intent)
    scope.emit("charge.failed", charge)
    scope.emit("payment_intent.payment_failed", intent)
    checkout_flow.debit_ended(scope, intent, paid=False)
