"""The rows that a repair puts beside the account's own, each with its condition, by their places."""

from collections.abc import Iterator

from pynamodb.expressions.condition import Condition

from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.repairs import Repair
from chalicelib.ledger.store.items import (
    AccountIndexItem,
    ChargeItem,
    MarkerItem,
    PaymentItem,
    RefundItem,
    SequelItem,
)
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.table import Item
from chalicelib.practice.store.lookups import LookupItem, lookup

Placed = tuple[tuple[str, str], tuple[Item, Condition | None]]


def rows(practice: str, repair: Repair) -> Iterator[Placed]:
    """The account's version guards all but markers, which other accounts may write."""
    for item, condition in _rows(practice, repair):
        yield (item.pk, item.sk), (item, condition)


def _rows(practice: str, repair: Repair) -> Iterator[tuple[Item, Condition | None]]:
    ref = repair.after.ref(practice)
    if repair.index:
        yield AccountIndexItem(keys.accounts(practice), ref.account), None
    if repair.external_id:
        row, nobodys = lookup(keys.client_lookup(practice, repair.external_id), ref.account)
        yield row, LookupItem.target == repair.found if repair.found else nobodys
    for charge in repair.charges:
        yield ChargeItem.of(practice, charge), None
    for payment in repair.payments:
        yield PaymentItem.of(practice, payment), PaymentItem.version == payment.version - 1
    for refund in repair.refunds:
        yield RefundItem.of(practice, refund), RefundItem.version == refund.version - 1
    for sequel in repair.sequels:
        yield SequelItem.of(ref, sequel), None
    for there, marker in repair.markers:
        yield MarkerItem.of(practice, marker), _standing(there)


def _standing(there: Marker | None) -> Condition:
    """What was read, or nothing that says whose it is."""
    if there is None:
        found: Condition = MarkerItem.entry_seq.does_not_exist() | MarkerItem.account_id.does_not_exist()
    else:
        found = (MarkerItem.entry_seq == there.entry_seq) & (MarkerItem.account_id == there.account_id)
    return found
