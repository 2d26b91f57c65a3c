"""What was paid for each charge by the books, so that a session that is paid once more is asked about."""

from collections.abc import Iterator, Mapping, Set

from chalicelib.importing.domain.remittances.names import ANSWER
from chalicelib.importing.services.stored import Stored
from chalicelib.kernel.actors import Actor, Channel
from chalicelib.ledger.domain.effects import about
from chalicelib.ledger.domain.entries import Draft, Entry, EntryKind, Part
from chalicelib.ledger.domain.insurance import ANSWER_KINDS

Paid = Mapping[tuple[bool, str], int]
"""Minor units, by whether insurers paid them, and by the charge's external id."""


def paid_before(known: Mapping[str, Stored], in_file: Set[str]) -> Paid:
    """`in_file` are the external ids of what the file has itself: these are not counted."""
    totals: dict[tuple[bool, str], int] = {}
    for books in known.values():
        for insurers, charge_id, minor in _allocations(books, in_file):
            charge = books.charges.get(charge_id)
            if charge is not None:
                key = (insurers, charge.external_id)
                totals[key] = totals.get(key, 0) + minor
    return totals


def answered_before(known: Mapping[str, Stored]) -> Mapping[str, tuple[str, str]]:
    """Insurers' answers that stand and came by 835 or by hand. By the charge's external id: the answer's own,
    and its day."""
    found: dict[str, tuple[str, str]] = {}
    for books in known.values():
        for entry in books.entries:
            draft = entry.draft
            elsewhere = draft.reference.startswith(ANSWER) or _by_hand(entry)
            charge = books.charges.get(about(draft)) if elsewhere and draft.kind in ANSWER_KINDS else None
            if charge is not None and not books.undone(draft.kind, draft.reference):
                found[charge.external_id] = draft.reference, draft.occurred_on
    return found


def _by_hand(entry: Entry) -> bool:
    return Actor.parse(entry.actor).channel is not Channel.IMPORT


def _allocations(books: Stored, in_file: Set[str]) -> Iterator[tuple[bool, str, int]]:
    """Whether an insurer paid it, our id of the charge, and how much."""
    for entry in books.entries:
        draft = entry.draft
        if draft.reference in in_file or books.undone(draft.kind, draft.reference):
            continue
        if draft.kind is EntryKind.PAYMENT:
            yield from ((False, charge_id, minor) for charge_id, minor in applied(draft))
        elif draft.kind is EntryKind.INSURANCE_PAYMENT:
            found = books.get(draft.kind, draft.reference)
            if found is not None:
                yield True, found.charge_id, found.amount_minor


def applied(draft: Draft) -> Iterator[tuple[str, int]]:
    """Our ids of the charges that a payment pays, and how much of each, in minor units."""
    for posting in draft.postings:
        if posting.book.name == Part.PAID and posting.book.charge_id:
            yield posting.book.charge_id, -posting.debit_minor
