"""DynamoDB in this process: one table with Billfold's keys and indexes, atomic, deterministic, quick.

Speaks the operations and parameters the shipped adapters use, as botocore hands them over (DynamoDB's own
JSON); anything else is refused with Unknown. The differential test holds it to the emulator.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from infra.table import table_properties
from tests.soak.expressions import Row, Unknown, condition, hash_equals, plain, update, updated

Key = tuple[str, str]
Item = dict[str, dict[str, str]]
INDEXES = {None: ("pk", "sk"), "gsi1": ("pk", "gsi1sk"), "gsi2": ("gsi2pk", "gsi2sk")}
KEYS_OF_ROWS = frozenset({"pk", "sk"})
KEYS = {"pk", "sk", "gsi1sk", "gsi2pk", "gsi2sk"}
# What each index holds besides keys; the table itself holds everything.
PROJECTED: Mapping[str | None, frozenset[str]] = {
    index["IndexName"]: KEYS_OF_ROWS | {key["AttributeName"] for key in index["KeySchema"]}
    | set(index["Projection"]["NonKeyAttributes"])
    for index in table_properties()["GlobalSecondaryIndexes"]
}  # fmt: skip
MAX_ITEM_BYTES = 400 * 1024
MAX_PAGE_BYTES = 1024 * 1024
LAG = 6  # writes that an eventually consistent read may not have seen
_COMMON = {"TableName", "ReturnConsumedCapacity"}
_NAMED = {"ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues"}
_TAKES = {
    "GetItem": _COMMON | {"Key", "ConsistentRead"},
    "BatchGetItem": {"RequestItems", "ReturnConsumedCapacity"},
    "Query": _COMMON | _NAMED - {"ConditionExpression"} | {
        "KeyConditionExpression", "FilterExpression", "IndexName", "Limit", "ScanIndexForward",
        "ExclusiveStartKey", "ConsistentRead",
    },
    "PutItem": _COMMON | _NAMED | {"Item"},
    "DeleteItem": _COMMON | _NAMED | {"Key"},
    "UpdateItem": _COMMON | _NAMED | {"Key", "UpdateExpression", "ReturnValues"},
    "TransactWriteItems": {"TransactItems", "ClientRequestToken", "ReturnConsumedCapacity"},
    "Put": {"TableName", "Item"} | _NAMED,
    "Update": {"TableName", "Key", "UpdateExpression"} | _NAMED,
    "Delete": {"TableName", "Key"} | _NAMED,
    "ConditionCheck": {"TableName", "Key"} | _NAMED,
}  # fmt: skip


def failure(operation: str, code: str, message: str = "", reasons: Sequence[str] = ()) -> ClientError:
    """The error as botocore would raise it, with a transaction's cancellation reasons."""
    response: dict[str, Any] = {"Error": {"Code": code, "Message": message}}
    if reasons:
        response["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return ClientError(response, operation)


def item_bytes(item: Row) -> int:
    """An item's size as DynamoDB counts it: names and texts in UTF-8, numbers by their digits."""
    total = 0
    for name, value in item.items():
        ((kind, text),) = value.items()
        total += len(name.encode()) + (len(text.encode()) if kind == "S" else _small_bytes(text))
    return total


def _projected(row: Item, index: str | None) -> Item:
    held = PROJECTED.get(index)
    return row if held is None else {name: value for name, value in row.items() if name in held}


def _small_bytes(value: str | bool) -> int:
    return 1 if isinstance(value, bool) else len(value) // 2 + 2


class Store:
    """`journal` has every write in order: (key, item or None). `lags` says whether a read may be stale."""

    def __init__(self, lags: Callable[[], bool] = lambda: False) -> None:
        self.items: dict[Key, Item] = {}
        self.journal: list[tuple[Key, Item | None]] = []
        self._parts: dict[tuple[str | None, str], dict[Key, Item]] = {}
        self._before: dict[Key, tuple[int, Item | None]] = {}
        self._tokens: dict[str, object] = {}
        self._sizes: dict[int, int] = {}
        self._lags = lags

    def bring_back(self, items: Mapping[Key, Item]) -> None:
        """The table as its recovery leaves it: these items, and of what was written since, nothing."""
        self.items, self._parts, self._before, self._tokens = {}, {}, {}, {}
        for key, item in items.items():
            self._write(key, item)
        self.journal, self._before = [], {}

    def call(self, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """One operation, whole or not at all. Errors: ClientError as DynamoDB's, Unknown."""
        self._known(operation, asked)
        act: Callable[[Mapping[str, Any]], dict[str, Any]] = getattr(self, f"_{operation}")
        return act(asked)

    def _known(self, operation: str, asked: Mapping[str, Any]) -> None:
        if operation not in _TAKES or not asked.keys() <= _TAKES[operation]:
            raise Unknown(f"{operation} {sorted(asked.keys() - _TAKES.get(operation, set()))}")

    def _GetItem(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        found = self._read(_key(asked["Key"]), strong=asked.get("ConsistentRead", False))
        return {"Item": dict(found)} if found else {}

    def _BatchGetItem(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        ((table, wanted),) = asked["RequestItems"].items()
        if not wanted.keys() <= {"Keys", "ConsistentRead"}:
            raise Unknown(f"BatchGetItem {sorted(wanted)}")
        keys = [_key(key) for key in wanted["Keys"]]
        if len(set(keys)) != len(keys) or not 1 <= len(keys) <= 100:
            raise failure("BatchGetItem", "ValidationException")
        rows = (self._read(key, strong=wanted.get("ConsistentRead", False)) for key in keys)
        return {"Responses": {table: [dict(row) for row in rows if row]}, "UnprocessedKeys": {}}

    def _Query(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        index = asked.get("IndexName")
        hash_name, range_name = INDEXES[index]
        names, values = asked["ExpressionAttributeNames"], asked["ExpressionAttributeValues"]
        test, sifts = condition(asked["KeyConditionExpression"]), asked.get("FilterExpression")
        part = self._partition(
            index, _hash_value(asked, hash_name), strong=asked.get("ConsistentRead", False)
        )
        order = lambda row: (row[range_name]["S"], row["pk"]["S"], row["sk"]["S"])  # noqa: E731
        rows = [_projected(row, index) for row in part if test(row, names, values)]
        rows.sort(key=order, reverse=not asked.get("ScanIndexForward", True))
        rows = _after(rows, asked, order)
        page, more = self._page(rows, asked.get("Limit"))
        found = [dict(row) for row in page if sifts is None or condition(sifts)(row, names, values)]
        answer: dict[str, Any] = {"Items": found, "Count": len(found), "ScannedCount": len(page)}
        if more:
            answer["LastEvaluatedKey"] = {n: page[-1][n] for n in {"pk", "sk", hash_name, range_name}}
        return answer

    def _PutItem(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        return self._single("PutItem", "Put", asked)

    def _DeleteItem(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        return self._single("DeleteItem", "Delete", asked)

    def _UpdateItem(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        if asked.get("ReturnValues") != "ALL_NEW":
            raise Unknown(f"ReturnValues {asked.get('ReturnValues')}")
        self._single("UpdateItem", "Update", asked)
        return {"Attributes": dict(self.items[_key(asked["Key"])])}

    def _single(self, operation: str, action: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        key, after, holds = self._planned(operation, action, asked)
        if not holds:
            raise failure(operation, "ConditionalCheckFailedException", "The conditional request failed")
        self._write(key, after)
        return {}

    def _TransactWriteItems(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        token = asked.get("ClientRequestToken")
        if token and token in self._tokens:
            if self._tokens[token] != asked["TransactItems"]:
                raise failure("TransactWriteItems", "IdempotentParameterMismatchException")
            return {}
        plans = [self._member(member) for member in asked["TransactItems"]]
        if len({key for key, _, _ in plans}) != len(plans) or not 1 <= len(plans) <= 100:
            raise failure("TransactWriteItems", "ValidationException")
        reasons = [reason for _, _, reason in plans]
        if set(reasons) != {"None"}:
            raise failure("TransactWriteItems", "TransactionCanceledException", "", reasons)
        for key, after, _ in plans:
            self._write(key, after)
        if token:
            self._tokens[token] = asked["TransactItems"]
        return {}

    def _member(self, member: Mapping[str, Any]) -> tuple[Key, Item | None, str]:
        """A transaction's member: its key, the item afterwards, and the reason it gives for canceling."""
        ((action, asked),) = member.items()
        self._known(action, asked)
        key, after, holds = self._planned("TransactWriteItems", action, asked)
        return key, after, "None" if holds else "ConditionalCheckFailed"

    def _planned(
        self, operation: str, action: str, asked: Mapping[str, Any]
    ) -> tuple[Key, Item | None, bool]:
        """The key, the item after the write, and whether its condition holds now."""
        key = _key(asked["Item"] if action == "Put" else asked["Key"])
        row = self.items.get(key)
        names, values = asked.get("ExpressionAttributeNames", {}), asked.get("ExpressionAttributeValues", {})
        text = asked.get("ConditionExpression")
        holds = condition(text)(row or {}, names, values) if text else True
        after = row
        if action == "Put":
            after = dict(asked["Item"])
        elif action == "Delete":
            after = None
        elif action == "Update" and holds:
            base = row or {name: asked["Key"][name] for name in ("pk", "sk")}
            after = updated(base, update(asked["UpdateExpression"]), names, values)  # type: ignore[assignment]
        if after is not None and action in ("Put", "Update"):
            _check_item(operation, after)
        return key, after, holds

    def _write(self, key: Key, after: Item | None) -> None:
        before = self.items.get(key)
        if after is before:  # a condition check
            return
        self._before[key] = (len(self.journal), before)
        self.journal.append((key, after))
        for index, (hash_name, range_name) in INDEXES.items():
            for row in (before, after):
                if row is not None and hash_name in row and range_name in row:
                    part = self._parts.setdefault((index, row[hash_name]["S"]), {})
                    part.pop(key, None)
                    if row is after:
                        part[key] = row
        if after is None:
            self.items.pop(key, None)
        else:
            self.items[key] = after

    def _read(self, key: Key, *, strong: bool) -> Item | None:
        if not strong and key in self._before and self._lags():
            at, before = self._before[key]
            return before if at >= len(self.journal) - LAG else self.items.get(key)
        return self.items.get(key)

    def _partition(self, index: str | None, value: str, *, strong: bool) -> list[Item]:
        if index and strong:
            raise failure("Query", "ValidationException", "Consistent reads are not supported on indexes")
        rows = self._parts.get((index, value), {})
        if strong or not self._lags():
            return list(rows.values())
        hash_name, range_name = INDEXES[index]
        recent = {key for key, _ in self.journal[-LAG:]}
        old = (self._read_before(key) for key in sorted(recent))
        stale = [row for row in old if row and row.get(hash_name, {}).get("S") == value and range_name in row]
        return [row for key, row in rows.items() if key not in recent] + stale

    def _page(self, rows: list[Item], limit: int | None) -> tuple[list[Item], bool]:
        """As many rows as one answer holds, and whether it says where to go on."""
        page, size = list[Item](), 0
        for row in rows:
            page.append(row)
            size += self._bytes(row)
            if len(page) == limit or size >= MAX_PAGE_BYTES:
                return page, True
        return page, False

    def _bytes(self, row: Item) -> int:
        """A row's size, counted once: it is never changed, and the journal keeps it, and so its identity."""
        size = self._sizes.get(id(row))
        if size is None:
            size = self._sizes[id(row)] = item_bytes(row)
        return size

    def _read_before(self, key: Key) -> Item | None:
        return self._before[key][1]


def _key(item: Mapping[str, Any]) -> Key:
    texts = item["pk"].get("S"), item["sk"].get("S")
    if not all(texts):
        raise failure("", "ValidationException", "One or more parameter values were invalid: a key is empty")
    return texts[0], texts[1]


def _check_item(operation: str, item: Item) -> None:
    for name, value in item.items():
        kind, text = plain(value)
        if name in KEYS and kind != "S":
            raise Unknown(f"a key that is no text: {name}")
        if name in KEYS and not text:
            raise failure(operation, "ValidationException", f"{name} is empty")
    if item_bytes(item) > MAX_ITEM_BYTES:
        raise failure(operation, "ValidationException", "Item size has exceeded the maximum allowed size")


def _hash_value(asked: Mapping[str, Any], hash_name: str) -> str:
    """The partition a key condition names: it begins with `hash = value`."""
    name, value = hash_equals(asked["KeyConditionExpression"])
    if asked["ExpressionAttributeNames"][name] != hash_name:
        raise Unknown(asked["KeyConditionExpression"])
    text: str = asked["ExpressionAttributeValues"][value]["S"]
    return text


def _after(rows: list[Item], asked: Mapping[str, Any], order: Callable[[Item], Any]) -> list[Item]:
    if "ExclusiveStartKey" not in asked:
        return rows
    start = order(asked["ExclusiveStartKey"])
    if asked.get("ScanIndexForward", True):
        return [row for row in rows if order(row) > start]
    return [row for row in rows if order(row) < start]
