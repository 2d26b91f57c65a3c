"""The Billing page in one call (S2): what is owed, the latest payments, and the latest documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.documents.domain.invoices import LATEST, Glance, Invoiced, Status, status
from chalicelib.documents.domain.statements import Carried, Closed
from chalicelib.documents.domain.superbills import Stretch
from chalicelib.documents.ports.invoices import Invoices
from chalicelib.documents.ports.overviews import OverviewRows
from chalicelib.documents.ports.statements import Statements
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Refused, present
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.payments.services.overview import Overview, Overviews
from chalicelib.practice.ports import Practices


@dataclass(frozen=True, slots=True)
class RecentInvoice:
    """How it stands now; `owed_minor` is what its services still owe."""

    glance: Glance
    status: Status
    owed_minor: int


@dataclass(frozen=True, slots=True)
class BillingPage:
    """`invoiced`: on which invoice each service is that is still owed, charge id → number. `superbills`: the
    numbers and days of the latest that stand, for who may see them. The newest first."""

    overview: Overview
    invoices: Sequence[RecentInvoice]
    invoiced: Mapping[str, int]
    statements: Sequence[Closed]
    superbills: Sequence[tuple[int, Stretch]]


@dataclass(frozen=True)
class BillingPages:
    """Rows that an older release wrote know fewer of the latest documents, or none: then they are listed."""

    practices: Practices
    rows: OverviewRows
    overviews: Overviews
    invoices: Invoices
    statements: Statements

    def page(self, ref: AccountRef) -> BillingPage:
        """Errors: NotFound account_not_found; Refused account_updating; Unreadable."""
        practice, found = self.practices.practice(ref.practice), self.rows.rows(ref)
        practice, account = (
            present(practice, "account_not_found"),
            present(found.account, "account_not_found"),
        )
        if account.hold:
            raise Refused("account_updating")
        owed = {id_: number for id_, number in found.invoiced.charges.items() if id_ in account.ledger.open}
        glances = self._glances(ref, found.invoiced)
        invoices = [_recent(glance, found.invoiced, account.ledger) for glance in glances]
        statements, superbills = self._closed(ref, found.carried), found.superbilled.latest(LATEST)
        return BillingPage(self.overviews.of(practice, account), invoices, owed, statements, superbills)

    def _glances(self, ref: AccountRef, invoiced: Invoiced) -> Sequence[Glance]:
        known = invoiced.latest
        if len(known) >= min(LATEST, invoiced.version):  # which counts issues, and voids
            return known
        listed = self.invoices.listed(ref, cursor=None, limit=LATEST).rows
        return max(known, [Glance.of(invoice) for invoice in listed], key=len)

    def _closed(self, ref: AccountRef, carried: Carried | None) -> Sequence[Closed]:
        known = carried.latest if carried else ()
        if not known or len(known) >= LATEST:
            return known
        listed = [row.statement for row in self.statements.listed(ref, cursor=None, limit=LATEST).rows]
        return max(known, [Closed(one.period, one.sums.closing_minor) for one in listed], key=len)


def _recent(glance: Glance, invoiced: Invoiced, ledger: Ledger) -> RecentInvoice:
    return RecentInvoice(glance, *status(glance.number, glance.owed_minor, invoiced, ledger))
