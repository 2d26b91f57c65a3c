"""/v1/refunds: never more than was paid, never on a dispute; some test cards fail or settle later."""

from sandbox.stripe import banks, listing
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.objects import balance
from sandbox.stripe.objects.behaviour import refund_of
from sandbox.stripe.params import merged_metadata, only
from sandbox.stripe.scope import Scope, random_text

CHANGES_AFTER_SECONDS = 2


def create(scope: Scope, params: Json) -> Json:
    only(params, "charge", "payment_intent", "amount", "reason", "metadata")
    charge = _charge(scope, params)
    amount = _amount(charge, params)
    method = scope.require("payment_method", charge["payment_method"])
    behaviour, debit = refund_of(scope, method), method["type"] == banks.TYPE
    refund = scope.new(
        "refund",
        debit=debit,
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        destination_details=_to_bank() if debit else _destination(behaviour),
        metadata=merged_metadata({}, params.get("metadata")),
        payment_intent=charge["payment_intent"],
        reason=params.get("reason"),
        status="pending" if behaviour == "pending" else "succeeded",
    )
    kind = "payment_refund" if debit else "refund"
    refund["balance_transaction"] = balance.post(scope, kind, refund, -amount, about="REFUND FOR CHARGE")[
        "id"
    ]
    scope.save(refund)
    _count(scope, charge, amount)
    _announce(scope, refund, charge)
    if behaviour != "succeeds":
        scope.later(CHANGES_AFTER_SECONDS, f"refund_{behaviour}", refund["id"])
    return refund


def _charge(scope: Scope, params: Json) -> Json:
    if "charge" not in params and "payment_intent" not in params:
        raise refuse("refund_of_nothing", param="payment_intent")
    if "payment_intent" not in params:
        charge = scope.require("charge", params["charge"], "charge")
    else:
        charge = _charge_of_intent(scope, params["payment_intent"])
    if params.get("charge", charge["id"]) != charge["id"]:
        raise refuse("refund_of_both", param="charge")
    if not charge["captured"] or not charge["paid"]:
        raise refuse("refund_of_unpaid_charge", param="charge", id=charge["id"])
    if charge["disputed"]:
        raise refuse("charge_disputed", param="charge", id=charge["id"])
    return charge


def _charge_of_intent(scope: Scope, ident: str) -> Json:
    intent = scope.require("payment_intent", ident, "payment_intent")
    if intent["status"] != "succeeded":
        raise refuse("refund_without_charge", param="payment_intent", id=ident)
    return scope.require("charge", intent["latest_charge"])


def _amount(charge: Json, params: Json) -> int:
    left = charge["amount"] - charge["amount_refunded"]
    amount: int = params.get("amount", left)
    if left == 0:
        raise refuse("charge_already_refunded", param="charge", id=charge["id"])
    if amount < 1:
        raise refuse("refund_not_positive", param="amount")
    if amount > left:
        raise refuse("refund_too_large", param="amount", amount=amount, left=left)
    return amount


def _destination(behaviour: str) -> Json:
    card = {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"}
    if behaviour == "pending":
        card["type"] = "pending"
    return {"card": card | {"reference": random_text(12)}, "type": "card"}


def _to_bank() -> Json:
    return {
        "type": "us_bank_transfer",
        "us_bank_transfer": {"reference": None, "reference_status": "pending"},
    }


def _count(scope: Scope, charge: Json, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    scope.save(charge)


def _announce(scope: Scope, refund: Json, charge: Json) -> None:
    scope.emit("refund.created", refund)
    scope.emit("charge.refunded", charge)


def succeed_later(scope: Scope, ident: str) -> None:
    """The job behind the pending-refund test card."""
    _become(scope, ident, "succeeded", "refund.updated")


def fail_later(scope: Scope, ident: str) -> None:
    """The job behind the failing-refund test card: the money comes back to the practice's balance."""
    refund = _become(scope, ident, "failed", None)
    returned = balance.post(scope, "refund_failure", refund, refund["amount"], about="REFUND FAILURE")
    refund |= {"failure_balance_transaction": returned["id"], "failure_reason": "unknown"}
    scope.save(refund)
    _count(scope, scope.require("charge", refund["charge"]), -refund["amount"])
    for event in ("refund.failed", "refund.updated", "charge.refund.updated"):
        scope.emit(event, refund)


def _become(scope: Scope, ident: str, status: str, event: str | None) -> Json:
    refund = scope.require("refund", ident)
    before, refund["status"] = refund["status"], status
    scope.save(refund)
    for name in (event, "charge.refund.updated") if event else ():
        scope.emit(name, refund, {"status": before})
    return refund


def retrieve(scope: Scope, params: Json, ident: str) -> Json:
    return scope.require("refund", ident, "refund")


def update(scope: Scope, params: Json, ident: str) -> Json:
    only(params, "metadata")
    refund = scope.require("refund", ident, "refund")
    refund["metadata"] = merged_metadata(refund["metadata"], params.get("metadata"))
    scope.save(refund)
    for event in ("refund.updated", "charge.refund.updated"):
        scope.emit(event, refund)
    return refund


def cancel(scope: Scope, params: Json, ident: str) -> Json:
    refund = scope.require("refund", ident, "refund")
    raise refuse("refund_not_cancelable", id=refund["id"])


def find_all(scope: Scope, params: Json) -> Json:
    only(params, "limit", "starting_after", "ending_before", "created", "charge", "payment_intent")
    return listing.listed(scope, "refund", params, "/v1/refunds")
