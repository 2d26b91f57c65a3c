"""A map: which header of an export is which column of ours, by what rules. It holds no cell of any person's.

docs/import.md describes its text form; `map_text` reads and writes it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from chalicelib.importing.domain.formats import OF_KIND, Format
from chalicelib.importing.domain.mapping.folding import folded

AS_OF, CLINICIAN = "$as_of", "$clinician"
"""Constants that the person says with the command, or that the practice has only one of."""
SESSION = "Session"
"""A header that people add, to tell two sessions of one day apart."""


class Join(StrEnum):
    """What a cell names by other words than our ids."""

    CLIENT = "client"
    CLINICIAN = "clinician"
    REFUNDED = "refunded"  # the payment that was given back: no cell names it


class Sign(StrEnum):
    PLUS = "plus"
    MINUS = "minus"
    ZERO = "zero"


@dataclass(frozen=True, slots=True)
class Value:
    """Where a column of ours comes from: one of `headers` (other spellings of one column), or several `parts`
    with spaces between them, or `constant`, or `made_of` other values (an id), or the id of the row of kind
    `row` that the same line made. `words` turns their words into ours; `otherwise` stands for an empty cell
    and an unknown word. `positive`: the amount without its minus; `negated`: with the other sign. `born`:
    where a client's birth date stands, beside the name.
    """

    headers: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    constant: str = ""
    made_of: tuple[str, ...] = ()
    row: str = ""
    join: Join | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    otherwise: str | None = None
    positive: bool = False
    negated: bool = False
    optional: bool = False
    born: tuple[str, ...] = ()

    @property
    def needs(self) -> Iterator[tuple[str, ...]]:
        """Each column that a file must have, by its spellings."""
        if self.headers and not self.optional and self.otherwise is None:
            yield self.headers
        if not self.optional:
            yield from ((part,) for part in self.parts)
            yield from (self.born,) if self.born else ()


@dataclass(frozen=True, slots=True)
class Condition:
    """All that is given holds of the cell: one of the words `among` (a * stands for any letters), none of
    `besides`, the amount's sign, whether anything is there."""

    headers: tuple[str, ...]
    among: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    sign: Sign | None = None
    filled: bool | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of ours of each line for which every condition holds. `once`: lines of one id say the same row
    again; `sums`: amounts that are added up over them instead."""

    kind: str
    values: Mapping[str, Value]
    when: tuple[Condition, ...] = ()
    once: bool = False
    sums: tuple[str, ...] = ()

    @property
    def format(self) -> Format:
        return OF_KIND[self.kind]

    @property
    def id_headers(self) -> Iterator[tuple[str, ...]]:
        """Each column that its ids are made of, by its spellings."""
        key = self.values.get(self.format.key)
        for name in key.made_of if key else ():
            value = self.values.get(name)
            headers = value.headers if value else (name,)
            if headers and folded(name) != folded(SESSION):
                yield headers


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Lines that bring nothing, and why: said with their count."""

    when: tuple[Condition, ...]
    why: str


@dataclass(frozen=True, slots=True)
class TableMap:
    """For a file, or a sheet, that has every column which is needed."""

    title: str
    rules: tuple[Rule, ...]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def conditions(self) -> list[Condition]:
        found = [*(rule.when for rule in self.rules), *(left.when for left in self.left_out)]
        return [condition for when in found for condition in when]

    @property
    def spelled(self) -> tuple[tuple[str, ...], ...]:
        """The columns that are needed, each by its spellings."""
        values = (value for rule in self.rules for value in rule.values.values())
        needed = [spellings for value in values for spellings in value.needs]
        needed += [condition.headers for condition in self.conditions]
        return tuple(dict.fromkeys([*needed, *self._of_ids]))

    @property
    def _of_ids(self) -> Iterator[tuple[str, ...]]:
        """What ids are made of, but for what the file may lack as a column of ours."""
        values = [value for rule in self.rules for value in rule.values.values()]
        others = (value.headers for value in values if value.headers not in value.needs)
        may_lack = {folded(header) for headers in others for header in headers}
        for rule in self.rules:
            for headers in rule.id_headers:
                if may_lack.isdisjoint(map(folded, headers)):
                    yield headers

    @property
    def needs(self) -> frozenset[tuple[str, ...]]:
        return frozenset(tuple(map(folded, spellings)) for spellings in self.spelled)

    def fits(self, columns: tuple[str, ...]) -> bool:
        there = {folded(column) for column in columns}
        return all(there.intersection(spellings) for spellings in self.needs)

    def missing(self, columns: tuple[str, ...]) -> int:
        there = {folded(column) for column in columns}
        return sum(not there.intersection(spellings) for spellings in self.needs)


@dataclass(frozen=True, slots=True)
class ExportMap:
    """`source` begins every id that is made."""

    name: str
    source: str
    tables: tuple[TableMap, ...]

    def table_for(self, columns: tuple[str, ...]) -> TableMap | None:
        """The one that uses most of the columns; None where none fits, or two do as well."""
        fitting = sorted(
            (t for t in self.tables if t.fits(columns)), key=lambda t: len(t.needs), reverse=True
        )
        if len(fitting) > 1 and len(fitting[0].needs) == len(fitting[1].needs):
            return None
        return fitting[0] if fitting else None

    def nearest(self, columns: tuple[str, ...]) -> TableMap:
        return min(self.tables, key=lambda table: table.missing(columns))
