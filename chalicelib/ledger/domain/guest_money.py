"""A guest's money: matched from an account of its own to a client's, and taken from there again. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from chalicelib.ledger.domain.allocation import Allocation, Share, first_of, oldest_first, refit
from chalicelib.ledger.domain.disputes import subject
from chalicelib.ledger.domain.drafts import Items, credit_applied, opened_again, with_credit_applied
from chalicelib.ledger.domain.entries import (
    CREDIT,
    TRANSFERS,
    Draft,
    Entry,
    EntryKind,
    OpenItem,
    Part,
    client,
    credit,
    debit,
)
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.ledger.domain.payments import Payment

_CORRECTS = "corrects match "


class Back(StrEnum):
    """How matched money left the client's account again."""

    REFUNDED = "guest_payment_refunded"
    MOVED = "guest_payment_moved"  # the match was corrected


@dataclass(frozen=True, slots=True)
class MeantFor:
    """What a guest said that the money is for: the charges of a bill, and whose services. Where nothing is
    known, the oldest."""

    charge_ids: frozenset[str] = frozenset()
    clinician_id: str = ""

    def shares(self, open_items: Mapping[str, OpenItem]) -> Sequence[Share]:
        """All that is open: of the bill and of the clinician, then of the bill, then of the clinician, then
        the rest; of each the oldest first."""
        items = sorted(oldest_first(open_items.values()), key=self._rank)
        return [Share(item.charge_id, item.owed_minor) for item in items if item.owed_minor > 0]

    def _rank(self, item: OpenItem) -> tuple[bool, bool]:
        return item.charge_id not in self.charge_ids, item.clinician_id != self.clinician_id


def going(ledger: Ledger, amount_minor: int, *, on: str, reference: str, payment_id: str) -> Draft:
    """It leaves the guest's account, where it was credit."""
    postings = (
        debit(CREDIT, amount_minor, ledger.currency),
        credit(TRANSFERS, amount_minor, ledger.currency),
    )
    return Draft(EntryKind.GUEST_PAYMENT, on, postings, reference=reference, payment_id=payment_id)


def coming(
    ledger: Ledger, amount_minor: int, *, on: str, reference: str, first: Sequence[Share] = ()
) -> Draft:
    """It comes to the client's account, and pays what is open there, those shares first: what it is meant
    for, or what it paid before it was taken back."""
    pays = refit(first_of(first, amount_minor), ledger.open)
    postings = (
        debit(TRANSFERS, amount_minor, ledger.currency),
        credit(CREDIT, amount_minor, ledger.currency),
        *credit_applied(pays.shares, ledger.currency),
    )
    return with_credit_applied(ledger, Draft(EntryKind.GUEST_PAYMENT, on, postings, reference=reference))


def taken_back(
    ledger: Ledger, of_client: Allocation, items: Items, *, on: str, reference: str, reason: str = ""
) -> Draft:
    """It leaves the client's account again; `of_client` is what the client then owes again, as
    `allocation.take_back` gave it, and `items` are its charges as they stand."""
    shares, currency = of_client.shares, ledger.currency
    postings = [debit(client(Part.PAID, share.charge_id), share.amount_minor, currency) for share in shares]
    if of_client.credit_minor:
        postings.append(debit(CREDIT, of_client.credit_minor, currency))
    postings.append(credit(TRANSFERS, of_client.total_minor, currency))
    again = opened_again(ledger, items, (share.charge_id for share in shares))
    draft = Draft(
        EntryKind.GUEST_PAYMENT_BACK, on, tuple(postings), again, reference=reference, reason=reason
    )
    return with_credit_applied(ledger, draft)


def moved_minor(entry: Entry) -> int:
    """What the entry brought from another account (minor units, negative: took there)."""
    return sum(p.debit_minor for p in entry.draft.postings if p.book == TRANSFERS)


def correction(of: str) -> str:
    """The reason of the entry by which money leaves where the match of that name had brought it."""
    return f"{_CORRECTS}{of}"


def corrected_match(entry: Entry) -> str:
    """Which match the entry corrects, "" of any other entry."""
    reason = entry.draft.reason
    return reason.removeprefix(_CORRECTS) if reason.startswith(_CORRECTS) else ""


def back(entry: Entry) -> Back | None:
    """None of what a bank kept, and of any other entry."""
    draft = entry.draft
    if draft.kind is not EntryKind.GUEST_PAYMENT_BACK:
        return None
    if corrected_match(entry):
        return Back.MOVED
    return Back.REFUNDED if subject(draft.reference) == draft.reference else None


def name_there(paid: Payment) -> str:
    """What the payment is called where it is told as the client's own; no payment's id is that."""
    return f"matched {paid.id}"


def as_own(paid: Payment, entries: Sequence[Entry], about: Collection[str]) -> list[Entry]:
    """The client's entries, of which the match, and those that followed it under the references `about`, are
    told as a payment's own."""
    return [_own(paid, entry, about) for entry in entries]


def _own(paid: Payment, entry: Entry, about: Collection[str]) -> Entry:
    moved = entry.draft.kind in (EntryKind.GUEST_PAYMENT, EntryKind.GUEST_PAYMENT_BACK)
    if entry.seq == paid.matched_seq:
        kind = EntryKind.PAYMENT
    elif moved and entry.seq > paid.matched_seq and entry.draft.reference in about:
        kind = EntryKind.REFUND if moved_minor(entry) < 0 else EntryKind.REFUND_FAILURE
    else:
        return entry
    return replace(entry, draft=replace(entry.draft, kind=kind, payment_id=name_there(paid)))
