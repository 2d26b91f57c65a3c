"""A new opening balance, where the books have entries of its day or before: it has them in it already."""

from chalicelib.importing.domain.problems import Problem
from chalicelib.importing.domain.rows import OpeningBalanceRow
from chalicelib.importing.services.stored import Stored
from chalicelib.kernel.actors import of_import
from chalicelib.kernel.money import Money, decimal_text
from chalicelib.ledger.domain.entries import CREDIT, Entry, EntryKind, Part

_OWED = frozenset(part.value for part in Part)


def beside_entries(row: OpeningBalanceRow, books: Stored, currency: str, import_id: str) -> Problem | None:
    """None where they come to nothing, or are those of `import_id` itself, which was broken off."""
    if not row.amount_minor or books.account is None:
        return None
    undone = {entry.draft.reverses for entry in books.entries}
    counted = [
        entry
        for entry in books.entries
        if entry.draft.occurred_on <= row.date
        and entry.actor != of_import(import_id)
        and entry.seq not in undone
        and entry.draft.kind not in (EntryKind.OPENING_BALANCE, EntryKind.REVERSAL)
    ]
    total = sum(map(_owed_minor, counted))
    if not total:
        return None
    amount, first = decimal_text(Money(total, currency)), min(entry.draft.occurred_on for entry in counted)
    return row.problem("amount", "balance_beside_entries", amount=amount, first=first, on=row.date)


def _owed_minor(entry: Entry) -> int:
    """By how much it raised what the client owes."""
    postings = entry.draft.postings
    return sum(p.debit_minor for p in postings if p.book.name in _OWED or p.book == CREDIT)
