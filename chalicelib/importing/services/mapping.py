"""Other systems' tables as a batch: read by a map and joined to who is known."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from chalicelib.importing.domain.batch import Batch, gathered
from chalicelib.importing.domain.mapping.folding import folded
from chalicelib.importing.domain.mapping.joining import Joining
from chalicelib.importing.domain.mapping.made_ids import MadeIds
from chalicelib.importing.domain.mapping.making import RowMaking, gathered_records
from chalicelib.importing.domain.mapping.maps import AS_OF, CLINICIAN, ExportMap, Join
from chalicelib.importing.domain.mapping.names import KnownClient, Names
from chalicelib.importing.domain.mapping.records import Mapped, Record, place_of
from chalicelib.importing.domain.mapping.telling import Tally, Told
from chalicelib.importing.domain.problems import Problem
from chalicelib.importing.domain.rows import ClientRow, OpeningBalanceRow, Row
from chalicelib.importing.domain.tables.choices import NO_CHOICES, Choices
from chalicelib.importing.domain.tables.delimited import OPEN_END
from chalicelib.importing.domain.tables.own_files import Interpreted
from chalicelib.importing.domain.tables.spelling import ReadingTerms
from chalicelib.importing.domain.tables.table import Note, Table
from chalicelib.importing.domain.values import Terms
from chalicelib.importing.services.addresses import last_gave
from chalicelib.importing.services.ids_key import made_ids
from chalicelib.importing.services.importer import OwnRows
from chalicelib.importing.services.mapped_rows import MappedRows
from chalicelib.importing.services.progress import Together
from chalicelib.importing.services.since import is_until, may_be_new, opened_on, opening_days, since
from chalicelib.importing.services.stored import stored
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.ledger.services.import_register import Register
from chalicelib.platform.ports import Keys
from chalicelib.practice.domain.practices import Client, Practice
from chalicelib.practice.ports import People

_AT_ONCE = 200  # accounts whose entries are read together
_BALANCES = "opening_balances"
NO_ROWS, NO_BATCH = OwnRows(), Batch()


@dataclass(frozen=True, slots=True)
class Said:
    """What the person says with the command. `names`: whose name it is (folded name, the client's id).
    `online_recorded`: staff write clients' online payments into the other system, too."""

    choices: Choices = NO_CHOICES
    as_of: str = ""
    clinician: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    add_clients: bool = False
    shared_emails: bool = False
    repeats_confirmed: bool = False
    changes_accepted: bool = False
    online_recorded: bool = False


@dataclass(frozen=True, slots=True)
class MappedBatch:
    """With any problem it is not to be posted.

    `agreed`: what was made of files as their map has it; `interpreted`: what somebody has to agree to where
    it changes anything. `listed`: what clients owe by the old system's list, which is not posted.
    """

    batch: Batch = NO_BATCH
    problems: tuple[Problem, ...] = ()
    told: tuple[Told, ...] = ()
    agreed: tuple[Interpreted, ...] = ()
    interpreted: tuple[Interpreted, ...] = ()
    listed: tuple[OpeningBalanceRow, ...] = ()


@dataclass(frozen=True)
class MappedReading:
    ledgers: Ledgers
    people: People
    keys: Keys
    register: Register
    together: Together
    knows_diagnosis: Callable[[str], bool] = lambda _: False

    def read(
        self, practice: Practice, tables: Sequence[Table], by: ExportMap, terms: Terms, said: Said,
        own: OwnRows = NO_ROWS, unreadable: Sequence[Problem] = (), lists: Sequence[Table] = (),
    ) -> MappedBatch:  # fmt: skip
        """Reads only; `own` are rows of the own formats that come with it. Error: Busy."""
        tally, problems = Tally(), [*unreadable, *own.problems]
        ids = made_ids(self.register, self.keys, practice.id)
        reading = ReadingTerms(terms.currency, terms.latest, self.knows_diagnosis)
        constants = {AS_OF: said.as_of, CLINICIAN: said.clinician or _only_clinician(practice)}
        mapped = list(_mapped(tables, by, reading, said.choices, constants, problems))
        joining = self._joining(practice, by.source, said, ids, tally, problems)
        for row in own.rows:
            if isinstance(row, ClientRow):
                joining.names.add(_known_row(row))
        joined = self._joined(practice, mapped, said.as_of, own.rows, joining)
        if said.as_of and mapped and not self._balance_of(practice, said.as_of, mapped, own.rows, joined):
            details: dict[str, object] = {"as_of": said.as_of}
            problems.append(Problem(mapped[0].file, 0, "", "as_of_without_balance", details))
        for row in joining.added:
            tally.add(row.file, row.header("client_id"), "clients_added", row.number)
        beside = [*own.rows, *joining.added]
        making = MappedRows(
            self.ledgers, self.people, self.register, self.together, practice, by.source, ids, terms, tally,
            problems, beside, said.repeats_confirmed, said.changes_accepted, clients=joining.names.clients,
            as_of=said.as_of, online_recorded=said.online_recorded,
        )  # fmt: skip
        rows, suspects = making.made(joined, mapped)
        batch = gathered([*beside, *rows], {*own.suspects, *suspects}, ids_key="" if ids.kept else ids.key)
        names = (*(row.file for row in own.rows), *(table.file for table in tables))
        batch = replace(batch, named=tuple(dict.fromkeys(names)), seen=making.seen)
        listed, mapped_lists = self._listed(lists, by, joining, reading, terms, said)
        agreed, cut = _made_of([*tables, *lists], [*mapped, *mapped_lists])
        return MappedBatch(
            batch, tuple(_first_causes(problems)), tally.told, agreed, (*own.interpreted, *cut), listed
        )

    def _joined(
        self, practice: Practice, mapped: Sequence[Mapped], as_of: str, own: Iterable[Row], joining: Joining
    ) -> list[Record]:
        """The records of all tables whose names are known; the clients' own and balances before all others.

        Of what the balances of the day `as_of` have nobody is asked whose it is.
        """
        tally, problems = joining.tally, joining.problems
        records = [r for one in mapped if not one.problems for r in one.records(tally, problems)]
        problems += [problem for one in mapped for problem in one.problems]
        joined = list(joining.clients(r for r in records if r.kind == "clients"))
        joined += joining.others(r for r in records if r.kind == _BALANCES)
        others = [r for r in records if r.kind not in ("clients", _BALANCES)]
        if as_of:
            early = [r for r in others if is_until(r, as_of)]
            stay = self._not_in_balances(practice, early, as_of, opening_days(own, joined), joining.names)
            list(since((r for r in early if id(r) not in stay), as_of, tally))
            others = [r for r in others if id(r) in stay or not is_until(r, as_of)]
        return [*joined, *joining.others(others)]

    def _not_in_balances(
        self,
        practice: Practice,
        early: Sequence[Record],
        as_of: str,
        opening: Mapping[str, str],
        names: Names,
    ) -> set[int]:
        """Those that may be of a client whose own balance is of an earlier day, or whose rows until then are
        in the books."""
        meant = {id(record): _meant(record, names) for record in early}
        ids = dict.fromkeys(id_ for found in meant.values() for id_ in found)
        stay = {id_ for id_ in ids if opening.get(id_, as_of) < as_of}
        accounts = iter(self.people.accounts_of(practice.id, ids).items())
        while some := dict(islice(accounts, _AT_ONCE)):

            def stays(id_: str, of: Mapping[str, str] = some) -> bool:
                return may_be_new(stored(self.ledgers, AccountRef(practice.id, of[id_])), as_of)

            stay.update(id_ for id_, new in zip(some, self.together(stays, some), strict=True) if new)
        return {key for key, found in meant.items() if stay.intersection(found)}

    def _balance_of(
        self, practice: Practice, as_of: str, mapped: Sequence[Mapped], own: Iterable[Row],
        joined: Iterable[Record],
    ) -> bool:  # fmt: skip
        """Whether this import or the books have a client's balance of that day. Reads all accounts of a
        practice that has none of it."""
        balances = (rule for one in mapped for rule in one.by.rules if rule.kind == "opening_balances")
        if any(AS_OF in (rule.values["date"].constant, rule.values["date"].otherwise) for rule in balances):
            return True
        if as_of in opening_days(own, joined).values():
            return True
        clients = self.people.clients(practice.id)
        while some := list(islice(clients, _AT_ONCE)):
            refs = [client.ref(practice.id) for client in some]
            if as_of in self.together(lambda ref: opened_on(stored(self.ledgers, ref)), refs):
                return True
        return False

    def _listed(
        self, lists: Sequence[Table], by: ExportMap, joining: Joining, reading: ReadingTerms, terms: Terms,
        said: Said,
    ) -> tuple[tuple[OpeningBalanceRow, ...], list[Mapped]]:  # fmt: skip
        """The old system's own list of what clients owe, for comparing; and how it was read."""
        problems, tally = joining.problems, joining.tally
        constants = {AS_OF: terms.latest.isoformat()}
        mapped = list(_mapped(lists, by, reading, said.choices, constants, problems))
        records = [r for one in mapped if not one.problems for r in one.records(tally, problems)]
        problems += [problem for one in mapped for problem in one.problems]
        balances = joining.others(record for record in records if record.kind == "opening_balances")
        kept = gathered_records(list(balances), terms, tally, problems)
        found = list(map(RowMaking(terms, by.source).row, kept))
        problems += [problem for _, wrong in found for problem in wrong]
        return tuple(row for row, _ in found if isinstance(row, OpeningBalanceRow)), mapped

    def _joining(
        self, practice: Practice, source: str, said: Said, ids: MadeIds, tally: Tally, problems: list[Problem]
    ) -> Joining:
        names, clients = Names(said.names), dict[str, Client]()
        for client in self.people.clients(practice.id):
            clients[client.external_id] = client
            called = (client.name, client.legal_name, client.preferred_name)
            names.add(
                KnownClient(
                    client.external_id, called, client.email, client.birth_date, client.guarantor_email
                )
            )
        return Joining(
            practice, names, ids.client, tally, problems,
            said.add_clients, said.shared_emails,
            lambda id_, column, text: id_ in clients and last_gave(clients[id_], source, column, text, ids),
        )  # fmt: skip


def _made_of(
    tables: Sequence[Table], mapped: Sequence[Mapped]
) -> tuple[tuple[Interpreted, ...], list[Interpreted]]:
    """What was made of the files; and, apart, what no map agrees to: a last line that may be cut."""
    cells = {id(one.table): one.study.interpretations for one in mapped}
    agreed, cut = list[Interpreted](), list[Interpreted]()
    for table in tables:
        doubted = tuple(filter(_may_be_cut, table.notes))
        notes = tuple(note for note in table.notes if note not in doubted)
        agreed.append(Interpreted(place_of(table), notes, cells.get(id(table), ())))
        cut += [Interpreted(place_of(table), doubted)] if doubted else []
    return tuple(agreed), cut


def _may_be_cut(note: Note) -> bool:
    return note.code == OPEN_END and note.changes


def _meant(record: Record, names: Names) -> tuple[str, ...]:
    """The clients whose the record may be."""
    value, text = record.rule.values.get("client_id"), record.texts.get("client_id", "")
    if value is None or not text:
        return ()
    return names.find(text, record.born) if value.join is Join.CLIENT else (text,)


def _mapped(
    tables: Sequence[Table], by: ExportMap, terms: ReadingTerms, choices: Choices,
    constants: Mapping[str, str], problems: list[Problem],
) -> Iterator[Mapped]:  # fmt: skip
    for place, table in enumerate(tables):
        table_map = by.table_for(table.columns)
        if table_map is None:
            problems.append(unfitting(table, by))
            continue
        problems += table.problems
        yield Mapped(table, table_map, place, terms, choices, constants)


def unfitting(table: Table, by: ExportMap) -> Problem:
    """What the table lacks of the part of the map that is nearest to it."""
    nearest = by.nearest(table.columns)
    there = {folded(column) for column in table.columns}
    lacking = [" / ".join(spellings) for spellings in nearest.spelled if not there & _folded(spellings)]
    details: dict[str, object] = {
        "map": by.name,
        "title": nearest.title,
        "lacking": ", ".join(lacking) or "-",
    }
    return Problem(place_of(table), table.header_row, "", "table_unfitting", details)


def _folded(spellings: Iterable[str]) -> set[str]:
    return {folded(one) for one in spellings}


def _only_clinician(practice: Practice) -> str:
    return practice.clinicians[0].id if len(practice.clinicians) == 1 else ""


def _first_causes(problems: Sequence[Problem]) -> Iterator[Problem]:
    """Without lines that lack a session because that cannot be read."""
    others = {(p.file, p.row) for p in problems if p.code not in ("line_without_charge", "amount_unread")}
    return (p for p in problems if p.code != "line_without_charge" or (p.file, p.row) not in others)


def _known_row(row: ClientRow) -> KnownClient:
    called = (row.name, row.legal_name, row.preferred_name)
    return KnownClient(row.client_id, called, row.email, row.birth_date, row.guarantor_email)
