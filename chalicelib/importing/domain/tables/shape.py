"""Where in its records a table begins and ends: titles, names of columns, totals, what was left blank."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import eq

from chalicelib.importing.domain.problems import Problem, shown
from chalicelib.importing.domain.tables.choices import Choices
from chalicelib.importing.domain.tables.delimited import Records
from chalicelib.importing.domain.tables.table import (
    Cell,
    Note,
    Question,
    Row,
    Table,
    Unreadable,
    column_letter,
)

MAX_ROWS = 200_000
MAX_COLUMNS = 200
_SAMPLE = 40
_SHOWN_ROWS = 5
_TOTAL = re.compile(
    r"(grand |sub|report |page |overall )?-?(totals?|sum)( (for|of|general)\b.*|:)?"
    r"|suma( total)?:?|(sub)?total(es)?:?",
    re.I,
)
_DIGIT = re.compile(r"[0-9]")
_NAME_OR_DAY = re.compile(
    r"[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{1,4}|\b(?![A-Z]{3}\b)[^\W\d_]{2,}"  # a currency's code is neither
)
_ERROR = re.compile(r"#{2,}|#(REF|VALUE|N/A|NAME\?|DIV/0|NUM|NULL|SPILL|CALC)!?")


@dataclass
class _Found:
    """What one pass over all records tells."""

    totals: set[int] = field(default_factory=set)
    repeated: set[int] = field(default_factory=set)
    blank: int = 0
    rows: int = 0
    filled: set[int] = field(default_factory=set)  # places of columns that have cells and no name
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell of a workbook that has no value to be read. `column` counts from 0."""

    row: int
    column: int
    code: str


def table_of(
    file: str,
    sheet: str,
    records: Records,
    choices: Choices,
    notes: Sequence[Note] = (),
    faults: Sequence[Fault] = (),
) -> Table:
    """Errors: Unreadable; Question, which row has the names, where more than one may."""
    sample = [(n, cells) for n, cells in itertools.islice(records(), _SAMPLE) if any(cells)]
    if not sample:
        raise Unreadable("file_empty")
    at = _header_row(sample, choices)
    header = next((cells for n, cells in records() if n == at), [])
    width = max((place + 1 for place, cell in enumerate(header) if cell), default=0)
    if not 0 < width <= MAX_COLUMNS:
        raise Unreadable("header_empty" if not width else "columns_too_many", at, limit=MAX_COLUMNS)
    found = _looked_through(file, records, at, header[:width])
    columns = tuple(header[:width])
    if found.filled:
        raise Unreadable("column_unnamed", at, column_letter(min(found.filled)))
    skipped = found.totals | found.repeated
    found.problems += [
        Problem(file, fault.row, header[fault.column], fault.code)
        for fault in faults
        if fault.row > at and fault.row not in skipped and fault.column < width
    ]

    def rows() -> Iterator[Row]:
        bad = {problem.row for problem in found.problems}
        for number, cells in records():
            if number > at and number not in skipped and number not in bad and any(cells):
                yield Row(number, tuple(cells[:width]))

    kept = tuple(place for place, name in enumerate(columns) if name)
    told = (*notes, *_notes(found, header, width))
    made = Table(file, sheet, columns, tuple(range(width)), at, rows, told, tuple(found.problems))
    return made if len(kept) == width else _without_blank_columns(made, kept)


def _without_blank_columns(table: Table, kept: tuple[int, ...]) -> Table:
    """Columns between others that have neither a name nor a cell."""

    def rows() -> Iterator[Row]:
        for row in table.rows():
            yield Row(row.number, tuple(row.cells[place] for place in kept))

    note = Note("blank_columns", len(table.columns) - len(kept))
    columns = tuple(table.columns[place] for place in kept)
    return replace(table, columns=columns, places=kept, rows=rows, notes=(*table.notes, note))


# --- the row of names -----------------------------------------------------------------------------


def _header_row(sample: Sequence[tuple[int, list[Cell]]], choices: Choices) -> int:
    if choices.header is not None:
        return choices.header
    place = _first_wide(sample)
    number = sample[place][0]
    if place:
        raise Question(
            "titles_above", sample[0][0], title=shown(_text(sample[0][1])), answer=f"--header {number}"
        )
    if _is_second_header(sample):
        second, cells = sample[1]
        raise Question("header_twice", second, value=shown(_text(cells)), answer=f"--header {second}")
    return number


def _text(cells: Sequence[Cell]) -> str:
    return " ".join(filter(None, cells))


def _first_wide(sample: Sequence[tuple[int, list[Cell]]]) -> int:
    """The first record that is about as wide as the widest: what stands above it are titles."""
    widths = [sum(1 for cell in cells if cell) for _, cells in sample]
    needed = 1 if max(widths) == 1 else max(2, max(widths) // 2)
    return next(place for place, width in enumerate(widths) if width >= needed)


def _is_second_header(sample: Sequence[tuple[int, list[Cell]]]) -> bool:
    """Names without any digit, where two columns or more have digits in each row below."""
    if len(sample) < 3 or any(_DIGIT.search(cell) for _, cells in sample[:2] for cell in cells):
        return False
    second = sample[1][1]
    below = [cells for _, cells in sample[2:] if sum(map(bool, cells)) > 1]
    with_digits = [
        place
        for place, cell in enumerate(second)
        if cell and below and all(_DIGIT.search(cells[place]) for cells in below if place < len(cells))
    ]
    return len(with_digits) > 1


# --- the rows ---------------------------------------------------------------------------------------


def _looked_through(file: str, records: Records, at: int, header: list[Cell]) -> _Found:
    found, width = _Found(), len(header)
    for number, cells in records():
        if number <= at:
            continue
        if not any(cells):
            found.blank += 1
            continue
        _look_at(file, number, cells, header, width, found)
        found.rows += 1
        if found.rows > MAX_ROWS:
            raise Unreadable("file_too_long", number, limit=MAX_ROWS)
    if not found.rows:
        raise Unreadable("file_without_rows")
    return found


def _look_at(
    file: str, number: int, cells: list[Cell], header: list[Cell], width: int, found: _Found
) -> None:
    if cells[:width] == header:
        found.repeated.add(number)
    elif _is_total(cells):
        if _may_be_somebody(cells):
            found.problems.append(_total_or_row(file, number, cells, header))
        else:
            found.totals.add(number)
    elif sum(map(eq, cells, header)) > 1 and _names_in(cells, header) > 1:
        found.problems.append(Problem(file, number, "", "header_inside"))
    elif len(cells) < width or any(cells[width:]):
        miscounted: dict[str, object] = {"found": len(cells), "expected": width}
        found.problems.append(Problem(file, number, "", "cells_miscounted", miscounted))
    else:
        found.filled.update(place for place, name in enumerate(header) if not name and cells[place])
        if any(cell[:1] == "#" and _ERROR.fullmatch(cell) for cell in cells):
            place = next(p for p, cell in enumerate(cells) if _ERROR.fullmatch(cell))
            found.problems.append(
                Problem(file, number, header[place], "cell_error", {"value": shown(cells[place])})
            )


def _names_in(cells: Sequence[Cell], header: Sequence[Cell]) -> int:
    """How many cells are their own column's name."""
    return sum(1 for cell, name in zip(cells, header, strict=False) if cell and cell == name)


def _is_total(cells: Sequence[Cell]) -> bool:
    """Says so in its first filled cell, and leaves at least a third of the cells empty."""
    first = next(cell for cell in cells if cell)
    if first[:1] not in _TOTAL_LETTERS or not _TOTAL.fullmatch(first):
        return False
    return sum(1 for cell in cells if cell) <= max(2, 2 * len(cells) // 3)


def _may_be_somebody(cells: Sequence[Cell]) -> bool:
    """A word and sums make a total; with a name or a day beside it, it may be a row of somebody called so."""
    first, *others = (cell for cell in cells if cell)
    return first.isalpha() and any(_NAME_OR_DAY.search(cell) for cell in others)


def _total_or_row(file: str, number: int, cells: Sequence[Cell], header: Sequence[Cell]) -> Problem:
    place = next(place for place, cell in enumerate(cells) if cell)
    column = header[place] if place < len(header) else ""
    return Problem(file, number, column, "total_or_row", {"value": shown(cells[place])})


_TOTAL_LETTERS = frozenset("tTsSgGrRpPoO")


def _notes(found: _Found, header: Sequence[Cell], width: int) -> Iterator[Note]:
    if found.blank:
        yield Note("blank_rows", found.blank)
    if len(header) > width:
        yield Note("blank_columns", len(header) - width)
    for code, rows in (("totals_left_out", found.totals), ("header_repeated", found.repeated)):
        if rows:
            yield Note(code, len(rows), tuple(sorted(rows)[:_SHOWN_ROWS]), changes=True)
