"""What opening balances have in them already: an export's rows of their day and before."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.importing.domain.batch import key_of
from chalicelib.importing.domain.mapping.records import Record
from chalicelib.importing.domain.mapping.telling import Tally
from chalicelib.importing.domain.problems import Problem
from chalicelib.importing.domain.rows import OpeningBalanceRow, Row
from chalicelib.importing.services.missing import KIND_OF
from chalicelib.importing.services.stored import Stored
from chalicelib.ledger.domain.entries import EntryKind

_ALWAYS = ("clients", "opening_balances")


def is_until(record: Record, as_of: str) -> bool:
    """Whether the balances of that day may have it.

    A row without a day is in none: its empty cell is refused.
    """
    return record.kind not in _ALWAYS and "" < record.texts.get("date", "") <= as_of


def since(records: Iterable[Record], as_of: str, tally: Tally) -> Iterator[Record]:
    """Without what the balances of that day have; all where there is none."""
    for record in records:
        if is_until(record, as_of):
            tally.add(record.file, record.headers["date"], "rows_in_balance", record.number, as_of=as_of)
        else:
            yield record


def in_balances(
    records: Sequence[Record],
    known: Mapping[str, Stored],
    opening: Mapping[str, str],
    as_of: str,
    tally: Tally,
) -> list[Record]:
    """Those that the balance of their client has, in the books or by `opening`, or else of the day `as_of`;
    what is posted is none."""
    days = _days(known, opening)
    if not (days or as_of):
        return []
    posted = {id_ for books in known.values() for _, id_ in books.recorded}
    new = (record for record in records if record.texts[record.rule.format.key] not in posted)
    gone = [r for r in new if not any(since((r,), days.get(r.texts.get("client_id", ""), as_of), tally))]
    _unrefer(records, {record.texts[record.rule.format.key] for record in gone})
    return gone


@dataclass(frozen=True)
class BeforeBalances:
    """New rows of clients without a balance, of the day of the other clients' or before it.

    Who owed nothing on that day has none, and what led to that is not in the books. Where the others have
    balances of several days it is the day of most of them: known once the books of all clients were read.
    """

    opening: Mapping[str, str]
    _days: dict[str, str] = field(default_factory=dict)
    _first: dict[str, Record] = field(default_factory=dict)

    def add(self, pairs: Iterable[tuple[Record, Row]], known: Mapping[str, Stored]) -> None:
        """Of clients whose books are `known`. Keeps a record a client, the earliest."""
        self._days.update(_days(known, self.opening))
        posted = {id_ for books in known.values() for _, id_ in books.recorded}
        for record, row in pairs:
            client_id, on = record.texts.get("client_id", ""), record.texts.get("date", "")
            if not client_id or client_id in self._days or record.kind in _ALWAYS:
                continue
            first = self._first.get(client_id)
            if first and first.texts["date"] <= on:
                continue
            if key_of(record.rule.format, row) not in posted:
                self._first[client_id] = record

    def problems(self) -> Iterator[Problem]:
        """One a client."""
        counted = Counter(self._days.values())
        day = max(counted, key=lambda on: (counted[on], on), default="")
        for record in self._first.values():
            if record.texts["date"] <= day:
                yield record.problem("date", "row_before_balances", as_of=day)


def opening_days(beside: Iterable[Row], records: Iterable[Record]) -> dict[str, str]:
    """The days of an import's own opening balances, by the practice's ids of the clients who have one."""
    own = {row.client_id: row.date for row in beside if isinstance(row, OpeningBalanceRow)}
    balances = (record.texts for record in records if record.kind == "opening_balances")
    return own | {texts["client_id"]: texts["date"] for texts in balances if texts["date"]}


def _days(known: Mapping[str, Stored], opening: Mapping[str, str]) -> dict[str, str]:
    """Those of the books decide: a file that has a balance of another day is at odds with them."""
    opened = {client_id: on for client_id, books in known.items() if (on := opened_on(books))}
    return {**opening, **opened}


def may_be_new(books: Stored, as_of: str) -> bool:
    """Whether a client's rows of that day and before are not all in a balance: it is of an earlier day, or
    the books have such rows."""
    on = opened_on(books)
    return bool(on and on < as_of) or any(
        entry.draft.kind in KIND_OF and entry.draft.occurred_on <= as_of for entry in books.entries
    )


def _unrefer(records: Iterable[Record], ids: set[str]) -> None:
    """Money for what is not posted names nothing: it pays what the balance has open."""
    for record in records if ids else ():
        for name, value in record.rule.values.items():
            if value.row and record.texts.get(name) in ids:
                record.texts[name] = ""


def opened_on(books: Stored) -> str:
    """The day of the opening balance that stands, "" where there is none."""
    days = (
        entry.on
        for (kind, _), entry in books.recorded.items()
        if kind is EntryKind.OPENING_BALANCE and not entry.undone
    )
    return max(days, default="")
