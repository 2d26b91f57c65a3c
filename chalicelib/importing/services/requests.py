"""One request to import: files, how they are to be read and what was said of them, as a plan.

`billfold import` and the drop folder ask here, so that both look at the same files in the same way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from chalicelib.importing.domain.formats import OPENING_BALANCES, Format
from chalicelib.importing.domain.mapping.folding import folded
from chalicelib.importing.domain.mapping.maps import ExportMap
from chalicelib.importing.domain.mapping.names import keys_of
from chalicelib.importing.domain.problems import Problem, shown
from chalicelib.importing.domain.rows import OpeningBalanceRow
from chalicelib.importing.domain.tables.choices import Choices, of_own
from chalicelib.importing.domain.tables.opening import tables_of
from chalicelib.importing.domain.tables.own_files import own_format_of
from chalicelib.importing.domain.tables.table import Table, Unreadable
from chalicelib.importing.services.importer import Importer, OwnRows, Source
from chalicelib.importing.services.mapping import MappedBatch, MappedReading, Said
from chalicelib.importing.services.planning import Plan
from chalicelib.importing.services.progress import Together
from chalicelib.practice.domain.practices import Practice

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
    restore_addresses: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """`found`: what was made of other systems' exports. `listed`: the rows of the list to compare with, None
    where there is no such list; one without a row is compared, too."""

    plan: Plan
    found: MappedBatch = NOTHING_MAPPED
    compared: bool = False

    @property
    def listed(self) -> tuple[OpeningBalanceRow, ...] | None:
        return self.found.listed if self.compared else None


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
        lists, own_lists, more = _sorted(_listed(request), by, said.choices, OPENING_BALANCES)
        rows = importer.read(practice, own, of_own(said.choices))
        reading, terms = self.reading(importer.together), importer.terms(practice)
        found = reading.read(practice, tables, by, terms, said, rows, [*unreadable, *more], lists)
        del tables, lists  # what a workbook's sheets hold would stay beside the plan
        for one in own_lists:
            found = _with_own_list(found, importer.read_list(practice, one, of_own(said.choices)))
        plan = importer.plan(
            practice, found.batch, found.problems, take_over=request.take_over,
            restore_addresses=request.restore_addresses, shared_emails=said.shared_emails,
        )  # fmt: skip
        plan = replace(plan, interpreted=found.interpreted)
        return Planned(plan, found, compared=request.compare is not None)

    def refused(self, practice: Practice, problems: Sequence[Problem]) -> Planned:
        """What keeps the files from being read at all."""
        found = MappedBatch(problems=tuple(problems))
        return Planned(self.importer.plan(practice, found.batch, found.problems), found)

    def _own(self, practice: Practice, request: Request) -> Planned:
        choices = request.said.choices
        plan = self.importer.prepare(
            practice.id, request.files, take_over=request.take_over, choices=choices,
            restore_addresses=request.restore_addresses, shared_emails=request.said.shared_emails,
        )  # fmt: skip
        found = NOTHING_MAPPED
        for one in _listed(request):
            found = _with_own_list(found, self.importer.read_list(plan.practice, one, choices))
        problems, interpreted = found.problems, found.interpreted
        plan = replace(
            plan, problems=(*plan.problems, *problems), interpreted=(*plan.interpreted, *interpreted)
        )
        return Planned(plan, found, compared=request.compare is not None)


def named_pairs(source: Source) -> list[tuple[str, str, str]]:
    """Whose name it is, by a table: name, birth date ("" where none stands), the client's id.
    Error: Unreadable."""
    tables = tables_of(source.name, source.content)
    fitting = [table for table in tables if {_NAME, _ID} <= set(map(folded, table.columns))]
    if len(fitting) > 1:
        raise Unreadable("names_several", sheets=", ".join(shown(table.sheet) for table in fitting))
    table = (*fitting, *tables)[0]
    columns = [folded(column) for column in table.columns]
    missing = [column for column in (_NAME, _ID) if column not in columns]
    if missing:
        raise Unreadable("column_missing", table.header_row, {_NAME: "name", _ID: "client_id"}[missing[0]])
    name, id_ = columns.index(_NAME), columns.index(_ID)
    born = columns.index(_BORN) if _BORN in columns else None
    found, said = list[tuple[str, str, str]](), dict[tuple[str, str], str]()
    for row in table.rows():
        one = (row.cells[name], row.cells[born] if born is not None else "", row.cells[id_])
        for key in keys_of(one[0]):
            if said.setdefault((key, one[1]), one[2]) != one[2]:
                raise Unreadable("name_said_twice", row.number, table.columns[name], value=shown(one[0]))
        found.append(one)
    return found


def _has_columns(tables: Sequence[Table], form: Format) -> bool:
    return any({column.strip().lower() for column in t.columns} >= _needed(form) for t in tables)


def _needed(form: Format) -> set[str]:
    return {column.name for column in form.columns if column.required}


def _listed(request: Request) -> list[Source]:
    return [request.compare] if request.compare else []


def _with_own_list(found: MappedBatch, own: OwnRows) -> MappedBatch:
    """A list of balances in the own format needs no map."""
    balances = tuple(row for row in own.rows if isinstance(row, OpeningBalanceRow))
    return replace(
        found, listed=(*found.listed, *balances), problems=(*found.problems, *own.problems),
        interpreted=(*found.interpreted, *own.interpreted),
    )  # fmt: skip


def _sorted(
    files: Sequence[Source], by: ExportMap, read_as: Choices, form: Format | None = None
) -> tuple[list[Table], list[Source], list[Problem]]:
    """Tables for the map, files of the own formats, and what cannot be read. `form`: the only own format that
    they can have, however they are called. Where the names of columns stand was said of reports alone."""
    tables, own, problems = list[Table](), list[Source](), list[Problem]()
    for file in files:
        try:
            found, unread = tables_of(file.name, file.content, read_as), None
        except Unreadable as error:
            found, unread = (), error
        if not any(by.table_for(table.columns) for table in found) and _is_own(file, read_as, form):
            own.append(file)
        elif unread is not None:
            problems.append(unread.problem(file.name))
        else:
            tables += found
    return tables, own, problems


def _is_own(file: Source, read_as: Choices, form: Format | None) -> bool:
    if form is None:
        return own_format_of(file.name) is not None
    try:
        return _has_columns(tables_of(file.name, file.content, of_own(read_as)), form)
    except Unreadable:
        return False
