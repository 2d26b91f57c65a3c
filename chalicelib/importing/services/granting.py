"""Who may see which accounts after an import: the people whose grants follow from the clients.

A person is who reads the mail of an address. Where a client's address changes in the file, the person stays
the same one if all they may see goes along to an address that nobody has yet; else the grant goes from one
person to another. Either way nobody stays signed in who signed in by the old address.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chalicelib.importing.services.progress import Together
from chalicelib.platform.ports import Chance, Clock, Keys
from chalicelib.practice.domain.practices import Client, Grant, Person, Practice
from chalicelib.practice.ports import People
from chalicelib.practice.services.address_hashes import address_hash

Pair = tuple[Client | None, Client]
"""A client as stored, and as it will be."""
Leaving = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Wish:
    """The grants a person is to have of the clients in the file; of `accounts` no others."""

    email: str
    locale: str = ""
    accounts: set[str] = field(default_factory=set)
    grants: list[Grant] = field(default_factory=list)

    def left_of(self, person: Person) -> list[Grant]:
        """What the person has besides."""
        return [grant for grant in person.grants if grant.account_id not in self.accounts]


@dataclass(frozen=True)
class Granting:
    practice: Practice
    people: People
    keys: Keys
    chance: Chance
    clock: Clock

    def changes(self, clients: Sequence[Pair], together: Together) -> tuple[tuple[Person, ...], Leaving]:
        """Every person who changes, as they will be, and which hashes of addresses find them no more."""
        wishes = wishes_of(clients)
        known = dict(zip(wishes, self._known(wishes, together), strict=True))
        moves = _moves(clients, wishes, known)
        gone = {person.id for person in moves.values()}
        changed = []
        for email, wish in wishes.items():
            person = known[email]
            if email in moves:
                changed.append(self._moved(moves[email], wish))
            else:
                changed += self._granted(None if person and person.id in gone else person, wish)
        return tuple(changed), {person.id: person.filed_under for person in moves.values()}

    def _known(self, emails: Iterable[str], together: Together) -> list[Person | None]:
        practice = self.practice.id
        hashes = [address_hash(self.keys, practice, email) for email in emails]
        ids = self.people.people_at(practice, hashes)
        return together(lambda h: self.people.person(practice, ids[h]) if h in ids else None, hashes)

    def _moved(self, person: Person, wish: Wish) -> Person:
        hashed = address_hash(self.keys, self.practice.id, wish.email)
        return replace(
            person, email=wish.email, locale=wish.locale or person.locale, grants=_sorted(wish.grants),
            filed_under=(hashed,), since=int(self.clock.now().timestamp()),
        )  # fmt: skip

    def _granted(self, before: Person | None, wish: Wish) -> list[Person]:
        """The person as they will be; nobody when nothing changes."""
        if before is None:
            if not wish.grants:
                return []
            hashed = address_hash(self.keys, self.practice.id, wish.email)
            locale = wish.locale or self.practice.locale
            return [Person(self.chance.id(), wish.email, locale, _sorted(wish.grants), (hashed,))]
        grants = _sorted([*wish.left_of(before), *wish.grants])
        after = replace(before, email=wish.email, locale=wish.locale or before.locale, grants=grants)
        return [] if after == before else [after]


def wishes_of(clients: Iterable[Pair]) -> dict[str, Wish]:
    wishes: dict[str, Wish] = {}
    for before, after in clients:
        former = (before.email, before.guarantor_email) if before else ()
        for email in {*former, after.email, after.guarantor_email} - {""}:
            wish = wishes.setdefault(email, Wish(email))
            wish.accounts.add(after.id)
            if email == after.email:
                wish.grants.append(Grant(after.id, after.name, "self", after.superbills))
                wishes[email] = replace(wish, locale=after.locale)
            elif email == after.guarantor_email:
                wish.grants.append(Grant(after.id, after.name, "guarantor", after.guarantor_superbills))
    return wishes


def joined(known: Person, planned: Person) -> Person:
    """The one who has the address by now, with what another was to see there."""
    accounts = {grant.account_id for grant in planned.grants}
    others = [grant for grant in known.grants if grant.account_id not in accounts]
    return replace(known, grants=_sorted([*others, *planned.grants]))


def _moves(
    clients: Iterable[Pair], wishes: Mapping[str, Wish], known: Mapping[str, Person | None]
) -> dict[str, Person]:
    """The people who go along to a new address, by that address."""
    moves: dict[str, Person] = {}
    for old, new in _successors(clients).items():
        person, free = known[old], new and new not in moves and known[new] is None
        if person and free and not _stays(person, wishes[old]):
            moves[new] = person
    return moves


def _stays(person: Person, wish: Wish) -> bool:
    """Whether they still see by their address something that they saw before."""
    accounts = {grant.account_id for grant in [*wish.left_of(person), *wish.grants]}
    return any(grant.account_id in accounts for grant in person.grants)


def _successors(clients: Iterable[Pair]) -> dict[str, str]:
    """The one address that takes the place of another, "" where there are several, or none."""
    found: dict[str, set[str]] = {}
    for before, after in clients:
        if before is not None:
            for old, new in (
                (before.email, after.email), (before.guarantor_email, after.guarantor_email)
            ):  # fmt: skip
                if old and old != new:
                    found.setdefault(old, set()).add(new)
    return {old: min(new) if len(new) == 1 else "" for old, new in sorted(found.items())}


def _sorted(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    return tuple(sorted(grants, key=lambda g: (g.relation != "self", g.name, g.account_id)))
