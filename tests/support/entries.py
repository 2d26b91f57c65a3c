"""Entries written in short."""

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.kernel.money import Money
from chalicelib.ledger.domain.after_capture import draft
from chalicelib.ledger.domain.allocation import Allocation
from chalicelib.ledger.domain.entries import GENESIS, Book, Draft, Entry, EntryKind, OpenItem, Posting, Side
from chalicelib.ledger.domain.entry_text import written
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.ledger.domain.payments import Payment, State

HELD = Book("processor:cash")


def refund(
    ledger: Ledger,
    taken: Allocation,
    items: Mapping[str, OpenItem],
    *,
    processor: str,
    on: str,
    reference: str,
    payment_id: str,
) -> Draft:
    """The entry of a refund that undoes just that of a payment as large."""
    before = Payment(
        payment_id, "maya", taken.total_minor, ledger.currency, taken, State.SUCCEEDED, processor, "external",
        "", on, "", "",
    )  # fmt: skip
    after = before.refunded(taken.total_minor)
    kind = EntryKind.REFUND
    return draft(ledger, kind, before, after, taken, items, on=on, reference=reference)


def entry(
    *rows: str, of: str = "", kind: EntryKind = EntryKind.PAYMENT, reference: str = "", opens: str = ""
) -> Entry:
    """An entry of a payment with rows like "C client:paid/c1 100"; money in hand makes up the difference."""
    postings = [posted(*row.split()) for row in rows]
    missing = -sum(p.debit_minor for p in postings)
    if missing:
        postings.append(Posting(HELD, Side.DEBIT if missing > 0 else Side.CREDIT, Money(abs(missing), "USD")))
    items = (OpenItem("c1", "ada", opens),) if opens else ()
    return Entry(1, Draft(kind, "2026-03-01", tuple(postings), items, reference, of), "", "", GENESIS)


def posted(side: str, book: str, amount: str) -> Posting:
    return Posting(Book.parse(book), Side(side), Money(int(amount), "USD"))


def edited(entry: Entry, **changes: object) -> Entry:
    """The entry when somebody has edited its row: another text, under the hash that stood there."""
    changed = replace(entry, **changes)  # type: ignore[arg-type]
    return replace(changed, text=written(changed))


def numbered(*entries: Entry) -> list[Entry]:
    return [replace(entry, seq=seq) for seq, entry in enumerate(entries, start=1)]
