"""What was paid for each charge by the books, so that a session that is paid once more is asked about."""

from collections.abc import Iterator, Mapping, Set

from chalicelib.importing.services.stored import Stored
from chalicelib.ledger.domain.entries import Draft, EntryKind, Part

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


def _allocations(books: Stored, in_file: Set[str]) -> Iterator[tuple[bool, str, int]]:
    """Whether an insurer paid it, our id of the charge, and how much."""
    for entry in books.entries:
        draft = entry.draft
        if draft.reference in in_file or books.undone(draft.kind, draft.reference):
            continue
        if draft.kind is EntryKind.PAYMENT:
            yield from ((False, charge_id, minor) for charge_id, minor in _applied(draft))
        elif draft.kind is EntryKind.INSURANCE_PAYMENT:
            found = books.get(draft.kind, draft.reference)
            if found is not None:
                yield True, found.charge_id, found.amount_minor


def _applied(draft: Draft) -> Iterator[tuple[str, int]]:
    for posting in draft.postings:
        if posting.book.name == Part.PAID and posting.book.charge_id:
            yield posting.book.charge_id, -posting.debit_minor
