"""Imports: P#practice, IMPORT#id; in the work list once they have taken too long. Beside them stands the key
of the ids that they make, IMPORTED-IDS."""

import json
from collections.abc import Sequence

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError
from pynamodb.expressions.update import Action

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Conflict
from chalicelib.ledger.ports.imports import Imports, UnderWay
from chalicelib.ledger.store.items import AccountIndexItem, AccountItem
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.table import Item, guarded, refused_by_condition, shard

KIND = "import"
_SK, _IDS = "IMPORT#", "IMPORTED-IDS"


class ImportItem(Item, discriminator="import"):
    actor = UnicodeAttribute()
    begun_at = UnicodeAttribute()
    rows = NumberAttribute()
    accounts = NumberAttribute()
    files = UnicodeAttribute(null=True)  # a JSON list of names
    ended_at = UnicodeAttribute(null=True)
    undone_at = UnicodeAttribute(null=True)
    done_again = BooleanAttribute(null=True)

    def found(self) -> UnderWay:
        id_ = self.sk.removeprefix(_SK)
        files = tuple(json.loads(self.files or "[]"))
        return UnderWay(
            id_, self.actor, self.begun_at, int(self.rows), int(self.accounts), files,
            self.ended_at or "", self.undone_at or "", bool(self.done_again),
        )  # fmt: skip


class IdsKeyItem(Item, discriminator="imported-ids"):
    key = UnicodeAttribute()


class DynamoImports(Imports):
    @guarded
    def known(self, practice: str) -> Sequence[UnderWay]:
        rows = ImportItem.query(keys.practice(practice), ImportItem.sk.startswith(_SK), consistent_read=True)
        return sorted((row.found() for row in rows), key=lambda found: (found.begun_at, found.id))

    @guarded
    def begin(self, practice: str, found: UnderWay, *, due_at: str) -> None:
        item = ImportItem(
            keys.practice(practice), _SK + found.id, gsi2pk=keys.due(KIND, shard(found.id)), gsi2sk=due_at,
            actor=found.actor, begun_at=found.begun_at, rows=found.rows, accounts=found.accounts,
            files=json.dumps(found.files, ensure_ascii=False), done_again=found.done_again or None,
        )  # fmt: skip
        try:
            item.save(condition=ImportItem.pk.does_not_exist() | ImportItem.ended_at.exists())
        except PutError as error:
            if not refused_by_condition(error):
                raise

    @guarded
    def end(self, practice: str, found: UnderWay) -> None:
        item = ImportItem(keys.practice(practice), _SK + found.id)
        if found.files:
            ended: list[Action] = [
                ImportItem.ended_at.set(found.ended_at),
                Item.gsi2pk.remove(),
                Item.gsi2sk.remove(),
            ]
            item.update(actions=ended, condition=ImportItem.begun_at.exists())
        else:
            item.delete()

    @guarded
    def undo(self, practice: str, import_id: str, *, at: str) -> None:
        item = ImportItem(keys.practice(practice), _SK + import_id)
        item.update(actions=[ImportItem.undone_at.set(at)], condition=ImportItem.begun_at.exists())

    @guarded
    def ids_key(self, practice: str) -> str:
        mine = keys.practice(practice)
        rows = IdsKeyItem.query(mine, IdsKeyItem.sk == _IDS, consistent_read=True)
        return next((row.key for row in rows), "")

    @guarded
    def keep_ids_key(self, practice: str, key: str) -> None:
        item = IdsKeyItem(keys.practice(practice), _IDS, key=key)
        try:
            item.save(condition=IdsKeyItem.pk.does_not_exist())
        except PutError as error:
            if not refused_by_condition(error):
                raise
            raise Conflict from error

    @guarded
    def hides(self, practice: str, import_id: str) -> bool:
        listed = AccountIndexItem.query(keys.accounts(practice), consistent_read=True)
        places = [(keys.account(AccountRef(practice, row.sk)), "ACCT") for row in listed]
        found = AccountItem.batch_get(places, consistent_read=True) if places else ()
        return any(account.hold == import_id for account in found)
