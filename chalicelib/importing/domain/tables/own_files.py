"""Files of our own format: strictly as docs/import.md has it, or else as a spreadsheet has saved them."""

import io
from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.importing.domain.formats import Format, format_of
from chalicelib.importing.domain.problems import shown
from chalicelib.importing.domain.reading import Reading, columns_of, read_whole, row_of
from chalicelib.importing.domain.rows import Row
from chalicelib.importing.domain.tables.choices import NO_CHOICES, Choices
from chalicelib.importing.domain.tables.delimited import open_end, records_of
from chalicelib.importing.domain.tables.opening import tables_of
from chalicelib.importing.domain.tables.spelling import ReadingTerms
from chalicelib.importing.domain.tables.study import Interpretation, study
from chalicelib.importing.domain.tables.table import Note, Table, Unreadable
from chalicelib.importing.domain.tables.texts import text_of
from chalicelib.importing.domain.values import Terms

_END = 200
_ENDINGS = (".xlsx", ".xlsm", ".xls", ".tsv", ".tab", ".txt")


@dataclass(frozen=True, slots=True)
class Interpreted:
    """What was made of one file. Where it `changes` anything, somebody has to agree before a write."""

    file: str
    notes: tuple[Note, ...] = ()
    cells: tuple[Interpretation, ...] = ()

    @property
    def changes(self) -> bool:
        return bool(self.cells) or any(note.changes for note in self.notes)


def own_format_of(file: str) -> Format | None:
    """By the name, as for CSV: `charges-2026.xlsx` holds charges, too."""
    ending = next((ending for ending in _ENDINGS if file.lower().endswith(ending)), "")
    return format_of(file[: -len(ending)] + ".csv") if ending else format_of(file)


def read_own(
    file: str,
    format_: Format,
    content: bytes,
    terms: Terms,
    knows_diagnosis: Callable[[str], bool],
    choices: Choices = NO_CHOICES,
) -> tuple[Reading, Interpreted]:
    """What the strict reading takes is taken as it stands. Only what it refuses is interpreted."""
    if format_of(file) is not None:
        strict = read_whole(file, format_, io.BytesIO(content), terms)
        if strict is not None:
            return _not_cut(file, content, strict)
    try:
        table = _only(tables_of(file, content, choices))
    except Unreadable as error:
        return Reading((), (error.problem(file),)), Interpreted(file)
    reading_terms = ReadingTerms(terms.currency, terms.latest, knows_diagnosis)
    return _read(table, format_, terms, reading_terms, choices)


def _not_cut(file: str, content: bytes, reading: Reading) -> tuple[Reading, Interpreted]:
    """What was read strictly, but for a last line that shows that its end is missing."""
    notes = open_end(content[-_END:].decode("utf-8", "ignore"))
    try:
        if notes:
            records_of(text_of(content)[0])
    except Unreadable as error:
        return Reading((), (error.problem(file),)), Interpreted(file, notes)
    return reading, Interpreted(file, notes)


def _only(tables: tuple[Table, ...]) -> Table:
    if len(tables) > 1:
        named = ", ".join(shown(table.sheet) for table in tables)
        raise Unreadable("sheets_several", sheets=named)
    return tables[0]


def _read(
    table: Table, format_: Format, terms: Terms, reading_terms: ReadingTerms, choices: Choices
) -> tuple[Reading, Interpreted]:
    columns, wrong = columns_of(table.file, format_, table.columns, row=table.header_row)
    if wrong:
        return Reading((), wrong), Interpreted(table.file, table.notes)
    meanings = {place: column.meaning for place, column in enumerate(columns)}
    found = study(table, meanings, reading_terms, choices)
    problems = [*table.problems, *found.problems]
    given = frozenset(column.name for column in columns)
    key = [column.name for column in columns].index(format_.key)
    doubted = {problem.column for problem in found.problems}  # told once, for the whole column
    rows: list[Row] = []
    suspects: set[str] = set()
    for row in table.rows():
        for one in row_of(table.file, row.number, format_, columns, given, row.cells, terms, found.text):
            if isinstance(one, Row):
                rows.append(one)
                continue
            suspects.add(row.cells[key])
            if one.column not in doubted:
                problems.append(one)
    interpreted = Interpreted(table.file, table.notes, found.interpretations)
    return Reading(tuple(rows), tuple(problems), frozenset(suspects)), interpreted
