"""Claims: one row each, which expires by itself."""

from pynamodb.attributes import NumberAttribute
from pynamodb.exceptions import PutError

from chalicelib.operations.ports.claims import Claims
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.table import Item, guarded, refused_by_condition


class ClaimItem(Item, discriminator="claim"):
    until = NumberAttribute()


class DynamoClaims(Claims):
    @guarded
    def claim(self, practice: str, name: str, *, now: int, until: int) -> bool:
        item = ClaimItem(keys.claim(practice, name), "CLAIM", until=until, ttl=until)
        try:
            item.save(condition=ClaimItem.pk.does_not_exist() | (ClaimItem.until <= now))
        except PutError as error:
            if refused_by_condition(error):
                return False
            raise
        return True
