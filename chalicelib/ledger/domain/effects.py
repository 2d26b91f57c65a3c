"""What an entry did to what a client owes, and to what insurers are expected to pay. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import takewhile

from chalicelib.ledger.domain.entries import (
    ADJUSTMENTS,
    CONTRACTUAL,
    CREDIT,
    DISPUTED,
    EXCESS,
    INCOME,
    INSURER,
    OPENING,
    OWED_TO_INSURERS,
    PROCESSOR_FEES,
    TRANSFERS,
    WRITE_OFFS,
    Draft,
    Entry,
    EntryKind,
    Part,
)

PARTS = frozenset(part.value for part in Part)
OWED = PARTS | {CREDIT.name}
"""The books that together are the client's balance."""
NOT_OWED = frozenset(
    {
        INSURER, OWED_TO_INSURERS, INCOME.name, OPENING.name, ADJUSTMENTS.name, CONTRACTUAL.name,
        WRITE_OFFS.name, PROCESSOR_FEES.name, DISPUTED.name, EXCESS.name, TRANSFERS.name,
    }
)  # fmt: skip
"""Every other book, but those of money that came in (`held_by`). A test holds both lists to entries.py, so
that a new book is thought of."""


def effect_minor(entry: Entry) -> int:
    """What the entry did to the client's balance: insurers' money is nil."""
    return sum(p.debit_minor for p in entry.draft.postings if p.book.name in OWED)


def credit_effect_minor(entry: Entry) -> int:
    """What of that it did to the client's credit: more credit is negative."""
    return sum(p.debit_minor for p in entry.draft.postings if p.book.name == CREDIT.name)


def disputed_effect_minor(entry: Entry) -> int:
    """What the entry did to the client's money that banks hold until they decide; nobody owes that."""
    return sum(p.debit_minor for p in entry.draft.postings if p.book == DISPUTED)


def pending_effect_minor(entry: Entry) -> int:
    """What the entry did to what insurers are expected to pay."""
    return sum(p.debit_minor for p in entry.draft.postings if p.book.name == INSURER)


def settled_minor(entry: Entry) -> int:
    """What an insurer settled with the entry, by paying or by contract; 0 for every other kind."""
    if entry.draft.kind not in (EntryKind.INSURANCE_PAYMENT, EntryKind.CONTRACTUAL_ADJUSTMENT):
        return 0
    return -pending_effect_minor(entry)


def by_charge(entries: Iterable[Entry]) -> Mapping[str, int]:
    """What the entries together did to what is owed for each charge (minor units)."""
    totals: Counter[str] = Counter()
    for entry in entries:
        for posting in entry.draft.postings:
            if posting.book.name in PARTS:
                totals[posting.book.charge_id] += posting.debit_minor
    return totals


def about(draft: Draft) -> str:
    """The charge that the entry is about, "" for none: the one rule for Account History and statements.

    Money of a payment that comes or goes back may touch many charges, so it is about none of them. What
    credit pays of its own accord stands behind the credit, and an entry is not about that either.
    """
    if not draft.postings:
        return next((item.charge_id for item in draft.opens), "")
    if draft.payment_id or draft.kind is EntryKind.PAYMENT:
        return ""
    own = takewhile(lambda posting: posting.book != CREDIT, draft.postings)
    return next((posting.book.charge_id for posting in own if posting.book.charge_id), "")
