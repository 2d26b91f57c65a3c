"""From what happened to balanced postings: one function per kind of entry. Pure.

Every function returns a draft in which credit has applied itself: after it, credit > 0 means
nothing is open. `items` holds charges that are closed now but named by the command, as they stand.
To a charge that was taken back nothing more is posted: charge_reversed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from chalicelib.kernel.errors import Invalid, Refused
from chalicelib.kernel.money import positive
from chalicelib.ledger.domain.allocation import Allocation, Share, allocate
from chalicelib.ledger.domain.entries import (
    ADJUSTMENTS,
    CREDIT,
    INCOME,
    OPENING,
    PROCESSOR_FEES,
    WRITE_OFFS,
    Book,
    Draft,
    EntryKind,
    OpenItem,
    Part,
    Posting,
    client,
    credit,
    debit,
    held_by,
    insurer,
)
from chalicelib.ledger.domain.ledger import Ledger, preview

Items = Mapping[str, OpenItem]


def charge(ledger: Ledger, item: OpenItem, *, client_minor: int, insurer_minor: int, reference: str) -> Draft:
    """A fee: the client's part is owed here, the insurer's is expected from them. One may be 0; with both the
    service is free, and the entry states it without postings."""
    if client_minor < 0 or insurer_minor < 0:
        raise Invalid("amount_invalid", "fee")
    currency, id_ = ledger.currency, item.charge_id
    if not client_minor + insurer_minor:
        free = replace(item, free=True)
        return Draft(EntryKind.SERVICE, item.service_on, (), (free,), reference)
    postings = [
        debit(client(Part.FEE, id_), client_minor + insurer_minor, currency),
        credit(INCOME, client_minor + insurer_minor, currency),
    ]
    if insurer_minor:
        postings += [debit(insurer(id_), insurer_minor, currency)]
        postings += [credit(client(Part.INSURANCE, id_), insurer_minor, currency)]
    return drafted(ledger, EntryKind.CHARGE, item.since, postings, (item,), reference=reference)


def opening_debt(ledger: Ledger, item: OpenItem, amount_minor: int, *, reference: str) -> Draft:
    """What a client owed when the practice moved to Billfold; an open item like any other."""
    postings = [
        debit(client(Part.FEE, item.charge_id), amount_minor, ledger.currency),
        credit(OPENING, amount_minor, ledger.currency),
    ]
    return drafted(ledger, EntryKind.OPENING_BALANCE, item.since, postings, (item,), reference=reference)


def opening_credit(ledger: Ledger, amount_minor: int, *, on: str, reference: str) -> Draft:
    """What the practice owed the client then."""
    postings = [debit(OPENING, amount_minor, ledger.currency), credit(CREDIT, amount_minor, ledger.currency)]
    return drafted(ledger, EntryKind.OPENING_BALANCE, on, postings, reference=reference)


def payment(
    ledger: Ledger, allocation: Allocation, *, processor: str, on: str, reference: str, payment_id: str
) -> Draft:
    """Money from the client, already captured or in hand; the allocation must add up to all of it."""
    postings = _received(allocation, held_by(processor), ledger.currency)
    return drafted(ledger, EntryKind.PAYMENT, on, postings, reference=reference, payment_id=payment_id)


def facts_corrected(
    item: OpenItem, *, service: str, clinician_id: str, on: str, reference: str, reason: str
) -> Draft:
    """The charge is of another service or clinician than was said, or its row has other codes. What is owed
    stays. Error: charge_reversed."""
    if item.reversed:
        raise Refused("charge_reversed", "charge_id", charge_id=item.charge_id)
    corrected = replace(item, service=service, clinician_id=clinician_id)
    return Draft(EntryKind.FACTS_CORRECTED, on, (), (corrected,), reference, reason=reason)


def adjustment(
    ledger: Ledger, item: OpenItem, amount_minor: int, *, on: str, reference: str, reason: str = ""
) -> Draft:
    """Lower (positive amount) or raise (negative) what the client owes for a charge.

    Lowered below what is already paid, the excess payment becomes credit. Error: adjustment_above_fee.
    """
    currency = ledger.currency
    book = client(Part.ADJUSTMENTS, charge_to_post_to(item))
    if amount_minor < 0:
        postings = [debit(book, -amount_minor, currency), credit(ADJUSTMENTS, -amount_minor, currency)]
    else:
        postings = [debit(ADJUSTMENTS, amount_minor, currency), credit(book, amount_minor, currency)]
        postings += freed(item, amount_minor - item.owed_minor, currency)
    opens = opened_if_closed(ledger, item)
    return drafted(ledger, EntryKind.ADJUSTMENT, on, postings, opens, reference=reference, reason=reason)


def write_off(
    ledger: Ledger, item: OpenItem, amount_minor: int, *, on: str, reference: str, reason: str = ""
) -> Draft:
    """The practice gives up part of what is owed. Error: write_off_above_owed."""
    charge_id = charge_to_post_to(item)
    if positive(amount_minor) > item.owed_minor:
        raise Refused("write_off_above_owed", "amount_minor", remainder_minor=item.owed_minor)
    postings = [
        debit(WRITE_OFFS, amount_minor, ledger.currency),
        credit(client(Part.ADJUSTMENTS, charge_id), amount_minor, ledger.currency),
    ]
    return drafted(ledger, EntryKind.WRITE_OFF, on, postings, reference=reference, reason=reason)


def processor_fee(
    ledger: Ledger, amount_minor: int, *, processor: str, on: str, reference: str, payment_id: str
) -> Draft:
    """The practice's expense (G8), below 0 one given back: the client's account does not change."""
    spent, held = PROCESSOR_FEES, held_by(processor)
    to, from_ = (spent, held) if amount_minor > 0 else (held, spent)
    postings = (
        debit(to, abs(amount_minor), ledger.currency),
        credit(from_, abs(amount_minor), ledger.currency),
    )
    return Draft(EntryKind.PROCESSOR_FEE, on, postings, reference=reference, payment_id=payment_id)


def drafted(
    ledger: Ledger, kind: EntryKind, on: str, postings: Iterable[Posting], opens: tuple[OpenItem, ...] = (),
    *, reference: str, payment_id: str = "", reason: str = "",
) -> Draft:  # fmt: skip
    draft = Draft(kind, on, tuple(postings), opens, reference, payment_id, reason=reason)
    return with_credit_applied(ledger, draft)


def with_credit_applied(ledger: Ledger, draft: Draft) -> Draft:
    """The draft, and postings by which credit that it leaves pays the oldest items. Errors: as `preview`."""
    after = preview(ledger, draft)
    if not (after.credit_minor and after.open):
        return draft
    applied = allocate(min(after.credit_minor, after.open_minor), after.open.values())
    return replace(draft, postings=draft.postings + credit_applied(applied.shares, ledger.currency))


def _received(allocation: Allocation, held: Book, currency: str) -> list[Posting]:
    """Money in: it pays the shares, the rest is credit."""
    postings = [debit(held, allocation.total_minor, currency)]
    postings += [credit(client(Part.PAID, s.charge_id), s.amount_minor, currency) for s in allocation.shares]
    if allocation.credit_minor:
        postings.append(credit(CREDIT, allocation.credit_minor, currency))
    return postings


def credit_applied(shares: tuple[Share, ...], currency: str) -> tuple[Posting, ...]:
    if not shares:
        return ()
    paid = tuple(credit(client(Part.PAID, s.charge_id), s.amount_minor, currency) for s in shares)
    return (debit(CREDIT, sum(s.amount_minor for s in shares), currency), *paid)


def freed(item: OpenItem, excess_minor: int, currency: str) -> list[Posting]:
    if excess_minor <= 0:
        return []
    if excess_minor > item.paid_minor:
        raise Refused("adjustment_above_fee", "amount_minor")
    return [
        debit(client(Part.PAID, item.charge_id), excess_minor, currency),
        credit(CREDIT, excess_minor, currency),
    ]


def charge_to_post_to(item: OpenItem) -> str:
    """The charge to post to. Errors: charge_reversed, charge_without_fee."""
    if item.free:
        raise Refused("charge_without_fee", "charge_id", charge_id=item.charge_id)
    if item.reversed:
        raise Refused("charge_reversed", "charge_id", charge_id=item.charge_id)
    return item.charge_id


def opened_if_closed(ledger: Ledger, item: OpenItem) -> tuple[OpenItem, ...]:
    return () if item.charge_id in ledger.open else (item,)


def opened_again(ledger: Ledger, items: Items, charge_ids: Iterable[str]) -> tuple[OpenItem, ...]:
    return tuple(items[id_] for id_ in sorted(set(charge_ids)) if id_ not in ledger.open and id_ in items)
