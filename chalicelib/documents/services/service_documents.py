"""On which documents each service is, paid ones too (T2): one query of what happened, and rows that issuing
leaves beside the account."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.documents.domain.superbills import Superbilled, services_on, standing
from chalicelib.documents.ports.overviews import OverviewRows
from chalicelib.documents.ports.superbills import Superbills
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Refused, present
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.closing import Closing
from chalicelib.ledger.domain.effects import by_charge
from chalicelib.ledger.domain.entries import EntryKind, OpenItem, Service
from chalicelib.ledger.domain.history import HistoryRow, PaidBy
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import Practices

_POSTING = (EntryKind.CHARGE, EntryKind.SERVICE, EntryKind.OPENING_BALANCE)
_FIRST, _LAST = "0001-01-01", "9999-12-31"
_QUERIES = 4  # of one page


@dataclass(frozen=True, slots=True)
class ServiceDocuments:
    """`invoice` is the number of the one that is not void, 0 of none; `superbill` the id of the one that
    stands, "" of none."""

    charge_id: str
    service: Service
    clinician_id: str
    invoice: int
    superbill: str


@dataclass(frozen=True, slots=True)
class ServiceReceipt:
    """A payment, whose receipt says what it was for, and the services that it paid."""

    payment: PaidBy
    charge_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class ServicesPage:
    """The newest first. `receipts` are of the same days: a service that was paid later has its receipt on a
    page before."""

    practice: Practice
    services: Sequence[ServiceDocuments]
    receipts: Sequence[ServiceReceipt]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class _Posted:
    """A service as it is called now; `first_clinician` is whose it was said to be when it was posted."""

    charge_id: str
    service: Service
    clinician_id: str
    first_clinician: str


@dataclass(frozen=True)
class DocumentsByService:
    """`rows` and `superbills` may be some writes behind."""

    practices: Practices
    rows: OverviewRows
    ledgers: Ledgers
    superbills: Superbills

    def page(self, ref: AccountRef, *, cursor: str | None, limit: int, with_superbills: bool) -> ServicesPage:
        """Of `limit` things that happened, those that are services. `with_superbills`: the reader may see
        these.

        Errors: NotFound account_not_found; Refused account_updating; Invalid cursor_invalid; Unreadable.
        """
        practice = present(self.practices.practice(ref.practice), "account_not_found")
        beside = self.rows.rows(ref)
        account = present(beside.account, "account_not_found")
        if account.hold:
            raise Refused("account_updating")
        rows, next_cursor = self._happened(ref, cursor, limit)
        posted = self._posted(ref, rows)
        billed = self._superbills_of(ref, posted, beside.superbilled) if with_superbills else {}
        services = [
            ServiceDocuments(
                one.charge_id, one.service, one.clinician_id, beside.invoiced.charges.get(one.charge_id, 0),
                billed.get(one.charge_id, ""),
            )
            for one in posted
        ]  # fmt: skip
        receipts = [receipt for row in rows if (receipt := _receipt(row))]
        return ServicesPage(practice, services, receipts, next_cursor)

    def _happened(
        self, ref: AccountRef, cursor: str | None, limit: int
    ) -> tuple[Sequence[HistoryRow], str | None]:
        """The next rows, and where they end. Where they are payments and invoices alone, more of them."""
        rows = list[HistoryRow]()
        for _ in range(_QUERIES):
            page = self.ledgers.history(ref, since=_FIRST, until=_LAST, cursor=cursor, limit=limit)
            rows += page.rows
            cursor = page.next_cursor
            if cursor is None or any(row.entry.draft.kind in _POSTING for row in page.rows):
                break
        return rows, cursor

    def _posted(self, ref: AccountRef, rows: Sequence[HistoryRow]) -> list[_Posted]:
        """The services among them that stand, as they are called now. Of a corrected one the charge itself is
        read: the lists' rows have its name, and not whose it is."""
        stand = (row for row in rows if row.closing is not Closing.REVERSED)
        found = [(row, item) for row in stand if (item := _opened(row))]
        charges = self.ledgers.charges(ref, [item.charge_id for row, item in found if row.corrected])
        return [_now(row, item, charges.get(item.charge_id)) for row, item in found]

    def _superbills_of(
        self, ref: AccountRef, posted: Iterable[_Posted], superbilled: Superbilled
    ) -> Mapping[str, str]:
        """Charge id → id of the superbill. Their days tell which may have a service, and each of those tells
        whether it has; one may have been issued before a service's clinician was corrected."""
        given = {(one.service.on, who) for one in posted for who in (one.clinician_id, one.first_clinician)}
        numbers = superbilled.covering(given)
        if not numbers:
            return {}
        found = self.superbills.between(ref, first=min(numbers), last=max(numbers))
        return services_on(standing(superbill, superbilled) for superbill in found)


def _opened(row: HistoryRow) -> OpenItem | None:
    """What it posted, where that is a service."""
    return next(iter(row.entry.draft.opens), None) if row.entry.draft.kind in _POSTING else None


def _now(row: HistoryRow, item: OpenItem, charge: Charge | None) -> _Posted:
    """`charge` is of a service that was corrected."""
    who = charge.clinician_id if charge else item.clinician_id
    return _Posted(item.charge_id, row.services.get(item.charge_id, item.called), who, item.clinician_id)


def _receipt(row: HistoryRow) -> ServiceReceipt | None:
    if not (row.payment and row.entry.draft.kind is EntryKind.PAYMENT):
        return None
    paid = by_charge([row.entry])
    return ServiceReceipt(row.payment, [charge_id for charge_id, minor in paid.items() if minor < 0])
