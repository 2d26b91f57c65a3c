"""From PayPal's orders to the facts that settling needs. Pure.

COMPLETED of an order only says that it has captures: how these stand is the money. Each is looked at, for one
that was declined may stand before one that was paid, and two may have been.
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from chalicelib.kernel import instants
from chalicelib.ledger.domain.methods import Method
from chalicelib.payments.domain.abilities import Way
from chalicelib.payments.ports.movements import Kind, Movement
from chalicelib.payments.ports.processors import Attempt, Facts, Refunded, RefundStatus, Stage
from chalicelib.payments.processors.paypal.amounts import minor, written
from chalicelib.payments.processors.paypal.shapes import Amount, Breakdown, Capture, Link, Order, Refund

DESCRIPTION = "Professional services"
MONEY = frozenset({"COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"})
_STAGES = {
    "CREATED": Stage.OPEN,
    "SAVED": Stage.OPEN,
    "PAYER_ACTION_REQUIRED": Stage.OPEN,
    "APPROVED": Stage.APPROVED,
    "VOIDED": Stage.EXPIRED,
}
_REFUNDS = {
    "PENDING": RefundStatus.PENDING,
    "COMPLETED": RefundStatus.SUCCEEDED,
    "FAILED": RefundStatus.FAILED,
    "CANCELLED": RefundStatus.FAILED,
}
_LOCALES = {"en": "en-US", "es": "es-US"}
_CUSTOM = re.compile(r"(?P<account>[A-Za-z0-9._-]{1,64}):(?P<payment>[A-Za-z0-9_-]{1,64})")
_CAPTURE = re.compile(r"/v2/payments/captures/(?P<id>[A-Za-z0-9]{1,64})")


def order_body(attempt: Attempt) -> dict[str, object]:
    """What PayPal is told when an attempt starts. Opaque ids and an amount; nothing of the client."""
    return {
        "intent": "CAPTURE",
        "purchase_units": [
            {
                "amount": written(attempt.amount_minor, attempt.currency),
                "description": DESCRIPTION,
                "custom_id": f"{attempt.account_id}:{attempt.payment_id}",
                "invoice_id": _invoice_id(attempt),
            }
        ],
        "payment_source": {
            "paypal": {
                "experience_context": {
                    "shipping_preference": "NO_SHIPPING",
                    "contact_preference": "NO_CONTACT_INFO",
                    "user_action": "PAY_NOW",
                    "payment_method_preference": "IMMEDIATE_PAYMENT_REQUIRED",
                    "landing_page": _landing_page(attempt.ways),
                    "locale": _LOCALES.get(attempt.locale[:2], _LOCALES["en"]),
                    "return_url": attempt.return_url,
                    "cancel_url": attempt.cancel_url,
                }
            }
        },
    }


def _invoice_id(attempt: Attempt) -> str:
    """Of one attempt: PayPal takes no second payment under it. Its payer sees it. Letters and digits, as
    disputes repeat it; the payment's id alone is the payer's to choose, and another's may be the same."""
    named = f"{attempt.account_id}:{attempt.payment_id}"
    return hashlib.sha256(named.encode()).hexdigest()[:32].upper()


def _landing_page(ways: Sequence[str]) -> str:
    """Who chose a card begins with it; all others may take one there, too, where PayPal offers that."""
    return "GUEST_CHECKOUT" if [*ways] == [Way.CARD] else "NO_PREFERENCE"


def approval_url(links: Sequence[Link]) -> str:
    """Where its payer approves it. Error: LookupError."""
    found = (link.href for link in links if link.rel in ("payer-action", "approve"))
    url = next(found, "")
    if not url:
        raise LookupError("payer-action")
    return url


def ids(custom: str) -> tuple[str, str] | None:
    """Account and payment, of what we said when we opened an attempt; None of all else."""
    found = _CUSTOM.fullmatch(custom)
    return (found["account"], found["payment"]) if found else None


def facts(order: Order, capture_id: str = "") -> Facts | None:
    """None where it is none of ours. `capture_id`: which of its captures is asked about, "" for the one that
    is the payment. Error: ValueError, of amounts and instants that are none."""
    unit = order.purchase_units[0] if order.purchase_units else None
    named = ids(unit.custom_id) if unit else None
    if unit is None or named is None:
        return None
    account_id, payment_id = named
    captures = sorted(unit.payments.captures, key=lambda each: each.create_time)
    if order.status != "COMPLETED":
        stage = _STAGES.get(order.status, Stage.OPEN)
        return Facts(payment_id, account_id, stage, session_id=order.id, approved_at=_approved_at(order))
    capture = _the_one(captures, capture_id)
    if capture is None:  # it is told before its captures are
        return Facts(payment_id, account_id, Stage.PROCESSING, session_id=order.id)
    return Facts(
        payment_id,
        account_id,
        _stage(capture),
        session_id=order.id,
        intent_id=capture.id,
        amount_minor=minor(capture.amount) if capture.status in MONEY else 0,
        currency=capture.amount.currency_code,
        captured_at=at(capture.create_time),
        method=Method(Way.PAYPAL.value),
        movements=_came_in(capture),
        refunds=tuple(map(refunded, _of(capture, unit.payments.refunds, alone=len(captures) == 1))),
        charge_id=capture.id,
        second_captures=tuple(
            each.id for each in captures if each.status in MONEY and each.id != capture.id
        ) if capture.status in MONEY else (),
    )  # fmt: skip


def _approved_at(order: Order) -> str:
    """PayPal need not tell when an order was changed: then it is as old as it can be."""
    told = order.update_time or order.create_time
    return at(told) if order.status == "APPROVED" and told else ""


def _the_one(captures: Sequence[Capture], capture_id: str) -> Capture | None:
    """That one, if it has money or may yet; else the first that has, else that may, else the last."""
    hopeful = [each for each in captures if each.status in MONEY or each.status == "PENDING"]
    hopeful.sort(key=lambda each: (each.id != capture_id, each.status not in MONEY))
    return next(iter(hopeful), captures[-1] if captures else None)


def _stage(capture: Capture) -> Stage:
    if capture.status in MONEY:
        return Stage.SUCCEEDED
    return Stage.FAILED if capture.status in ("DECLINED", "FAILED") else Stage.PROCESSING


def _came_in(capture: Capture) -> tuple[Movement, ...]:
    """As the row of the books has it: nothing before it is known what PayPal took for it."""
    fee = _fee(capture.seller_receivable_breakdown)
    if capture.status not in MONEY or fee is None:
        return ()
    return (
        Movement(
            capture.id, Kind.PAYMENT, minor(capture.amount), capture.amount.currency_code, minor(fee),
            about=capture.id, intent_id=capture.id, at=at(capture.create_time),
            fee_currency=fee.currency_code,
        ),
    )  # fmt: skip


def _fee(breakdown: Breakdown | None) -> Amount | None:
    return breakdown.paypal_fee if breakdown else None


def _of(capture: Capture, refunds: Sequence[Refund], *, alone: bool) -> list[Refund]:
    return [
        each
        for each in refunds
        if refunded_capture(each.links) in ((capture.id, "") if alone else (capture.id,))
    ]


def refunded_capture(links: Sequence[Link]) -> str:
    """Of which capture it is; "" where that is not told."""
    for link in links:
        found = _CAPTURE.fullmatch(urlsplit(link.href).path) if link.rel == "up" else None
        if found:
            return found["id"]
    return ""


def refunded(refund: Refund) -> Refunded:
    """`custom_id` is what we named it; one made on PayPal's own pages has none."""
    if refund.amount is None:
        raise ValueError("a refund without an amount")
    fee = _fee(refund.seller_payable_breakdown)
    status = _REFUNDS.get(refund.status, RefundStatus.UNKNOWN)
    # Its row in the books has its name, and may be known from a night on which it was pending.
    undone = (refund.id,) if status is RefundStatus.FAILED else ()
    return Refunded(
        refund.id, minor(refund.amount), status, at(refund.create_time), refund.custom_id,
        refund.amount.currency_code, undone, -minor(fee) if fee else 0,
    )  # fmt: skip


def at(text: str) -> str:
    """The instant as Billfold stores it. Error: ValueError."""
    return instants.instant(datetime.fromisoformat(text).astimezone(UTC))
