"""One request to import: files, how they are to be read and what was said of them, as a plan.

`billfold import` and the drop folder ask here, so that both look at the same files in the same way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from chalicelib.importing.domain.mapping.folding import folded
from chalicelib.importing.domain.mapping.maps import ExportMap
from chalicelib.importing.domain.problems import Problem
from chalicelib.importing.domain.rows import OpeningBalanceRow
from chalicelib.importing.domain.tables.choices import Choices
from chalicelib.importing.domain.tables.opening import tables_of
from chalicelib.importing.domain.tables.own_files import own_format_of
from chalicelib.importing.domain.tables.table import Table, Unreadable
from chalicelib.importing.services.importer import Importer, OwnRows, Source
from chalicelib.importing.services.mapping import MappedBatch, MappedReading, Said
from chalicelib.importing.services.planning import Plan
from chalicelib.importing.services.progress import Together
from chalicelib.practice.domain.practices import Practice

OPENING_LIST = "opening_balances.csv"  # what a list is read as, however it is called
_NAME, _BORN, _ID = "name", "birthdate", "clientid"
NOTHING_SAID, NOTHING_MAPPED = Said(), MappedBatch()


@dataclass(frozen=True, slots=True)
class Request:
    """`by`: the map of the files, None for files of the own formats. `compare`: the old system's list."""

    files: Sequence[Source]
    by: ExportMap | None = None
    said: Said = NOTHING_SAID
    compare: Source | None = None
    take_over: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """`found`: what was made of other systems' exports. `listed`: the rows of the list to compare with."""

    plan: Plan
    found: MappedBatch = NOTHING_MAPPED

    @property
    def listed(self) -> tuple[OpeningBalanceRow, ...]:
        return self.found.listed


@dataclass(frozen=True)
class Requests:
    importer: Importer
    reading: Callable[[Together], MappedReading]

    def planned(self, practice: Practice, request: Request) -> Planned:
        """Reads only. Error: Busy."""
        if request.by is None:
            return self._own(practice, request)
        importer, said, by = self.importer, request.said, request.by
        tables, own, unreadable = _sorted(request.files, by, said.choices)
        lists, own_lists, more = _sorted(_listed(request), by, said.choices)
        rows = importer.read(practice, own, said.choices)
        reading, terms = self.reading(importer.together), importer.terms(practice)
        found = reading.read(practice, tables, by, terms, said, rows, [*unreadable, *more], lists)
        found = _with_own_lists(found, importer.read(practice, own_lists, said.choices))
        plan = importer.plan(practice, found.batch, found.problems, take_over=request.take_over)
        return Planned(replace(plan, interpreted=found.interpreted), found)

    def refused(self, practice: Practice, problems: Sequence[Problem]) -> Planned:
        """What keeps the files from being read at all."""
        found = MappedBatch(problems=tuple(problems))
        return Planned(self.importer.plan(practice, found.batch, found.problems), found)

    def _own(self, practice: Practice, request: Request) -> Planned:
        choices = request.said.choices
        plan = self.importer.prepare(practice.id, request.files, take_over=request.take_over, choices=choices)
        lists = [Source(OPENING_LIST, one.content) for one in _listed(request)]
        own = self.importer.read(plan.practice, lists, choices)
        named = (replace(problem, file=one.name) for one in _listed(request) for problem in own.problems)
        found = _with_own_lists(MappedBatch(), own)
        return Planned(replace(plan, problems=(*plan.problems, *named)), found)


def named_pairs(source: Source) -> list[tuple[str, str, str]]:
    """Whose name it is, by a table: name, birth date ("" where none stands), the client's id.
    Error: Unreadable."""
    (table,) = tables_of(source.name, source.content)
    columns = [folded(column) for column in table.columns]
    missing = [column for column in (_NAME, _ID) if column not in columns]
    if missing:
        raise Unreadable("column_missing", table.header_row, {_NAME: "name", _ID: "client_id"}[missing[0]])
    name, id_ = columns.index(_NAME), columns.index(_ID)
    born = columns.index(_BORN) if _BORN in columns else None
    return [(r.cells[name], r.cells[born] if born is not None else "", r.cells[id_]) for r in table.rows()]


def _listed(request: Request) -> list[Source]:
    return [request.compare] if request.compare else []


def _with_own_lists(found: MappedBatch, own: OwnRows) -> MappedBatch:
    """A list of balances in the own format needs no map."""
    balances = tuple(row for row in own.rows if isinstance(row, OpeningBalanceRow))
    return replace(found, listed=(*found.listed, *balances), problems=(*found.problems, *own.problems))


def _sorted(
    files: Sequence[Source], by: ExportMap, read_as: Choices
) -> tuple[list[Table], list[Source], list[Problem]]:
    """Tables for the map, files of the own formats, and what cannot be read."""
    tables, own, problems = list[Table](), list[Source](), list[Problem]()
    for file in files:
        try:
            found = tables_of(file.name, file.content, read_as)
        except Unreadable as error:
            problems.append(error.problem(file.name))
            continue
        if own_format_of(file.name) and not any(by.table_for(table.columns) for table in found):
            own.append(file)
        else:
            tables += found
    return tables, own, problems
