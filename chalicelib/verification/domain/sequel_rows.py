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
    expected = {q.seq: q for q in _expected(entries, payments, closed) if q.shown}
    shown = {sequel.seq: sequel for sequel in found if sequel.shown}
    yield from sorted(seq for seq in expected.keys() | shown.keys() if expected.get(seq) != shown.get(seq))


def _expected(
    entries: Iterable[Entry], payments: Iterable[Payment], closed: Mapping[str, Closing]
) -> Iterator[Sequel]:
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
    for payment in payments:
        if payment.receipt_key:
            yield Sequel(payment.entry_seq, payment.date, receipt=True)
