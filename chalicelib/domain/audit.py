"""Is an account what its entries say? Recomputes everything from them and trusts nothing stored. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chalicelib.domain.accounts import Account, Reservation
from chalicelib.domain.correcting import undoes
from chalicelib.domain.entries import DISPUTED, GENESIS, TRANSFERS, Entry, EntryKind, OpenItem, digest
from chalicelib.domain.errors import BillfoldError
from chalicelib.domain.ledger import Ledger, apply, explain
from chalicelib.domain.payments import Payment, State


@dataclass(frozen=True, slots=True)
class Finding:
    """The first bad item of an account: a stable code, and the entry, payment or charge it is about."""

    code: str
    account_id: str
    item: str


def audit(account: Account, entries: Sequence[Entry], payments: Iterable[Payment]) -> Iterator[Finding]:
    """Everything that is not as it must be, in the order it is found; nothing when all is well."""
    yield from _chain(account, entries)
    yield from _fold(account, entries)
    paid = list(payments)
    yield from _reservations(account, paid)
    yield from _reversals(account, entries)
    for payment in paid:
        yield from _payment(account, entries, payment)


def _chain(account: Account, entries: Sequence[Entry]) -> Iterator[Finding]:
    prev_hash = GENESIS
    for seq, entry in enumerate(entries, start=1):
        item = f"entry {entry.seq}"
        if entry.seq != seq:
            yield Finding("entry_gap", account.id, f"entry {seq}")
            return
        if entry.prev_hash != prev_hash:
            yield Finding("chain_broken", account.id, item)
        if digest(entry) != entry.hash:
            yield Finding("entry_altered", account.id, item)
        prev_hash = entry.hash
    if account.ledger.head != prev_hash or account.ledger.seq != len(entries):
        yield Finding("head_differs", account.id, f"entry {len(entries)}")


def _fold(account: Account, entries: Sequence[Entry]) -> Iterator[Finding]:
    ledger = Ledger(account.ledger.currency)
    items: dict[str, OpenItem] = {}
    for entry in entries:
        for opened in entry.draft.opens:
            known = items.get(opened.charge_id)
            if known is not None and _amounts(known) != _amounts(opened):
                yield Finding("reopened_item_differs", account.id, f"entry {entry.seq}")
            items[opened.charge_id] = opened
        for charge_id in {p.book.charge_id for p in entry.draft.postings} & items.keys():
            items[charge_id] = explain(items[charge_id], entry.draft.postings)
        try:
            ledger = apply(ledger, entry)
        except BillfoldError as error:
            yield Finding(error.code, account.id, f"entry {entry.seq}")
            return
    if dict(ledger.open) != dict(account.ledger.open):
        yield Finding("open_items_differ", account.id, "account")
    if ledger.credit_minor != account.ledger.credit_minor:
        yield Finding("credit_differs", account.id, "account")
    if ledger.credit_minor and ledger.open:
        yield Finding("credit_not_applied", account.id, "account")


def _reservations(account: Account, payments: Iterable[Payment]) -> Iterator[Finding]:
    live = {payment.id: payment for payment in payments if payment.live}
    for payment_id in sorted(account.reserved.keys() ^ live.keys()):
        yield Finding("reservation_differs", account.id, f"payment {payment_id}")
    for payment_id, held in account.reserved.items():
        if payment_id in live and held != Reservation.of(live[payment_id]):
            yield Finding("reservation_differs", account.id, f"payment {payment_id}")


def _reversals(account: Account, entries: Sequence[Entry]) -> Iterator[Finding]:
    known, undone = {entry.seq: entry for entry in entries}, set[int | None]()
    for entry in entries:
        seq = entry.draft.reverses
        if seq is None and entry.draft.kind is not EntryKind.REVERSAL:
            continue
        original = known.get(seq) if seq is not None and seq not in undone else None
        if original is None or not undoes(entry, original):
            yield Finding("reversal_differs", account.id, f"entry {entry.seq}")
        undone.add(seq)


def credit_moved(entries: Iterable[Entry]) -> Counter[str]:
    """What came by each transfer of credit (minor units, negative: went), by the transfer's reference."""
    moved = Counter[str]()
    for entry in entries:
        for posting in (p for p in entry.draft.postings if p.book == TRANSFERS):
            moved[entry.draft.reference] += posting.debit_minor
    return moved


def _payment(account: Account, entries: Sequence[Entry], payment: Payment) -> Iterator[Finding]:
    item = f"payment {payment.id}"
    undone = {entry.draft.reverses for entry in entries}
    own = [e for e in entries if e.draft.payment_id == payment.id and e.seq not in undone]
    credited = [entry for entry in own if entry.draft.kind is EntryKind.PAYMENT]
    if len(credited) != (1 if payment.state is State.SUCCEEDED else 0):
        yield Finding("payment_credited_wrongly", account.id, item)
        return
    if credited and (credited[0].seq != payment.entry_seq or _held(credited[0]) != payment.amount_minor):
        yield Finding("payment_amount_differs", account.id, item)
    refunded = -sum(_held(entry) for entry in own if entry.draft.kind in _REFUNDS)
    if refunded != payment.refunded_minor:
        yield Finding("refunds_differ", account.id, item)
    lost = -_disputed(entry for entry in own if entry.draft.kind is EntryKind.DISPUTE_LOST)
    if (_disputed(own), lost) != (payment.disputed_minor, payment.lost_minor):
        yield Finding("disputes_differ", account.id, item)
    if payment.remainder_minor < 0:
        yield Finding("taken_back_above_payment", account.id, item)


_REFUNDS = (EntryKind.REFUND, EntryKind.REFUND_FAILURE)


def _held(entry: Entry) -> int:
    """What the entry added to the money held by processors (minor units)."""
    return sum(p.debit_minor for p in entry.draft.postings if p.book.name.startswith("processor:"))


def _disputed(entries: Iterable[Entry]) -> int:
    """What the entries added to the money that banks hold back (minor units)."""
    return sum(p.debit_minor for entry in entries for p in entry.draft.postings if p.book == DISPUTED)


def _amounts(item: OpenItem) -> tuple[int, ...]:
    return (item.fee_minor, item.insurance_minor, item.adjustments_minor, item.paid_minor)
