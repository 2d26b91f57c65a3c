"""Numbered documents in DynamoDB: a practice's series of numbers, and rows of an account that are named by
them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TypeVar

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition

from chalicelib.documents.domain.invoices import Counted
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Conflict
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.table import Canceled, Item, guarded, transact, walked

Put = tuple[Item, Condition | None]
R = TypeVar("R", bound=Item)
_COUNTER = "COUNTER"
_NUMBER = "N#"
_UNTOLD = 20  # documents of an account read at once, to see which are told


class CounterRow(Item):
    last = NumberAttribute()
    version = NumberAttribute()


class NumberRow(Item):
    account_id = UnicodeAttribute()


@dataclass(frozen=True)
class Series:
    """`partition` is where a practice's numbers are, by its id."""

    partition: Callable[[str], str]
    counters: type[CounterRow]
    numbers: type[NumberRow]

    @guarded
    def counted(self, practice: str) -> Counted:
        try:
            row = self.counters.get(self.partition(practice), _COUNTER, consistent_read=True)
        except DoesNotExist:
            return Counted()
        return Counted(int(row.last), int(row.version))

    def counter(self, practice: str, before: Counted, last: int) -> Put:
        """The counter after `before`, which it has to be still."""
        row = self.counters(self.partition(practice), _COUNTER, last=last, version=before.version + 1)
        first = self.counters.pk.does_not_exist()
        return row, self.counters.version == before.version if before.version else first

    def number(self, ref: AccountRef, number: int) -> Put:
        """Whose the number is, where it is nobody's yet."""
        row = self.numbers(self.partition(ref.practice), sk(_NUMBER, number), account_id=ref.account)
        return row, self.numbers.pk.does_not_exist()

    @guarded
    def account_of(self, practice: str, number: int) -> AccountRef | None:
        try:
            row = self.numbers.get(self.partition(practice), sk(_NUMBER, number), consistent_read=True)
        except DoesNotExist:
            return None
        return AccountRef(practice, row.account_id)

    def all(self, practice: str, *, after: int = 0) -> Iterator[tuple[int, AccountRef]]:
        """Ascending, those above `after`. Error: Busy."""
        for row in every(self.numbers, self.partition(practice), _NUMBER, after=after):
            yield number_of(row.sk), AccountRef(practice, row.account_id)


def together(what: str, puts: Sequence[Put], checks: Sequence[tuple[Item, Condition]] = ()) -> None:
    """All or nothing. Errors: Conflict, Busy."""
    try:
        transact(puts, checks=checks)
    except Canceled as canceled:
        raise Conflict(what) from canceled


@guarded
def row_of(of: type[R], ref: AccountRef, kind: str, number: int) -> R | None:
    """Read strongly. Error: Busy."""
    try:
        return of.get(keys.account(ref), sk(kind, number), consistent_read=True)
    except DoesNotExist:
        return None


def every(of: type[R], pk: str, kind: str, *, after: int = 0) -> Iterator[R]:
    """Ascending, those numbered above `after`. Error: Busy."""
    yield from walked(of.query)(pk, of.sk.between(sk(kind, after + 1), f"{kind}~"), consistent_read=True)


@guarded
def latest_untold(of: type[R], ref: AccountRef, kind: str) -> list[int]:
    """The numbers, ascending, of those on the work list that are after the last one off it. Error: Busy."""
    rows = of.query(
        keys.account(ref), of.sk.startswith(kind), consistent_read=True, scan_index_forward=False,
        page_size=_UNTOLD,
    )  # fmt: skip
    return sorted(number_of(row.sk) for row in takewhile(lambda row: row.gsi2pk is not None, rows))


@guarded
def page_of(
    of: type[R], ref: AccountRef, kind: str, *, cursor: str | None, limit: int
) -> tuple[list[R], str | None]:
    """The latest number first, and the cursor of the next page. Error: cursor_invalid."""
    pk = keys.account(ref)
    rows = of.by_date.query(
        pk,
        of.gsi1sk.startswith(kind),
        scan_index_forward=False,
        limit=limit,
        page_size=limit,
        last_evaluated_key=keys.cursor_key(cursor, pk, sk=kind, first=kind, last=f"{kind}~"),
    )
    found = [row for row in rows if isinstance(row, of)]
    return found, keys.cursor_text(rows.last_evaluated_key)


def listed_between(of: type[R], ref: AccountRef, kind: str, first: int, last: int) -> Iterator[R]:
    """Of the index, ascending, those numbered from `first` to `last`. Error: Busy."""
    within = of.gsi1sk.between(sk(kind, first), sk(kind, last))
    for row in walked(of.by_date.query)(keys.account(ref), within):
        if isinstance(row, of):
            yield row


@guarded
def off_the_list(of: type[Item], ref: AccountRef, kind: str, number: int) -> None:
    """Out of the work list that it is in. Safe to repeat. Error: Busy."""
    row = of(keys.account(ref), sk(kind, number))
    waits = (of.gsi2pk, of.gsi2sk, of.sweeps)
    row.update([name.remove() for name in waits], condition=of.pk.exists())


def sk(kind: str, number: int) -> str:
    return f"{kind}{number:012d}"


def number_of(sort_key: str) -> int:
    return int(sort_key.rpartition("#")[2])
