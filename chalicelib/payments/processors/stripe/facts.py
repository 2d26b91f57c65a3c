"""From Stripe's objects (as plain dictionaries) to the facts that settling needs. Pure."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.kernel.formatting import one_line
from chalicelib.ledger.domain.methods import BANK, CARD, Method
from chalicelib.payments.domain.return_reasons import ReturnReason
from chalicelib.payments.ports.movements import Kind, Movement
from chalicelib.payments.ports.processors import (
    Decision,
    Disputed,
    Facts,
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
_DISPUTES = {True: Kind.DISPUTE, False: Kind.DISPUTE_RETURNED}  # whether it took money
_ROWS = ("balance_transaction", "failure_balance_transaction")  # of a charge or refund, and of its failure
_NAME = 120  # letters of a name that a document has room for
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
    over = is_charge(intent) and intent.get("status") == "requires_payment_method"
    return _facts(ours, intent, session_id="", otherwise=Stage.EXPIRED if over else Stage.OPEN)


def is_charge(intent: Object) -> bool:
    """Whether it was made of a saved method, by what we said of it."""
    return bool((intent.get("metadata") or {}).get(CHARGED))


def next_of(intent: Object) -> Redirect | None:
    """Where the payer of an intent that was given a return_url goes on, if they have to."""
    page = (intent.get("next_action") or {}).get("redirect_to_url") or {}
    return Redirect(page["url"]) if page.get("url") else None


def refunded(refund: Object) -> Refunded:
    ours = (refund.get("metadata") or {}).get("refund", "")
    status = _REFUNDS.get(refund.get("status") or "", RefundStatus.UNKNOWN)
    at = instant(refund["created"])
    undone = _undone(refund) if refund.get("failure_balance_transaction") else ()
    return Refunded(refund["id"], refund["amount"], status, at, ours, code(refund["currency"]), undone)


def dispute(found: Object) -> Disputed:
    status = found.get("status") or ""
    decision = _DECISIONS.get(status, Decision.UNKNOWN)
    rows = found.get("balance_transactions") or ()
    moved = tuple(movement(_DISPUTES[row["amount"] < 0], row, found) for row in rows)
    return Disputed(found["id"], decision, instant(found["created"]), moved, status)


def movement(kind: Kind, row: Object, source: Object) -> Movement:
    """A balance transaction, and the object that moved the money."""
    amount_minor, currency = _as_paid(row, source)
    return Movement(
        row["id"], kind, amount_minor, currency, int(row.get("fee") or 0), about=str(source["id"]),
        intent_id=intent_of(source), at=instant(row["created"]), fee_currency=code(row["currency"]),
    )  # fmt: skip


def intent_of(source: Object) -> str:
    intent = source.get("payment_intent")
    return str(intent.get("id") if isinstance(intent, Mapping) else intent or "")


def _as_paid(row: Object, source: Object) -> tuple[int, str]:
    """What a balance transaction moved, in the payer's currency if its source states that; else as it is.

    Rows are in the currency that the practice's Stripe account is paid out in.
    """
    amount, currency = row["amount"], code(row["currency"])
    if row.get("exchange_rate") is None or code(source.get("currency") or "") in ("", currency):
        return amount, currency
    taken = next((r["amount"] for r in source.get("balance_transactions") or () if r["amount"] < 0), amount)
    whole = source.get("amount_captured") or source.get("amount")
    if not whole or abs(amount) != abs(taken):
        return amount, currency  # part of a dispute: how much that is for its payer nobody says
    return (whole if amount >= 0 else -whole), code(source["currency"])


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
        movements=tuple(_moved(charge)),
        refunds=tuple(refunded(r) for r in (charge.get("refunds") or {}).get("data", ())),
        return_reason=_return_reason(charge),
        charge_id=charge.get("id") or "",
        cardholder=one_line(str((charge.get("billing_details") or {}).get("name") or ""))[:_NAME],
    )


def _moved(charge: Object) -> Iterator[Movement]:
    """What it brought; or what it was to bring, and what undoes that. Nothing while its bank is asked."""
    names = {"succeeded": _ROWS[:1], "failed": _ROWS}.get(charge.get("status") or "", ())
    for name, kind in zip(names, (Kind.PAYMENT, Kind.PAYMENT_RETURNED), strict=False):
        if isinstance(charge.get(name), Mapping):
            yield movement(kind, charge[name], charge)


def _undone(refund: Object) -> tuple[str, ...]:
    """The balance transactions of a refund that failed, expanded or not."""
    rows = (refund[name] for name in _ROWS if refund.get(name))
    return tuple(row if isinstance(row, str) else str(row["id"]) for row in rows)


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
