"""A file explained: the map proposed for it, and how each of its columns would be read, with examples.

The examples are shown and kept nowhere: a map has headers and rules, never what stands in a cell.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.importing.domain.mapping.maps import ExportMap
from chalicelib.importing.domain.mapping.proposing import proposed
from chalicelib.importing.domain.mapping.records import Mapped, place_of
from chalicelib.importing.domain.problems import BadValue, Problem, shown
from chalicelib.importing.domain.tables.choices import Choices
from chalicelib.importing.domain.tables.spelling import ReadingTerms
from chalicelib.importing.domain.tables.table import Table
from chalicelib.importing.domain.values import Terms
from chalicelib.importing.services.mapping import unfitting

_EXAMPLES = 3
_NAME, _SOURCE = "Own", "own"


@dataclass(frozen=True, slots=True)
class ColumnExplained:
    """`header` as it stands; `becomes` are columns of ours ("payments.amount"), none where it is not read.
    `examples` are cells as they stand and as they are read, the second "" where one cannot be read."""

    file: str
    header: str
    becomes: tuple[str, ...]
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """`proposal` is None where no header tells enough; `problems` are what has to be said or mended first."""

    proposal: ExportMap | None
    columns: tuple[ColumnExplained, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Explaining:
    knows_diagnosis: Callable[[str], bool] = lambda _: False

    def explain(
        self, tables: Sequence[Table], terms: Terms, choices: Choices, by: ExportMap | None = None
    ) -> Explained:
        """By a map that there is, or by one that is proposed. Pure but for reading the tables."""
        proposal = by or proposed(_NAME, _SOURCE, [table.columns for table in tables])
        reading = ReadingTerms(terms.currency, terms.latest, self.knows_diagnosis)
        columns, problems = list[ColumnExplained](), list[Problem]()
        for table in tables:
            part = proposal.table_for(table.columns) if proposal else None
            if part is None:
                nothing = Problem(place_of(table), table.header_row, "", "nothing_proposed")
                problems.append(unfitting(table, by) if by else nothing)
                columns += [ColumnExplained(place_of(table), h, (), ()) for h in table.columns]
                continue
            mapped = Mapped(table, part, 0, reading, choices, {})
            problems += [*table.problems, *mapped.study.problems]
            columns += _columns(mapped)
        return Explained(proposal, tuple(columns), tuple(problems))


def _columns(mapped: Mapped) -> Iterator[ColumnExplained]:
    becomes = _becomes(mapped)
    cells = _examples(mapped.table)
    unread = {problem.column for problem in mapped.study.problems}
    for place, header in enumerate(mapped.table.columns):
        used = place in becomes
        examples = tuple(
            (shown(cell), "" if header in unread else _read(mapped, place, cell)) for cell in cells[place]
        )
        yield ColumnExplained(mapped.file, header, tuple(becomes.get(place, ())), examples if used else ())


def _becomes(mapped: Mapped) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = {}
    for rule in mapped.by.rules:
        for name, value in rule.values.items():
            for headers in (value.headers, *((part,) for part in value.parts)):
                place = mapped.at(headers)
                target = f"{rule.kind}.{name}"
                if place is not None and target not in found.setdefault(place, []):
                    found[place].append(target)
    for condition in mapped.by.conditions:
        place = mapped.at(condition.headers)
        if place is not None:
            found.setdefault(place, [])
    return found


def _examples(table: Table) -> list[list[str]]:
    """The first different cells of each column that have something in them."""
    found: list[list[str]] = [[] for _ in table.columns]
    for row in table.rows():
        for cell, known in zip(row.cells, found, strict=True):
            if cell and len(known) < _EXAMPLES and cell not in known:
                known.append(cell)
    return found


def _read(mapped: Mapped, place: int, cell: str) -> str:
    try:
        return shown(mapped.study.text(place, cell))
    except BadValue:
        return ""
