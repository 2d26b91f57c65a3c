"""The people side of an import: clients as they will be, and the grants that follow from them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace

from chalicelib.importing.domain.mapping.made_ids import MadeIds
from chalicelib.importing.domain.problems import Problem, shown
from chalicelib.importing.domain.rows import ClientRow
from chalicelib.importing.services.addresses import ADDRESSES, changed_here, remembering
from chalicelib.importing.services.granting import Granted, Granting
from chalicelib.importing.services.progress import Together
from chalicelib.practice.domain.practices import Client, Coverage, Practice, RelationToInsured

_SAME_NAME = (
    "name", "email", "superbills", "address", "birth_date",
    "guarantor_email", "guarantor_name", "guarantor_superbills",
    "legal_name", "preferred_name", "member_id", "insured", "paper",
)  # fmt: skip
_UNTOLD = frozenset({"link_generation", "addresses_given"})  # what follows from what is told
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
            if f.name in _UNTOLD:
                continue
            old, new = getattr(self.before, f.name), getattr(self.after, f.name)
            if old != new:
                yield ("language" if f.name == "locale" else f.name), old, new


@dataclass(frozen=True, slots=True)
class KeptAddress:
    """What its owner changed here, and what the file would put there."""

    row: ClientRow
    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Directory:
    """What will be written: clients that are new, clients that change, and every person whose grants do.

    `remembered`: clients of whom it is noted only what a file gave. `kept` is not written.
    """

    new: tuple[Client, ...] = ()
    updates: tuple[Update, ...] = ()
    people: tuple[Granted, ...] = ()
    known: int = 0
    remembered: tuple[Update, ...] = ()
    kept: tuple[KeptAddress, ...] = ()

    @property
    def in_order(self) -> tuple[tuple[Granted, ...], tuple[Granted, ...]]:
        """Whoever leaves an address before somebody else gets it."""
        movers = tuple(granted for granted in self.people if granted.leaving)
        return movers, tuple(granted for granted in self.people if not granted.leaving)

    def settled(self, ids: Mapping[str, str]) -> "Directory":
        """With the accounts that there are, by the ids that were planned."""
        if all(planned == settled for planned, settled in ids.items()):
            return self
        return replace(
            self,
            new=tuple(replace(client, id=ids.get(client.id, client.id)) for client in self.new),
            people=tuple(granted.settled(ids) for granted in self.people),
        )

    def __len__(self) -> int:
        return len(self.new) + len(self.updates) + len(self.people) + len(self.remembered)


def merged(
    practice: Practice,
    row: ClientRow,
    id_: str,
    before: Client | None,
    ids: MadeIds,
    *,
    restore: bool = False,
) -> Client:
    """The client as the row leaves it: columns the file does not have keep what is stored, and so do
    addresses that were changed here, unless they are to be restored to what the file says."""
    base = before or Client(id_, row.client_id, "", "", practice.locale)
    kept = changed_here(row, before, ids) if before and not restore else ()
    along = {name for column in kept for name in (column, *ADDRESSES[column])}
    values = {name: getattr(row, name) for name in _SAME_NAME if name in row.given and name not in along}
    values["addresses_given"] = remembering(row, base, kept, ids)
    if row.language:
        values["locale"] = row.language
    if "relation_to_insured" in row.given:
        values["relation_to_insured"] = RelationToInsured(row.relation_to_insured)
    if "coverage" in row.given:
        values["coverage"] = Coverage(row.coverage)
    after = replace(base, **values)
    if before and before.guarantor_email not in ("", after.guarantor_email):
        # The bills that the former guarantor holds say no more how the account stands.
        return replace(after, link_generation=before.link_generation + 1)
    return after


def directory(granting: Granting, clients: Iterable[Merged], together: Together) -> Directory:
    rows = list(clients)
    people = granting.changes([(before, after) for _, before, after in rows], together)
    written = [Update(row, before, after) for row, before, after in rows if before and before != after]
    updates = tuple(update for update in written if any(update.changes))
    new = tuple(after for _, before, after in rows if before is None)
    return Directory(
        new, updates, people, known=len(rows) - len(new) - len(updates),
        remembered=tuple(update for update in written if not any(update.changes)),
        kept=tuple(_kept(rows)),
    )  # fmt: skip


def emails_of_two(clients: Iterable[Merged], stored: Callable[[], Iterable[Client]]) -> Iterator[Problem]:
    """Rows of own files that give a client an address which another client has, too: whoever reads mail there
    would see both clients' bills. Asked once; of an export's rows it was asked as they were joined."""
    rows = list(clients)
    given = [
        (row, after)
        for row, before, after in rows
        if not row.source and after.email and (before is None or before.email != after.email)
    ]
    if not given:
        return
    ours = {after.id for _, _, after in rows}
    holders: dict[str, str] = {}
    for client in (*(one for one in stored() if one.id not in ours), *(after for _, _, after in rows)):
        holders.setdefault(client.email, client.external_id)
    for row, after in given:
        if holders[after.email] != after.external_id:
            yield row.problem("email", "email_of_two", other=shown(holders[after.email]))


def _kept(rows: Iterable[Merged]) -> Iterator[KeptAddress]:
    for row, before, after in rows:
        for column in ADDRESSES if before else ():
            old, new = getattr(after, column), getattr(row, column)
            if column in row.given and old != new:
                yield KeptAddress(row, column, old, new)
