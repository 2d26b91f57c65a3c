"""On which documents each service is, paid ones too (T2): one query of what happened, and rows that issuing
leaves beside the account."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.documents.domain.superbills import Superbilled, services_on, standing
from chalicelib.documents.ports.overviews import OverviewRows
from chalicelib.documents.ports.superbills import Superbills
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Refused, present
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
        practice, beside = self.practices.practice(ref.practice), self.rows.rows(ref)
        practice, account = (
            present(practice, "account_not_found"),
            present(beside.account, "account_not_found"),
        )
        if account.hold:
            raise Refused("account_updating")
        rows, next_cursor = self._happened(ref, cursor, limit)
        posted = [(_opened(row), row) for row in rows if row.entry.draft.kind in _POSTING]
        items = [item for item, _ in posted if item]
        billed = self._superbills_of(ref, items, beside.superbilled) if with_superbills else {}
        services = [
            ServiceDocuments(
                item.charge_id, row.services.get(item.charge_id, item.called), item.clinician_id,
                beside.invoiced.charges.get(item.charge_id, 0), billed.get(item.charge_id, ""),
            )
            for item, row in posted
            if item
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

    def _superbills_of(
        self, ref: AccountRef, items: Iterable[OpenItem], superbilled: Superbilled
    ) -> Mapping[str, str]:
        """Charge id → id of the superbill. Their days tell which may have a service, and each of those tells
        whether it has."""
        numbers = superbilled.covering((item.called.on, item.clinician_id) for item in items)
        if not numbers:
            return {}
        found = self.superbills.between(ref, first=min(numbers), last=max(numbers))
        return services_on(standing(superbill, superbilled) for superbill in found)


def _opened(row: HistoryRow) -> OpenItem | None:
    return next(iter(row.entry.draft.opens), None)


def _receipt(row: HistoryRow) -> ServiceReceipt | None:
    if not (row.payment and row.entry.draft.kind is EntryKind.PAYMENT):
        return None
    paid = by_charge([row.entry])
    return ServiceReceipt(row.payment, [charge_id for charge_id, minor in paid.items() if minor < 0])
