"""Does each charge's row say what the entry that posted it does? Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.entries import Entry, EntryKind, OpenItem, Part

POSTING = (EntryKind.CHARGE, EntryKind.SERVICE, EntryKind.OPENING_BALANCE)
_NAMES = (
    "id", "account_id", "external_id", "date", "service", "clinician_id", "client_minor", "insurer_minor",
    "seq", "facts_seq",
)  # fmt: skip
_Facts = tuple[str, str, str, str, str, str, int, int, int, int]


def differing(account_id: str, entries: Iterable[Entry], charges: Mapping[str, Charge]) -> Iterator[str]:
    """The charges whose row is gone, or differs from the entry; then the rows that no entry posted.

    `charges` by their rows' keys. What the entry does not hold (codes, place, units) is not compared.
    """
    rest = dict(charges)
    known = list(entries)
    told = _told(known)
    for entry in known:
        for opened in entry.draft.opens if entry.draft.kind in POSTING else ():
            row = rest.pop(opened.charge_id, None)
            if row is None or said(row) != _posted(account_id, entry, *told[opened.charge_id]):
                yield opened.charge_id
    yield from sorted(rest)


def rebuilt(account_id: str, entries: Iterable[Entry], charges: Mapping[str, Charge]) -> Iterator[Charge]:
    """The rows of all that entries posted. What the entry does not hold is as the row has it, or at its
    default where the row is gone."""
    known = list(entries)
    told = _told(known)
    for entry in known:
        for opened in entry.draft.opens if entry.draft.kind in POSTING else ():
            posted = _posted(account_id, entry, *told[opened.charge_id])
            facts = dict(zip(_NAMES, posted, strict=True))
            row = charges.get(opened.charge_id)
            yield replace(row, **facts) if row else Charge(**facts)  # type: ignore[arg-type]


def _told(entries: Iterable[Entry]) -> dict[str, tuple[OpenItem, int]]:
    """Each charge's facts as the entries leave them, and the number of the one that last corrected them."""
    told = dict[str, tuple[OpenItem, int]]()
    for entry in entries:
        for opened in entry.draft.opens:
            if entry.draft.kind is EntryKind.FACTS_CORRECTED:
                told[opened.charge_id] = opened, entry.seq
            elif entry.draft.kind in POSTING:
                told[opened.charge_id] = opened, 0
    return told


def said(row: Charge) -> _Facts:
    return (
        row.id, row.account_id, row.external_id, row.date, row.service, row.clinician_id,
        row.client_minor, row.insurer_minor, row.seq, row.facts_seq,
    )  # fmt: skip


def _posted(account_id: str, entry: Entry, opened: OpenItem, facts_seq: int) -> _Facts:
    id_ = opened.charge_id
    insurer_minor = -_net(entry, Part.INSURANCE, id_)
    client_minor = _net(entry, Part.FEE, id_) - insurer_minor
    return (
        id_, account_id, entry.draft.reference, opened.service_on, opened.service, opened.clinician_id,
        client_minor, insurer_minor, entry.seq, facts_seq,
    )  # fmt: skip


def _net(entry: Entry, part: Part, charge_id: str) -> int:
    own = (p for p in entry.draft.postings if (p.book.name, p.book.charge_id) == (part.value, charge_id))
    return sum(p.debit_minor for p in own)
