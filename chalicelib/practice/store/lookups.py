"""Which id of ours something of the practice's stands for: ids are random, and found by these rows."""

from collections.abc import Iterable, Mapping

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.table import Item


class LookupItem(Item, discriminator="lookup"):
    """One row for each of the practice's own client ids."""

    target = UnicodeAttribute()


def client_lookup(practice: str, external_id: str, account_id: str) -> tuple[LookupItem, Condition]:
    """The row by which a client's account is found, and the condition that it stands for no other one."""
    row = LookupItem(keys.client_lookup(practice, external_id), keys.LOOKUP, target=account_id)
    return row, LookupItem.pk.does_not_exist() | (LookupItem.target == account_id)


def accounts_of(practice: str, external_ids: Iterable[str]) -> Mapping[str, str]:
    """Strongly consistent, in batches."""
    places = {keys.client_lookup(practice, id_): id_ for id_ in external_ids}
    rows = LookupItem.batch_get([(pk, keys.LOOKUP) for pk in places], consistent_read=True) if places else ()
    return {places[row.pk]: row.target for row in rows}
