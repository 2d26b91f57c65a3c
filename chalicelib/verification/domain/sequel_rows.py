"""Do the rows of what became of charges and payments say what entries and payments do? Pure."""

from collections.abc import Iterable, Iterator, Mapping

from chalicelib.ledger.domain.closing import Closing
from chalicelib.ledger.domain.entries import Entry, EntryKind
from chalicelib.ledger.domain.history import Sequel
from chalicelib.ledger.domain.payments import Payment

_POSTING = (EntryKind.CHARGE, EntryKind.SERVICE, EntryKind.OPENING_BALANCE)


def differing(
    entries: Iterable[Entry],
    payments: Iterable[Payment],
    closed: Mapping[str, Closing],
    found: Iterable[Sequel],
) -> Iterator[int]:
    """The numbers of the entries of which lists would show something else than happened.

    `closed` is how the entries leave each charge that was closed otherwise than by payment.
    """
    shown = {sequel.seq: sequel for sequel in found if sequel.shown}
    told = right(entries, payments, closed, shown.values())
    yield from sorted(seq for seq in told.keys() | shown.keys() if told.get(seq) != shown.get(seq))


def right(
    entries: Iterable[Entry],
    payments: Iterable[Payment],
    closed: Mapping[str, Closing],
    found: Iterable[Sequel],
) -> dict[int, Sequel]:
    """What lists are to show, by the entries' numbers. That a payment has a receipt its entry says itself; a
    row that said so beside it, for one from before that, stays."""
    receipts = {p.entry_seq: Sequel(p.entry_seq, p.date, receipt=True) for p in payments if p.receipt_key}
    kept = {sequel.seq: receipts[sequel.seq] for sequel in found if sequel.seq in receipts}
    return kept | {q.seq: q for q in expected(entries, closed) if q.shown}


def expected(entries: Iterable[Entry], closed: Mapping[str, Closing]) -> Iterator[Sequel]:
    """What became of the entries; where there is nothing to show, too."""
    known = list(entries)
    corrected = {
        item.charge_id: item.called
        for entry in known
        for item in (entry.draft.opens if entry.draft.kind is EntryKind.FACTS_CORRECTED else ())
    }
    for entry in known:
        for opened in entry.draft.opens if entry.draft.kind in _POSTING else ():
            id_ = opened.charge_id
            yield Sequel(
                entry.seq, entry.draft.occurred_on, closed.get(id_, Closing.NONE), service=corrected.get(id_)
            )
