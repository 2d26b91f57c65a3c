"""The ledger as a table for spreadsheets: a row a posting, one without amounts for what has none, opaque ids,
no names. Pure."""

import csv
import io
from collections.abc import Iterable, Iterator

from chalicelib.kernel.money import decimal_text
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.effects import about
from chalicelib.ledger.domain.entries import Entry, Posting, Side

COLUMNS = (
    "account", "entry", "date", "recorded_at", "kind", "book", "charge", "debit", "credit", "currency",
    "payment", "reference", "reverses", "actor", "hash",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export(accounts: Iterable[tuple[Account, list[Entry]]]) -> Iterator[str]:
    """Lines without their ends, the names of the columns first."""
    yield _line(COLUMNS)
    for account, entries in accounts:
        for entry in entries:
            for posting in entry.draft.postings or (None,):
                yield _line(_cells(account, entry, posting))


def inert(cell: str) -> str:
    """A text that no spreadsheet takes for a formula: staff and other programs choose references."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _cells(account: Account, entry: Entry, posting: Posting | None) -> Iterable[str]:
    draft = entry.draft
    reverses = "" if draft.reverses is None else str(draft.reverses)
    return (
        account.id, str(entry.seq), draft.occurred_on, entry.recorded_at, draft.kind.value,
        *(_moved(posting) if posting else ("", about(draft), "", "", account.ledger.currency)),
        draft.payment_id, draft.reference, reverses, entry.actor, entry.hash,
    )  # fmt: skip


def _moved(posting: Posting) -> tuple[str, str, str, str, str]:
    amount = decimal_text(posting.money)
    debit, credit = (amount, "") if posting.side is Side.DEBIT else ("", amount)
    return posting.book.name, posting.book.charge_id, debit, credit, posting.money.currency


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow([inert(cell) for cell in cells])
    return text.getvalue()
