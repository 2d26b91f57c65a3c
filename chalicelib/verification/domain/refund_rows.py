"""Do the rows of a payment's refunds say what the payment and its entries do? Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator

from chalicelib.ledger.domain.entries import Entry, EntryKind
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.domain.refunds import Refund, State

_Posted = set[tuple[str, int, str, int]]  # payment, entry, the processor's id, amount
_Back = set[tuple[str, str]]  # payment, the processor's id


def differing(
    entries: Iterable[Entry], payments: Iterable[Payment], refunds: Iterable[Refund]
) -> Iterator[str]:
    """The payments of which a refund's row is gone or says something else, and those that only rows name."""
    taken = [payment for payment in payments if not payment.outside]
    rows = list(refunds)
    wrong = {id_ for id_, *_ in _posted(entries, {p.id for p in taken}) ^ _told(rows)}
    wrong |= {id_ for id_, _ in _back(entries) ^ _told_back(rows)}
    wrong |= {row.payment_id for row in rows if not _sound(row)}
    kept, count = Counter[str](), Counter(row.payment_id for row in rows)
    for row in rows:
        kept[row.payment_id] += row.amount_minor if row.under_way else 0
    wrong |= {p.id for p in taken if (p.refunding_minor, p.refund_count) != (kept[p.id], count[p.id])}
    yield from sorted(wrong | {row.payment_id for row in rows} - {payment.id for payment in taken})


def _posted(entries: Iterable[Entry], payment_ids: set[str]) -> _Posted:
    return {
        (entry.draft.payment_id, entry.seq, entry.draft.reference, -entry.held_minor)
        for entry in entries
        if entry.draft.kind is EntryKind.REFUND and entry.draft.payment_id in payment_ids
    }


def _told(rows: Iterable[Refund]) -> _Posted:
    return {(r.payment_id, r.entry_seq, r.processor_id, r.amount_minor) for r in rows if r.entry_seq}


def _back(entries: Iterable[Entry]) -> _Back:
    drafts = (entry.draft for entry in entries)
    return {(d.payment_id, d.reference) for d in drafts if d.kind is EntryKind.REFUND_FAILURE}


def _told_back(rows: Iterable[Refund]) -> _Back:
    return {(r.payment_id, r.processor_id) for r in rows if r.entry_seq and r.state is State.FAILED}


def _sound(row: Refund) -> bool:
    """Money that went has an entry; of a refund that failed it may never have gone."""
    return row.state is State.FAILED or (row.entry_seq > 0) is (row.state is State.SUCCEEDED)
