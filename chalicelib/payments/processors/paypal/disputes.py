"""From PayPal's disputes to what they did with a payment's money. Pure.

RESOLVED is not final, and money moves apart from the status: only `money_movements` tell of it. A movement
has no name of its own; ours is made of all that tells it from others.
https://developer.paypal.com/docs/api/customer-disputes/v1/
"""

import re
from collections import Counter
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from chalicelib.payments.ports.movements import Kind, Movement
from chalicelib.payments.ports.processors import Decision, Disputed
from chalicelib.payments.processors.paypal.amounts import minor
from chalicelib.payments.processors.paypal.orders import at
from chalicelib.payments.processors.paypal.shapes import Dispute, Link, MoneyMovement

DECIDED = "RESOLVED"  # a dispute's status
_DECISIONS = {
    "RESOLVED_BUYER_FAVOUR": Decision.LOST,
    "ACCEPTED": Decision.LOST,
    "RESOLVED_SELLER_FAVOUR": Decision.WON,
    "RESOLVED_WITH_PAYOUT": Decision.WON,  # PayPal paid the buyer
    "CANCELED_BY_BUYER": Decision.WON,
    "DENIED": Decision.WON,
    "NONE": Decision.OPEN,  # an appeal is possible, or under way
    "": Decision.OPEN,
}
_SIGNS = {"DEBIT": -1, "CREDIT": 1}
_FEES = frozenset({"DISPUTE_SETTLEMENT_FEE", "DISPUTE_FEE", "CHARGEBACK_FEE"})
_NOT_NAMES = re.compile(r"[^A-Za-z0-9._-]")


def disputed(dispute: Dispute, capture_id: str) -> Disputed:
    """Error: ValueError, of amounts and instants that are none, and of a type of movement that is unknown."""
    seen = Counter[str]()
    moved = list[Movement]()
    for each in dispute.money_movements:
        if each.affected_party == "SELLER":
            name = _name(dispute.dispute_id, each)
            seen[name] += 1
            again = f"-{seen[name]}" if seen[name] > 1 else ""
            moved.append(_movement(each, f"{name}{again}", dispute.dispute_id, capture_id))
    outcome = dispute.dispute_outcome.outcome_code
    decided = dispute.status == DECIDED
    decision = _DECISIONS.get(outcome, Decision.UNKNOWN) if decided else Decision.OPEN
    word = f"{dispute.status} {outcome}".strip()
    return Disputed(dispute.dispute_id, decision, at(dispute.create_time), tuple(moved), word)


def lost(found: Disputed, capture_id: str) -> Movement | None:
    """As a row of the books, where it is decided against the practice and took money: it moves none."""
    if found.decision is not Decision.LOST or not found.movements:
        return None
    currency = found.movements[0].currency
    return Movement(
        f"{found.id}-lost", Kind.LOST, 0, currency, 0, about=found.id, intent_id=capture_id, at=found.at
    )


def next_token(links: Sequence[Link]) -> str:
    """By which the next page of disputes is asked for; "" after the last."""
    more = next((link.href for link in links if link.rel == "next"), "")
    return next(iter(parse_qs(urlsplit(more).query).get("next_page_token", ())), "")


def _name(dispute_id: str, moved: MoneyMovement) -> str:
    parts = (
        dispute_id,
        at(moved.initiated_time),
        moved.type,
        moved.reason,
        moved.amount.value,
        moved.amount.currency_code,
    )
    return _NOT_NAMES.sub("", "-".join(parts))


def _movement(moved: MoneyMovement, name: str, dispute_id: str, capture_id: str) -> Movement:
    if moved.type not in _SIGNS:
        raise ValueError("neither debit nor credit")
    signed_minor, currency = _SIGNS[moved.type] * minor(moved.amount), moved.amount.currency_code
    fee = moved.reason in _FEES
    kind = Kind.FEE if fee else Kind.DISPUTE if signed_minor < 0 else Kind.DISPUTE_RETURNED
    return Movement(
        name, kind, 0 if fee else signed_minor, currency, -signed_minor if fee else 0,
        about=dispute_id, intent_id=capture_id, at=at(moved.initiated_time), fee_currency=currency,
    )  # fmt: skip
