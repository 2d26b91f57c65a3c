"""Make statements from entries: the fold over a month, its sums and its lines. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from chalicelib.domain.ageing import ageing
from chalicelib.domain.entries import CREDIT, INSURER, Entry, EntryKind, Part
from chalicelib.domain.ledger import apply
from chalicelib.domain.periods import Period
from chalicelib.domain.practices import Charge
from chalicelib.domain.statements import Carried, Letterhead, Line, Statement, Sums

_OWED = frozenset({*(part.value for part in Part), CREDIT.name})
_HELD = "processor:"


class Sum(StrEnum):
    CHARGES = "charges"
    PAYMENTS = "payments"
    ADJUSTMENTS = "adjustments"
    REFUNDS = "refunds"


_SUM_OF = {
    EntryKind.CHARGE: Sum.CHARGES,
    EntryKind.OPENING_BALANCE: Sum.CHARGES,
    EntryKind.RESPONSIBILITY_TRANSFER: Sum.CHARGES,
    EntryKind.PAYMENT: Sum.PAYMENTS,
    EntryKind.REFUND: Sum.REFUNDS,
    EntryKind.REFUND_FAILURE: Sum.REFUNDS,
    EntryKind.DISPUTE_OPENED: Sum.REFUNDS,
    EntryKind.DISPUTE_WON: Sum.REFUNDS,
    EntryKind.DISPUTE_LOST: Sum.REFUNDS,
}
"""Every other kind is an adjustment, where it changes what the client owes at all."""


def issue(
    carried: Carried,
    entries: Sequence[Entry],
    letterhead: Letterhead,
    *,
    account_id: str,
    period: Period,
    at: str,
) -> tuple[Statement, Carried]:
    """The statement over `entries`, which follow what is carried, and what is carried on from it."""
    ledger, pending = carried.ledger, carried.pending_minor
    for entry in entries:
        ledger = apply(ledger, entry)
        pending += pending_effect_minor(entry)
    statement = Statement(
        account_id=account_id,
        period=period,
        currency=ledger.currency,
        first_seq=carried.ledger.seq + 1,
        last_seq=ledger.seq,
        sums=sums(carried.ledger.balance_minor, entries),
        ageing=ageing(ledger.open.values(), period.last_day),
        pending_minor=pending,
        letterhead=letterhead,
        issued_at=at,
    )
    return statement, Carried(ledger, period, pending)


def sums(opening_minor: int, entries: Iterable[Entry]) -> Sums:
    totals = dict.fromkeys(Sum, 0)
    for entry in entries:
        totals[_SUM_OF.get(entry.draft.kind, Sum.ADJUSTMENTS)] += effect_minor(entry)
    return Sums(
        opening_minor=opening_minor,
        charges_minor=totals[Sum.CHARGES],
        payments_minor=-totals[Sum.PAYMENTS],
        adjustments_minor=totals[Sum.ADJUSTMENTS],
        refunds_minor=totals[Sum.REFUNDS],
    )


def active(entries: Iterable[Entry]) -> bool:
    """Whether anything happened that concerns the client: a processor's fee does not."""
    return any(entry.draft.kind is not EntryKind.PROCESSOR_FEE for entry in entries)


def lines(opening_minor: int, entries: Iterable[Entry], charges: Mapping[str, Charge]) -> tuple[Line, ...]:
    """A line for every entry that changes the balance, and for every service that is charged or taken back,
    wholly insured ones too."""
    rows, balance = [], opening_minor
    for entry in entries:
        effect = effect_minor(entry)
        balance += effect
        if effect or any(p.book.name == Part.FEE for p in entry.draft.postings):
            rows.append(_line(entry, effect, balance, charges))
    return tuple(rows)


def charge_ids(entries: Iterable[Entry]) -> set[str]:
    """The charges that lines name."""
    return {id_ for entry in entries if (id_ := _charge_id(entry))}


def effect_minor(entry: Entry) -> int:
    """What the entry did to the client's balance: insurers' money is nil."""
    return sum(p.debit_minor for p in entry.draft.postings if p.book.name in _OWED)


def pending_effect_minor(entry: Entry) -> int:
    """What the entry did to what insurers are expected to pay."""
    return sum(p.debit_minor for p in entry.draft.postings if p.book.name == INSURER)


def _line(entry: Entry, effect_minor: int, balance_minor: int, charges: Mapping[str, Charge]) -> Line:
    draft = entry.draft
    charge = charges.get(_charge_id(entry))
    held = (p.book.name for p in draft.postings if p.book.name.startswith(_HELD))
    insured = pending_effect_minor(entry) if draft.kind is EntryKind.CHARGE else 0
    return Line(
        date=draft.occurred_on,
        kind=draft.kind,
        service=charge.service if charge else "",
        processor=next(held, "").removeprefix(_HELD),
        amount_minor=effect_minor,
        balance_minor=balance_minor,
        fee_minor=sum(p.debit_minor for p in draft.postings if p.book.name == Part.FEE) if insured else 0,
        insurer_minor=insured,
    )


def _charge_id(entry: Entry) -> str:
    """The charge an entry is about; money that moves, or what undoes that, may touch many: about none."""
    if entry.draft.payment_id or entry.draft.kind is EntryKind.CREDIT_TRANSFER:
        return ""
    return next((p.book.charge_id for p in entry.draft.postings if p.book.charge_id), "")
