"""Make statements from entries: which ones each covers, its sums and its lines. Pure.

All is added up from what each entry did, never folded: a check of 31 October that pays a session of
1 November is on October's statement, the session on November's, and a fold would find no such charge.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from chalicelib.documents.domain.ageing import ageing
from chalicelib.documents.domain.invoices import LATEST
from chalicelib.documents.domain.letterheads import PostedLetterhead
from chalicelib.documents.domain.spans import Spans, numbers, spans
from chalicelib.documents.domain.statements import (
    TEMPLATE,
    Carried,
    Line,
    Statement,
    StatementData,
    Sums,
)
from chalicelib.kernel.periods import Period
from chalicelib.ledger.domain.effects import about, by_charge, effect_minor, pending_effect_minor
from chalicelib.ledger.domain.entries import Entry, EntryKind, Part, Service
from chalicelib.ledger.domain.history import HistoryRow
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.ledger.domain.markers import held_at
from chalicelib.practice.domain.practices import Practice


class Sum(StrEnum):
    CHARGES = "charges"
    PAYMENTS = "payments"
    ADJUSTMENTS = "adjustments"
    REFUNDS = "refunds"


SUM_OF = {
    EntryKind.CHARGE: Sum.CHARGES,
    EntryKind.SERVICE: Sum.CHARGES,
    EntryKind.FACTS_CORRECTED: Sum.ADJUSTMENTS,
    EntryKind.RESPONSIBILITY_TRANSFER: Sum.CHARGES,
    EntryKind.PAYMENT: Sum.PAYMENTS,
    EntryKind.INSURANCE_PAYMENT: Sum.PAYMENTS,
    EntryKind.ADJUSTMENT: Sum.ADJUSTMENTS,
    EntryKind.WRITE_OFF: Sum.ADJUSTMENTS,
    EntryKind.CONTRACTUAL_ADJUSTMENT: Sum.ADJUSTMENTS,
    EntryKind.PROCESSOR_FEE: Sum.ADJUSTMENTS,
    EntryKind.CREDIT_TRANSFER: Sum.ADJUSTMENTS,
    EntryKind.GUEST_PAYMENT: Sum.PAYMENTS,
    EntryKind.GUEST_PAYMENT_BACK: Sum.REFUNDS,
    EntryKind.REVERSAL: Sum.ADJUSTMENTS,
    EntryKind.OPENING_BALANCE: Sum.ADJUSTMENTS,
    EntryKind.REFUND: Sum.REFUNDS,
    EntryKind.REFUND_FAILURE: Sum.REFUNDS,
    EntryKind.DISPUTE_WITHDRAWN: Sum.REFUNDS,
    EntryKind.DISPUTE_REINSTATED: Sum.REFUNDS,
    EntryKind.DISPUTE_DECIDED: Sum.REFUNDS,
}
"""Every kind has its sum. An opening balance is an adjustment where the first statement is out already."""


def uncovered(before: Carried | None, last_seq: int) -> Spans:
    """The numbers, up to `last_seq`, of the entries that are on no statement yet."""
    left, since = (numbers(before.left), before.last_seq) if before else ([], 0)
    return spans([*left, *range(since + 1, last_seq + 1)])


def issue(
    before: Carried | None,
    ledger: Ledger,
    entries: Sequence[Entry],
    letterhead: PostedLetterhead,
    *,
    account_id: str,
    period: Period,
    made_on: str,
    at: str,
) -> tuple[Statement, Carried]:
    """The statement, and what it leaves to the next.

    `entries` are the `uncovered` ones of the ledger as it stands; `made_on` is today, practice-local.
    """
    first, last_day = before is None, period.last_day.isoformat()
    covered = [entry for entry in entries if entry.draft.occurred_on <= last_day]
    left = [entry for entry in entries if entry.draft.occurred_on > last_day]
    listed = own(covered, period, first=first)
    # Less what is listed: what is left of the effects was there before.
    brought_minor = sum(map(effect_minor, covered)) - sum(map(effect_minor, listed))
    summed = sums((before.balance_minor if before else 0) + brought_minor, listed)
    pending_minor = (before.pending_minor if before else 0) + sum(map(pending_effect_minor, covered))
    statement = Statement(
        account_id=account_id,
        period=period,
        currency=ledger.currency,
        covered=spans(entry.seq for entry in covered),
        first=first,
        late=sum(_has_line(entry) and _late(entry, period) for entry in listed),
        sums=summed,
        ageing=ageing(ledger.open.values(), period.last_day, later_minor=by_charge(left)),
        pending_minor=max(pending_minor, 0),
        letterhead=letterhead,
        made_on=made_on,
        issued_at=at,
        template=TEMPLATE,
    )
    rest = spans(entry.seq for entry in left)
    earlier = before.latest[: LATEST - 1] if before else ()
    return statement, Carried(period, ledger.seq, rest, summed.closing_minor, pending_minor, earlier)


def sealed(
    statement: Statement, rows: Sequence[HistoryRow], practice: Practice, *, pay_at: str, pay_link: int = 0
) -> Statement:
    """With all that is printed of it and could be otherwise later: `rows` are those it covers."""
    names = sorted({service.name for row in rows for service in row.services.values()})
    called = [(name, practice.service_in(name, statement.letterhead.locale)[0]) for name in names]
    others = tuple((name, other) for name, other in called if other != name)
    page = pay_at if practice.payments_enabled else ""
    full = replace(statement, called=others, pay_at=page, pay_link=pay_link)
    return replace(full, digest=printed(full, rows).digest)


def printed(statement: Statement, rows: Sequence[HistoryRow]) -> StatementData:
    """All that its page says: `rows` are those it covers."""
    called = dict(statement.called)
    services = {
        id_: service._replace(name=called.get(service.name, service.name))
        for row in rows
        for id_, service in row.services.items()
    }
    return StatementData(statement, lines(statement, [row.entry for row in rows], services))


def own(entries: Iterable[Entry], period: Period, *, first: bool) -> list[Entry]:
    """Those that a statement lists and sums, by their dates; the rest is its opening balance.

    That is, for an account's first statement: what is dated before its period, and what the account came
    with from another system, on whatever day of the period that was entered.
    """
    last_day = period.last_day.isoformat()

    def listed(entry: Entry) -> bool:
        brought = _late(entry, period) or entry.draft.kind is EntryKind.OPENING_BALANCE
        return entry.draft.occurred_on <= last_day and not (first and brought)

    return sorted(filter(listed, entries), key=lambda entry: (entry.draft.occurred_on, entry.seq))


def sums(opening_minor: int, entries: Iterable[Entry]) -> Sums:
    totals = dict.fromkeys(Sum, 0)
    for entry in entries:
        totals[SUM_OF[entry.draft.kind]] += effect_minor(entry)
    return Sums(
        opening_minor=opening_minor,
        charges_minor=totals[Sum.CHARGES],
        payments_minor=-totals[Sum.PAYMENTS],
        adjustments_minor=totals[Sum.ADJUSTMENTS],
        refunds_minor=totals[Sum.REFUNDS],
    )


def billed(ledger: Ledger, entries: Iterable[Entry], period: Period) -> frozenset[str]:
    """The charges, by their ids, that its statement lists or still asks for: `entries` are the `uncovered`
    ones."""
    last_day = period.last_day.isoformat()
    opened = (entry.draft.opens for entry in entries if entry.draft.occurred_on <= last_day)
    new = {item.charge_id for opens in opened for item in opens}
    return frozenset(new | {id_ for id_, item in ledger.open.items() if item.called.on <= last_day})


def idle(statement: Statement, entries: Iterable[Entry]) -> bool:
    """Whether nothing is owed and nothing happened that concerns the client: a processor's fee does not."""
    listed = own(entries, statement.period, first=statement.first)
    happened = any(entry.draft.kind not in _NOT_THEIRS for entry in listed)
    return not happened and not statement.sums.closing_minor


_NOT_THEIRS = (EntryKind.PROCESSOR_FEE, EntryKind.FACTS_CORRECTED)


def lines(
    statement: Statement, entries: Iterable[Entry], services: Mapping[str, Service]
) -> tuple[Line, ...]:
    """By date, a line for every entry that changes the balance, and for every service that is charged or
    taken back, wholly insured and free ones too. `services` are the charges that the entries are about."""
    rows, balance = [], statement.sums.opening_minor
    for entry in own(entries, statement.period, first=statement.first):
        balance += effect_minor(entry)
        if _has_line(entry):
            rows.append(_line(entry, balance, services, late=_late(entry, statement.period)))
    return tuple(rows)


def _late(entry: Entry, period: Period) -> bool:
    return entry.draft.occurred_on < period.first_day.isoformat()


def _has_line(entry: Entry) -> bool:
    draft = entry.draft
    free = not draft.postings and draft.kind is not EntryKind.FACTS_CORRECTED
    return free or bool(effect_minor(entry)) or any(p.book.name == Part.FEE for p in draft.postings)


def _line(entry: Entry, balance_minor: int, services: Mapping[str, Service], *, late: bool) -> Line:
    draft = entry.draft
    service = services.get(about(draft))
    insured = pending_effect_minor(entry) if draft.kind is EntryKind.CHARGE else 0
    return Line(
        date=draft.occurred_on,
        kind=draft.kind,
        service=service.name if service else "",
        processor=held_at(entry),
        amount_minor=effect_minor(entry),
        balance_minor=balance_minor,
        fee_minor=sum(p.debit_minor for p in draft.postings if p.book.name == Part.FEE) if insured else 0,
        insurer_minor=insured,
        late=late,
    )
