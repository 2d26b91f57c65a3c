"""From Stripe's objects (as plain dictionaries) to the facts that settling needs. Pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.ledger.domain.methods import BANK, CARD, Method
from chalicelib.payments.domain.return_reasons import ReturnReason
from chalicelib.payments.ports.processors import (
    Decision,
    Disputed,
    DisputeRow,
    Facts,
    Fee,
    Redirect,
    Refunded,
    RefundStatus,
    Stage,
)

Object = Mapping[str, Any]

_DECISIONS = {
    "needs_response": Decision.OPEN,
    "under_review": Decision.OPEN,
    "warning_needs_response": Decision.OPEN,
    "warning_under_review": Decision.OPEN,
    "warning_closed": Decision.WON,
    "prevented": Decision.WON,
    "won": Decision.WON,
    "lost": Decision.LOST,
}
_REFUNDS = {
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.PENDING,
    "succeeded": RefundStatus.SUCCEEDED,
    "canceled": RefundStatus.FAILED,
    "failed": RefundStatus.FAILED,
}
# A failed charge's failure_code.
_RETURNS = {
    "insufficient_funds": ReturnReason.INSUFFICIENT_FUNDS,
    "account_closed": ReturnReason.ACCOUNT_CLOSED,
    "no_account": ReturnReason.NO_ACCOUNT,
    "debit_not_authorized": ReturnReason.NOT_AUTHORIZED,
}
BANK_ACCOUNT = "us_bank_account"
CHARGED = "charged"  # among our metadata: from a saved method, where no session lets a payer try again
_STAGES = {"succeeded": Stage.SUCCEEDED, "processing": Stage.PROCESSING, "canceled": Stage.CANCELED}


def session_facts(session: Object) -> Facts | None:
    """A Checkout Session with its payment_intent expanded; None when it is no payment, or not one of ours."""
    ours = session.get("metadata") or {}
    if not ours.get("payment") or not ours.get("account") or session.get("mode") != "payment":
        return None
    intent, unpaid = session.get("payment_intent"), _unpaid_stage(session)
    submitted = unpaid in (Stage.FAILED, Stage.PROCESSING)
    if isinstance(intent, Mapping) and (intent.get("status") in _STAGES or submitted):
        return _facts(ours, intent, session_id=session["id"], otherwise=unpaid)
    return Facts(ours["payment"], ours["account"], unpaid, session_id=session["id"])


def intent_facts(intent: Object) -> Facts | None:
    """A PaymentIntent with latest_charge expanded; None when its metadata is not ours."""
    ours = intent.get("metadata") or {}
    if not ours.get("payment") or not ours.get("account"):
        return None
    over = bool(ours.get(CHARGED)) and intent.get("status") == "requires_payment_method"
    return _facts(ours, intent, session_id="", otherwise=Stage.EXPIRED if over else Stage.OPEN)


def next_of(intent: Object) -> Redirect | None:
    """Where the payer of an intent that was given a return_url goes on, if they have to."""
    page = (intent.get("next_action") or {}).get("redirect_to_url") or {}
    return Redirect(page["url"]) if page.get("url") else None


def refunded(refund: Object) -> Refunded:
    ours = (refund.get("metadata") or {}).get("refund", "")
    status = _REFUNDS.get(refund.get("status") or "", RefundStatus.UNKNOWN)
    at = instant(refund["created"])
    return Refunded(refund["id"], refund["amount"], status, at, ours, code(refund["currency"]))


def dispute(found: Object) -> Disputed:
    status = found.get("status") or ""
    decision = _DECISIONS.get(status, Decision.UNKNOWN)
    rows = tuple(_row(found, row) for row in found.get("balance_transactions") or ())
    return Disputed(found["id"], decision, instant(found["created"]), rows, status)


def _row(found: Object, row: Object) -> DisputeRow:
    amount_minor, currency = as_paid(row, found)
    return DisputeRow(row["id"], amount_minor, currency, fee(row), instant(row["created"]))


def as_paid(row: Object, source: Object) -> tuple[int, str]:
    """What a balance transaction moved, in the payer's currency if its source states that; else as it is.

    Rows are in the currency that the practice's Stripe account is paid out in.
    """
    amount, currency = row["amount"], code(row["currency"])
    if row.get("exchange_rate") is None or code(source.get("currency") or "") in ("", currency):
        return amount, currency
    taken = next((r["amount"] for r in source.get("balance_transactions") or () if r["amount"] < 0), amount)
    if abs(amount) != abs(taken):  # part of a dispute: how much that is for its payer nobody says
        return amount, currency
    whole = source.get("amount_captured") or source["amount"]
    return (whole if amount >= 0 else -whole), code(source["currency"])


def _fees(rows: Iterable[Object]) -> tuple[Fee, ...]:
    return tuple(fee(row) for row in rows if row.get("fee"))


def fee(row: Object) -> Fee:
    """What a balance transaction says of fees, in its own currency."""
    return Fee(row["id"], int(row.get("fee") or 0), instant(row["created"]), code(row["currency"]))


def code(currency: str) -> str:
    """As ISO 4217 and the ledger write it."""
    return currency.upper()


def is_disputed(intent: Object) -> bool:
    charge = intent.get("latest_charge")
    return isinstance(charge, Mapping) and bool(charge.get("disputed"))


def is_failed_debit(intent: Object) -> bool:
    """A bank sent the latest debit back, and the intent waits for another method."""
    return _has_failed(intent) and _kind(intent["latest_charge"]) == BANK_ACCOUNT


def _has_failed(intent: object) -> bool:
    """The latest charge failed, and nothing was tried since: the intent would wait for something else."""
    if not isinstance(intent, Mapping) or intent.get("status") != "requires_payment_method":
        return False
    charge = intent.get("latest_charge")
    return isinstance(charge, Mapping) and charge.get("status") == "failed"


def has_more_refunds(intent: Object) -> bool:
    charge = intent.get("latest_charge")
    return isinstance(charge, Mapping) and bool((charge.get("refunds") or {}).get("has_more"))


def _unpaid_stage(session: Object) -> Stage:
    if session.get("status") == "expired":
        return Stage.EXPIRED
    if session.get("status") == "complete":
        # Submitted: money may come as long as no charge has failed, whatever the intent still waits for.
        return Stage.FAILED if _has_failed(session.get("payment_intent")) else Stage.PROCESSING
    return Stage.OPEN


def _facts(ours: Mapping[str, str], intent: Object, *, session_id: str, otherwise: Stage) -> Facts:
    charge = intent.get("latest_charge")
    charge = charge if isinstance(charge, Mapping) else {}
    balance = charge.get("balance_transaction")
    balance = balance if isinstance(balance, Mapping) else {}
    refunds = (charge.get("refunds") or {}).get("data", ())
    return Facts(
        payment_id=ours["payment"],
        account_id=ours["account"],
        stage=_STAGES.get(intent["status"], otherwise),
        session_id=session_id,
        intent_id=intent["id"],
        amount_minor=intent.get("amount_received") or 0,
        currency=code(intent["currency"]),
        captured_at=_captured(charge, intent),
        method=_method(charge),
        fee_minor=int(balance.get("fee") or 0) if balance else None,
        fee_reference=balance.get("id") or "",
        fee_currency=code(balance.get("currency") or ""),
        refunds=tuple(refunded(r) for r in refunds),
        return_reason=_return_reason(charge),
        fees=_fees(_of_failure(charge)),
        charge_id=charge.get("id") or "",
        undone=(*_undone_debit(charge), *undone(refunds)),
    )


def _undone_debit(charge: Object) -> tuple[str, ...]:
    pair = _ids(_of_failure(charge))
    return pair if len(pair) == 2 else ()


def undone(refunds: Iterable[Object]) -> tuple[str, ...]:
    """The balance transactions of refunds that came to nothing, and those that undo them."""
    names = ("balance_transaction", "failure_balance_transaction")
    failed = (refund for refund in refunds if refund.get("failure_balance_transaction"))
    return _ids(refund[name] for refund in failed for name in names if refund.get(name))


def _ids(rows: Iterable[Object | str]) -> tuple[str, ...]:
    """Of objects, expanded or not."""
    return tuple(row if isinstance(row, str) else str(row["id"]) for row in rows)


def _of_failure(charge: Object) -> list[Object]:
    """The balance transactions of a debit that came back: what it was to bring, and what undoes that."""
    names = ("balance_transaction", "failure_balance_transaction") if charge.get("status") == "failed" else ()
    return [charge[name] for name in names if isinstance(charge.get(name), Mapping)]


def _return_reason(charge: Object) -> ReturnReason | None:
    """Of a bank's debit that failed."""
    failed = charge.get("status") == "failed" and _kind(charge) == BANK_ACCOUNT
    return _RETURNS.get(charge.get("failure_code") or "", ReturnReason.OTHER) if failed else None


def _captured(charge: Object, intent: Object) -> str:
    """When the money came: with a card at once. From a bank it comes days after the charge and its balance
    transaction were made (support.stripe.com: "Balance Transaction behavior for debit payment methods")."""
    return "" if _kind(charge) == BANK_ACCOUNT else instant(charge.get("created") or intent["created"])


def _method(charge: Object) -> Method | None:
    details = charge.get("payment_method_details") or {}
    card, bank = details.get("card") or {}, details.get(BANK_ACCOUNT) or {}
    if card:
        year, month = card.get("exp_year"), card.get("exp_month")
        return Method(
            CARD,
            brand=str(card.get("brand") or "card").title(),
            last4=card.get("last4") or "",
            expiry=f"{year}-{month:02}" if year and month else "",
            wallet=(card.get("wallet") or {}).get("type") or "",
        )
    if bank:
        return Method(BANK, brand=bank.get("bank_name") or "", last4=bank.get("last4") or "")
    return Method(str(details["type"])) if details.get("type") else None


def _kind(charge: Object) -> str:
    return str((charge.get("payment_method_details") or {}).get("type") or "")


def instant(epoch: int) -> str:
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
