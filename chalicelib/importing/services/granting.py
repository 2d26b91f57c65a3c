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


@dataclass(frozen=True, slots=True)
class GrantWish:
    """The grants a person is to have of the clients in the file; of `accounts` no others."""

    email: str
    locale: str = ""
    accounts: set[str] = field(default_factory=set)
    grants: list[Grant] = field(default_factory=list)

    def left_of(self, person: Person) -> list[Grant]:
        """What the person has besides."""
        return [grant for grant in person.grants if grant.account_id not in self.accounts]

    def over(self, person: Person) -> Person:
        """The person as they will be."""
        grants = _sorted([*self.left_of(person), *self.grants])
        return replace(person, email=self.email, locale=self.locale or person.locale, grants=grants)

    def settled(self, ids: Mapping[str, str]) -> "GrantWish":
        accounts = {ids.get(id_, id_) for id_ in self.accounts}
        return replace(self, accounts=accounts, grants=list(_settled(self.grants, ids)))


@dataclass(frozen=True, slots=True)
class Granted:
    """A person as they were read, None where there was nobody, and as they will be.

    `leaving`: where their address changes, the hashes by which they are found no more.
    """

    wish: GrantWish
    before: Person | None
    after: Person
    leaving: tuple[str, ...] = ()

    @property
    def needed(self) -> bool:
        return self.after != self.before

    def over(self, known: Person) -> "Granted":
        """The same of who has the address by now, as somebody else has left them."""
        return replace(self, before=known, after=self.wish.over(known))

    def settled(self, ids: Mapping[str, str]) -> "Granted":
        """With the accounts that there are, by the ids that were planned."""
        after = replace(self.after, grants=_settled(self.after.grants, ids))
        return replace(self, wish=self.wish.settled(ids), after=after)


@dataclass(frozen=True)
class Granting:
    practice: Practice
    people: People
    keys: Keys
    chance: Chance
    clock: Clock

    def changes(self, clients: Sequence[Pair], together: Together) -> tuple[Granted, ...]:
        """Every person who changes."""
        wishes = wishes_of(clients)
        known = dict(zip(wishes, self._known(wishes, together), strict=True))
        moves = _moves(clients, wishes, known)
        gone = {person.id for person in moves.values()}
        changed = list[Granted]()
        for email, wish in wishes.items():
            person = known[email]
            if email in moves:
                changed.append(self._moved(moves[email], wish))
            else:
                changed += self._granted(None if person and person.id in gone else person, wish)
        return tuple(granted for granted in changed if granted.needed)

    def _known(self, emails: Iterable[str], together: Together) -> list[Person | None]:
        practice = self.practice.id
        hashes = [address_hash(self.keys, practice, email) for email in emails]
        ids = self.people.people_at(practice, hashes)
        return together(lambda h: self.people.person(practice, ids[h]) if h in ids else None, hashes)

    def _moved(self, person: Person, wish: GrantWish) -> Granted:
        hashed = address_hash(self.keys, self.practice.id, wish.email)
        after = replace(
            person, email=wish.email, locale=wish.locale or person.locale, grants=_sorted(wish.grants),
            filed_under=(hashed,), since=int(self.clock.now().timestamp()),
        )  # fmt: skip
        return Granted(wish, person, after, leaving=person.filed_under)

    def _granted(self, before: Person | None, wish: GrantWish) -> list[Granted]:
        """Nobody where there was nobody, and nothing to be seen."""
        if before is not None:
            return [Granted(wish, before, wish.over(before))]
        if not wish.grants:
            return []
        hashed = address_hash(self.keys, self.practice.id, wish.email)
        locale = wish.locale or self.practice.locale
        new = Person(self.chance.id(), wish.email, locale, _sorted(wish.grants), (hashed,))
        return [Granted(wish, None, new)]


def wishes_of(clients: Iterable[Pair]) -> dict[str, GrantWish]:
    wishes: dict[str, GrantWish] = {}
    for before, after in clients:
        former = (before.email, before.guarantor_email) if before else ()
        for email in {*former, after.email, after.guarantor_email} - {""}:
            wish = wishes.setdefault(email, GrantWish(email))
            wish.accounts.add(after.id)
            if email == after.email:
                wish.grants.append(Grant(after.id, after.name, "self", after.superbills, after.paper))
                wishes[email] = replace(wish, locale=after.locale)
            elif email == after.guarantor_email:
                seen = after.guarantor_superbills
                wish.grants.append(Grant(after.id, after.name, "guarantor", seen, after.paper))
    return wishes


def _moves(
    clients: Iterable[Pair], wishes: Mapping[str, GrantWish], known: Mapping[str, Person | None]
) -> dict[str, Person]:
    """The people who go along to a new address, by that address."""
    moves: dict[str, Person] = {}
    for old, new in _successors(clients).items():
        person, free = known[old], new and new not in moves and known[new] is None
        if person and free and not _stays(person, wishes[old]):
            moves[new] = person
    return moves


def _stays(person: Person, wish: GrantWish) -> bool:
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


def _settled(grants: Iterable[Grant], ids: Mapping[str, str]) -> tuple[Grant, ...]:
    return tuple(replace(grant, account_id=ids.get(grant.account_id, grant.account_id)) for grant in grants)
