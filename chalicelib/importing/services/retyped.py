"""Whether a row whose made id is new is one of the books whose day was typed wrong, and put right since.

They differ in the day alone, by months or years perhaps, and the file has the old one no more, though it has
the others of its days. A client's next session is no such row: it was held after the old one had been listed.
"""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from chalicelib.importing.domain.batch import key_of
from chalicelib.importing.domain.formats import OF_KIND
from chalicelib.importing.domain.mapping.made_ids import source_of, stem_of
from chalicelib.importing.domain.mapping.making import renamed
from chalicelib.importing.domain.rows import Row
from chalicelib.importing.services.comparing import compared, same
from chalicelib.importing.services.missing import KIND_OF, brought
from chalicelib.importing.services.naming import as_given
from chalicelib.importing.services.stored import Stored
from chalicelib.kernel.instants import local_date
from chalicelib.ledger.domain.entries import Entry
from chalicelib.practice.domain.practices import Practice

_ALONE = 7  # days from all others that came with it: of a weekly session, the next one is no further
Kind = tuple[str, str]
"""The kind of rows, and their source."""


@dataclass(frozen=True, slots=True)
class Gone:
    """A row of the books that the file has no more: its kind, its day, and the import that brought it."""

    kind: Kind
    on: str
    actor: str


@dataclass(frozen=True, slots=True)
class _Import:
    """What one import brought of a kind: how many rows of each day, and of which the file has no more."""

    days: Counter[str] = field(default_factory=Counter)
    gone: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Listed:
    """What the file has, and has not, of what imports brought: of all its clients, some after others.

    `days`: the first and the last day of its rows, by kind.
    """

    days: Mapping[str, tuple[str, str]]
    _within: dict[Kind, list[int]] = field(default_factory=dict)
    _imports: dict[tuple[str, str, str], _Import] = field(default_factory=dict)

    def add(self, entry: Entry, *, there: bool) -> None:
        kind, on = _kind(entry), entry.draft.occurred_on
        if self._is_within(kind, on):
            counts = self._within.setdefault(kind, [0, 0])
            counts[0 if there else 1] += 1
        one = self._imports.setdefault((*kind, entry.actor), _Import())
        one.days[on] += 1
        one.gone[on] += not there

    def lacks(self, one: Gone) -> bool:
        """Once all clients are added. A list of new days only lacks all rows before, also where one late row
        reaches back."""
        if self._is_within(one.kind, one.on):
            there, gone = self._within.get(one.kind, (0, 0))
            return gone <= there
        came = self._imports[(*one.kind, one.actor)]
        return came.gone.total() == 1 and _is_alone(came.days, one.on)

    def _is_within(self, kind: Kind, on: str) -> bool:
        first, last = self.days.get(kind[0], ("", ""))
        return first <= on <= last


@dataclass(frozen=True)
class Retyped:
    """`known`: the books of some of the file's clients, who are added to `listed`. `stems` are those in the
    file."""

    practice: Practice
    known: Mapping[str, Stored]
    stems: Set[str]
    listed: Listed

    def __post_init__(self) -> None:
        for (_, id_), entry in self._brought.items():
            self.listed.add(entry, there=stem_of(id_) in self.stems)

    def may_be(self, kind: str, row: Row, id_: str, books: Stored) -> Gone | None:
        """That it is, if the file lacks that one. `row` has the books' ids of what it names; `id_` is not in
        the file."""
        entry = self._brought.get((kind, id_))
        if entry is None:
            return None
        was: dict[str, Any] = {"date": entry.draft.occurred_on}
        dated = replace(renamed(row, {key_of(OF_KIND[kind], row): id_}), **was)
        on: str = getattr(row, "date", "")
        held = self._was_held(on, kind, entry, books) and same(compared(self.practice.id, dated, books))
        return Gone((kind, source_of(id_)), entry.draft.occurred_on, entry.actor) if held else None

    def _was_held(self, on: str, kind: str, entry: Entry, books: Stored) -> bool:
        """Before the old one was posted; or else it is the first that comes since."""
        if on <= local_date(entry.recorded_at, self.practice.timezone):
            return True
        of_kind = kind, source_of(entry.draft.reference)
        later = (e for e in brought(books.entries) if e.seq > entry.seq and e.actor != entry.actor)
        return all(_kind(each) != of_kind for each in later)

    @cached_property
    def _brought(self) -> Mapping[tuple[str, str], Entry]:
        """What files brought, by the kind of rows and their ids."""
        entries = (entry for books in self.known.values() for entry in brought(books.entries))
        return {(KIND_OF[e.draft.kind], as_given(e.draft.reference)): e for e in entries}


def _kind(entry: Entry) -> Kind:
    return KIND_OF[entry.draft.kind], source_of(as_given(entry.draft.reference))


def _is_alone(days: Mapping[str, int], on: str) -> bool:
    """Of several days, whether this is far from all others: a list spans it by a mistake alone."""
    others = [day for day in days if day != on]
    apart = (abs((date.fromisoformat(day) - date.fromisoformat(on)).days) for day in others)
    return days[on] == 1 and bool(others) and min(apart) > _ALONE
