"""A file explained: the map proposed for it, and how each of its columns would be read, with examples.

The examples are shown and kept nowhere: a map has headers and rules, never what stands in a cell.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.importing.domain.mapping.known_headers import meant_by
from chalicelib.importing.domain.mapping.maps import ExportMap
from chalicelib.importing.domain.mapping.proposing import proposed, skeleton
from chalicelib.importing.domain.mapping.records import Mapped, place_of
from chalicelib.importing.domain.problems import BadValue, Problem, shown
from chalicelib.importing.domain.tables.choices import Choices
from chalicelib.importing.domain.tables.spelling import ReadingTerms
from chalicelib.importing.domain.tables.table import Table
from chalicelib.importing.domain.values import Terms
from chalicelib.importing.services.mapping import unfitting

_EXAMPLES = 3
_NAME, _SOURCE = "Own", "own"
_UNCLEAR = "-"


@dataclass(frozen=True, slots=True)
class ColumnExplained:
    """`unknown`: words of it that keep their lines from being read, and how the map would say the first.
    `deciding`: words of a column that is not read which may say that a line is no payment.

    `header` as it stands; `becomes` are columns of ours ("payments.amount"), none where it is not read.
    `examples` are cells as they stand and as they are read, the second "" where one cannot be read."""

    file: str
    header: str
    becomes: tuple[str, ...]
    examples: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...] = ()
    line: str = ""
    deciding: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """`proposal` is None where no header tells anything; `problems` are what has to be said or mended first.
    `lacking`: what the proposal has only a place for."""

    proposal: ExportMap | None
    columns: tuple[ColumnExplained, ...] = ()
    problems: tuple[Problem, ...] = ()
    lacking: tuple[str, ...] = ()


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
        if proposal is None and len(tables) == 1:
            return _begun(tables[0], columns, problems)
        return Explained(proposal, tuple(columns), tuple(problems))


def _begun(table: Table, columns: Sequence[ColumnExplained], problems: Sequence[Problem]) -> Explained:
    """A map with places for what is missing, where some header is known."""
    known = {header: meant for header in table.columns if (meant := meant_by(header))}
    if not known:
        return Explained(None, tuple(columns), tuple(problems))
    made, lacking = skeleton(_NAME, _SOURCE, table.columns)
    details: dict[str, object] = {
        "known": ", ".join(f"{shown(header)} ({meant})" for header, meant in known.items()),
        "missing": ", ".join(lacking) or _UNCLEAR,
    }
    problem = Problem(place_of(table), table.header_row, "", "proposal_lacks", details)
    return Explained(made if lacking else None, tuple(columns), (problem,), lacking)


def _columns(mapped: Mapped) -> Iterator[ColumnExplained]:
    becomes = _becomes(mapped)
    cells = _examples(mapped.table)
    unread = {problem.column for problem in mapped.study.problems}
    pays = any(rule.kind == "payments" for rule in mapped.by.rules)
    for place, header in enumerate(mapped.table.columns):
        used = place in becomes
        examples = tuple(
            (shown(cell), "" if header in unread else _read(mapped, place, cell)) for cell in cells[place]
        )
        unknown, line = mapped.unknown_words(place)
        into = tuple(becomes.get(place, ()))
        deciding = mapped.deciding_words(place) if pays and not used else ()
        yield ColumnExplained(mapped.file, header, into, examples if used else (), unknown, line, deciding)


def _becomes(mapped: Mapped) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = {}
    for rule in mapped.by.rules:
        for name, value in rule.values.items():
            for headers in (value.headers, *((part,) for part in value.parts), value.born):
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
