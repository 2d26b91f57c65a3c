"""Records whose clients are known as rows: with ids, and held to the books, some clients at a time."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import islice

from chalicelib.importing.domain.batch import key_of
from chalicelib.importing.domain.formats import of_row
from chalicelib.importing.domain.mapping.made_ids import MadeIds
from chalicelib.importing.domain.mapping.making import (
    RowMaking,
    gathered_records,
    identified,
    refer,
    stemmed,
)
from chalicelib.importing.domain.mapping.maps import Join
from chalicelib.importing.domain.mapping.overlaps import without_overlap
from chalicelib.importing.domain.mapping.records import LineKey, Mapped, Record
from chalicelib.importing.domain.mapping.sessions import (
    answered_elsewhere,
    doubtful_sessions,
    sessions_beside,
    sessions_in_parts,
)
from chalicelib.importing.domain.mapping.telling import Tally
from chalicelib.importing.domain.problems import Problem, shown
from chalicelib.importing.domain.rows import PaymentRow, Row
from chalicelib.importing.domain.values import Terms
from chalicelib.importing.services.comparing import Odd, compared
from chalicelib.importing.services.elsewhere import Elsewhere
from chalicelib.importing.services.missing import KIND_OF
from chalicelib.importing.services.naming import as_files_say
from chalicelib.importing.services.of_another import CONFIRMED, OfAnother, latest_import
from chalicelib.importing.services.paid_before import answered_before, paid_before
from chalicelib.importing.services.paid_online import PaidOnline
from chalicelib.importing.services.progress import Together
from chalicelib.importing.services.refunded import Refunded
from chalicelib.importing.services.repeats import Doubts, Repeats, days_of
from chalicelib.importing.services.retyped import Listed
from chalicelib.importing.services.since import BeforeBalances, in_balances, opening_days
from chalicelib.importing.services.stored import Stored, stored
from chalicelib.importing.services.successors import successor, taken_back
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.ledger.services.import_register import Register
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import People

AT_ONCE = 200
"""Clients whose books are in memory together."""
Suspects = set[tuple[str, str]]


@dataclass(frozen=True)
class MappedRows:
    """`source` begins the ids that are made; `beside` are the import's other rows.

    `confirmed`: the person has said that what the books have not is new; `accepted`: that what the file says
    otherwise of known charges is taken over. `seen`, which `made` fills: see `Batch`. `clients`: the
    practice's own ids of all.
    """

    ledgers: Ledgers
    people: People
    register: Register
    together: Together
    practice: Practice
    source: str
    ids: MadeIds
    terms: Terms
    tally: Tally
    problems: list[Problem]
    beside: Sequence[Row]
    confirmed: bool
    accepted: bool = False
    seen: dict[str, int] = field(default_factory=dict)
    clients: Collection[str] = ()
    as_of: str = ""
    online_recorded: bool = False

    def made(self, joined: list[Record], mapped: Sequence[Mapped]) -> tuple[list[Row], Suspects]:
        """With the ids of those that cannot be read, so that what names them is not called wrong as well.

        Empties `joined`: records that have become rows would fill the memory beside them. Error: Busy.
        """
        for record in joined:
            stemmed(self.source, record, self.ids)
        ready = gathered_records(joined, self.terms, self.tally, self.problems)
        ready, twins = without_overlap(ready, self.confirmed, self.tally, self.problems)
        identified(ready, self.ids, lambda several: _lines(mapped, several))
        for gone, stays in twins:
            key = gone.rule.format.key
            gone.texts[key] = stays.texts[key]
        refer([*ready, *(gone for gone, _ in twins)], joined)
        if twins:
            joined[:] = _but(joined, [gone for gone, _ in twins])
        rows, suspects, making = list[Row](), Suspects(), RowMaking(self.terms, self.source)
        days, before = days_of(ready), BeforeBalances(opening_days(self.beside, ready))
        doubts = Doubts(self.tally, self.problems, Listed(days), self.confirmed)
        latest = latest_import(self.practice, self.register.known(self.practice.id))
        of_another = OfAnother(
            self.practice, self.ledgers, self.people, self.together, self.source, days, latest
        )
        of_money = days.get("payments", days.get("refunds", ("", "")))
        for lines, kept in self._parts(joined, ready, mapped):
            found, doubted = self._of_clients(lines, kept, making, doubts, before, of_another, of_money)
            rows += found
            suspects |= doubted
        doubts.ask()
        if not self.confirmed:
            self.problems.extend(before.problems())
        absent = (id_ for id_ in self.clients if id_ not in self.seen)
        for asked in of_another.problems(absent, doubts.of_their_day, self.tally):
            if self.confirmed:
                self.tally.add(asked.file, asked.column, CONFIRMED[asked.code], asked.row, **asked.details)
            else:
                self.problems.append(asked)
        return rows, suspects

    def _parts(
        self, joined: list[Record], ready: list[Record], mapped: Sequence[Mapped]
    ) -> Iterator[tuple[list[Record], list[Record]]]:
        """All lines and what was made of them, of some clients after others. All at once where a line may be
        of two clients, and where an import was broken off, which is known again by all of its rows."""
        if not all(map(_of_one_client, mapped)) or self.register.under_way(self.practice.id):
            yield joined, ready
            return
        lines, clients = _by_client(joined), _by_client(ready)
        joined.clear()
        ready.clear()
        while clients:
            some = list(islice(clients, AT_ONCE))
            yield (
                [record for client in some for record in lines.pop(client)],
                [record for client in some for record in clients.pop(client)],
            )

    def _of_clients(
        self, everything: list[Record], ready: list[Record], making: RowMaking, doubts: Doubts,
        before: BeforeBalances, of_another: OfAnother, of_money: tuple[str, str],
    ) -> tuple[list[Row], Suspects]:  # fmt: skip
        known = self._known(ready)
        balanced = {
            id(record) for record in in_balances(ready, known, before.opening, self.as_of, self.tally)
        }
        if balanced:
            ready = [record for record in ready if id(record) not in balanced]
            everything = [record for record in everything if id(record) not in balanced]
        ready, everything = self._without_online(ready, everything, known, of_money, making, doubts)
        posted = {id_ for books in known.values() for _, id_ in books.recorded}
        if not (self.confirmed or posted):  # before there are rows: all records and all rows take much memory
            self.problems.extend(self._doubtful(everything, ready, known, posted, {}))
        refunds = [record for record in ready if _is_refund(record)]
        pairs = self._pairs((r for r in ready if not _is_refund(r)), making)
        payments = [row for row in (*self.beside, *(row for _, row in pairs)) if isinstance(row, PaymentRow)]
        refunded = Refunded(known, payments, self.terms, self.tally, self.problems, self.beside)
        pairs += self._pairs(refunded.named(refunds), making)
        repeats = Repeats(
            self.practice, known, self.ids, self.tally, self.problems, doubts, self.beside, self.accepted
        )
        made = {(record.kind, _key(record)) for record, _ in pairs}
        suspects = {(record.kind, _key(record)) for record in ready} - made
        rows = repeats.settled(pairs)
        settled = list(zip((record for record, _ in pairs), rows, strict=True))
        before.add(settled, known)
        of_another.add(settled, known)
        self._ask_twice(everything, ready, known, posted, settled)
        return rows, suspects

    def _without_online(
        self, ready: list[Record], everything: list[Record], known: Mapping[str, Stored],
        of_money: tuple[str, str], making: RowMaking, doubts: Doubts,
    ) -> tuple[list[Record], list[Record]]:  # fmt: skip
        """Without the rows of payments and refunds that were made here."""
        online = PaidOnline(
            known, of_money, self.terms, self.tally, self.problems, self.online_recorded, self.confirmed
        )
        names = dict[int, str]()
        if clients := online.candidates(ready):
            theirs = [record for record in ready if record.texts.get("client_id") in clients]
            names = self._known_names(theirs, {id_: known[id_] for id_ in clients}, making, doubts)
        gone = {(record.kind, _key(record)) for record in online.left_out(ready, names)}
        if not gone:
            return ready, everything

        def stays(record: Record) -> bool:
            return (record.kind, record.texts.get(record.rule.format.key, "")) not in gone

        return list(filter(stays, ready)), list(filter(stays, everything))

    def _known_names(
        self, records: Iterable[Record], known: Mapping[str, Stored], making: RowMaking, doubts: Doubts
    ) -> dict[int, str]:
        """Under which ids the books have records, as `Repeats` finds them; nothing is told or asked of it."""
        made = ((record, making.row(record)[0]) for record in records if not _is_refund(record))
        pairs = [(record, row) for record, row in made if row is not None]
        unasked = Doubts(Tally(), [], Listed(doubts.listed.days))
        repeats = Repeats(self.practice, known, self.ids, Tally(), [], unasked, self.beside, self.accepted)
        rows = repeats.settled(pairs)
        return {id(record): _id_of(row) for (record, _), row in zip(pairs, rows, strict=True)}

    def _ask_twice(
        self, everything: list[Record], ready: list[Record], known: Mapping[str, Stored],
        posted: Set[str], settled: Sequence[tuple[Record, Row]],
    ) -> None:  # fmt: skip
        """About what may be in the books already, by the ids that rows have there, or will have. What is
        posted anew, in the place of what staff took back, is new."""
        rows = [(r.texts.get("client_id", ""), r, row) for r, row in settled]
        anew = {_id_of(row) for id_, _, row in rows if id_ in known and self._anew(row, known[id_])}
        if posted and not self.confirmed:
            found = ((id(record), key_of(record.rule.format, row), _key(record)) for record, row in settled)
            ids = {place: id_ for place, id_, first in found if id_ != first}
            self.problems.extend(self._doubtful(everything, ready, known, posted - anew, ids))
        there = {(KIND_OF.get(kind), id_) for books in known.values() for kind, id_ in books.recorded}
        new = [
            (client_id, row)
            for client_id, record, row in rows
            if not _is_refund(record) and ((record.kind, _id_of(row)) not in there or _id_of(row) in anew)
        ]
        given = {_id_of(row) for _, _, row in rows}
        settled_before = ((id_, row) for id_, record, row in rows if (record.kind, _id_of(row)) in there)
        for row, one in Elsewhere(self.practice.id, known, self.beside, given).found(new, settled_before):
            if self.confirmed:
                kind = of_row(row).kind
                self.tally.add(row.file, row.header("date"), "rows_beside_others", row.number, kind=kind)
            else:
                self.problems.append(row.problem("date", "row_elsewhere", ids=shown(one.id), on=one.on))

    def _anew(self, row: Row, books: Stored) -> bool:
        verdict = compared(self.practice.id, row, books) if taken_back(row, books) else None
        return isinstance(verdict, Odd) and successor(row, books, verdict) is not None

    def _doubtful(
        self, everything: list[Record], ready: list[Record], known: Mapping[str, Stored],
        posted: Set[str], ids: Mapping[int, str],
    ) -> Iterator[Problem]:  # fmt: skip
        """`ids`: under which the books have records, or will have them, where it is not their own."""

        def key(record: Record) -> str:
            return ids.get(id(record), _key(record))

        new = {record.line for record in ready if key(record) not in posted}
        paid = paid_before(known, set(map(key, ready)) if posted else set())
        yield from doubtful_sessions(everything, self.terms, paid, new)
        answers = (r for r in ready if r.kind == "insurance_payments" and key(r) not in posted)
        yield from answered_elsewhere(answers, answered_before(known))
        charged = {r.line for r in ready if r.kind == "charges" and key(r) not in posted}
        yield from sessions_in_parts(everything, self.terms, charged)
        yield from sessions_beside(everything, charged)

    def _known(self, records: Iterable[Record]) -> dict[str, Stored]:
        """What the books have of each client named, by the practice's own id and as files say it."""
        ids = list(dict.fromkeys(id_ for record in records if (id_ := record.texts.get("client_id"))))
        practice = self.practice.id
        accounts = self.people.accounts_of(practice, ids)

        def books(id_: str) -> Stored:
            return as_files_say(practice, stored(self.ledgers, AccountRef(practice, accounts[id_])))

        known = dict(zip(accounts, self.together(books, accounts), strict=True))
        found = {id_: books.account for id_, books in known.items()}
        self.seen.update({id_: account.ledger.seq if (account := found.get(id_)) else 0 for id_ in ids})
        return known

    def _pairs(self, records: Iterable[Record], making: RowMaking) -> list[tuple[Record, Row]]:
        pairs = []
        for record in records:
            row, wrong = making.row(record)
            self.problems.extend(wrong)
            if row is not None:
                pairs.append((record, row))
        return pairs


def _but(records: Iterable[Record], gone: Sequence[Record]) -> list[Record]:
    """Without these, and without what their lines say of a session that other lines say, too."""
    dropped = {id(record) for record in gone}
    lines = {record.line for record in gone}
    return [r for r in records if id(r) not in dropped and not (r.rule.once and r.line in lines)]


def _of_one_client(mapped: Mapped) -> bool:
    """Whether all that a line of the table makes is of one client."""
    found = [rule.values.get("client_id") for rule in mapped.by.rules]
    return found[0] is not None and all(value == found[0] for value in found)


def _by_client(records: Iterable[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(record.texts.get("client_id", ""), []).append(record)
    return found


def _lines(mapped: Sequence[Mapped], records: Collection[Record]) -> dict[LineKey, tuple[str, ...]]:
    """The cells of the lines that they are of."""
    wanted: dict[int, set[int]] = {}
    for record in records:
        wanted.setdefault(record.place, set()).add(record.number)
    return {
        (one.place, number): cells
        for one in mapped
        if one.place in wanted
        for number, cells in one.lines(wanted[one.place])
    }


def _id_of(row: Row) -> str:
    return key_of(of_row(row), row)


def _key(record: Record) -> str:
    return record.texts[record.rule.format.key]


def _is_refund(record: Record) -> bool:
    """Whose payment no cell names."""
    return record.kind == "refunds" and any(v.join is Join.REFUNDED for v in record.rule.values.values())
