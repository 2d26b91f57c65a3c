"""Whether a row whose made id is new is one of the books whose day was typed wrong, and put right since.

They differ in the day alone, by months or years perhaps, and the file has the old one no more, though it has
the others of its days. A client's next session is no such row: it was held after the old one had been listed.
"""

from bisect import bisect_left
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from chalicelib.importing.domain.batch import key_of
from chalicelib.importing.domain.formats import FORMATS
from chalicelib.importing.domain.mapping.making import renamed
from chalicelib.importing.domain.rows import Row
from chalicelib.importing.services.comparing import compared, same
from chalicelib.importing.services.missing import KIND_OF, brought, source_of
from chalicelib.importing.services.naming import as_given
from chalicelib.importing.services.stored import Stored
from chalicelib.kernel.instants import local_date
from chalicelib.ledger.domain.entries import Entry
from chalicelib.practice.domain.practices import Practice

_ALONE = 7  # days from all others that came with it: of a weekly session, the next one is no further
_FORMAT_OF = {format_.kind: format_ for format_ in FORMATS}
Kind = tuple[str, str]
"""The kind of rows, and their source."""


@dataclass(frozen=True)
class _Import:
    """What one import brought of a kind: all its days, and those of rows that the file has no more."""

    days: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Retyped:
    """`known`: the books of the file's clients. `stems` are those in the file. `days`: the first and the last
    day of its rows, by kind."""

    practice: Practice
    known: Mapping[str, Stored]
    stems: Set[str]
    days: Mapping[str, tuple[str, str]]

    def may_be(self, kind: str, row: Row, id_: str, books: Stored) -> bool:
        """`row` has the books' ids of what it names; `id_` is not in the file."""
        entry = self._brought.get((kind, id_))
        if entry is None or not self._is_gone((kind, source_of(id_)), entry):
            return False
        was: dict[str, Any] = {"date": entry.draft.occurred_on}
        dated = replace(renamed(row, {key_of(_FORMAT_OF[kind], row): id_}), **was)
        on: str = getattr(row, "date", "")
        return self._was_held(on, kind, entry, books) and same(compared(self.practice.id, dated, books))

    def _is_gone(self, kind: Kind, entry: Entry) -> bool:
        """A list of new days only lacks all rows before, also where one late row reaches back."""
        first, last = self.days.get(kind[0], ("", ""))
        on = entry.draft.occurred_on
        if first <= on <= last:
            there, gone = self._within.get(kind, (0, 0))
            return gone <= there
        came = self._imports[(*kind, entry.actor)]
        return len(came.gone) == 1 and _is_alone(came.days, on)

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

    @cached_property
    def _within(self) -> Mapping[Kind, tuple[int, int]]:
        """Of the books' rows within the file's days, how many it has and has not."""
        found: dict[Kind, tuple[int, int]] = {}
        for (name, id_), entry in self._brought.items():
            first, last = self.days.get(name, ("", ""))
            if first <= entry.draft.occurred_on <= last:
                there, gone = found.get(_kind(entry), (0, 0))
                is_there = self._is_there(id_)
                found[_kind(entry)] = there + is_there, gone + (not is_there)
        return found

    @cached_property
    def _imports(self) -> Mapping[tuple[str, str, str], _Import]:
        """By kind, source and actor."""
        found: dict[tuple[str, str, str], _Import] = {}
        for (_, id_), entry in self._brought.items():
            one = found.setdefault((*_kind(entry), entry.actor), _Import())
            one.days.append(entry.draft.occurred_on)
            if not self._is_there(id_):
                one.gone.append(entry.draft.occurred_on)
        for one in found.values():
            one.days.sort()
        return found

    def _is_there(self, id_: str) -> bool:
        return id_.partition(".")[0] in self.stems


def _kind(entry: Entry) -> Kind:
    return KIND_OF[entry.draft.kind], source_of(as_given(entry.draft.reference))


def _is_alone(days: list[str], on: str) -> bool:
    """Of several days, whether this is far from all others: a list spans it by a mistake alone."""
    place = bisect_left(days, on)
    near = days[max(place - 1, 0) : place] + days[place + 1 : place + 2]
    apart = (abs((date.fromisoformat(day) - date.fromisoformat(on)).days) for day in near)
    return bool(near) and min(apart) > _ALONE
