"""What an overview of an account shows of its documents, in one read with the account."""

from dataclasses import dataclass
from typing import Protocol

from chalicelib.documents.domain.invoices import Invoiced
from chalicelib.documents.domain.statements import Carried
from chalicelib.documents.domain.superbills import Superbilled
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.accounts import Account


@dataclass(frozen=True, slots=True)
class Rows:
    """`carried` is what the latest statement left; None before the first."""

    account: Account | None
    invoiced: Invoiced
    carried: Carried | None
    superbilled: Superbilled


class OverviewRows(Protocol):
    def rows(self, ref: AccountRef) -> Rows:
        """In one call: rows that issuing writes anyway, and no document's own. Errors: Unreadable, Busy."""
        ...
