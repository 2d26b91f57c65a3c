"""Account History with the invoices among it: each on the day of its issue, and how it stands now (S14)."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.documents.domain.invoices import InvoiceStanding, marked, standing
from chalicelib.documents.ports.invoices import Invoices
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Refused, present
from chalicelib.ledger.services.history import Happened, History
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import Practices


@dataclass(frozen=True, slots=True)
class AccountHistoryPage:
    """The newest first. `invoiced`: on which invoice that is not void a service is, by its charge."""

    practice: Practice
    rows: tuple[Happened | InvoiceStanding, ...]
    invoiced: Mapping[str, int]
    next_cursor: str | None


@dataclass(frozen=True)
class AccountHistory:
    practices: Practices
    invoices: Invoices
    history: History

    def page(
        self, ref: AccountRef, *, since: str, until: str, cursor: str | None, limit: int
    ) -> AccountHistoryPage:
        """`since` and `until` are practice-local dates, both included.

        Errors: NotFound account_not_found; Refused account_updating; Invalid cursor_invalid; Unreadable.
        """
        practice = present(self.practices.practice(ref.practice), "account_not_found")
        found, invoiced = self.invoices.account_and_invoiced(ref)
        account = present(found, "account_not_found")
        if account.hold:
            raise Refused("account_updating")
        page = self.history.of(practice, account, since=since, until=until, cursor=cursor, limit=limit)
        issued = filter(None, map(self.invoices.beside, page.beside))
        invoices = [marked(standing(invoice, invoiced, account.ledger), account) for invoice in issued]
        both: list[Happened | InvoiceStanding] = [*invoices, *page.rows]
        rows = tuple(sorted(both, key=_day, reverse=True))
        return AccountHistoryPage(practice, rows, invoiced.charges, page.next_cursor)


def _day(row: Happened | InvoiceStanding) -> str:
    return row.on if isinstance(row, Happened) else row.invoice.issued_on
