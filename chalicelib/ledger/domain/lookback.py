"""What only the entries can answer: how a closed charge stands, and what a refund can undo. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from chalicelib.ledger.domain.allocation import Allocation, Share
from chalicelib.ledger.domain.disputes import subject
from chalicelib.ledger.domain.entries import (
    CREDIT,
    INSURER,
    Entry,
    EntryKind,
    OpenItem,
    Part,
    Side,
)
from chalicelib.ledger.domain.insurance import ANSWER_KINDS
from chalicelib.ledger.domain.ledger import explain


def item_from(entries: Iterable[Entry], charge_id: str) -> OpenItem | None:
    """The charge as the entries leave it, beginning with the one that posted it; None if none opens it."""
    return items_from(entries, {charge_id}).get(charge_id)


def items_from(entries: Iterable[Entry], charge_ids: Collection[str]) -> dict[str, OpenItem]:
    """The charges as the entries leave them, as `item_from`; those that none opens are left out."""
    items: dict[str, OpenItem] = {}
    for entry in entries:
        for opened in entry.draft.opens:
            if opened.charge_id in charge_ids:
                known = items.get(opened.charge_id)
                again = replace(known, since=opened.since) if known and entry.draft.postings else None
                items[opened.charge_id] = again or opened
        for charge_id in {posting.book.charge_id for posting in entry.draft.postings} & items.keys():
            items[charge_id] = explain(items[charge_id], entry.draft.postings)
    return items


@dataclass(frozen=True, slots=True)
class Standing:
    """How a charge stands (minor units), paid or not: what is expected of insurers, negative where they paid
    more; the client's part as insurers leave it (`client_minor`), and less what the practice took off it.
    """

    expected_minor: int
    client_minor: int
    open_minor: int


def standing(entries: Iterable[Entry], charge_id: str, *, besides: str) -> Standing:
    """As if the answer `besides` had never been; "" for none."""
    known = list(entries)
    own = {e.seq for e in known if besides and e.draft.reference == besides and e.draft.kind in ANSWER_KINDS}
    net = Counter[str]()  # what was debited to the charge's books
    for draft in (e.draft for e in known if e.seq not in own and e.draft.reverses not in own):
        for posting in draft.postings:
            if posting.book.charge_id == charge_id:
                net[posting.book.name] += posting.debit_minor
    client_minor = net[Part.FEE] + net[Part.INSURANCE]
    return Standing(net[INSURER], client_minor, client_minor + net[Part.ADJUSTMENTS])


def undoable(entries: Sequence[Entry], payment_id: str) -> list[Share]:
    """The allocations a refund of the payment may take back, newest first.

    `entries` run from the payment's own to the newest. Its money sits in its own allocation and, where
    part of it was credit, in the items that credit paid later; what refunds took back already is gone.
    """
    shares: list[Share] = []
    for entry in entries:
        if _is_payment(entry, payment_id) or _applies_credit(entry):
            shares += paid_by(entry)
        shares = without(shares, _taken_back(entry))
    return shares[::-1]


def undoable_elsewhere(entries: Sequence[Entry], own: Sequence[Share]) -> list[Share]:
    """What is paid besides `own`, newest first; `entries` are all there are.

    The client's money is one: when a refund took back what another payment had brought, that one's refund
    takes as much from here. Together with the credit it is never less than what is not yet refunded.
    """
    shares: list[Share] = []
    for entry in entries:
        shares = without(shares + paid_by(entry), _taken_back(entry))
    return without(shares, list(own))[::-1]


def _is_payment(entry: Entry, payment_id: str) -> bool:
    return entry.draft.payment_id == payment_id and entry.draft.kind in _BRINGING


_BRINGING = (
    EntryKind.PAYMENT,
    EntryKind.REFUND_FAILURE,
    EntryKind.REVERSAL,
    EntryKind.DISPUTE_REINSTATED,
    EntryKind.DISPUTE_DECIDED,
)


def _applies_credit(entry: Entry) -> bool:
    return any(p.book == CREDIT and p.side is Side.DEBIT for p in entry.draft.postings)


def allocated(entry: Entry) -> Allocation:
    """What a payment's own money paid: its postings, up to those by which credit then applied itself."""
    own = list(takewhile(lambda p: p.side is Side.CREDIT, entry.draft.postings[1:]))
    shares = (Share(p.book.charge_id, p.money.amount_minor) for p in own if p.book.name == Part.PAID)
    return Allocation(tuple(shares), sum(p.money.amount_minor for p in own if p.book == CREDIT))


def owed_again(entries: Iterable[Entry], payment_id: str) -> list[Share]:
    """What refunds and disputes of the payment opened and did not pay again, newest first."""
    of = (entry for entry in entries if entry.draft.payment_id == payment_id)
    return _opened(entry for entry in of if entry.draft.kind is not EntryKind.PAYMENT)


def matched_owed_again(entries: Iterable[Entry], reference: str) -> list[Share]:
    """As `owed_again`, in a client's account that has a guest's money: of what the entries about one refund
    or dispute took from it. `reference`: of one of them."""
    about, moves = subject(reference), (EntryKind.GUEST_PAYMENT, EntryKind.GUEST_PAYMENT_BACK)
    moved = (entry for entry in entries if entry.draft.kind in moves)
    return _opened(entry for entry in moved if subject(entry.draft.reference) == about)


def _opened(entries: Iterable[Entry]) -> list[Share]:
    net = dict[str, int]()
    for entry in entries:
        for share in _taken_back(entry):
            net[share.charge_id] = net.pop(share.charge_id, 0) + share.amount_minor
        for share in paid_by(entry):
            net[share.charge_id] = net.get(share.charge_id, 0) - share.amount_minor
    return [Share(charge_id, minor) for charge_id, minor in reversed(net.items()) if minor > 0]


def taken_back(entry: Entry) -> Allocation:
    """What a refund undid: the shares it opened again, and the credit it used up."""
    from_credit = sum(p.debit_minor for p in entry.draft.postings if p.book == CREDIT)
    return Allocation(tuple(_taken_back(entry)), from_credit)


def paid_by(entry: Entry) -> list[Share]:
    """What the entry paid of each charge, whatever with."""
    return [
        Share(p.book.charge_id, p.money.amount_minor)
        for p in entry.draft.postings
        if p.book.name == Part.PAID and p.side is Side.CREDIT
    ]


def _taken_back(entry: Entry) -> list[Share]:
    return [
        Share(p.book.charge_id, p.money.amount_minor)
        for p in entry.draft.postings
        if p.book.name == Part.PAID and p.side is Side.DEBIT
    ]


def without(shares: list[Share], taken: list[Share]) -> list[Share]:
    """The shares, the newest last, less as much of each charge as was taken of it."""
    for gone in taken:
        left, kept = gone.amount_minor, list[Share]()
        for share in reversed(shares):  # the newest part goes first
            part = min(left, share.amount_minor) if share.charge_id == gone.charge_id else 0
            left -= part
            if share.amount_minor > part:
                kept.append(replace(share, amount_minor=share.amount_minor - part))
        shares = kept[::-1]
    return shares
