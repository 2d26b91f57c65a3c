"""An account's rows as its entries have them: what may be written where they are damaged. Pure.

What entries do not hold stays as it stands: codes and place of a charge, how a payment was made, what was
asked for and mailed. Of rows that are gone only what entries hold comes back.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from chalicelib.ledger.domain import disputes
from chalicelib.ledger.domain.accounts import Reservation
from chalicelib.ledger.domain.closing import Closing, closings
from chalicelib.ledger.domain.entries import GENESIS, Entry, EntryKind, Service
from chalicelib.ledger.domain.guest_money import moved_minor
from chalicelib.ledger.domain.history import Sequel
from chalicelib.ledger.domain.ledger import Ledger, apply
from chalicelib.ledger.domain.lookback import allocated
from chalicelib.ledger.domain.markers import RECEIPT_DUE, Marker, expected, held_at
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.verification.domain import charge_rows, refund_rows, sequel_rows
from chalicelib.verification.domain.accounts import REFUNDS, Stored, by_payment, readable_name, written_later
from chalicelib.verification.domain.anchors import Head


def rebuilt(stored: Stored, *, foreign: Collection[str] = ()) -> Stored:
    """The same with every row that its entries can tell; the entries must be sound.

    `foreign`: keys of markers that are another account's by right. What a later version wrote stays.
    """
    ledger, closed = _folded(stored)
    payments = [_payment(payment, own, stored) for payment, own in _own(stored)]
    refunds = [*refund_rows.rebuilt(stored.entries, stored.refunds)]
    payments = [refund_rows.counted(payment, refunds) for payment in payments]
    later = {readable_name(item) for item in stored.unreadable if written_later(item)}
    rows = charge_rows.rebuilt(stored.account.id, stored.entries, stored.charges)
    charges = {charge.id: charge for charge in rows if f"charge {charge.id}" not in later}
    account = replace(
        stored.account,
        ledger=ledger,
        reserved=_reserved(stored, payments),
        disputed=_disputed(stored, payments),
    )
    return replace(
        stored,
        account=account,
        balance_minor=ledger.balance_minor,
        payments=payments,
        refunds=refunds,
        charges={**stored.charges, **charges},
        sequels=[q for q in _sequels(stored, payments, closed) if f"sequel {q.seq}" not in later],
        markers={**stored.markers, **_markers(stored, payments, foreign)},
        unreadable=[item for item in stored.unreadable if not _comes_back(item, charges)],
    )


def lost_end(
    entries: Sequence[Entry], kept: Ledger | None, anchored: Head | None, marked: Collection[int]
) -> str:
    """The entry with which the chain cannot be shown to end where it did; "" where it can.

    A chain without its last entries is sound in itself. So the account's row (`kept`), the latest anchor, or
    the marker that is committed with an entry has to vouch for the end. `marked`: entries that have theirs.
    """
    count = len(entries)
    vouched = anchored.seq if anchored else 0
    if anchored and _hash_at(entries, vouched) != anchored.hash:
        return f"entry {min(vouched, count + 1)}"
    if kept and kept.head == _hash_at(entries, count):
        return ""
    if kept and kept.seq > count:
        return f"entry {count + 1}"
    if kept and kept.head == _hash_at(entries, kept.seq):
        vouched = max(vouched, kept.seq)
    elif kept and vouched < count:
        return f"entry {count}"
    return next((f"entry {seq}" for seq in range(vouched + 1, count + 1) if seq not in marked), "")


def named_beyond(stored: Stored) -> str:
    """An entry that a row names and that is not there, "" for none."""
    seqs = [payment.entry_seq for payment in stored.payments] + [row.entry_seq for row in stored.refunds]
    seqs += [charge.seq for charge in stored.charges.values()]
    last = max(seqs, default=0)
    return f"entry {last}" if last > len(stored.entries) else ""


def currency_of(entries: Iterable[Entry], default: str) -> str:
    """What the account is kept in, as its entries have it; an account may have none that moves money."""
    return next((p.money.currency for entry in entries for p in entry.draft.postings), default)


def _hash_at(entries: Sequence[Entry], seq: int) -> str:
    if not 0 < seq <= len(entries):
        return "" if seq else GENESIS
    return entries[seq - 1].hash


def _folded(stored: Stored) -> tuple[Ledger, Mapping[str, Closing]]:
    currency = currency_of(stored.entries, stored.account.ledger.currency)
    ledger, closed = Ledger(currency), dict[str, Closing]()
    for entry in stored.entries:
        before, ledger = ledger, apply(ledger, entry)
        closed |= closings(before, entry.draft)
    return ledger, closed


def _own(stored: Stored) -> Iterator[tuple[Payment, Sequence[Entry]]]:
    own = by_payment(stored.entries)
    for payment in stored.payments:
        yield payment, own[payment.id]


def _payment(payment: Payment, own: Sequence[Entry], stored: Stored) -> Payment:
    """What its own entry credited, and what was taken back since. One that was never credited stays."""
    credited = [entry for entry in own if entry.draft.kind is EntryKind.PAYMENT]
    if len(credited) != 1:
        return payment
    (entry,) = credited
    allocation = allocated(entry)
    paid = {share.charge_id for share in allocation.shares}
    services = {**_called(stored.entries, paid), **payment.services}
    return replace(
        payment,
        state=State.SUCCEEDED,
        processor=held_at(entry),
        # Of money that is not known to be this payment's, settling would say that it was paid twice.
        intent_id=payment.intent_id if payment.outside else entry.draft.reference,
        next_url="",
        client_secret="",
        date=entry.draft.occurred_on,
        amount_minor=entry.held_minor,
        entry_seq=entry.seq,
        allocation=allocation,
        services=services if allocation != payment.allocation else payment.services,
        refunded_minor=-sum(e.held_minor for e in own if e.draft.kind in REFUNDS),
        disputes=disputes.fold(own),
        matched_to=payment.matched_to if any(map(moved_minor, own)) else "",
    )


def _called(entries: Iterable[Entry], charge_ids: Collection[str]) -> dict[str, Service]:
    return {
        item.charge_id: item.called
        for entry in entries
        for item in entry.draft.opens
        if item.charge_id in charge_ids
    }


def _reserved(stored: Stored, payments: Iterable[Payment]) -> dict[str, Reservation]:
    """Of a payment that cannot be read, what was kept for it stays."""
    unread = {readable_name(item) for item in stored.unreadable}
    kept = {id_: held for id_, held in stored.account.reserved.items() if f"payment {id_}" in unread}
    return kept | {payment.id: Reservation.of(payment) for payment in payments if payment.live}


def _disputed(stored: Stored, payments: Iterable[Payment]) -> frozenset[str]:
    """As `_reserved`."""
    unread = {readable_name(item) for item in stored.unreadable}
    kept = {id_ for id_ in stored.account.disputed if f"payment {id_}" in unread}
    return frozenset(kept | {payment.id for payment in payments if payment.disputed_minor})


def _sequels(stored: Stored, payments: Sequence[Payment], closed: Mapping[str, Closing]) -> Iterator[Sequel]:
    """What lists are to show; and in place of what they must not show, a row that shows nothing."""
    shown = [sequel for sequel in stored.sequels if sequel.shown]
    right = sequel_rows.right(stored.entries, payments, closed, shown)
    for sequel in shown:
        if right.get(sequel.seq) != sequel:
            yield Sequel(sequel.seq, sequel.on)
    yield from right.values()


def _markers(stored: Stored, payments: Iterable[Payment], foreign: Collection[str]) -> dict[str, Marker]:
    """Those that two entries claim stay: the same was posted twice, and a person has to undo one."""
    wanted = list(expected(stored.account.id, stored.entries))
    claims = Counter(marker.key for marker in wanted)
    pending = {payment.entry_seq for payment in payments if payment.receipt_pending}
    found = dict[str, Marker]()
    for marker in wanted:
        there = stored.markers.get(marker.key)
        if claims[marker.key] > 1 or marker.key in foreign:
            continue
        due = RECEIPT_DUE if marker.entry_seq in pending else ""
        kept = (there.due, there.command) if there else (due, "")
        found[marker.key] = replace(marker, due=kept[0], command=kept[1])
    return found


def _comes_back(item: str, charges: Mapping[str, object]) -> bool:
    """Whether a row that cannot be read is put anew; never one that a later version wrote."""
    kind, _, name = item.partition(" ")
    return (kind == "sequel" and not written_later(item)) or (kind == "charge" and name in charges)
