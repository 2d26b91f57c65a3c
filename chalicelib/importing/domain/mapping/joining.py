"""Names in an export as the clients and clinicians they are: one found is joined, all else is asked about."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chalicelib.importing.domain.mapping.folding import folded_name, turned
from chalicelib.importing.domain.mapping.maps import Join, Rule
from chalicelib.importing.domain.mapping.names import KnownClient, Names, keys_of, parts_of, with_birth
from chalicelib.importing.domain.mapping.records import Record
from chalicelib.importing.domain.mapping.telling import Tally
from chalicelib.importing.domain.problems import Problem, shown
from chalicelib.importing.domain.rows import ClientRow
from chalicelib.practice.domain.practices import Clinician, Practice

_NAMED = (Join.CLIENT, Join.CLINICIAN)
NewId = Callable[[str], str]
"""An id for a client who has none; the same for the same text."""
GaveAddress = Callable[[str, str, str], bool]
"""Whether files of this source gave a client, by the practice's own id, in that column that address last."""


@dataclass(frozen=True)
class Joining:
    """`add_clients`: a name that nobody has, or nearly has, is a new client's. `shared_emails`: one address
    may be that of several clients. `gave`: an address that is not the client's, and is no other person's."""

    practice: Practice
    names: Names
    new_id: NewId
    tally: Tally
    problems: list[Problem]
    add_clients: bool = False
    shared_emails: bool = False
    gave: GaveAddress = lambda id_, column, address: False
    added: list[ClientRow] = field(default_factory=list)
    _of_rule: dict[int, list[tuple[str, Join | None]]] = field(default_factory=dict)
    _clinicians: dict[str, list[str]] = field(default_factory=dict)
    _places: dict[str, int] = field(default_factory=dict)  # in `added`
    _births: dict[str, set[str]] = field(default_factory=dict)  # beside a name in the reports

    def clients(self, records: Iterable[Record]) -> Iterator[Record]:
        """The clients' own lines, before all others: whom they name is known from then on."""
        records = list(records)
        known = list(self.names.clients.values())
        emails = {client.email: client.id for client in known if client.email}
        listed = {id_ for record in records for id_ in self.names.find(record.texts["client_id"])}
        gone: dict[tuple[str, str], list[KnownClient]] = {}
        for client in known:
            if client.email and client.birth_date and client.id not in listed:
                gone.setdefault((client.email, client.birth_date), []).append(client)
        for record in records:
            renamed = self._renamed(record, gone)
            if renamed:
                self._refuse(record, "client_id", "name_changed", (renamed,))
                continue
            found = self._own(record) if _join(record, "client_id") else record
            if found is None:
                continue
            id_, email = found.texts["client_id"], found.texts.get("email", "").casefold()
            holder = emails.setdefault(email, id_) if email else id_
            before = self.names.clients.get(id_)
            shares = before is not None and before.email == email  # in the books already
            if holder != id_ and not (self.shared_emails or shares):
                self.problems.append(record.problem("email", "email_of_two", other=shown(holder)))
            # Also of a refused line: nobody is to be asked who somebody in the list is.
            self.names.add(_known(found))
            yield found

    def _renamed(self, record: Record, gone: Mapping[tuple[str, str], Sequence[KnownClient]]) -> str:
        """Whose address, birth date and a part of whose name a new name has. `gone`: those whom the list has
        no more, by the first two: siblings who share them are in the list both."""
        name, born = record.texts["client_id"], record.texts.get("birth_date", "")
        same = gone.get((record.texts.get("email", "").casefold(), born), ())
        if not same or not _join(record, "client_id") or self.names.find(name, born):
            return ""
        parts = parts_of(name)
        return next((client.id for client in same if any(parts & parts_of(one) for one in client.names)), "")

    def _own(self, record: Record) -> Record | None:
        name, born = record.texts["client_id"], record.texts.get("birth_date", "")
        if not name:
            self._refuse(record, "client_id", "name_absent", ())
            return None
        found = self.names.find(name, born)
        if len(found) > 1:
            self._refuse(record, "client_id", "name_of_two", found)
            return None
        if not found:
            return self._new(record, name, born)
        if self.names.accented_otherwise(name, found[0], born):
            self._refuse(record, "client_id", "name_alike", found)
            return None
        known = self.names.clients.get(found[0])
        if self._born_otherwise(name, born, found[0]):
            self._refuse(record, "birth_date", "name_born_otherwise", found)
            return None
        other = self._other_address(record, known) if known is not None else ""
        if other:
            self._refuse(record, other, "name_emailed_otherwise", found)
            return None
        return _with(record, "client_id", found[0])

    def _born_otherwise(self, name: str, born: str, id_: str) -> bool:
        """Whether the birth date beside a name says that it is a namesake of the client's."""
        known = self.names.clients.get(id_)
        differs = known is not None and bool(known.birth_date and born) and known.birth_date != born
        return differs and not self.names.is_said_with_birth(name, born)

    def _other_address(self, record: Record, known: KnownClient) -> str:
        """The column of an address that may be a namesake's, where the name alone says that it is the client:
        whoever reads mail there would see the client's bills."""
        name, born = record.texts["client_id"], record.texts.get("birth_date", "")
        if (born and born == known.birth_date) or self.names.is_said(name, born):
            return ""
        for column, held in (("email", known.email), ("guarantor_email", known.guarantor_email)):
            text = record.texts.get(column, "").casefold()
            if text and held and text != held and not self.gave(known.id, column, text):
                return column
        return ""

    def _new(self, record: Record, name: str, born: str) -> Record | None:
        id_ = self.new_id(with_birth(_called(name), born))
        if self._is_former(id_, record, name):
            self._refuse(record, "client_id", "name_formerly", (id_,))
            return None
        near = self.names.alike(name)
        if near and self._same_person(near, record):
            self._refuse(record, "client_id", "name_alike", (near,))
            return None
        return _with(record, "client_id", id_)

    def _is_former(self, id_: str, record: Record, name: str) -> bool:
        """Whether the id was made of that name for a client who is called otherwise by now: another person
        may be called so. A number that stands in the name's place is the same client's with the same name."""
        known = self.names.clients.get(id_)
        if known is None:
            return False
        called = _keys(_known(record).names)
        return bool(keys_of(name) & called) or not _keys(known.names) & called

    def _same_person(self, near: str, record: Record) -> bool:
        known = self.names.clients[near]
        email, born = record.texts.get("email", "").casefold(), record.texts.get("birth_date", "")
        return bool((email and email == known.email) or (born and born == known.birth_date))

    def others(self, records: Iterable[Record]) -> Iterator[Record]:
        records = list(records)
        for record in records:
            for column, join in self._joins(record.rule) if record.born else ():
                if join is Join.CLIENT:
                    self._births.setdefault(_called(record.texts[column]), set()).add(record.born)
        for record in records:
            joined: Record | None = record
            for column, join in self._joins(record.rule):
                joined = joined and (
                    self._client(joined, column) if join is Join.CLIENT else self._clinician(joined, column)
                )
            if joined is not None:
                yield joined

    def _joins(self, rule: Rule) -> list[tuple[str, Join | None]]:
        found = self._of_rule.get(id(rule))
        if found is None:
            found = [(column, value.join) for column, value in rule.values.items() if value.join in _NAMED]
            self._of_rule[id(rule)] = found
        return found

    def _client(self, record: Record, column: str) -> Record | None:
        name = record.texts[column]
        found = self._found(name, record.born)
        if len(found) == 1:
            if self._born_otherwise(name, record.born, found[0]):
                details: dict[str, object] = {"value": shown(record.born), "ids": shown(found[0])}
                self.problems.append(record.problem(column, "name_born_otherwise", **details))
                return None
            if self.names.accented_otherwise(name, found[0], record.born):
                self._refuse(record, column, "name_alike", found)
                return None
            self.tally.add(record.file, record.headers[column], "names_joined", record.number)
            self._learn(found[0], record.born)
            return _with(record, column, found[0])
        if found:
            self._refuse(record, column, "name_of_two", found)
            return None
        if not name:
            self._refuse(record, column, "name_absent", ())
            return None
        called = _called(name)
        ids = [self.new_id(with_birth(called, born)) for born in dict.fromkeys((record.born, ""))]
        former = next((id_ for id_ in ids if id_ in self.names.clients), "")
        if former:  # who is called otherwise by now
            self._refuse(record, column, "name_formerly", (former,))
            return None
        near = self.names.alike(name)
        if near or not self.add_clients:
            self._refuse(record, column, "name_alike" if near else "name_unknown", (near,))
            return None
        return self._added(record, column, name, ids[0])

    def _found(self, name: str, born: str) -> tuple[str, ...]:
        """Without a birth date also those of that name who have one in the same report."""
        found = self.names.find(name, born)
        births = () if born or self.names.is_said(name, "") else self._births.get(_called(name), ())
        if len(births) < 2:
            return found
        return tuple(sorted({*found, *(id_ for one in births for id_ in self.names.find(name, one))}))

    def _learn(self, id_: str, born: str) -> None:
        """The birth date of one who has none, so that the next one of that name is not taken for the same."""
        known = self.names.clients.get(id_)
        if not born or known is None or known.birth_date:
            return
        self.names.clients[id_] = replace(known, birth_date=born)
        if id_ in self._places:
            row = self.added[self._places[id_]]
            self.added[self._places[id_]] = replace(row, birth_date=born, given=row.given | {"birth_date"})

    def _added(self, record: Record, column: str, name: str, id_: str) -> Record:
        self.names.add(KnownClient(id_, (turned(name),), birth_date=record.born))
        self._places[id_] = len(self.added)
        given = frozenset({"client_id", "name", *(("birth_date",) if record.born else ())})
        self.added.append(
            ClientRow(
                file=record.file, number=record.number, given=given,
                headers={"client_id": record.headers[column], "name": record.headers[column]},
                client_id=id_, name=turned(name), email="", language="", superbills=True,
                guarantor_email="", guarantor_name="", guarantor_superbills=False, address="",
                birth_date=record.born,
            )
        )  # fmt: skip
        return _with(record, column, id_)

    def _clinician(self, record: Record, column: str) -> Record | None:
        text = record.texts[column]
        if self.practice.clinician(text):
            return record
        found = self._called(text)
        if len(found) == 1:
            self.tally.add(record.file, record.headers[column], "clinicians_joined", record.number)
            return _with(record, column, found[0])
        code = "clinician_of_two" if found else "clinician_name_unknown"
        known = ", ".join(f"{c.name} ({c.id})" for c in self.practice.clinicians)
        self.problems.append(record.problem(column, code, value=shown(text), known=known))
        return None

    def _called(self, text: str) -> list[str]:
        """The ids of all clinicians who are called that."""
        found = self._clinicians.get(text)
        if found is None:
            found = [c.id for c in self.practice.clinicians if keys_of(text) & _names_of(c)]
            self._clinicians[text] = found
        return found

    def _refuse(self, record: Record, column: str, code: str, ids: Sequence[str]) -> None:
        value, ids_text = shown(record.texts.get(column, "")), ", ".join(shown(id_) for id_ in ids)
        self.problems.append(record.problem(column, code, value=value, ids=ids_text))


def _join(record: Record, column: str) -> Join | None:
    value = record.rule.values.get(column)
    return value.join if value else None


def _called(name: str) -> str:
    return folded_name(turned(name))


def _with(record: Record, column: str, text: str) -> Record:
    record.texts[column] = text
    return record


def _known(record: Record) -> KnownClient:
    names = tuple(record.texts.get(name, "") for name in ("name", "legal_name", "preferred_name"))
    texts = record.texts
    email, guarantor = (texts.get(column, "").casefold() for column in ("email", "guarantor_email"))
    return KnownClient(texts["client_id"], names, email, texts.get("birth_date", ""), guarantor)


def _keys(names: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*(keys_of(name) for name in names if name))


def _names_of(clinician: Clinician) -> frozenset[str]:
    return keys_of(clinician.name) | {folded_name(clinician.name_and_credentials)}
