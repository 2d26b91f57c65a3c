"""What the shipped code asks of AWS and of Stripe, counted as it is billed.

Stands in front of AWS in this process (wire.py), whose rows it sees before and after each call. DynamoDB
bills by their bytes:

- a read: a unit for every 4 KB begun, half of that where it need not be strong; GetItem and BatchGetItem row
  by row, one that is not there like the smallest; a query all that it went through together
- a write: a unit for every KB begun of the row before or after, whichever is larger; two in a transaction, of
  a row whose condition is looked at, too; one that is refused as if it were written
- an index: the same for what it holds of the row, where that changes; a row that moves in it is taken out and
  put in anew. Indexes follow later, not in the transaction: one unit, not two.
"""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Any

from infra.table import table_properties
from tests.soak.store import INDEXES, item_bytes
from tests.support.cloud import Cloud

Row = Mapping[str, Any]
READ_BYTES, WRITE_BYTES, QUEUE_BYTES = 4096, 1024, 64 * 1024
ROOT = Path(__file__).resolve().parents[3]
FUNCTIONS = json.loads((ROOT / ".chalice" / "config.json").read_text())["stages"]["prod"]["lambda_functions"]
WHOLE_PROCESSOR_MB = 1769  # a function of so much memory has one; with less it has the share
# Assumed, for want of an account: how long a function waits for an answer, in seconds.
WAITS = {"dynamodb": 0.005, "sqs": 0.008, "s3": 0.03, "sesv2": 0.06, "ssm": 0.01, "stripe": 0.3}
HELD = {
    index["IndexName"]: {key["AttributeName"] for key in index["KeySchema"]} | {"pk", "sk"}
    | set(index["Projection"]["NonKeyAttributes"])
    for index in table_properties()["GlobalSecondaryIndexes"]
}  # fmt: skip


@dataclass
class Meter:
    """`counts` by the names of prices.py; `calls` by service and operation; `computing`: GB-seconds of each
    call of a function, by its name."""

    cloud: Cloud
    counts: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    calls: Counter[str] = field(default_factory=Counter)
    computing: dict[str, list[float]] = field(default_factory=dict)
    _waited: float = 0.0
    _elsewhere: float = 0.0

    def answer(self, service: str, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The stand-in's answer; what it takes to make it is no function's time."""
        began = time.process_time()
        try:
            self.calls[f"{service} {operation}"] += 1
            self._waited += WAITS[service]
            if service == "dynamodb":
                return self._dynamodb(operation, asked)
            self._count(service, operation, asked)
            return self.cloud.answer(service, operation, asked)
        finally:
            self._elsewhere += time.process_time() - began

    def stripe(self, calls: int) -> None:
        self.calls["stripe"] += calls
        self._waited += calls * WAITS["stripe"]

    @contextmanager
    def function(self, name: str) -> Iterator[None]:
        """One call of a Lambda function: it is billed for as long as it computes and waits."""
        self._waited = self._elsewhere = 0.0
        began = time.process_time()
        yield
        busy = time.process_time() - began - self._elsewhere
        memory = FUNCTIONS[name]["lambda_memory_size"]
        self.counts["calls of functions"] += 1
        self.counts["waiting GB-seconds"] += self._waited * memory / 1024
        # A share of a processor takes so much longer: the memory cancels out, up to a whole one.
        self.computing.setdefault(name, []).append(busy * max(WHOLE_PROCESSOR_MB, memory) / 1024)

    def _count(self, service: str, operation: str, asked: Mapping[str, Any]) -> None:
        if service == "sqs":
            bodies = [entry["MessageBody"] for entry in asked.get("Entries", [{"MessageBody": ""}])]
            self.counts["queue requests"] += max(1, ceil(sum(map(len, bodies)) / QUEUE_BYTES))
        self.counts["files put"] += operation in ("PutObject", "ListObjectsV2")  # a listing costs as much
        self.counts["files read"] += operation == "HeadObject"
        self.counts["mails"] += operation == "SendEmail"

    def _dynamodb(self, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        writes = list(_written(operation, asked))
        before = [self.cloud.store.items.get(_key(row)) for row, _ in writes]
        try:
            answer = self.cloud.answer("dynamodb", operation, asked)
        finally:
            for (row, times), was in zip(writes, before, strict=True):
                self._wrote(was, self.cloud.store.items.get(_key(row)), times)
        gone_through = answer
        if "FilterExpression" in asked:  # billed before it
            whole = {name: value for name, value in asked.items() if name != "FilterExpression"}
            gone_through = self.cloud.store.call(operation, whole)
        self.counts["read units"] += _read(operation, asked, gone_through)
        return answer

    def _wrote(self, was: Row | None, now: Row | None, times: int) -> None:
        largest = max(item_bytes(was or {}), item_bytes(now or {}), 1)
        self.counts["write units"] += times * ceil(largest / WRITE_BYTES)
        self.counts["index units"] += sum(_indexed(name, was, now) for name in HELD)


def _written(operation: str, asked: Mapping[str, Any]) -> Iterator[tuple[Row, int]]:
    """Which rows, by their keys, and how many times each counts."""
    if operation in ("PutItem", "UpdateItem", "DeleteItem"):
        yield asked.get("Item") or asked["Key"], 1
    for part in asked.get("TransactItems", ()):
        [of_one] = part.values()
        yield of_one.get("Item") or of_one["Key"], 2


def _read(operation: str, asked: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    if operation == "GetItem":
        return _units([answer.get("Item", {})], asked)
    if operation == "BatchGetItem":
        [wanted], [found] = asked["RequestItems"].values(), answer["Responses"].values()
        return _units([*found, *[{}] * (len(wanted["Keys"]) - len(found))], wanted)
    if operation == "Query":
        return _of_size(sum(map(item_bytes, answer["Items"])), asked)
    return 0.0


def _units(rows: list[Row], asked: Mapping[str, Any]) -> float:
    return sum(_of_size(item_bytes(row), asked) for row in rows)


def _of_size(size: int, asked: Mapping[str, Any]) -> float:
    return max(ceil(size / READ_BYTES), 1) * (1.0 if asked.get("ConsistentRead") else 0.5)


def _indexed(name: str, was: Row | None, now: Row | None) -> int:
    before, after = _held(name, was), _held(name, now)
    if before == after:
        return 0
    sizes = [ceil(item_bytes(row) / WRITE_BYTES) for row in (before, after) if row]
    moved = before and after and _place(name, before) != _place(name, after)
    return sum(sizes) if moved else max(sizes)


def _held(name: str, row: Row | None) -> Row:
    """What the index has of the row; nothing where it has not got the index's keys."""
    if row is None or not all(key in row for key in INDEXES[name]):
        return {}
    return {attribute: value for attribute, value in row.items() if attribute in HELD[name]}


def _place(name: str, row: Row) -> list[Any]:
    return [row[key] for key in INDEXES[name]]


def _key(row: Row) -> tuple[str, str]:
    return row["pk"]["S"], row["sk"]["S"]
