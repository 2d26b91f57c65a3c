"""/v1/disputes: opened by test cards or the control API, answered with evidence, or closed."""

from sandbox.stripe import banks, listing, money
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.objects import balance, payment_methods
from sandbox.stripe.params import merged_metadata, only
from sandbox.stripe.schema import blank
from sandbox.stripe.scope import Scope

EVIDENCE_DAYS = 9
OPEN = ("needs_response", "under_review", "warning_needs_response", "warning_under_review")


def open_for(scope: Scope, charge_id: str, reason: str | None = None) -> Json:
    """Open a dispute over the whole unrefunded charge; the money leaves the balance, but for inquiries.

    One over a bank debit is lost from the start: the bank has taken the money back, and that is final.
    """
    charge = scope.require("charge", charge_id, "charge")
    method = scope.require("payment_method", charge["payment_method"])
    reason = reason or payment_methods.dispute_of(scope, method)
    inquiry, debit = reason == "inquiry", method["type"] == banks.TYPE
    dispute = scope.new(
        "dispute",
        amount=charge["amount"] - charge["amount_refunded"],
        balance_transactions=[],
        charge=charge["id"],
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence=blank("dispute_evidence") | {"enhanced_evidence": {}},
        evidence_details={
            "due_by": scope.now + EVIDENCE_DAYS * 86400,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        is_charge_refundable=inquiry,
        metadata={},
        payment_intent=charge["payment_intent"],
        reason="fraudulent" if inquiry else reason,
        status="lost" if debit else "warning_needs_response" if inquiry else "needs_response",
    )
    if not debit:
        dispute["payment_method_details"] = _how_paid(charge, inquiry)
    charge["disputed"] = not inquiry
    scope.save(charge)
    if not inquiry:
        late = debit and reason in banks.LATE_RETURNS
        fee = money.RETURN_FEE_MINOR if late else money.DISPUTE_FEE_MINOR
        _move_money(scope, dispute, -dispute["amount"], fee)
    scope.save(dispute)
    scope.emit("charge.dispute.created", dispute)
    if not inquiry:
        scope.emit("charge.dispute.funds_withdrawn", dispute)
    if debit:
        scope.emit("charge.dispute.closed", dispute)
    return dispute


def _how_paid(charge: Json, inquiry: bool) -> Json:
    brand = charge["payment_method_details"]["card"]["brand"]
    kind = "inquiry" if inquiry else "chargeback"
    return {
        "card": {"brand": brand, "case_type": kind, "network": brand, "network_reason_code": "83"},
        "type": "card",
    }


def _move_money(scope: Scope, dispute: Json, amount: int, fee: int) -> None:
    about = "Chargeback withdrawal" if amount < 0 else "Chargeback reversal"
    entry = balance.post(
        scope, "adjustment", dispute, amount, fee=fee, about=f"{about} for {dispute['charge']}"
    )
    dispute["balance_transactions"].append(entry)


def _fee_given_back(dispute: Json, wanted: bool) -> int:
    return sum(entry["fee"] for entry in dispute["balance_transactions"]) if wanted else 0


def decide(scope: Scope, dispute: Json, *, won: bool, fee_back: bool = False) -> Json:
    """The bank's decision. `fee_back`: with the money, where it is won. Raises dispute_closed when there
    already is one."""
    if dispute["status"] not in OPEN:
        raise refuse("dispute_closed", status=dispute["status"])
    inquiry = dispute["status"].startswith("warning")
    dispute["status"] = "warning_closed" if inquiry else "won" if won else "lost"
    if won and not inquiry:
        _move_money(scope, dispute, dispute["amount"], -_fee_given_back(dispute, fee_back))
        scope.save(scope.require("charge", dispute["charge"]) | {"disputed": False})
    scope.save(dispute)
    if won and not inquiry:
        scope.emit("charge.dispute.funds_reinstated", dispute)
    scope.emit("charge.dispute.closed", dispute)
    return dispute


def update(scope: Scope, params: Json, ident: str) -> Json:
    """Evidence that says winning_evidence or losing_evidence decides at once, as in Stripe's test mode."""
    only(params, "evidence", "metadata", "submit")
    dispute = scope.require("dispute", ident, "dispute")
    dispute["metadata"] = merged_metadata(dispute["metadata"], params.get("metadata"))
    evidence = params.get("evidence") or {}
    if evidence:
        if dispute["status"] not in OPEN:
            raise refuse("dispute_closed_to_evidence", status=dispute["status"])
        dispute["evidence"] |= evidence
        dispute["evidence_details"]["has_evidence"] = True
    scope.save(dispute)
    scope.emit("charge.dispute.updated", dispute)
    return _submitted(scope, dispute) if evidence and params.get("submit", True) else dispute


def _submitted(scope: Scope, dispute: Json) -> Json:
    dispute["evidence_details"]["submission_count"] += 1
    text = dispute["evidence"]["uncategorized_text"]
    if text in ("winning_evidence", "losing_evidence"):
        return decide(scope, dispute, won=text == "winning_evidence")
    dispute["status"] = dispute["status"].replace("needs_response", "under_review")
    return scope.save(dispute)


def close(scope: Scope, params: Json, ident: str) -> Json:
    """Give in: the dispute is lost."""
    return decide(scope, scope.require("dispute", ident, "dispute"), won=False)


def retrieve(scope: Scope, params: Json, ident: str) -> Json:
    return scope.require("dispute", ident, "dispute")


def find_all(scope: Scope, params: Json) -> Json:
    only(params, "limit", "starting_after", "ending_before", "created", "charge", "payment_intent")
    return listing.listed(scope, "dispute", params, "/v1/disputes")
