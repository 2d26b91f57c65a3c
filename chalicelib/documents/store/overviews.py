"""An account, and the rows that each issue of a document leaves beside it, in one BatchGetItem."""

from chalicelib.documents.domain.invoices import Invoiced
from chalicelib.documents.domain.superbills import Superbilled
from chalicelib.documents.ports.overviews import OverviewRows, Rows
from chalicelib.documents.store.invoices import InvoicedItem
from chalicelib.documents.store.statements import CarriedItem
from chalicelib.documents.store.superbills import SuperbilledItem
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.store.items import AccountItem
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.table import Item, guarded

_WANTED = ("ACCT", "INVOICED", "CARRIED#statement", "SUPERBILLED")


class DynamoOverviewRows(OverviewRows):
    """`strong` false, for lists: the rows may be some writes behind, for half the price."""

    def __init__(self, *, strong: bool = True) -> None:
        self._strong = strong

    @guarded
    def rows(self, ref: AccountRef) -> Rows:
        pk = keys.account(ref)
        found = list(Item.batch_get([(pk, sk) for sk in _WANTED], consistent_read=self._strong))
        return Rows(
            next((row.account() for row in found if isinstance(row, AccountItem)), None),
            next((row.invoiced() for row in found if isinstance(row, InvoicedItem)), Invoiced()),
            next((row.carried() for row in found if isinstance(row, CarriedItem)), None),
            next((row.superbilled() for row in found if isinstance(row, SuperbilledItem)), Superbilled()),
        )
