"""Is an account what its entries say? Recomputes everything from them and trusts nothing stored. Pure."""

from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chalicelib.kernel.errors import BillfoldError
from chalicelib.ledger.domain import disputes, markers
from chalicelib.ledger.domain.accounts import Account, Reservation
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.closing import Closing, closings
from chalicelib.ledger.domain.corrections import undoes
from chalicelib.ledger.domain.entries import (
    DISPUTED,
    EXCESS,
    GENESIS,
    TRANSFERS,
    Book,
    Entry,
    EntryKind,
    OpenItem,
)
from chalicelib.ledger.domain.entry_text import digest
from chalicelib.ledger.domain.history import Sequel
from chalicelib.ledger.domain.ledger import Ledger, apply, explain
from chalicelib.ledger.domain.lookback import allocated
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.ledger.domain.refunds import Refund
from chalicelib.verification.domain import charge_rows, refund_rows, sequel_rows


@dataclass(frozen=True, slots=True)
class Finding:
    """The first bad item of an account: a stable code, and the entry, payment or charge it is about."""

    code: str
    account_id: str
    item: str


@dataclass(frozen=True, slots=True)
class Stored:
    """Every row of an account, of one version of it.

    `balance_minor` is what the account's row says beside its open items and credit; `charges` are by their
    rows' keys. `markers`, by key, are those found of the keys that `markers.expected` names.
    """

    account: Account
    balance_minor: int
    entries: Sequence[Entry]
    payments: Sequence[Payment]
    refunds: Sequence[Refund]
    charges: Mapping[str, Charge]
    markers: Mapping[str, Marker]
    sequels: Sequence[Sequel] = ()


def audit(stored: Stored) -> Iterator[Finding]:
    """Everything that is not as it must be, in the order it is found; nothing when all is well."""
    account, entries = stored.account, stored.entries
    yield from _chain(account, entries)
    closed = yield from _fold(stored)
    yield from _reservations(account, stored.payments)
    yield from _reversals(account, entries)
    yield from _payments(stored)
    for payment_id in refund_rows.differing(entries, stored.payments, stored.refunds):
        yield Finding("refund_differs", account.id, f"payment {payment_id}")
    for charge_id in charge_rows.differing(account.id, entries, stored.charges):
        yield Finding("charge_differs", account.id, f"charge {charge_id}")
    for seq in sequel_rows.differing(entries, stored.payments, closed, stored.sequels):
        yield Finding("sequel_differs", account.id, f"entry {seq}")
    for seq in markers.differing(account.id, entries, stored.markers):
        yield Finding("marker_differs", account.id, f"entry {seq}")


def _chain(account: Account, entries: Sequence[Entry]) -> Iterator[Finding]:
    prev_hash = GENESIS
    for seq, entry in enumerate(entries, start=1):
        item = f"entry {entry.seq}"
        if entry.seq != seq:
            yield Finding("entry_gap", account.id, f"entry {seq}")
            return
        if entry.prev_hash != prev_hash:
            yield Finding("chain_broken", account.id, item)
        if digest(entry.text) != entry.hash:
            yield Finding("entry_altered", account.id, item)
        prev_hash = entry.hash
    if account.ledger.head != prev_hash or account.ledger.seq != len(entries):
        yield Finding("head_differs", account.id, f"entry {len(entries)}")


def _fold(stored: Stored) -> Generator[Finding, None, Mapping[str, Closing]]:
    """Returns how each charge was closed that was closed, or opened again, otherwise than by payment."""
    account, closed = stored.account, dict[str, Closing]()
    ledger = Ledger(account.ledger.currency)
    items: dict[str, OpenItem] = {}
    for entry in stored.entries:
        for opened in entry.draft.opens:
            known = items.get(opened.charge_id)
            if known is not None and not _agree(known, opened, facts=not entry.draft.postings):
                yield Finding("reopened_item_differs", account.id, f"entry {entry.seq}")
            items[opened.charge_id] = opened
        for charge_id in {p.book.charge_id for p in entry.draft.postings} & items.keys():
            items[charge_id] = explain(items[charge_id], entry.draft.postings)
        try:
            before, ledger = ledger, apply(ledger, entry)
        except BillfoldError as error:
            yield Finding(error.code, account.id, f"entry {entry.seq}")
            return closed
        closed |= closings(before, entry.draft)
    if dict(ledger.open) != dict(account.ledger.open):
        yield Finding("open_items_differ", account.id, "account")
    if ledger.credit_minor != account.ledger.credit_minor:
        yield Finding("credit_differs", account.id, "account")
    if ledger.credit_minor and ledger.open:
        yield Finding("credit_not_applied", account.id, "account")
    if ledger.balance_minor != stored.balance_minor:
        yield Finding("balance_differs", account.id, "account")
    return closed


def _agree(known: OpenItem, opened: OpenItem, *, facts: bool) -> bool:
    """Whether the item is opened again as it stood; `facts`: those may be others, the amounts not."""
    if facts:
        known = replace(
            known, service=opened.service, clinician_id=opened.clinician_id, free=known.free and opened.free
        )
    return replace(known, since=opened.since) == opened


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


def _payments(stored: Stored) -> Iterator[Finding]:
    own = _by_payment(stored.entries)
    for payment in stored.payments:
        yield from _payment(stored.account, own[payment.id], payment)
    named = {entry.draft.payment_id for entry in stored.entries} - {""}
    for payment_id in sorted(named - {payment.id for payment in stored.payments}):
        yield Finding("payment_missing", stored.account.id, f"payment {payment_id}")


def _by_payment(entries: Sequence[Entry]) -> defaultdict[str, list[Entry]]:
    """Each payment's entries that were not undone: gathered once, for a long account has many payments."""
    undone = {entry.draft.reverses for entry in entries}
    own = defaultdict[str, list[Entry]](list)
    for entry in entries:
        if entry.seq not in undone:
            own[entry.draft.payment_id].append(entry)
    return own


def _payment(account: Account, own: Sequence[Entry], payment: Payment) -> Iterator[Finding]:
    item = f"payment {payment.id}"
    credited = [entry for entry in own if entry.draft.kind is EntryKind.PAYMENT]
    if len(credited) != (1 if payment.state is State.SUCCEEDED else 0):
        yield Finding("payment_credited_wrongly", account.id, item)
        return
    if credited and (credited[0].seq != payment.entry_seq or credited[0].held_minor != payment.amount_minor):
        yield Finding("payment_amount_differs", account.id, item)
    if not _as_allocated(payment, credited):
        yield Finding("allocation_differs", account.id, item)
    refunded = -sum(entry.held_minor for entry in own if entry.draft.kind in _REFUNDS)
    if refunded != payment.refunded_minor:
        yield Finding("refunds_differ", account.id, item)
    if disputes.fold(own) != payment.disputes:
        yield Finding("disputes_differ", account.id, item)
    yield from _aftermath(account, own, payment)


def _aftermath(account: Account, own: Sequence[Entry], payment: Payment) -> Iterator[Finding]:
    """Whether what the payment says was charged to it, and what was not, is what the books have."""
    disputed, excess = _net(own, DISPUTED), _net(own, EXCESS)
    if (disputed, excess) != (payment.disputed_minor, payment.excess_minor):
        yield Finding("dispute_books_differ", account.id, f"payment {payment.id}")
    gone = -sum(entry.held_minor for entry in own if entry.draft.kind in _AFTERMATH)
    charge_rows = gone - excess  # refunds, and of disputes what is not beyond the payment
    if not 0 <= charge_rows <= payment.amount_minor or min(disputed, excess) < 0:
        yield Finding("taken_back_above_payment", account.id, f"payment {payment.id}")


def _as_allocated(payment: Payment, credited: Sequence[Entry]) -> bool:
    """Whether it pays what its entry does; until there is one, whether its parts come to its amount."""
    if not credited:
        return payment.allocation.total_minor == payment.amount_minor
    return payment.allocation == allocated(credited[0])


_REFUNDS = (EntryKind.REFUND, EntryKind.REFUND_FAILURE)
_AFTERMATH = (*_REFUNDS, *disputes.MOVING)


def _net(entries: Iterable[Entry], book: Book) -> int:
    """What the entries debited to the book, less what they credited (minor units)."""
    return sum(p.debit_minor for entry in entries for p in entry.draft.postings if p.book == book)
