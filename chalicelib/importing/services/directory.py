"""The people side of an import: clients as they will be, and the grants that follow from them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace

from chalicelib.importing.domain.rows import ClientRow
from chalicelib.importing.services.progress import Together
from chalicelib.platform.ports import Keys
from chalicelib.practice.domain.practices import Client, Grant, Person, Practice
from chalicelib.practice.ports import People
from chalicelib.practice.services.person_ids import person_id

_SAME_NAME = (
    "name", "email", "superbills", "address", "birth_date",
    "guarantor_email", "guarantor_name", "guarantor_superbills",
)  # fmt: skip
Merged = tuple[ClientRow, Client | None, Client]
"""A row, its client as stored, and its client as it will be."""


@dataclass(frozen=True, slots=True)
class Update:
    """A stored client with changed values: column, as it was, as it will be."""

    row: ClientRow
    before: Client
    after: Client

    @property
    def changes(self) -> Iterator[tuple[str, object, object]]:
        for f in fields(self.after):
            old, new = getattr(self.before, f.name), getattr(self.after, f.name)
            if old != new:
                yield ("language" if f.name == "locale" else f.name), old, new


@dataclass(frozen=True, slots=True)
class Directory:
    """What will be written: clients that are new, clients that change, and every person whose grants do."""

    new: tuple[Client, ...] = ()
    updates: tuple[Update, ...] = ()
    people: tuple[Person, ...] = ()
    known: int = 0

    def settled(self, ids: Mapping[str, str]) -> "Directory":
        """With the accounts that there are, by the ids that were planned."""
        if all(planned == settled for planned, settled in ids.items()):
            return self
        return replace(
            self,
            new=tuple(replace(client, id=ids.get(client.id, client.id)) for client in self.new),
            people=tuple(_settled(person, ids) for person in self.people),
        )

    def __len__(self) -> int:
        return len(self.new) + len(self.updates) + len(self.people)


def _settled(person: Person, ids: Mapping[str, str]) -> Person:
    grants = (replace(g, account_id=ids.get(g.account_id, g.account_id)) for g in person.grants)
    return replace(person, grants=tuple(grants))


@dataclass(frozen=True, slots=True)
class _Wish:
    """The grants a person is to have of the clients in the file; of `accounts` no others."""

    email: str
    locale: str = ""
    accounts: set[str] = field(default_factory=set)
    grants: list[Grant] = field(default_factory=list)


def merged(practice: Practice, row: ClientRow, id_: str, before: Client | None) -> Client:
    """The client as the row leaves it: columns the file does not have keep what is stored."""
    base = before or Client(id_, row.client_id, "", "", practice.locale)
    values = {name: getattr(row, name) for name in _SAME_NAME if name in row.given}
    if row.language:
        values["locale"] = row.language
    return replace(base, **values)


def directory(
    practice: Practice, people: People, keys: Keys, clients: Iterable[Merged], together: Together
) -> Directory:
    rows = list(clients)
    wishes = _wishes([(before, after) for _, before, after in rows])
    changed = together(lambda wish: _person(practice, people, keys, wish), wishes)
    return Directory(
        new=tuple(after for _, before, after in rows if before is None),
        updates=tuple(
            Update(row, before, after) for row, before, after in rows if before and before != after
        ),
        people=tuple(person for person in changed if person is not None),
        known=sum(before == after for _, before, after in rows),
    )


def _wishes(clients: Iterable[tuple[Client | None, Client]]) -> list[_Wish]:
    wishes: dict[str, _Wish] = {}
    for before, after in clients:
        former = (before.email, before.guarantor_email) if before else ()
        for email in {*former, after.email, after.guarantor_email} - {""}:
            wish = wishes.setdefault(email, _Wish(email))
            wish.accounts.add(after.id)
            if email == after.email:
                wish.grants.append(Grant(after.id, after.name, "self", after.superbills))
                wishes[email] = replace(wish, locale=after.locale)
            elif email == after.guarantor_email:
                wish.grants.append(Grant(after.id, after.name, "guarantor", after.guarantor_superbills))
    return list(wishes.values())


def _person(practice: Practice, people: People, keys: Keys, wish: _Wish) -> Person | None:
    """The person as they will be; None when nothing changes."""
    id_ = person_id(keys, practice.id, wish.email)
    before = people.person(practice.id, id_)
    kept = [g for g in (before.grants if before else ()) if g.account_id not in wish.accounts]
    grants = sorted([*kept, *wish.grants], key=lambda g: (g.relation != "self", g.name, g.account_id))
    locale = wish.locale or (before.locale if before else practice.locale)
    after = Person(id_, wish.email, locale, tuple(grants))
    unneeded = before is None and not grants
    return None if after == before or unneeded else after
