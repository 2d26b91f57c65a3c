"""A practice's rows as DynamoDB's own JSON, one a line: read partition by partition, put back as they were.

What a backup keeps stands in a partition that the practice or one of its accounts names; but for markers,
which are found by the entries that they were committed with, and refunds' by the refund.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.constants import BOOLEAN, NUMBER, STRING

from chalicelib.backups.ports import Backups, Occupied
from chalicelib.documents.store.statements import KIND as STATEMENT
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.domain.marker_keys import asked_refund
from chalicelib.ledger.domain.markers import expected
from chalicelib.ledger.store.items import EntryItem
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.table import Item, connection, guarded
from chalicelib.platform.ports import Clock
from chalicelib.practice.store.practices import PROFILE, RESTORE, RestoreItem

# What gets somebody in, or counts how often they tried, is made anew and not carried about in a file. So are
# billing records, which are kept a week. Bills' links hold in their own table alone. Diagnosis codes are no
# practice's own: they are loaded once for all. What a host and a practice agreed on is between these two.
LEFT_OUT = frozenset({
    "session", "sign-in", "link", "rate", "uses", "claim", "restore", "records", "diagnosis-codes",
    "pay-link", "link-session", "owner", "agreed", "exported",
})  # fmt: skip
KEPT = frozenset({
    "account", "account-index", "entry", "sequel", "charge", "former-charge", "payment", "refund", "marker",
    "inbox", "statement", "carried", "run", "noted", "practice", "practice-index", "lookup", "client",
    "person", "mail_stop", "alert", "round", "import", "invoice", "invoice-paper", "invoice-void", "invoiced",
    "invoice-counter", "invoice-number", "question", "question-index", "superbill", "superbill-paper",
    "superbill-void", "superbilled", "superbill-counter", "superbill-number",
    "reminder", "asked", "estimate", "estimate-paper", "estimate-request", "payer", "payer-lookup", "consent",
    "acknowledgement", "guest", "imported-ids",
})  # fmt: skip
OWN = frozenset({"practice", "practice-index"})
# Where all the rest of it stands; to be here is what makes a partition part of a backup.
PARTITIONS = (
    keys.practice, keys.accounts, keys.directory, keys.client_lookups, keys.addresses, keys.alerts,
    keys.inbox, keys.invoices, keys.payers, keys.questions, keys.superbills, keys.reminders, keys.estimates,
    keys.guests,
)  # fmt: skip
BATCH, AT_ONCE = 25, 100  # rows written in one call, and read
ATTEMPTS = 10  # in a row, in which nothing at all was written or read
CONDITION = "ConditionalCheckFailedException"
_TYPES = {STRING, NUMBER, BOOLEAN}

Row = dict[str, dict[str, Any]]


class DynamoBackups(Backups):
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def rows(self, practice: str, accounts: Iterable[AccountRef]) -> Iterator[str]:
        for page in self._pages(practice, accounts):
            yield from (_text(row) for row in page if row["kind"]["S"] in KEPT)

    def _pages(self, practice: str, accounts: Iterable[AccountRef]) -> Iterator[list[Row]]:
        """Each page that has some; one is in memory at a time."""
        waiting = set[str]()
        for page in self._own(practice):
            yield page
            waiting |= {row["sk"]["S"] for row in page if row["kind"]["S"] == "guest"}
        known = list(accounts)
        waiting -= {ref.account for ref in known}  # what a guest began has no account before it is paid
        for ref in (*known, *(AccountRef(practice, id_) for id_ in sorted(waiting))):
            processors = dict[str, str]()
            for page in partition(keys.account(ref)):
                yield page
                wanted = _markers(ref, page, processors)
                yield from self._found((keys.marker(practice, key), "MOV") for key in wanted)

    def _own(self, practice: str) -> Iterator[list[Row]]:
        yield from self._found([(keys.PRACTICES, practice)])
        for pk in (*(of(practice) for of in PARTITIONS), keys.runs(practice, STATEMENT)):
            yield from partition(pk)

    def _found(self, places: Iterable[tuple[str, str]]) -> Iterator[list[Row]]:
        """Those of the rows that there are. A throttled table may leave some for the next call."""
        waiting, in_vain = list(dict.fromkeys(places)), 0
        while waiting:
            found, left = read_rows(waiting[:AT_ONCE])
            if found:
                yield found
            in_vain = in_vain + 1 if len(left) == len(waiting[:AT_ONCE]) else 0
            if in_vain == ATTEMPTS:
                raise Busy("rows are left unread")
            if left:
                self._clock.pause(in_vain)
            waiting = [*left, *waiting[AT_ONCE:]]

    def belongs(self, practice: str, row: str) -> bool:
        try:
            read = json.loads(row)
            plain = all(len(v) == 1 and v.keys() <= _TYPES for v in read.values())
            pk, sk, kind = (read[name]["S"] for name in ("pk", "sk", "kind"))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return False
        mine = keys.practice(practice)
        own = (pk, sk) in ((mine, PROFILE), (keys.PRACTICES, practice))
        return plain and kind in KEPT and own == (kind in OWN) and (own or keys.is_of(practice, pk))

    def occupied(self, practice: str) -> Occupied | None:
        found = self._restore(practice)
        if found is not None:
            return Occupied(found.name, found.ended or "")
        return Occupied() if next(self._own(practice), None) else None

    @guarded
    def _restore(self, practice: str) -> RestoreItem | None:
        mine = keys.practice(practice)
        return next(RestoreItem.query(mine, RestoreItem.sk == RESTORE, consistent_read=True), None)

    @guarded
    def begin(self, practice: str, name: str) -> None:
        # Two at once would mix two files' rows: PutError is Busy, and the next look tells whose it is.
        item = RestoreItem(keys.practice(practice), RESTORE, name=name)
        item.save(condition=RestoreItem.pk.does_not_exist())

    def put(self, practice: str, rows: Iterable[str]) -> int:
        found = self._restore(practice)
        rest = bool(found and found.rest)
        count, waiting = 0, list[Row]()
        read = (json.loads(row) for row in rows)
        others = (row for row in read if row["kind"]["S"] not in OWN)
        while batch := list(islice(others, BATCH)):
            count += len(batch)
            waiting += [row for row in batch if "gsi2pk" in row]
            # Jobs may have taken up what waits: an account put back by then would forget what they did.
            self._put([] if rest else [row for row in batch if "gsi2pk" not in row])
        self._keep_the_rest(practice)
        for row in waiting:
            # Where it comes from there may be more shards than are read here.
            row["gsi2pk"]["S"] = keys.due_within(row["gsi2pk"]["S"], Item.Meta.shards.written)
            _put_new(row)
        return count

    def _put(self, rows: list[Row]) -> None:
        """A throttled table takes some of a batch, or none: the rest is asked for again, ever more seldom."""
        in_vain = 0
        while rows:
            left = _written(rows)
            in_vain = in_vain + 1 if len(left) == len(rows) else 0
            if in_vain == ATTEMPTS:
                raise Busy("rows are left unwritten")
            if left:
                self._clock.pause(in_vain)
            rows = left

    @guarded
    def _keep_the_rest(self, practice: str) -> None:
        RestoreItem(keys.practice(practice), RESTORE).update(
            actions=[RestoreItem.rest.set("rest")], condition=RestoreItem.name.exists()
        )

    def end(self, practice: str, rows: Iterable[str]) -> None:
        own = [row for row in map(json.loads, rows) if row["kind"]["S"] in OWN]
        table = Item.Meta.table_name
        actions: list[dict[str, Any]] = [{"Put": {"TableName": table, "Item": row}} for row in own]
        actions.append({"Update": {
            "TableName": table, "Key": {"pk": {"S": keys.practice(practice)}, "sk": {"S": RESTORE}},
            "UpdateExpression": "SET #ended = :at REMOVE #rest",
            # Once it is whole the practice may be changed, which a slower restore of the file must not undo.
            "ConditionExpression": "attribute_exists(#name) AND attribute_not_exists(#ended)",
            "ExpressionAttributeNames": {"#ended": "ended", "#rest": "rest", "#name": "name"},
            "ExpressionAttributeValues": {":at": {"S": instant(self._clock.now())}},
        }})  # fmt: skip
        ask("transact_write_items", TransactItems=actions)


def ask(operation: str, **asked: Any) -> Any:
    """One call of DynamoDB's own. Error: Busy."""
    try:
        return getattr(connection().client, operation)(**asked)
    except (BotoCoreError, ClientError) as error:
        raise Busy(type(error).__name__) from error


def partition(pk: str) -> Iterator[list[Row]]:
    """Its rows in the order of their sort keys, each page that has some."""
    asked: dict[str, Any] = {
        "TableName": Item.Meta.table_name, "ConsistentRead": True, "KeyConditionExpression": "#pk = :pk",
        "ExpressionAttributeNames": {"#pk": "pk"}, "ExpressionAttributeValues": {":pk": {"S": pk}},
    }  # fmt: skip
    while True:
        answer = ask("query", **asked)
        if answer["Items"]:
            yield answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _markers(ref: AccountRef, page: Iterable[Row], processors: dict[str, str]) -> Iterator[str]:
    """The keys of the markers written with the account's entries and refunds of this page; `processors` as
    `expected` has it. Error: Unreadable."""
    entries = (row for row in page if row["kind"]["S"] == "entry")
    read = (EntryItem.from_raw_data(row).entry() for row in entries)
    yield from (marker.key for marker in expected(ref.account, read, processors))
    refunds = (row["sk"]["S"] for row in page if row["kind"]["S"] == "refund")
    yield from (asked_refund(sk.split("#", 2)[2]) for sk in refunds)


def read_rows(places: Sequence[tuple[str, str]]) -> tuple[list[Row], list[tuple[str, str]]]:
    """The rows there, and the places that DynamoDB left for another call."""
    table = Item.Meta.table_name
    wanted = {"Keys": [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in places], "ConsistentRead": True}
    answer = ask("batch_get_item", RequestItems={table: wanted})
    left = answer["UnprocessedKeys"].get(table, {"Keys": ()})["Keys"]
    return answer["Responses"].get(table, []), [(key["pk"]["S"], key["sk"]["S"]) for key in left]


def _text(row: Row) -> str:
    return json.dumps(row, separators=(",", ":"), ensure_ascii=False, sort_keys=True)


def _written(rows: list[Row]) -> list[Row]:
    """What DynamoDB left unwritten of a batch."""
    table = Item.Meta.table_name
    wanted = {table: [{"PutRequest": {"Item": row}} for row in rows]}
    left = ask("batch_write_item", RequestItems=wanted)["UnprocessedItems"]
    return [request["PutRequest"]["Item"] for request in left.get(table, [])]


def _put_new(row: Row) -> None:
    absent = {"ConditionExpression": "attribute_not_exists(#pk)", "ExpressionAttributeNames": {"#pk": "pk"}}
    try:
        ask("put_item", TableName=Item.Meta.table_name, Item=row, **absent)
    except Busy as busy:
        cause = busy.__cause__
        if not isinstance(cause, ClientError) or cause.response["Error"]["Code"] != CONDITION:
            raise
