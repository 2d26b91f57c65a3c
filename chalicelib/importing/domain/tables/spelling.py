"""What every reader of a column shares: values with the rows they stand in, and how each one is read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chalicelib.importing.domain.problems import BadValue
from chalicelib.importing.domain.tables.table import Cell, Kind

Key = tuple[Kind | None, Cell]
"""A cell by what it says and what a workbook says of it."""


@dataclass(frozen=True, slots=True)
class ReadingTerms:
    """`latest` is the last day that is not the future; `knows_diagnosis` takes a code without its point."""

    currency: str
    latest: date
    knows_diagnosis: Callable[[str], bool] = lambda _: False


@dataclass(frozen=True, slots=True)
class Seen:
    """How often a value stands in the column, and in which row first."""

    count: int
    first_row: int


Values = Mapping[Key, Seen]
"""Each value of a column but the empty one."""


@dataclass(frozen=True, slots=True)
class Spelled:
    """The value as the own format spells it, and what had to be done to it: codes of words/cli/reading.py."""

    text: str
    did: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a whole column cannot be read as it is; `row` shows it."""

    code: str
    row: int
    details: Mapping[str, object]


Spell = Callable[[Key], Spelled]
"""Error: BadValue."""
Decision = Spell | Doubt


def spelled_all(values: Values, spell: Spell) -> dict[Key, Spelled | BadValue]:
    found: dict[Key, Spelled | BadValue] = {}
    for key in values:
        try:
            found[key] = spell(key)
        except BadValue as bad:
            found[key] = bad
    return found


def first_of(values: Values, keys: Sequence[Key]) -> tuple[Key, int]:
    """The one of them that stands first, and its row."""
    key = min(keys, key=lambda key: values[key].first_row)
    return key, values[key].first_row
