"""What the columns of a table mean, decided for each column as a whole, with all that was interpreted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from chalicelib.importing.domain.meanings import Meaning
from chalicelib.importing.domain.problems import BadValue, Problem, shown
from chalicelib.importing.domain.tables import codes
from chalicelib.importing.domain.tables.amounts import decide_amounts
from chalicelib.importing.domain.tables.choices import NO_CHOICES, Choices
from chalicelib.importing.domain.tables.dates import decide_dates
from chalicelib.importing.domain.tables.spelling import (
    Decision,
    Doubt,
    Key,
    ReadingTerms,
    Seen,
    Spelled,
    Values,
    spelled_all,
)
from chalicelib.importing.domain.tables.table import Cell, Table, kind_of

_EXAMPLES = 3


_ALONE: Mapping[Meaning, Callable[[Key, ReadingTerms], Spelled]] = {
    Meaning.DIAGNOSES: codes.spell_diagnoses,
    Meaning.PLACE: codes.spell_place,
    Meaning.METHOD: codes.spell_method,
    Meaning.PROCEDURE: codes.spell_procedure,
    Meaning.UNITS: codes.spell_units,
    Meaning.YES_NO: codes.spell_yes_no,
    Meaning.ID: codes.spell_id,
    Meaning.TEXT: codes.spell_text,
}


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What was done to `count` cells of a column, with up to three examples: as it stood, as it is read."""

    column: str
    code: str
    count: int
    first_row: int
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Study:
    """`problems` are about whole columns: nothing of such a column is to be used. `_spelled`: by the column's
    place, each of its values as it is read, or why it cannot be."""

    interpretations: tuple[Interpretation, ...] = ()
    problems: tuple[Problem, ...] = ()
    _spelled: Mapping[int, Mapping[Key, Spelled | BadValue]] = field(default_factory=dict)

    def text(self, column: int, cell: Cell) -> str:
        """As the own format spells it, as plain text; as it stands in a column in doubt. Error: BadValue."""
        spelled = self._spelled.get(column)
        if spelled is None or not cell:
            return str(cell)
        found = spelled[kind_of(cell), cell]
        if isinstance(found, BadValue):
            raise BadValue(found.code, **found.details)
        return found.text


def study(
    table: Table, meanings: Mapping[int, Meaning], terms: ReadingTerms, choices: Choices = NO_CHOICES
) -> Study:
    """Reads the table once. `meanings` by the column's place; columns without one are read as they stand."""
    interpretations: list[Interpretation] = []
    problems: list[Problem] = []
    spelled: dict[int, Mapping[Key, Spelled | BadValue]] = {}
    for place, values in _values(table, meanings).items():
        name = table.columns[place]
        decision = _decision(meanings[place], values, terms, choices, since_1904=table.since_1904)
        if isinstance(decision, Doubt):
            problems.append(Problem(table.file, decision.row, name, decision.code, dict(decision.details)))
            continue
        found = spelled_all(values, decision)
        spelled[place] = found
        interpretations += _interpreted(name, values, found)
    return Study(tuple(interpretations), tuple(problems), spelled)


def _values(table: Table, meanings: Mapping[int, Meaning]) -> dict[int, dict[Key, Seen]]:
    """Each value of each column once: there are far fewer of them than cells."""
    counts: dict[int, dict[Key, list[int]]] = {place: {} for place in sorted(meanings)}
    columns = list(counts.items())
    for row in table.rows():
        cells = row.cells
        for place, seen in columns:
            cell = cells[place]
            if cell:
                key = (kind_of(cell), cell)
                known = seen.get(key)
                if known is None:
                    seen[key[0], str(cell)] = [1, row.number]
                else:
                    known[0] += 1
    return {place: {key: Seen(*pair) for key, pair in seen.items()} for place, seen in counts.items()}


def _decision(
    meaning: Meaning, values: Values, terms: ReadingTerms, choices: Choices, *, since_1904: bool
) -> Decision:
    if meaning is Meaning.AMOUNT:
        return decide_amounts(values, terms, choices.decimals)
    if meaning in (Meaning.DATE, Meaning.BIRTH_DATE):
        births = meaning is Meaning.BIRTH_DATE
        return decide_dates(values, terms, choices.dates, births=births, since_1904=since_1904)
    spell = _ALONE[meaning]
    return lambda key: spell(key, terms)


def _interpreted(
    column: str, values: Values, spelled: Mapping[Key, Spelled | BadValue]
) -> list[Interpretation]:
    groups: dict[str, list[tuple[Key, Spelled]]] = {}
    for key, found in spelled.items():
        if isinstance(found, Spelled):
            for code in found.did:
                groups.setdefault(code, []).append((key, found))
    return [_told(column, code, values, group) for code, group in groups.items()]


def _told(column: str, code: str, values: Values, group: list[tuple[Key, Spelled]]) -> Interpretation:
    examples = tuple((shown(key[1]), shown(found.text)) for key, found in group[:_EXAMPLES])
    count = sum(values[key].count for key, _ in group)
    return Interpretation(column, code, count, min(values[key].first_row for key, _ in group), examples)
