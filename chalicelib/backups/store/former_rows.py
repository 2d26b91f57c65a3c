"""Rows of a version that is not the one to be written, brought to it where they stand.

Only the version, the body and what is private of a row are written, under the condition that they are as
they were read; so whoever writes the row meanwhile wins, and it is read again.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.backups.ports import FormerRows
from chalicelib.backups.store.backups import ATTEMPTS, CONDITION, PARTITIONS, Row, ask, partition, read_rows
from chalicelib.documents.store.statements import KIND as STATEMENT
from chalicelib.documents.store.statements import STATEMENTS, StatementItem
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.store.items import PAYMENTS, PaymentItem
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.codec import Body, Codec
from chalicelib.platform.dynamo.table import Item


@dataclass(frozen=True)
class Kind:
    """Of the rows of a codec that reads more than one version: their class, and what such a row keeps."""

    item: type[Body]
    codec: Codec[Any]
    value: Callable[[Any], Any]


KINDS: Mapping[str, Kind] = {
    "payment": Kind(PaymentItem, PAYMENTS, PaymentItem.payment),
    "statement": Kind(StatementItem, STATEMENTS, lambda item: item.issued().statement),
}
_PARTS = ("v", "body", "private")


class DynamoFormerRows(FormerRows):
    def of_practice(self, practice: str, *, dry_run: bool = False) -> int:
        own = (of(practice) for of in PARTITIONS)
        return sum(_rewritten(pk, dry_run) for pk in (*own, keys.runs(practice, STATEMENT)))

    def of_account(self, ref: AccountRef, *, dry_run: bool = False) -> int:
        return _rewritten(keys.account(ref), dry_run)

    def of_guests(self, practice: str) -> Iterator[AccountRef]:
        for page in partition(keys.guests(practice)):
            yield from (AccountRef(practice, row["sk"]["S"]) for row in page)


def _rewritten(pk: str, dry_run: bool) -> int:
    behind = (row for page in partition(pk) for row in page if _is_behind(row))
    return sum(1 for row in behind if dry_run or _brought_forward(row))


def _is_behind(row: Row) -> bool:
    kind = KINDS.get(row["kind"]["S"])
    return kind is not None and row.get("v") != {"N": str(kind.codec.written)}


def _brought_forward(row: Row) -> bool:
    """Whether it was us. Errors: Unreadable, Busy."""
    place = row["pk"]["S"], row["sk"]["S"]
    for _ in range(ATTEMPTS):
        if not _is_behind(row):
            return False
        if _put(row):
            return True
        found, _left = read_rows([place])
        if not found:  # what has a time to live may go
            return False
        [row] = found
    raise Busy("somebody else writes the row all the time")


def _put(row: Row) -> bool:
    """False where the row is not as it was read."""
    kind = KINDS[row["kind"]["S"]]
    told = kind.codec.parts(kind.value(kind.item.from_raw_data(row)))
    after = {**told, "v": str(told["v"])}
    types = {"v": "N", "body": "S", "private": "S"}
    sets = {name: {types[name]: after[name]} for name in _PARTS if after[name] is not None}
    gone = [name for name in _PARTS if after[name] is None and name in row]
    was = {name: row[name] for name in _PARTS if name in row}
    update = "SET " + ", ".join(f"#{name} = :{name}" for name in sets)
    update += " REMOVE " + ", ".join(f"#{name}" for name in gone) if gone else ""
    as_read = [f"#{name} = :was_{name}" for name in was]
    as_read += [f"attribute_not_exists(#{name})" for name in _PARTS if name not in row]
    try:
        ask(
            "update_item", TableName=Item.Meta.table_name, Key={"pk": row["pk"], "sk": row["sk"]},
            UpdateExpression=update, ConditionExpression=" AND ".join(as_read),
            ExpressionAttributeNames={f"#{name}": name for name in _PARTS},
            ExpressionAttributeValues={
                **{f":{name}": value for name, value in sets.items()},
                **{f":was_{name}": value for name, value in was.items()},
            },
        )  # fmt: skip
    except Busy as busy:
        cause = busy.__cause__
        if isinstance(cause, ClientError) and cause.response["Error"]["Code"] == CONDITION:
            return False
        raise
    return True
