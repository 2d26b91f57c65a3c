"""What a host keeps of a practice: one partition of its own, which is in no backup."""

from collections.abc import Iterator
from dataclasses import replace

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import PutError

from chalicelib.hosting.domain.agreements import Agreed
from chalicelib.hosting.domain.owners import Owner
from chalicelib.hosting.ports import Hosted, HostRows
from chalicelib.kernel.outside import Conflict
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.codec import Codec, VersionedBody
from chalicelib.platform.dynamo.table import Item, guarded, refused_by_condition

OWNER, EXPORTED, _AGREED = "OWNER", "EXPORTED", "AGREED#"
OWNERS = Codec(Owner, private=frozenset({"email"}), elsewhere=frozenset({"version"}))


class OwnerItem(VersionedBody, discriminator="owner"):
    def owner(self) -> Owner:
        return OWNERS.read(self, "owner", version=int(self.version))


class AgreedItem(Item, discriminator="agreed"):
    """`day` of the signature, and who signed."""

    day = UnicodeAttribute()
    by = UnicodeAttribute()
    noted_at = UnicodeAttribute()


class ExportedItem(Item, discriminator="exported"):
    at = UnicodeAttribute()


class DynamoHostRows(HostRows):
    @guarded
    def hosted(self, practice: str) -> Hosted:
        rows = list(Item.query(keys.hosting(practice), consistent_read=True))
        owners = [row.owner() for row in rows if isinstance(row, OwnerItem)]
        exported = [row.at for row in rows if isinstance(row, ExportedItem)]
        return Hosted(next(iter(owners), None), dict(_agreements(rows)), next(iter(exported), ""))

    @guarded
    def save_owner(self, practice: str, owner: Owner) -> Owner:
        saved = replace(owner, version=owner.version + 1)
        item = OwnerItem(keys.hosting(practice), OWNER, version=saved.version, **OWNERS.parts(saved))
        try:
            item.save(condition=OwnerItem.standing_at(owner.version))
        except PutError as error:
            if refused_by_condition(error):
                raise Conflict from error
            raise
        return saved

    @guarded
    def agree(self, practice: str, line: str, agreed: Agreed) -> None:
        AgreedItem(
            keys.hosting(practice), f"{_AGREED}{line}", day=agreed.on, by=agreed.by, noted_at=agreed.noted_at
        ).save()

    @guarded
    def withdraw(self, practice: str, line: str) -> None:
        AgreedItem(keys.hosting(practice), f"{_AGREED}{line}").delete()

    @guarded
    def exported(self, practice: str, *, at: str) -> None:
        ExportedItem(keys.hosting(practice), EXPORTED, at=at).save()


def _agreements(rows: list[Item]) -> Iterator[tuple[str, Agreed]]:
    for row in rows:
        if isinstance(row, AgreedItem):
            yield row.sk.removeprefix(_AGREED), Agreed(row.day, row.by, row.noted_at)
