"""Corrections: an entry undone by another one, and credit that moves between two accounts. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from chalicelib.kernel.errors import Refused
from chalicelib.kernel.money import positive
from chalicelib.ledger.domain.allocation import Share
from chalicelib.ledger.domain.drafts import opened_again, with_credit_applied
from chalicelib.ledger.domain.entries import (
    CREDIT,
    INSURER,
    TRANSFERS,
    Book,
    Draft,
    Entry,
    EntryKind,
    OpenItem,
    Part,
    Posting,
    client,
    credit,
    debit,
    held_by,
)
from chalicelib.ledger.domain.ledger import Ledger, explain
from chalicelib.ledger.domain.payments import Event, Payment, advance

_PARTS = frozenset(part.value for part in Part)

# What a processor did is its truth: the ledger follows it, and undoes only what it undid.
_REFUSED = {
    EntryKind.REVERSAL: "reversal_of_reversal",
    EntryKind.CREDIT_TRANSFER: "reversal_of_transfer",
    EntryKind.GUEST_PAYMENT: "reversal_of_transfer",
    EntryKind.GUEST_PAYMENT_BACK: "reversal_of_transfer",
    EntryKind.FACTS_CORRECTED: "reversal_of_facts",
    EntryKind.PROCESSOR_FEE: "reversal_at_processor",
    EntryKind.REFUND_FAILURE: "reversal_at_processor",
    EntryKind.DISPUTE_WITHDRAWN: "reversal_at_processor",
    EntryKind.DISPUTE_REINSTATED: "reversal_at_processor",
    EntryKind.DISPUTE_DECIDED: "reversal_at_processor",
}


def reversal(
    ledger: Ledger,
    entry: Entry,
    items: Mapping[str, OpenItem],
    *,
    paid: Sequence[Share] = (),
    insurer_minor: int = 0,
    on: str,
) -> Draft:
    """The entry's postings with their sides swapped, after which it is as if it had never been.

    `items` are the charges that it names, and those of `paid`, as they stand; `paid` is what is paid of the
    account's charges, newest first; `insurer_minor` is, for a charge, what its insurer is expected to pay.
    Errors: as `check_reversible`; and entry_in_use, where
    something later rests on it (its charge was paid or corrected, its money given back or moved away).
    """
    check_reversible(entry)
    named = sorted(charges_of(entry))
    if entry.draft.kind is EntryKind.SERVICE:
        taken_back = tuple(replace(items[id_], free=False) for id_ in named)
        return Draft(EntryKind.REVERSAL, on, (), taken_back, entry.draft.reference, reverses=entry.seq)
    postings = _made_up_for(ledger, swapped(entry.draft.postings), items, named, paid)
    left = [explain(item, postings) for item in items.values()]
    charged = entry.draft.kind is EntryKind.CHARGE
    insured = charged and insurer_minor + _net(postings, INSURER)
    spent = ledger.credit_minor < _net(postings, CREDIT.name)
    if spent or not all(_sound(item) and not (item.reversed and insured) for item in left):
        raise Refused("entry_in_use", seq=entry.seq)
    touched = {p.book.charge_id for p in postings}
    draft = Draft(
        EntryKind.REVERSAL,
        on,
        postings,
        opened_again(ledger, items, touched),
        entry.draft.reference,
        entry.draft.payment_id,
        entry.seq,
    )
    return with_credit_applied(ledger, draft)


def _made_up_for(
    ledger: Ledger,
    postings: tuple[Posting, ...],
    items: Mapping[str, OpenItem],
    named: Sequence[str],
    paid: Sequence[Share],
) -> tuple[Posting, ...]:
    """The postings, and those that move money to where they take it from: a client's money is one.

    What the client has then paid too much of a charge becomes credit. What the entry takes and is not there
    any more comes from credit, then from what is paid elsewhere, the newest first, then from its own charges.
    """
    left = {id_: explain(items[id_], postings) for id_ in named}
    moves = Counter[Book]()  # debits of each book
    for id_, item in left.items():
        # A charge that is taken back now must not be paid; one that was taken back before has nothing to pay.
        above_minor = item.paid_minor if items[id_].reversed else 0 if item.reversed else -item.owed_minor
        freed_minor = max(min(above_minor, item.paid_minor), 0)
        moves[client(Part.PAID, id_)] += freed_minor - max(-item.paid_minor, 0)
        moves[CREDIT] -= freed_minor - max(-item.paid_minor, 0)
    missing = _net(postings, CREDIT.name) + moves[CREDIT] - ledger.credit_minor
    own = [
        Share(id_, left[id_].paid_minor - moves[client(Part.PAID, id_)])
        for id_ in named
        if not left[id_].reversed
    ]
    for share in [*(share for share in paid if share.charge_id not in named), *own]:
        part = max(min(missing, share.amount_minor), 0)
        moves[client(Part.PAID, share.charge_id)] += part
        moves[CREDIT] -= part
        missing -= part
    if missing > 0:
        return postings
    rows = sorted((str(book), book, minor) for book, minor in moves.items() if minor)
    made = ((debit if minor > 0 else credit)(book, abs(minor), ledger.currency) for _, book, minor in rows)
    return (*postings, *made)


def check_reversible(entry: Entry) -> None:
    """Errors: reversal_of_reversal, reversal_of_transfer, reversal_of_facts, reversal_at_processor."""
    code = _REFUSED.get(entry.draft.kind)
    if code is not None:
        raise Refused(code, seq=entry.seq)


def payment_without(payment: Payment, entry: Entry, *, at: str) -> Payment:
    """The payment when the entry that credited it, or one that refunded it, is undone.

    Errors: reversal_at_processor (a card payment is refunded instead), entry_in_use (refunded in part).
    """
    if not payment.outside:
        raise Refused("reversal_at_processor", seq=entry.seq)
    if entry.draft.kind is EntryKind.REFUND:
        back_minor = _net(entry.draft.postings, held_by(payment.processor).name)
        refunded_minor = payment.refunded_minor + back_minor
        return replace(payment, refunded_minor=refunded_minor, updated_at=at, version=payment.version + 1)
    if payment.refunded_minor:
        raise Refused("entry_in_use", seq=entry.seq)
    return advance(payment, Event.REVERSED, at=at)


def credit_out(ledger: Ledger, amount_minor: int, *, on: str, reference: str, kept_minor: int = 0) -> Draft:
    """Unapplied credit that leaves for another account; refunds under way need `kept_minor` of it.

    Errors: amount_invalid, credit_overdrawn, credit_refunding.
    """
    if positive(amount_minor) > ledger.credit_minor:
        raise Refused("credit_overdrawn", "amount_minor", remainder_minor=ledger.credit_minor)
    free_minor = ledger.credit_minor - kept_minor
    if amount_minor > free_minor:
        raise Refused("credit_refunding", "amount_minor", remainder_minor=max(free_minor, 0))
    postings = (
        debit(CREDIT, amount_minor, ledger.currency),
        credit(TRANSFERS, amount_minor, ledger.currency),
    )
    return Draft(EntryKind.CREDIT_TRANSFER, on, postings, reference=reference)


def credit_in(ledger: Ledger, amount_minor: int, *, on: str, reference: str) -> Draft:
    """It arrives, and pays what is open there. Error: amount_invalid."""
    postings = (
        debit(TRANSFERS, amount_minor, ledger.currency),
        credit(CREDIT, amount_minor, ledger.currency),
    )
    draft = Draft(EntryKind.CREDIT_TRANSFER, on, postings, reference=reference)
    return with_credit_applied(ledger, draft)


def named_by(entry: Entry) -> set[str]:
    """The charges that it names; of some it may have changed only what an insurer owes."""
    return {p.book.charge_id for p in entry.draft.postings} - {""}


def charges_of(entry: Entry) -> set[str]:
    """The charges of which the entry changed what the client owes, or stated facts."""
    if not entry.draft.postings:
        return {item.charge_id for item in entry.draft.opens}
    return {p.book.charge_id for p in entry.draft.postings if p.book.name in _PARTS}


def swapped(postings: Iterable[Posting]) -> tuple[Posting, ...]:
    return tuple(
        (credit if p.debit_minor > 0 else debit)(p.book, p.money.amount_minor, p.money.currency)
        for p in postings
    )


def undoes(entry: Entry, original: Entry) -> bool:
    """Whether the entry is a right reversal of the other; what credit it applied besides is its own."""
    count = len(original.draft.postings)
    return (
        entry.draft.kind is EntryKind.REVERSAL
        and original.seq < entry.seq
        and original.draft.kind not in _REFUSED
        and entry.draft.postings[:count] == swapped(original.draft.postings)
        and bool(count) == bool(entry.draft.postings)
    )


def _sound(item: OpenItem) -> bool:
    """Whether a charge can stand so: nothing below nil, and nothing left of one that has no fee any more."""
    parts = (item.insurance_minor, item.paid_minor, item.owed_minor)
    if item.reversed:
        return not any((*parts, item.adjustments_minor))
    return min(parts) >= 0


def _net(postings: Iterable[Posting], book: str) -> int:
    """What was debited to the book, less what was credited (minor units)."""
    return sum(p.debit_minor for p in postings if p.book.name == book)
