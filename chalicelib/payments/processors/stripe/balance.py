"""Stripe's own books, a page at a time: balance transactions, then the disputes that were lost.

A dispute that is lost moves no money when it is lost, so that only its event tells of it; Stripe keeps events
for 30 days. https://docs.stripe.com/reports/balance-transaction-types
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from chalicelib.payments.ports.movements import Kind, Movement, MovementsPage
from chalicelib.payments.processors.stripe.facts import code, instant, intent_of, movement

PAGE = 100
_EVENTS = "evt_"
_CLOSED = {"type": "charge.dispute.closed"}
# By Stripe's reporting_category. All others are OTHER, but for the practice's own money on its way to and
# from its bank, of which nothing is lost on the way.
_KINDS = {
    "charge": Kind.PAYMENT,
    "charge_failure": Kind.PAYMENT_RETURNED,
    "refund": Kind.REFUND,
    "refund_failure": Kind.REFUND_RETURNED,
    "dispute": Kind.DISPUTE,
    "dispute_reversal": Kind.DISPUTE_RETURNED,
    "fee": Kind.FEE,
}
_OWN_BANK = frozenset({"payout", "payout_reversal", "topup", "topup_reversal"})

Object = Mapping[str, Any]


def movements(api: Any, *, since: int, cursor: str) -> MovementsPage:
    """The page at that cursor ("" is the first), newest first; `since` in epoch seconds."""
    window = {"created": {"gte": since}, "limit": PAGE}
    if cursor.startswith(_EVENTS):
        after = {} if cursor == _EVENTS else {"starting_after": cursor}
        found = api.events.list({**window, **_CLOSED, **after}).to_dict()
        return MovementsPage(list(_losses(found["data"])), _next(found, ""))
    after = {"starting_after": cursor} if cursor else {}
    found = api.balance_transactions.list({**window, "expand": ["data.source"], **after}).to_dict()
    return MovementsPage(list(_moved(found["data"])), _next(found, _EVENTS))


def _next(page: Object, at_the_end: str) -> str:
    return str(page["data"][-1]["id"]) if page["has_more"] and page["data"] else at_the_end


def _moved(transactions: list[Object]) -> Iterator[Movement]:
    for row in transactions:
        kind = _KINDS.get(_category(row))
        if kind is None:
            yield from _other(row)
            continue
        source = row.get("source")
        source = source if isinstance(source, Mapping) else {"id": source or ""}
        moved = movement(kind, row, source)
        if kind is Kind.FEE:  # all of it is fee, whichever field Stripe has it in
            moved = replace(moved, amount_minor=0, currency=moved.fee_currency, fee_minor=-row["net"])
        yield moved


def _other(row: Object) -> Iterator[Movement]:
    category = _category(row)
    amount_minor = -int(row.get("fee") or 0) if category in _OWN_BANK else row["net"]
    if amount_minor:
        source = row.get("source")
        about = str((source.get("id") if isinstance(source, Mapping) else source) or "")
        yield Movement(
            row["id"], Kind.OTHER, amount_minor, row["currency"].upper(), 0,
            about=about, intent_id="", at=instant(row["created"]), category=category,
        )  # fmt: skip


def _category(row: Object) -> str:
    """Stripe's newest ones may be in no list of theirs yet; `type` is there in any case."""
    return str(row.get("reporting_category") or row["type"])


def _losses(events: list[Object]) -> Iterator[Movement]:
    """Of the disputes that were closed; what the others gave back is in the books."""
    for event in events:
        dispute = event["data"]["object"]
        if dispute.get("status") == "lost":
            yield Movement(
                event["id"], Kind.LOST, 0, code(dispute["currency"]), 0,
                about=dispute["id"], intent_id=intent_of(dispute), at=instant(event["created"]),
            )  # fmt: skip
