"""Which id of ours something from outside stands for: ids are random, and found by these rows."""

from collections.abc import Iterable, Mapping

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.platform.dynamo.table import Item


class LookupItem(Item, discriminator="lookup"):
    """One row for each of the practice's own client ids, and for each hash of a person's address."""

    target = UnicodeAttribute()


Place = tuple[str, str]  # partition and sort key


def lookup(place: Place, target: str) -> tuple[LookupItem, Condition]:
    """A row that stands for `target`, and the condition that it stands for nothing else."""
    row = LookupItem(*place, target=target)
    return row, LookupItem.pk.does_not_exist() | (LookupItem.target == target)


def targets(places: Iterable[Place]) -> Mapping[Place, str]:
    """What the rows there stand for. Strongly consistent, in batches."""
    wanted = list(dict.fromkeys(places))
    rows = LookupItem.batch_get(wanted, consistent_read=True) if wanted else ()
    return {(row.pk, row.sk): row.target for row in rows}
