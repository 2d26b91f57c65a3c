"""New rows that the books have for another client, of whom the file has them no more.

The old system renamed that client, joined two who were one, or moved what was written down for the wrong one.
Ids are made of the client: posted under the new one, all of it would be charged twice. So it is asked about.

A row can be such a one only if it is no newer than the latest import. Only then are the books of clients read
whom the file does not have: their entries, and all of the books where a day has a new row.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from chalicelib.importing.domain.batch import key_of
from chalicelib.importing.domain.mapping.records import Record
from chalicelib.importing.domain.mapping.telling import Tally
from chalicelib.importing.domain.problems import Problem, shown
from chalicelib.importing.domain.rows import ChargeRow, PaymentRow, Row
from chalicelib.importing.services.comparing import fee_now
from chalicelib.importing.services.missing import KIND_OF, brought, source_of
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
            gone = (entry for entry in self._within(books.entries) if _id(entry) not in there)
            if said_of := Counter(_said_of(self.practice.id, entry, books) for entry in gone):
                self._gone[client_id] = said_of

    def problems(self, others: Iterable[str], tally: Tally) -> Iterator[Problem]:
        """`others`: the practice's own ids of clients whom the file does not have. Error: Busy."""
        if not self._new:
            return
        wanted = {said[:2] for rows in self._new.values() for said, _ in rows}
        absent = self._absent(others, wanted)
        if absent:
            record = next(iter(self._new.values()))[0][1]
            rows, clients = sum(total for total, _ in absent.values()), len(absent)
            tally.add(record.file, "", "rows_of_absent", record.number, rows=rows, clients=clients)
        asked = {id_: said for id_, (_, said) in absent.items() if self._known or len(absent) == 1}
        for client_id, new in self._new.items():
            for other, gone in (*self._gone.items(), *asked.items()):
                found = _found(new, gone) if other != client_id else []
                if found and len(found) * 2 > (absent[other][0] if other in absent else 1):
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


def _found(new: Sequence[tuple[Said, Record]], gone: Mapping[Said, int]) -> list[Record]:
    """The new rows that say what is gone, each of that once."""
    left, found = Counter(gone), []
    for said, record in new:
        if left[said] > 0:
            left[said] -= 1
            found.append(record)
    return found


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
