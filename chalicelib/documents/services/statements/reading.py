"""Entries by their numbers, in as few reads as a statement takes."""

from chalicelib.documents.domain.spans import Spans, numbers, spans
from chalicelib.ledger.domain.entries import Entry
from chalicelib.ledger.ports.ledgers import Ledgers

_GAP = 50  # reading so many more costs less than another read


def entries_of(ledgers: Ledgers, practice: str, account_id: str, covered: Spans) -> list[Entry]:
    """In the order of their numbers. Error: Unreadable."""
    wanted = set(numbers(covered))
    return [
        entry
        for span in spans(wanted, gap=_GAP)
        for entry in ledgers.entries(practice, account_id, first=span.first, last=span.last)
        if entry.seq in wanted
    ]
