"""The one table, as PynamoDB sees it: the base of every item, and the binding to a real table.

Keys are in docs/adr/0003-one-table.md. Numbers are integers only: NumberAttribute would store floats.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.attributes import DiscriminatorAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from chalicelib.kernel.outside import Busy, Conflict
from chalicelib.settings import FEWEST_SHARDS

P = ParamSpec("P")
R = TypeVar("R")

_CONDITION = "ConditionalCheckFailedException"


# What the indexes hold besides keys, as infra/data.yaml has it: a row of an index has nothing else.
LISTED = [
    "kind", "v", "version", "body", "private", "hash", "names", "paid", "closing", "service", "receipt",
    "delivery", "message_id",
]  # fmt: skip
WAITING = ["kind", "account_id", "sweeps"]


@dataclass(frozen=True, slots=True)
class Shards:
    """Into how many shards of a work list this process writes, and how many it reads: more while their number
    changes, because other processes may write there, or what was written is still waiting."""

    written: int = FEWEST_SHARDS
    read: int = FEWEST_SHARDS


class ByDate(GlobalSecondaryIndex["Item"]):
    """gsi1: the items of one partition by date or name."""

    class Meta:
        index_name = "gsi1"
        projection = IncludeProjection(LISTED)

    pk = UnicodeAttribute(hash_key=True)
    gsi1sk = UnicodeAttribute(range_key=True)


class WorkList(GlobalSecondaryIndex["Item"]):
    """gsi2: sparse; an item is in it while something is still to be done."""

    class Meta:
        index_name = "gsi2"
        projection = IncludeProjection(WAITING)

    gsi2pk = UnicodeAttribute(hash_key=True)
    gsi2sk = UnicodeAttribute(range_key=True)


class Item(Model):
    """Base of all items; `kind` tells PynamoDB which class a row is."""

    class Meta:
        table_name = "unbound"
        host: str | None = None
        region = "us-east-1"
        shards = Shards()
        # A gateway gives up after 29 s, so a call must not wait as long as PynamoDB's defaults do.
        connect_timeout_seconds = 2
        read_timeout_seconds = 5
        max_retry_attempts = 3
        max_pool_connections = 50

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
    gsi1sk = UnicodeAttribute(null=True)
    gsi2pk = UnicodeAttribute(null=True)
    gsi2sk = UnicodeAttribute(null=True)
    ttl = NumberAttribute(null=True)
    sweeps = NumberAttribute(null=True)

    by_date = ByDate()
    work_list = WorkList()


def bind(table_name: str, *, region: str, host: str | None = None, shards: Shards | None = None) -> None:
    """Point every item class at a table. `host` None lets botocore decide (AWS_ENDPOINT_URL)."""
    Item.Meta.table_name = table_name
    Item.Meta.shards = shards or Shards()
    Item.Meta.region = region
    Item.Meta.host = host
    Item._connection = None  # subclasses find the base's connection, made once here
    _ = Item._get_connection().connection.client


def connection() -> Connection:
    return Item._get_connection().connection


def shard(text: str) -> int:
    """The shard of a work list into which a name goes; the row keeps it until it is written again."""
    return sum(text.encode()) % Item.Meta.shards.written


def shards() -> range:
    """All shards in which something may wait."""
    return range(Item.Meta.shards.read)


def guarded(call: Callable[P, R]) -> Callable[P, R]:
    """DynamoDB's failures as the ports name them: nothing of PynamoDB or botocore gets past an adapter."""

    @wraps(call)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(*args, **kwargs)
        except (PynamoDBException, BotoCoreError) as error:
            raise Busy(type(error).__name__) from error

    return run


def walked(query: Callable[P, Iterator[R]]) -> Callable[P, Iterator[R]]:
    """All rows of a query, page after page; failures as `guarded` names them, those of later pages, too."""

    @wraps(query)
    def run(*args: P.args, **kwargs: P.kwargs) -> Iterator[R]:
        rows = guarded(query)(*args, **kwargs)
        step = guarded(lambda: next(rows, None))
        while (row := step()) is not None:
            yield row

    return run


def refused_by_condition(error: PynamoDBException) -> bool:
    """Whether DynamoDB said no to a condition. `cause_response_code` breaks on a cause without a response."""
    cause = error.cause
    return isinstance(cause, ClientError) and cause.response["Error"]["Code"] == _CONDITION


def not_written(error: PynamoDBException) -> bool:
    """False when the write's condition did not hold; any other failure goes on."""
    if refused_by_condition(error):
        return False
    raise error


class Canceled(Exception):
    """Conditions canceled a transaction; `failed` are the places of the puts whose condition did not hold;
    for `checks` numbers below 0."""

    def __init__(self, failed: Sequence[int]) -> None:
        super().__init__(failed)
        self.failed = failed


def transact(
    puts: Sequence[tuple[Item, Condition | None]],
    deletes: Sequence[Item] = (),
    checks: Sequence[tuple[Item, Condition]] = (),
) -> None:
    """Put all items, each under its condition if it has one, and delete the others; or do nothing.

    `checks`: conditions of rows that stay as they are, by items with their keys.

    Errors: Canceled, Conflict, Busy.
    """
    try:
        with TransactWrite(connection=connection()) as transaction:
            for item, condition in puts:
                transaction.save(item, condition=condition)
            for item in deletes:
                transaction.delete(item)
            for item, held in checks:
                transaction.condition_check(type(item), item.pk, item.sk, condition=held)
    except TransactWriteError as error:
        codes = [reason.code if reason else "None" for reason in error.cancellation_reasons]
        first = len(checks) + len(deletes)  # PynamoDB has these before the puts
        failed = [place - first for place, code in enumerate(codes) if code == "ConditionalCheckFailed"]
        if failed:
            raise Canceled(failed) from error
        if "TransactionConflict" in codes:
            raise Conflict("TransactionConflict") from error
        raise Busy(",".join(codes) or type(error.cause).__name__) from error
    except (PynamoDBException, BotoCoreError) as error:
        raise Busy(type(error).__name__) from error
