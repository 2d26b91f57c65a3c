"""What a request asks of DynamoDB: every call, and the units that it would be billed.

moto bills nothing, so units are counted from the rows that come back, as DynamoDB counts them: half a unit
for every 4 KB begun, a whole one where the read is strong. GetItem and BatchGetItem round up each row, a
query all its rows together. Of writes, what is put: a unit for every KB begun, two in a transaction.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from typing import Any
from unittest.mock import patch

from chalicelib.platform.dynamo.table import connection
from tests.soak.store import item_bytes

Row = Mapping[str, Any]


@dataclass
class Asked:
    """`calls` are the operations in their order, each with what it read; `units` are read units, `each` those
    of every call."""

    calls: list[str] = field(default_factory=list)
    each: list[float] = field(default_factory=list)
    units: float = 0.0
    write_units: int = 0

    def note(self, operation: str, request: Row, answer: Row) -> None:
        if operation == "DescribeTable":  # once a process
            return
        self.calls.append(f"{operation} {' '.join(_keys(operation, request))}".strip())
        self.each.append(_units(operation, request, answer))
        self.units += self.each[-1]
        self.write_units += sum(_write_units(operation, request))


@contextmanager
def asked_of_dynamodb() -> Iterator[Asked]:
    """Everything that is asked within it, in this thread."""
    client, made = connection().client, Asked()
    real = client._make_api_call

    def noted(operation: str, request: dict[str, Any]) -> Any:
        answer = real(operation, request)
        made.note(operation, request, answer)
        return answer

    with patch.object(client, "_make_api_call", noted):
        yield made


def _units(operation: str, request: Row, answer: Row) -> float:
    if operation == "GetItem":
        return _billed([answer.get("Item", {})], strong=request.get("ConsistentRead", False))
    if operation == "Query":
        size = sum(map(item_bytes, answer["Items"]))
        return _of_size(size, strong=request.get("ConsistentRead", False))
    if operation == "BatchGetItem":
        return sum(
            _batch_units(of, answer["Responses"][name]) for name, of in request["RequestItems"].items()
        )
    assert operation in _WRITES, f"how {operation} is billed is not known here"
    return 0.0


def _batch_units(request: Row, found: Iterable[Row]) -> float:
    rows, strong = list(found), request.get("ConsistentRead", False)
    absent = len(request["Keys"]) - len(rows)  # billed as the smallest row
    return _billed([*rows, *[{}] * absent], strong=strong)


def _billed(rows: Iterable[Row], *, strong: bool) -> float:
    return sum(_of_size(item_bytes(row), strong=strong) for row in rows)


def _of_size(size: int, *, strong: bool) -> float:
    return max(ceil(size / 4096), 1) * (1.0 if strong else 0.5)


_WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem")


def _write_units(operation: str, request: Row) -> Iterator[int]:
    if operation == "PutItem":
        yield ceil(item_bytes(request["Item"]) / 1024)
    elif operation == "TransactWriteItems":
        yield from (2 * ceil(item_bytes(part["Put"]["Item"]) / 1024) for part in request["TransactItems"])


def _keys(operation: str, request: Row) -> Iterator[str]:
    """Which rows, for whoever reads why a test failed."""
    if operation == "BatchGetItem":
        keys = [key for of in request["RequestItems"].values() for key in of["Keys"]]
    elif operation == "TransactWriteItems":
        keys = [item["Put"]["Item"] for item in request["TransactItems"]]
    else:
        keys = [request["Key"]] if "Key" in request else []
    yield from (f"{key['pk']['S']}|{key['sk']['S']}" for key in keys)
    yield from (value["S"] for value in request.get("ExpressionAttributeValues", {}).values() if "S" in value)
