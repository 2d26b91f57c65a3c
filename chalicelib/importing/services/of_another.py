"""New rows that the books have for another client, of whom the file has them no more.

The old system renamed that client, joined two who were one, or moved what was written down for the wrong one.
Ids are made of the client: posted under the new one, all of it would be charged twice. So it is asked about.

A row can be such a one only if it is no newer than the latest import. Only then are the books of clients read
whom the file does not have: their entries, and all of the books where a day has a new row.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from chalicelib.importing.domain.batch import key_of
from chalicelib.importing.domain.mapping.made_ids import source_of
from chalicelib.importing.domain.mapping.records import Record
from chalicelib.importing.domain.mapping.telling import Tally
from chalicelib.importing.domain.problems import Problem, shown
from chalicelib.importing.domain.rows import ChargeRow, PaymentRow, Row
from chalicelib.importing.services.comparing import fee_now
from chalicelib.importing.services.missing import KIND_OF, brought
from chalicelib.importing.services.naming import as_files_say, as_given
from chalicelib.importing.services.progress import Together
from chalicelib.importing.services.stored import Stored, stored
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.instants import local_date
from chalicelib.ledger.domain.entries import Entry
from chalicelib.ledger.ports.imports import UnderWay
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.ledger.services.posting import own_id
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import People

_KINDS = "charges", "payments"  # all else is about one of them
_AT_ONCE = 200  # accounts whose entries are read together
CONFIRMED = {"rows_of_another": "rows_as_of_another", "rows_of_others": "rows_as_of_others"}
"""What is asked, and what is told once it is confirmed that the rows are new."""
Said = tuple[object, ...]
"""What a row says, whoever's it is: its kind, its day, and the rest."""


def latest_import(practice: Practice, known: Iterable[UnderWay]) -> str:
    """The day on which the last of them began that stands, "" where there is none."""
    days = (local_date(found.begun_at, practice.timezone) for found in known if not found.undone_at)
    return max(days, default="")


@dataclass(frozen=True)
class OfAnother:
    """`days`: the first and the last day of the file's rows, by kind; `latest`: see `latest_import`."""

    practice: Practice
    ledgers: Ledgers
    people: People
    together: Together
    source: str
    days: Mapping[str, tuple[str, str]]
    latest: str
    _new: dict[str, list[tuple[Said, Record]]] = field(default_factory=dict)
    _gone: dict[str, Counter[Said]] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)  # of rows of the file: their ids
    _had: set[str] = field(default_factory=set)  # clients of whom the books have rows of this source

    def add(self, pairs: Iterable[tuple[Record, Row]], known: Mapping[str, Stored]) -> None:
        """Of clients whose books are `known`; each once."""
        if not self.latest:
            return
        posted = {id_ for books in known.values() for _, id_ in books.recorded}
        there = set[str]()
        for record, row in pairs:
            said, id_ = _said(row), key_of(record.rule.format, row)
            there.add(id_)
            if id_ in posted:
                self._known.add(id_)
            elif said and str(said[1]) <= self.latest:
                self._new.setdefault(record.texts.get("client_id", ""), []).append((said, record))
        for client_id, books in known.items():
            if any(source_of(_id(entry)) == f"{self.source}-" for entry in brought(books.entries)):
                self._had.add(client_id)
            gone = (entry for entry in self._within(books.entries) if _id(entry) not in there)
            if said_of := Counter(_said_of(self.practice.id, entry, books) for entry in gone):
                self._gone[client_id] = said_of

    def problems(
        self, others: Iterable[str], nearer: Set[tuple[str, int]], tally: Tally
    ) -> Iterator[Problem]:
        """`others`: the practice's own ids of clients whom the file does not have. `nearer`: the places of
        rows that are asked about as their own client's. Error: Busy."""
        for client_id, new in list(self._new.items()):
            new[:] = [one for one in new if (one[1].file, one[1].number) not in nearer]
            if not new:
                del self._new[client_id]
        if not self._new:
            return
        wanted = {said[:2] for rows in self._new.values() for said, _ in rows}
        absent = self._absent(others, wanted)
        if absent:
            record = next(iter(self._new.values()))[0][1]
            rows, clients = sum(total for total, _ in absent.values()), len(absent)
            tally.add(record.file, "", "rows_of_absent", record.number, rows=rows, clients=clients)
        for other, gone in self._gone.items():
            yield from self._asked(other, self._alike(other, gone))
        if self._known or len(absent) == 1:
            for other, (total, gone) in absent.items():
                yield from self._asked(other, self._divided(self._alike(other, gone), gone, total))
        elif absent:
            yield from self._of_all(absent.values())

    def _of_all(self, absent: Collection[tuple[int, Counter[Said]]]) -> Iterator[Problem]:
        """One question about a file of which the books have no row, where most of its clients each have what
        another has who is not in it. Two lists of clients who all come on one day for one fee have that, too.
        """
        clients = [(_pattern(said for said, _ in rows), rows) for rows in self._new.values()]
        others = Counter(_pattern(gone.elements()) for _, gone in absent)
        paired = Counter(pattern for pattern, _ in clients) & others
        found = sum(number * sum(n for _, n in pattern) for pattern, number in paired.items())
        whole = max(sum(total for total, _ in absent), sum(len(rows) for _, rows in clients))
        if len(paired) > 1 and found * 4 >= whole * 3:
            records = (record for pattern, rows in clients if pattern in paired for _, record in rows)
            first = min(records, key=lambda record: record.line)
            yield first.problem("client_id", "rows_of_others", found=found, clients=paired.total())

    def _alike(self, other: str, gone: Counter[Said]) -> dict[str, list[Record]]:
        """By client, the new rows that say what is gone of another, each of that once."""
        found: dict[str, list[Record]] = {}
        for said, number in gone.items():
            for id_, records in self._saying.get(said, {}).items():
                if id_ != other:
                    found.setdefault(id_, []).extend(records[:number])
        for records in found.values():
            records.sort(key=lambda record: record.line)
        return found

    @cached_property
    def _saying(self) -> Mapping[Said, Mapping[str, Sequence[Record]]]:
        """The new rows of all, by what they say and by client."""
        found: dict[Said, dict[str, list[Record]]] = {}
        for id_, new in self._new.items():
            for said, record in new:
                found.setdefault(said, {}).setdefault(id_, []).append(record)
        return found

    def _divided(
        self, alike: dict[str, list[Record]], gone: Counter[Said], total: int
    ) -> dict[str, list[Record]]:
        """Of one whom the file does not have: by client, what may have been that one's.

        One client can become two, and a part of the rows can be deleted: all clients are held to it together.
        Of clients who are new half is enough, and so are two rows that are most of such a client's.
        """
        most = {id_ for id_, found in alike.items() if len(found) * 2 > total}
        fresh = {id_ for id_ in alike if id_ not in self._had}
        whole = {id_ for id_ in fresh if len(alike[id_]) > 1 and len(alike[id_]) * 2 > len(self._new[id_])}
        found, of_all = self._together(most | fresh, gone), self._together(alike, gone)
        if most or whole or self._together(fresh, gone) * 2 >= total:
            return {id_: rows for id_, rows in alike.items() if found < of_all or id_ in most | fresh}
        return alike if of_all * 2 > total else {}

    def _together(self, clients: Collection[str], gone: Counter[Said]) -> int:
        """How many of the rows that are gone these have, each once."""
        saying = ((number, self._saying.get(said, {})) for said, number in gone.items())
        return sum(min(n, sum(len(r) for id_, r in found.items() if id_ in clients)) for n, found in saying)

    def _asked(self, other: str, alike: Mapping[str, list[Record]]) -> Iterator[Problem]:
        for found in alike.values():
            details = {"found": len(found), "other": shown(other)}
            yield found[0].problem("client_id", "rows_of_another", **details)

    def _absent(
        self, others: Iterable[str], wanted: set[tuple[object, ...]]
    ) -> dict[str, tuple[int, Counter[Said]]]:
        """By client, how many rows of the file's days there are, and those of days that are wanted."""
        left, found = iter(others), dict[str, tuple[int, Counter[Said]]]()
        while some := list(islice(left, _AT_ONCE)):
            accounts = self.people.accounts_of(self.practice.id, some)
            each = self.together(lambda account: self._of_absent(account, wanted), accounts.values())
            found |= {id_: one for id_, one in zip(accounts, each, strict=True) if one[0]}
        return found

    def _of_absent(self, account: str, wanted: set[tuple[object, ...]]) -> tuple[int, Counter[Said]]:
        ref = AccountRef(self.practice.id, account)
        entries = self._within(list(self.ledgers.entries(ref)))
        days = (kind_and_day for entry in entries if (kind_and_day := _kind_and_day(entry)) in wanted)
        if next(days, None) is None:
            return len(entries), Counter()
        books = as_files_say(self.practice.id, stored(self.ledgers, ref))
        entries = self._within(books.entries)
        return len(entries), Counter(_said_of(self.practice.id, entry, books) for entry in entries)

    def _within(self, entries: Sequence[Entry]) -> list[Entry]:
        """What files of this source brought of the kinds and days that this one has."""
        found = []
        for entry in brought(entries):
            kind = KIND_OF[entry.draft.kind]
            first, last = self.days.get(kind, ("", "")) if kind in _KINDS else ("", "")
            if first <= entry.draft.occurred_on <= last and source_of(_id(entry)) == f"{self.source}-":
                found.append(entry)
        return found


def _pattern(said: Iterable[Said]) -> frozenset[tuple[Said, int]]:
    """All that a client has, and how often: to be held against what another has."""
    return frozenset(Counter(said).items())


def _said(row: Row) -> Said:
    match row:
        case ChargeRow():
            return "charges", row.date, row.fee_minor, row.cpt, row.clinician_id
        case PaymentRow():
            return "payments", row.date, row.amount_minor, row.method
    return ()


def _said_of(practice: str, entry: Entry, books: Stored) -> Said:
    draft = entry.draft
    if KIND_OF[draft.kind] == "charges":
        charge = books.charges[own_id(practice, "charge", draft.reference)]
        return (
            *_kind_and_day(entry),
            fee_now(charge, draft.reference, books),
            charge.cpt,
            charge.clinician_id,
        )
    found = books.recorded[draft.kind, draft.reference]
    return (*_kind_and_day(entry), found.amount_minor, found.method)


def _kind_and_day(entry: Entry) -> tuple[str, str]:
    return KIND_OF[entry.draft.kind], entry.draft.occurred_on


def _id(entry: Entry) -> str:
    return as_given(entry.draft.reference)
