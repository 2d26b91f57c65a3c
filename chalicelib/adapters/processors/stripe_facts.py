"""From Stripe's objects (as plain dictionaries) to the facts that settling needs. Pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.documents import BANK_ACCOUNT_METHOD
from chalicelib.services.ports import Decision, Disputed, Facts, Fee, Refunded, Stage

Object = Mapping[str, Any]

_DECISIONS = {
    "needs_response": Decision.OPEN,
    "under_review": Decision.OPEN,
    "won": Decision.WON,
    "lost": Decision.LOST,
}
BANK_ACCOUNT = "us_bank_account"
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
    return _facts(ours, intent, session_id="", otherwise=Stage.OPEN)


def refunded(refund: Object) -> Refunded:
    ours = (refund.get("metadata") or {}).get("refund", "")
    status, at = refund.get("status") or "", instant(refund["created"])
    return Refunded(refund["id"], refund["amount"], status, at, ours)


def dispute(found: Object) -> Disputed | None:
    """None for an inquiry: it moves no money."""
    decision = _DECISIONS.get(found.get("status") or "")
    if decision is None:
        return None
    fees = _fees(found.get("balance_transactions") or ())
    return Disputed(found["id"], found["amount"], decision, instant(found["created"]), fees)


def _fees(rows: Iterable[Object]) -> tuple[Fee, ...]:
    return tuple(Fee(row["id"], fee_of(row), instant(row["created"])) for row in rows if fee_of(row))


def fee_of(row: Object) -> int:
    """What a balance transaction says of fees; 0 where it has them in another currency than was paid in."""
    return 0 if row.get("exchange_rate") is not None else int(row.get("fee") or 0)


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
    return Facts(
        payment_id=ours["payment"],
        account_id=ours["account"],
        stage=_STAGES.get(intent["status"], otherwise),
        session_id=session_id,
        intent_id=intent["id"],
        amount_minor=intent.get("amount_received") or 0,
        currency=str(intent["currency"]).upper(),
        captured_at=_captured(charge, intent),
        method=_method(charge),
        fee_minor=fee_of(balance) if balance else None,
        fee_reference=balance.get("id") or "",
        refunds=tuple(refunded(r) for r in (charge.get("refunds") or {}).get("data", ())),
        failure=charge.get("failure_code") or "",
        fees=_fees(_of_failure(charge)),
    )


def _of_failure(charge: Object) -> list[Object]:
    """The balance transactions of a debit that came back: what it was to bring, and what undoes that."""
    names = ("balance_transaction", "failure_balance_transaction") if charge.get("status") == "failed" else ()
    return [charge[name] for name in names if isinstance(charge.get(name), Mapping)]


def _captured(charge: Object, intent: Object) -> str:
    """When the money came: with a card at once. From a bank it comes days after the charge and its balance
    transaction were made (support.stripe.com: "Balance Transaction behavior for debit payment methods")."""
    return "" if _kind(charge) == BANK_ACCOUNT else instant(charge.get("created") or intent["created"])


def _method(charge: Object) -> str:
    """ "Visa ···· 4242": what people call their card, the same in every language. A bank account has a code
    that stands for words, and its last digits."""
    details = charge.get("payment_method_details") or {}
    card, bank = details.get("card") or {}, details.get(BANK_ACCOUNT) or {}
    if card:
        return f"{str(card.get('brand') or 'card').title()} ···· {card.get('last4') or ''}".strip()
    if bank:
        return f"{BANK_ACCOUNT_METHOD}{bank.get('last4') or ''}".strip()
    return str(details.get("type") or "")


def _kind(charge: Object) -> str:
    return str((charge.get("payment_method_details") or {}).get("type") or "")


def instant(epoch: int) -> str:
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
