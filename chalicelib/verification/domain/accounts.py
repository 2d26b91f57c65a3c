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
from chalicelib.verification.domain.findings import Finding, found_hash

REFUNDS = (EntryKind.REFUND, EntryKind.REFUND_FAILURE)
_AFTERMATH = (*REFUNDS, *disputes.MOVING)
_OF_VERSION = " (version "  # in the name of an unreadable row that a later version wrote


@dataclass(frozen=True, slots=True)
class Stored:
    """Every row of an account, of one version of it.

    `balance_minor` is what the account's row says beside its open items and credit; `charges` are by their
    rows' keys. `markers`, by key, are those found of the keys that `markers.expected` names. `unreadable`
    are the rows that were edited until they are none, or that another version wrote.
    """

    account: Account
    balance_minor: int
    entries: Sequence[Entry]
    payments: Sequence[Payment]
    refunds: Sequence[Refund]
    charges: Mapping[str, Charge]
    markers: Mapping[str, Marker]
    sequels: Sequence[Sequel] = ()
    unreadable: Sequence[str] = ()


def audit(stored: Stored) -> Iterator[Finding]:
    """Everything that is not as it must be, in the order it is found; nothing when all is well."""
    for item in stored.unreadable:
        yield Finding("row_unreadable", stored.account.id, item)
    named = {readable_name(item) for item in stored.unreadable}
    yield from (finding for finding in _audit(stored) if finding.item not in named)


def readable_name(item: str) -> str:
    """What an unreadable row would be called, could it be read."""
    return item.partition(_OF_VERSION)[0]


def written_later(item: str) -> bool:
    """Whether a later version wrote the unreadable row."""
    return _OF_VERSION in item


def _audit(stored: Stored) -> Iterator[Finding]:
    account, entries = stored.account, stored.entries
    yield from chain(account.id, entries)
    yield from _head(account, entries)
    closed = yield from _fold(stored)
    yield from _reservations(account, stored.payments)
    yield from _reversals(account, entries)
    yield from _payments(stored)
    yield from _rows(stored, closed)


def _rows(stored: Stored, closed: Mapping[str, Closing]) -> Iterator[Finding]:
    """Rows that are gone have nothing to be told apart by but their names."""
    account_id, entries = stored.account.id, stored.entries
    for payment_id in refund_rows.differing(entries, stored.payments, stored.refunds):
        rows = [refund_rows.said(row) for row in stored.refunds if row.payment_id == payment_id]
        yield Finding("refund_differs", account_id, f"payment {payment_id}", found_hash(*rows))
    for charge_id in charge_rows.differing(account_id, entries, stored.charges):
        row = stored.charges.get(charge_id)
        found = found_hash(charge_rows.said(row)) if row else ""
        yield Finding("charge_differs", account_id, f"charge {charge_id}", found)
    for seq in sequel_rows.differing(entries, stored.payments, closed, stored.sequels):
        shown = [repr(sequel) for sequel in stored.sequels if sequel.seq == seq]
        yield Finding("sequel_differs", account_id, f"entry {seq}", found_hash(*shown))
    for marker in markers.wanting(account_id, entries, stored.markers):
        there = stored.markers.get(marker.key)
        found = found_hash(there.account_id, there.payment_id, there.entry_seq, there.at) if there else ""
        yield Finding("marker_differs", account_id, f"entry {marker.entry_seq}", found)


def chain(
    account_id: str, entries: Sequence[Entry], *, after: tuple[int, str] = (0, GENESIS)
) -> Iterator[Finding]:
    """Whether the entries are those that were numbered and chained, up to the last there is. `after`: the
    number and the hash of the one before them."""
    seq_before, prev_hash = after
    for seq, entry in enumerate(entries, start=seq_before + 1):
        item = f"entry {entry.seq}"
        if entry.seq != seq:
            yield Finding("entry_gap", account_id, f"entry {seq}")
            return
        if entry.prev_hash != prev_hash:
            yield Finding("chain_broken", account_id, item, found_hash(entry.prev_hash))
        if digest(entry.text) != entry.hash:
            yield Finding("entry_altered", account_id, item, found_hash(entry.text, entry.hash))
        prev_hash = entry.hash


def _head(account: Account, entries: Sequence[Entry]) -> Iterator[Finding]:
    ends_at = len(entries), entries[-1].hash if entries else GENESIS
    if (account.ledger.seq, account.ledger.head) != ends_at:
        found = found_hash(account.ledger.seq, account.ledger.head)
        yield Finding("head_differs", account.id, f"entry {len(entries)}", found)


def _fold(stored: Stored) -> Generator[Finding, None, Mapping[str, Closing]]:
    """Returns how each charge was closed that was closed, or opened again, otherwise than by payment."""
    account, closed = stored.account, dict[str, Closing]()
    ledger = Ledger(account.ledger.currency)
    items: dict[str, OpenItem] = {}
    for entry in stored.entries:
        for opened in entry.draft.opens:
            known = items.get(opened.charge_id)
            if known is not None and not _agree(known, opened, facts=not entry.draft.postings):
                yield Finding(
                    "reopened_item_differs", account.id, f"entry {entry.seq}", found_hash(entry.hash)
                )
            items[opened.charge_id] = opened
        for charge_id in {p.book.charge_id for p in entry.draft.postings} & items.keys():
            items[charge_id] = explain(items[charge_id], entry.draft.postings)
        try:
            before, ledger = ledger, apply(ledger, entry)
        except BillfoldError as error:
            yield Finding(error.code, account.id, f"entry {entry.seq}", found_hash(entry.hash))
            return closed
        closed |= closings(before, entry.draft)
    yield from _sums(stored, ledger)
    return closed


def _sums(stored: Stored, ledger: Ledger) -> Iterator[Finding]:
    """By how much the account's row is off: that stays the same while more is posted."""
    account_id, kept = stored.account.id, stored.account.ledger
    if dict(ledger.open) != dict(kept.open):
        ids = sorted({*kept.open, *ledger.open})
        off = [(id_, by) for id_ in ids if (by := _off(kept.open.get(id_), ledger.open.get(id_)))]
        yield Finding("open_items_differ", account_id, "account", found_hash(*off))
    if ledger.credit_minor != kept.credit_minor:
        off_minor = kept.credit_minor - ledger.credit_minor
        yield Finding("credit_differs", account_id, "account", found_hash(off_minor))
    if ledger.credit_minor and ledger.open:
        yield Finding("credit_not_applied", account_id, "account")
    if ledger.balance_minor != stored.balance_minor:
        off_minor = stored.balance_minor - ledger.balance_minor
        yield Finding("balance_differs", account_id, "account", found_hash(off_minor))


def _off(kept: OpenItem | None, right: OpenItem | None) -> tuple[object, ...]:
    """What the kept item says otherwise: by how much, and whatever else it is called."""
    if kept == right:
        return ()
    owed_minor = (kept.owed_minor if kept else 0) - (right.owed_minor if right else 0)
    return (owed_minor,) if owed_minor or not kept else (0, repr(kept))


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
        held = account.reserved.get(payment_id)
        yield Finding("reservation_differs", account.id, f"payment {payment_id}", _held_hash(held))
    for payment_id, held in account.reserved.items():
        if payment_id in live and held != Reservation.of(live[payment_id]):
            yield Finding("reservation_differs", account.id, f"payment {payment_id}", _held_hash(held))


def _held_hash(held: Reservation | None) -> str:
    return found_hash(sorted(held.shares.items()), held.firm) if held else ""


def _reversals(account: Account, entries: Sequence[Entry]) -> Iterator[Finding]:
    known, undone = {entry.seq: entry for entry in entries}, set[int | None]()
    for entry in entries:
        seq = entry.draft.reverses
        if seq is None and entry.draft.kind is not EntryKind.REVERSAL:
            continue
        original = known.get(seq) if seq is not None and seq not in undone else None
        if original is None or not undoes(entry, original):
            yield Finding("reversal_differs", account.id, f"entry {entry.seq}", found_hash(entry.hash))
        undone.add(seq)


def credit_moved(entries: Iterable[Entry]) -> Counter[str]:
    """What came by each transfer of credit (minor units, negative: went), by the transfer's reference."""
    moved = Counter[str]()
    for entry in entries:
        for posting in (p for p in entry.draft.postings if p.book == TRANSFERS):
            moved[entry.draft.reference] += posting.debit_minor
    return moved


def _payments(stored: Stored) -> Iterator[Finding]:
    own = by_payment(stored.entries)
    for payment in stored.payments:
        yield from payment_findings(stored.account, own[payment.id], payment)
    named = {entry.draft.payment_id for entry in stored.entries} - {""}
    missing = named - {payment.id for payment in stored.payments}
    for payment_id in sorted(missing):
        yield Finding("payment_missing", stored.account.id, f"payment {payment_id}")
    disputed = {payment.id for payment in stored.payments if payment.disputed_minor}
    for payment_id in sorted((stored.account.disputed ^ disputed) - missing):
        found = found_hash(payment_id in stored.account.disputed)
        yield Finding("disputed_payment_differs", stored.account.id, f"payment {payment_id}", found)


def by_payment(entries: Sequence[Entry]) -> defaultdict[str, list[Entry]]:
    """Each payment's entries that were not undone: gathered once, for a long account has many payments."""
    undone = {entry.draft.reverses for entry in entries}
    own = defaultdict[str, list[Entry]](list)
    for entry in entries:
        if entry.seq not in undone:
            own[entry.draft.payment_id].append(entry)
    return own


def payment_findings(account: Account, own: Sequence[Entry], payment: Payment) -> Iterator[Finding]:
    """`own`: all its entries that were not undone."""

    def found(code: str, *told: object) -> Finding:
        return Finding(code, account.id, f"payment {payment.id}", found_hash(*told))

    credited = [entry for entry in own if entry.draft.kind is EntryKind.PAYMENT]
    if len(credited) != (1 if payment.state is State.SUCCEEDED else 0):
        yield found("payment_credited_wrongly", payment.state.value, len(credited))
        return
    if credited and (credited[0].seq != payment.entry_seq or credited[0].held_minor != payment.amount_minor):
        yield found("payment_amount_differs", payment.entry_seq, payment.amount_minor)
    if not _as_allocated(payment, credited):
        yield found("allocation_differs", payment.allocation)
    refunded = -sum(entry.held_minor for entry in own if entry.draft.kind in REFUNDS)
    if refunded != payment.refunded_minor:
        yield found("refunds_differ", payment.refunded_minor - refunded)
    if disputes.fold(own) != payment.disputes:
        yield found("disputes_differ", payment.disputes)
    if -_net(own, TRANSFERS) != (payment.brought_minor if payment.matched_to else 0):
        yield found("match_differs", payment.matched_to, _net(own, TRANSFERS))
    yield from _aftermath(account, own, payment)


def _aftermath(account: Account, own: Sequence[Entry], payment: Payment) -> Iterator[Finding]:
    """Whether what the payment says was charged to it, and what was not, is what the books have."""
    disputed, excess = _net(own, DISPUTED), _net(own, EXCESS)
    if (disputed, excess) != (payment.disputed_minor, payment.excess_minor):
        off = found_hash(payment.disputed_minor - disputed, payment.excess_minor - excess)
        yield Finding("dispute_books_differ", account.id, f"payment {payment.id}", off)
    gone = -sum(entry.held_minor for entry in own if entry.draft.kind in _AFTERMATH)
    charged = gone - excess  # refunds, and of disputes what is not beyond the payment
    if not 0 <= charged <= payment.amount_minor or min(disputed, excess) < 0:
        found = found_hash(charged, disputed, excess)
        yield Finding("taken_back_above_payment", account.id, f"payment {payment.id}", found)


def _as_allocated(payment: Payment, credited: Sequence[Entry]) -> bool:
    """Whether it pays what its entry does; until there is one, whether its parts come to its amount."""
    if not credited:
        return payment.allocation.total_minor == payment.amount_minor
    return payment.allocation == allocated(credited[0])


def _net(entries: Iterable[Entry], book: Book) -> int:
    """What the entries debited to the book, less what they credited (minor units)."""
    return sum(p.debit_minor for entry in entries for p in entry.draft.postings if p.book == book)
