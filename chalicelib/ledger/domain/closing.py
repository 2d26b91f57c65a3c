"""How a charge was closed where no payment closed it: what its client reads instead of "paid". Pure."""

from enum import StrEnum

from chalicelib.ledger.domain.entries import Draft, EntryKind, OpenItem, Part
from chalicelib.ledger.domain.ledger import Ledger, explain

_PARTS = frozenset(part.value for part in Part)


class Closing(StrEnum):
    """WRITTEN_OFF: lowered to nothing by the practice, in write-offs or adjustments. NO_FEE: a service at
    0.00, closed from the first. NONE: open, or paid."""

    NONE = ""
    NO_FEE = "no_fee"
    REVERSED = "reversed"
    WRITTEN_OFF = "written_off"


def closing(item: OpenItem) -> Closing:
    if item.free:
        return Closing.NO_FEE
    if item.reversed:
        return Closing.REVERSED
    lowered = item.adjustments_minor > 0 and not (item.owed_minor or item.paid_minor)
    return Closing.WRITTEN_OFF if lowered else Closing.NONE


def closings(ledger: Ledger, draft: Draft) -> dict[str, Closing]:
    """How the draft leaves each charge that it closes, or opens again, otherwise than by payment.

    `ledger` is the one before. Payments and refunds never change it: what they close or open was paid.
    """
    if not draft.postings:
        told = draft.opens if draft.kind is not EntryKind.FACTS_CORRECTED else ()
        return {item.charge_id: closing(item) for item in told}
    items = {**{item.charge_id: item for item in draft.opens}, **ledger.open}
    named = {p.book.charge_id for p in draft.postings if p.book.name in _PARTS}
    after = {id_: closing(explain(items[id_], draft.postings)) for id_ in sorted(named)}
    return {id_: now for id_, now in after.items() if now is not closing(items[id_])}
