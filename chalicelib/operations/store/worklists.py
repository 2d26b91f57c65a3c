"""Work lists over the sparse index, and the inbox of verified webhooks."""

from collections.abc import Mapping, Sequence

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DoesNotExist, PutError, UpdateError
from pynamodb.expressions.condition import Condition

from chalicelib.operations.ports.work import Due, InboxRow, WorkLists
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.table import (
    Item,
    WorkList,
    connection,
    guarded,
    refused_by_condition,
    shard,
    shards,
)


class InboxItem(Item, discriminator="inbox"):
    """In the work list until done; then it only remembers that the event was seen, and expires."""

    processor = UnicodeAttribute()
    event_id = UnicodeAttribute()
    event_type = UnicodeAttribute()
    object_kind = UnicodeAttribute()
    object_id = UnicodeAttribute()
    received_at = UnicodeAttribute()

    def row(self) -> InboxRow:
        return InboxRow(
            self.processor, self.event_id, self.event_type, self.object_kind, self.object_id, self.received_at
        )


class DynamoWorkLists(WorkLists):
    @guarded
    def due(self, kind: str, *, before: str, limit: int) -> Sequence[Due]:
        rows: list[Due] = []
        earlier = Item.gsi2sk < before
        for part in shards():
            rows += [_due(kind, row) for row in _waiting(keys.due(kind, part), earlier, limit)]
        return sorted(rows, key=lambda row: row.since)[:limit]

    @guarded
    def postpone(self, due: Due, *, until: str) -> None:
        """By the row's key alone: whatever waits belongs to a room above this one."""
        actions = [Item.gsi2sk.set(until), Item.sweeps.set(due.sweeps + 1)]
        still = Item.gsi2sk == due.since
        try:
            connection().update_item(
                Item.Meta.table_name, *due.key, actions=actions, condition=still, return_values="ALL_NEW"
            )
        except UpdateError as error:
            if not refused_by_condition(error):
                raise

    @guarded
    def inbox_put(self, practice: str, row: InboxRow) -> bool:
        item = InboxItem(
            pk=keys.inbox(practice),
            sk=_place(row.processor, row.event_id),
            gsi2pk=keys.due("inbox", shard(row.event_id)),
            gsi2sk=row.received_at,
            processor=row.processor,
            event_id=row.event_id,
            event_type=row.event_type,
            object_kind=row.object_kind,
            object_id=row.object_id,
            received_at=row.received_at,
        )
        try:
            item.save(condition=InboxItem.pk.does_not_exist())
        except PutError as error:
            if refused_by_condition(error):
                return False
            raise
        return True

    @guarded
    def inbox_row(self, practice: str, processor: str, event_id: str) -> InboxRow | None:
        try:
            sk = _place(processor, event_id)
            return InboxItem.get(keys.inbox(practice), sk, consistent_read=True).row()
        except DoesNotExist:
            return None

    @guarded
    def inbox_done(self, practice: str, processor: str, event_id: str, *, expires_at: int) -> None:
        item = InboxItem(keys.inbox(practice), _place(processor, event_id))
        try:
            item.update(
                actions=[Item.gsi2pk.remove(), Item.gsi2sk.remove(), Item.ttl.set(expires_at)],
                condition=InboxItem.event_id.exists(),
            )
        except UpdateError as error:
            if not refused_by_condition(error):
                raise


def _place(processor: str, event_id: str) -> str:
    return f"IN#{processor}#{event_id}"


def _waiting(partition: str, earlier: Condition, limit: int) -> Sequence[Mapping[str, Mapping[str, str]]]:
    """Up to `limit` rows, oldest first, in DynamoDB's JSON: a sweep asks for each shard of each
    kind every minute, and needs no models, and no filter that names every kind of row there is."""
    rows: Sequence[Mapping[str, Mapping[str, str]]] = connection().query(
        Item.Meta.table_name, partition,
        range_key_condition=earlier, index_name=WorkList.Meta.index_name, limit=limit,
    )["Items"]  # fmt: skip
    return rows


def _due(kind: str, row: Mapping[str, Mapping[str, str]]) -> Due:
    pk, sk, sweeps = row["pk"]["S"], row["sk"]["S"], int(row.get("sweeps", {"N": "0"})["N"])
    id_ = sk.partition("#")[2] or keys.name_of(pk)
    account_id = row.get("account_id", {"S": ""})["S"] or keys.account_of(pk)
    return Due(kind, keys.practice_of(pk), account_id, id_, row["gsi2sk"]["S"], sweeps, (pk, sk))
