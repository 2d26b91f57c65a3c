"""Do the rows of a payment's refunds say what the payment and its entries do? Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

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


def rebuilt(entries: Iterable[Entry], refunds: Iterable[Refund]) -> Iterator[Refund]:
    """The rows with what entries say of them, by the processor's name of each. A row that no entry names
    stays, and one that is gone does not come back: its id is not in the entries."""
    known = list(entries)
    gone = {(e.draft.payment_id, e.draft.reference): e for e in known if e.draft.kind is EntryKind.REFUND}
    back = _back(known)
    for row in refunds:
        name = row.payment_id, row.processor_id
        entry = gone.get(name)
        if entry is None:
            yield row
            continue
        state = State.FAILED if name in back else State.SUCCEEDED
        yield replace(row, state=state, entry_seq=entry.seq, amount_minor=-entry.held_minor)


def counted(payment: Payment, refunds: Iterable[Refund]) -> Payment:
    """The payment with what its rows come to. Never with less: where a row is gone, the payment alone knows
    of a refund under way, and the same money must not be given back by another one."""
    own = [row for row in refunds if row.payment_id == payment.id]
    kept_minor = sum(row.amount_minor for row in own if row.under_way)
    return replace(
        payment,
        refunding_minor=max(kept_minor, payment.refunding_minor),
        refund_count=max(len(own), payment.refund_count),
    )


def said(row: Refund) -> tuple[object, ...]:
    """What the row says of itself that its payment and entries can bear out."""
    return row.id, row.amount_minor, row.state.value, row.processor_id, row.entry_seq


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
