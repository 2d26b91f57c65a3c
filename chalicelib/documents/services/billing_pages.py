"""The Billing page in one call (S2): what is owed, the latest payments, and the latest documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.documents.domain.invoices import LATEST, Glance, Invoiced, Status, status
from chalicelib.documents.domain.statements import Carried
from chalicelib.documents.domain.superbills import Stretch
from chalicelib.documents.ports.overviews import OverviewRows
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
    """`invoiced`: on which invoice each service is that is still owed, charge id → number. `statement` is the
    latest one: its period, and the balance that it closed with. `superbills`: the numbers and days of the
    latest that stand, for who may see them."""

    overview: Overview
    invoices: Sequence[RecentInvoice]
    invoiced: Mapping[str, int]
    statement: Carried | None
    superbills: Sequence[tuple[int, Stretch]]


@dataclass(frozen=True)
class BillingPages:
    practices: Practices
    rows: OverviewRows
    overviews: Overviews

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
        invoices = [_recent(glance, found.invoiced, account.ledger) for glance in found.invoiced.latest]
        superbills = found.superbilled.latest(LATEST)
        return BillingPage(self.overviews.of(practice, account), invoices, owed, found.carried, superbills)


def _recent(glance: Glance, invoiced: Invoiced, ledger: Ledger) -> RecentInvoice:
    return RecentInvoice(glance, *status(glance.number, glance.owed_minor, invoiced, ledger))
