"""/v1/disputes: opened by test cards or the control API, answered with evidence, or closed."""

from sandbox.stripe import banks, listing, money
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.objects import balance
from sandbox.stripe.objects.behaviour import dispute_of
from sandbox.stripe.params import merged_metadata, only
from sandbox.stripe.schema import blank
from sandbox.stripe.scope import Scope

EVIDENCE_DAYS = 9
DECISIONS = ("won", "lost", "prevented")
OPEN = ("needs_response", "under_review", "warning_needs_response", "warning_under_review")


def open_for(scope: Scope, charge_id: str, reason: str | None = None, amount: int | None = None) -> Json:
    """Open a dispute; the money leaves the balance, but for inquiries.

    It is over the unrefunded part of the charge, or over `amount`, which a bank may set at the whole charge
    whatever was given back before. One over a bank debit is lost from the start: the bank has taken the
    money back, and that is final.
    """
    charge = scope.require("charge", charge_id, "charge")
    amount = charge["amount"] - charge["amount_refunded"] if amount is None else amount
    if not 0 < amount <= charge["amount"]:
        raise ValueError(f"a dispute of {amount} over a charge of {charge['amount']}")
    method = scope.require("payment_method", charge["payment_method"])
    reason = reason or dispute_of(scope, method)
    inquiry, debit = reason == "inquiry", method["type"] == banks.TYPE
    dispute = scope.new(
        "dispute",
        amount=amount,
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
    return _in_its_currency(dispute, "fee") if wanted else 0


def _in_its_currency(dispute: Json, field: str) -> int:
    """The sum of that field of its rows, which are in the currency that the practice is paid out in."""
    return sum(round(row[field] / (row["exchange_rate"] or 1)) for row in dispute["balance_transactions"])


def decide(
    scope: Scope, dispute: Json, status: str, *, back: int | None = None, fee_back: bool = False
) -> Json:
    """The bank's decision: won, lost, or prevented (the network ended it before the bank did).

    `back`: what it gives back (minor units); all that it took where it is not lost, unless said. A lost one
    gives back what had been refunded before. `fee_back`: Stripe's fee comes with it. Raises dispute_closed
    when there already is a decision, but for one that was lost and is won on appeal; ValueError for a status
    that is no decision.
    """
    if status not in DECISIONS:
        raise ValueError(f"a dispute is decided {', '.join(DECISIONS)}; not {status!r}")
    appeal = (dispute["status"], status) == ("lost", "won")
    if dispute["status"] not in OPEN and not appeal:
        raise refuse("dispute_closed", status=dispute["status"])
    inquiry = dispute["status"].startswith("warning")
    dispute["status"] = "warning_closed" if inquiry else status
    taken = -_in_its_currency(dispute, "amount")
    give_back(scope, dispute, (taken if status != "lost" else 0) if back is None else back, fee_back=fee_back)
    if status != "lost":
        scope.save(scope.require("charge", dispute["charge"]) | {"disputed": False})
    scope.save(dispute)
    scope.emit("charge.dispute.closed", dispute)
    return dispute


def give_back(scope: Scope, dispute: Json, amount: int, *, fee_back: bool = False) -> Json:
    """Money of a dispute comes back, whatever is decided, before or after."""
    if amount:
        _move_money(scope, dispute, amount, -_fee_given_back(dispute, fee_back))
        scope.save(dispute)
        scope.emit("charge.dispute.funds_reinstated", dispute)
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
        return decide(scope, dispute, "won" if text == "winning_evidence" else "lost")
    dispute["status"] = dispute["status"].replace("needs_response", "under_review")
    return scope.save(dispute)


def close(scope: Scope, params: Json, ident: str) -> Json:
    """Give in: the dispute is lost."""
    return decide(scope, scope.require("dispute", ident, "dispute"), "lost")


def retrieve(scope: Scope, params: Json, ident: str) -> Json:
    return scope.require("dispute", ident, "dispute")


def find_all(scope: Scope, params: Json) -> Json:
    only(params, "limit", "starting_after", "ending_before", "created", "charge", "payment_intent")
    return listing.listed(scope, "dispute", params, "/v1/disputes")
