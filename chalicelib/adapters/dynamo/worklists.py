"""Work lists over the sparse index, and the inbox of verified webhooks."""

from collections.abc import Sequence

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DoesNotExist, PutError, UpdateError

from chalicelib.adapters.dynamo import keys
from chalicelib.adapters.dynamo.ledger_items import MovementItem, PaymentItem
from chalicelib.adapters.dynamo.table import SHARDS, Item, guarded, refused_by_condition, shard
from chalicelib.services.ports import Due, InboxRow, WorkLists


class InboxItem(Item, discriminator="inbox"):
    """In the work list until done; then it only remembers that the event was seen, and expires."""

    processor = UnicodeAttribute()
    event_id = UnicodeAttribute()
    event_type = UnicodeAttribute()
    object_id = UnicodeAttribute()
    received_at = UnicodeAttribute()

    def row(self) -> InboxRow:
        return InboxRow(self.processor, self.event_id, self.event_type, self.object_id, self.received_at)


class DynamoWorkLists(WorkLists):
    @guarded
    def due(self, kind: str, *, before: str, limit: int) -> Sequence[Due]:
        rows: list[Due] = []
        for part in range(SHARDS):
            found = Item.work_list.query(
                keys.due(kind, part), Item.gsi2sk < before, limit=limit, page_size=limit
            )
            rows += [_due(kind, item) for item in found]
        return sorted(rows, key=lambda row: row.since)[:limit]

    @guarded
    def postpone(self, due: Due, *, until: str) -> None:
        try:
            _row(due).update(
                actions=[Item.gsi2sk.set(until), Item.sweeps.set(due.sweeps + 1)],
                condition=Item.gsi2sk == due.since,
            )
        except UpdateError as error:
            if not refused_by_condition(error):
                raise

    @guarded
    def inbox_put(self, practice: str, row: InboxRow) -> bool:
        item = InboxItem(
            pk=keys.inbox(practice, row.processor, row.event_id),
            sk="IN",
            gsi2pk=keys.due("inbox", shard(row.event_id)),
            gsi2sk=row.received_at,
            processor=row.processor,
            event_id=row.event_id,
            event_type=row.event_type,
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
            pk = keys.inbox(practice, processor, event_id)
            return InboxItem.get(pk, "IN", consistent_read=True).row()
        except DoesNotExist:
            return None

    @guarded
    def inbox_done(self, practice: str, processor: str, event_id: str, *, expires_at: int) -> None:
        item = InboxItem(keys.inbox(practice, processor, event_id), "IN")
        try:
            item.update(
                actions=[Item.gsi2pk.remove(), Item.gsi2sk.remove(), Item.ttl.set(expires_at)],
                condition=InboxItem.event_id.exists(),
            )
        except UpdateError as error:
            if not refused_by_condition(error):
                raise


def _due(kind: str, item: Item) -> Due:
    id_ = item.sk.partition("#")[2] or item.pk.split("#", 3)[3]
    account_id = getattr(item, "account_id", "") or keys.account_of(item.pk)
    since, sweeps = item.gsi2sk or "", int(item.sweeps or 0)
    return Due(kind, keys.practice_of(item.pk), account_id, id_, since, sweeps)


def _row(due: Due) -> Item:
    """The row that waits, by its key alone."""
    if due.kind in ("payment", "returned"):
        return PaymentItem(keys.account(due.practice, due.account_id), f"PAY#{due.id}")
    if due.kind == "inbox":
        return InboxItem(keys.inbox(due.practice, *due.id.split("#", 1)), "IN")
    return MovementItem(keys.movement(due.practice, due.id), "MOV")
