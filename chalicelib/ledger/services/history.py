"""Account History as a reader is told it: what happened, to which service, by which payment."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.asked import ItemKind, Mark
from chalicelib.ledger.domain.closing import Closing
from chalicelib.ledger.domain.effects import (
    about,
    by_charge,
    credit_effect_minor,
    disputed_effect_minor,
    effect_minor,
    pending_effect_minor,
    settled_minor,
)
from chalicelib.ledger.domain.entries import EntryKind, Service
from chalicelib.ledger.domain.guest_money import Back, back
from chalicelib.ledger.domain.history import Beside, HistoryRow, PaidBy
from chalicelib.ledger.services.positions import Positions
from chalicelib.ledger.services.reading import Reading
from chalicelib.practice.domain.practices import Practice

_POSTING = (EntryKind.CHARGE, EntryKind.SERVICE, EntryKind.OPENING_BALANCE)


class ServiceStatus(StrEnum):
    """REVERSED: it was taken back. WRITTEN_OFF: lowered to nothing, and nothing was paid. DISPUTED: a bank
    holds what paid it until it decides."""

    OPEN = "open"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    IN_FLIGHT = "in_flight"
    DISPUTED = "disputed"
    REVERSED = "reversed"
    WRITTEN_OFF = "written_off"
    NO_FEE = "no_fee"


_CLOSED = {
    Closing.NONE: ServiceStatus.PAID,
    Closing.NO_FEE: ServiceStatus.NO_FEE,
    Closing.REVERSED: ServiceStatus.REVERSED,
    Closing.WRITTEN_OFF: ServiceStatus.WRITTEN_OFF,
}


@dataclass(frozen=True, slots=True)
class Touched:
    """What one service came to owe by what happened (minor units, below 0 less)."""

    charge_id: str
    service: Service
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry. It is about one service (`charge_id`, `service`), or about money that came, went back or
    moved: then `touched` and `credit_minor` say what it did. `status` is that of the service it posted;
    `expected_minor` is what came to be expected of an insurer by it, below 0 what is expected no more, and
    `insurer_minor` what an insurer settled. `disputed_minor` is what a bank came to hold by it until it
    decides, below 0 what it holds no more. `mark`: whether a question about the service that it posted, or
    the payment that it is, waits for an answer. `back`: how a guest's money left the account again."""

    seq: int
    on: str
    kind: EntryKind
    amount_minor: int
    insurer_minor: int
    expected_minor: int = 0
    charge_id: str = ""
    service: Service | None = None
    status: ServiceStatus | None = None
    payment: PaidBy | None = None
    touched: tuple[Touched, ...] = ()
    credit_minor: int = 0
    disputed_minor: int = 0
    mark: Mark | None = None
    back: Back | None = None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """`beside`: what other rooms keep of the same days."""

    practice: Practice
    rows: tuple[Happened, ...]
    next_cursor: str | None
    beside: Sequence[Beside] = ()


@dataclass(frozen=True)
class History:
    reading: Reading

    def page(self, ref: AccountRef, *, since: str, until: str, cursor: str | None, limit: int) -> HistoryPage:
        """The newest first; `since` and `until` are practice-local dates, both included.

        Errors: NotFound account_not_found; Refused account_updating; Invalid cursor_invalid.
        """
        practice, account = self.reading.of(ref)
        return self.of(practice, account, since=since, until=until, cursor=cursor, limit=limit)

    def of(
        self, practice: Practice, account: Account, *, since: str, until: str, cursor: str | None, limit: int
    ) -> HistoryPage:
        """As `page`, where the account has been read. Error: Invalid cursor_invalid."""
        ref = account.ref(practice.id)
        page = self.reading.ledgers.history(ref, since=since, until=until, cursor=cursor, limit=limit)
        # What was posted since the account was read is on the next page load: its charge would look paid.
        shown = [row for row in page.rows if row.entry.seq <= account.ledger.seq]
        at_stake = Positions(self.reading.ledgers).at_stake(ref.practice, account)
        rows = tuple(_happened(row, account, at_stake) for row in shown)
        return HistoryPage(practice, rows, page.next_cursor, page.beside)


def _happened(row: HistoryRow, account: Account, at_stake: Collection[str]) -> Happened:
    entry, draft, charge_id = row.entry, row.entry.draft, about(row.entry.draft)
    posted = charge_id if draft.kind in _POSTING else ""
    return Happened(
        seq=entry.seq,
        on=draft.occurred_on,
        kind=draft.kind,
        amount_minor=effect_minor(entry),
        insurer_minor=settled_minor(entry),
        expected_minor=pending_effect_minor(entry),
        charge_id=charge_id,
        service=row.services.get(charge_id),
        status=_status(account, posted, row.closing, disputed=posted in at_stake) if posted else None,
        payment=row.payment,
        touched=() if charge_id else tuple(_touched(row, by_charge([entry]))),
        credit_minor=0 if charge_id else credit_effect_minor(entry),
        disputed_minor=disputed_effect_minor(entry),
        mark=_mark(row, account, posted),
        back=back(entry),
    )


def _mark(row: HistoryRow, account: Account, posted: str) -> Mark | None:
    if posted:
        return account.mark(ItemKind.SERVICE, posted)
    of_payment = row.entry.draft.kind is EntryKind.PAYMENT and row.payment
    return account.mark(ItemKind.PAYMENT, of_payment.id) if of_payment else None


def _touched(row: HistoryRow, amounts: Mapping[str, int]) -> Iterator[Touched]:
    for charge_id, amount_minor in amounts.items():
        if amount_minor:
            unnamed = Service("", row.entry.draft.occurred_on)
            yield Touched(charge_id, row.services.get(charge_id, unnamed), amount_minor)


def _status(account: Account, charge_id: str, closing: Closing, *, disputed: bool) -> ServiceStatus:
    item = account.ledger.open.get(charge_id)
    if item and account.in_flight_minor(charge_id):
        return ServiceStatus.IN_FLIGHT
    if disputed:
        return ServiceStatus.DISPUTED
    if item is None:
        return _CLOSED[closing]
    return ServiceStatus.PARTLY_PAID if item.paid_minor else ServiceStatus.OPEN
