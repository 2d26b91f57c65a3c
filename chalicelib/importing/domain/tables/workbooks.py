"""Workbooks (.xlsx) as tables. Their values come from calamine, what it does not tell from `outline`.

calamine is in no function's zip: only commands read workbooks, and import it as they do (docs/adr/0039).
"""

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from chalicelib.importing.domain.problems import shown
from chalicelib.importing.domain.tables.choices import Choices
from chalicelib.importing.domain.tables.outline import WORKBOOK, Outline, Sheet, outline_of, sheets_of
from chalicelib.importing.domain.tables.parts import parts_of
from chalicelib.importing.domain.tables.shape import Fault, table_of
from chalicelib.importing.domain.tables.shared_texts import refuse_copies
from chalicelib.importing.domain.tables.table import (
    Cell,
    Kind,
    Note,
    Table,
    Typed,
    Unreadable,
    column_letter,
)

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

Value = int | float | str | bool | time | date | datetime | timedelta
_SHOWN_ROWS = 5
_REMEMBERED = 20_000  # cells of a sheet
_NO_NUMBER = "#NUM!"  # as a spreadsheet shows what is none
_EXACT = 10**15  # beyond, a number has lost digits
_OTHER_KINDS = {"xl/workbook.bin": "file_binary_workbook", "mimetype": "file_open_document"}


def tables_of_workbook(file: str, content: bytes, choices: Choices) -> tuple[Table, ...]:
    """Each visible sheet that holds anything, or the one that is named. Error: Unreadable."""
    parts = parts_of(content)
    if WORKBOOK not in parts:
        raise Unreadable(next((code for name, code in _OTHER_KINDS.items() if name in parts), "file_archive"))
    sheets, since_1904 = sheets_of(parts)
    chosen = [sheet for sheet in sheets if _is_chosen(sheet, choices)]
    if not sheets:
        raise Unreadable("file_empty")
    if not chosen:
        raise Unreadable("sheet_absent", sheets=", ".join(shown(sheet.name) for sheet in sheets))
    outlined = [(sheet, outline_of(parts, sheet)) for sheet in chosen]
    refuse_copies(parts, outlined)
    filled = [(sheet, outline) for sheet, outline in outlined if outline.filled]
    if not filled:
        raise Unreadable("file_empty")
    beside = _beside(sheets, choices)
    book = _opened(content)
    return tuple(
        replace(_table(file, book, sheet, outline, choices, beside), since_1904=since_1904)
        for sheet, outline in filled
    )


def _is_chosen(sheet: Sheet, choices: Choices) -> bool:
    return sheet.name == choices.sheet if choices.sheet else not sheet.hidden


def _beside(sheets: Sequence[Sheet], choices: Choices) -> tuple[Note, ...]:
    """Hidden sheets are not read unless they are named: somebody may have put old rows there."""
    hidden = [sheet.name for sheet in sheets if sheet.hidden and sheet.name != choices.sheet]
    if not hidden:
        return ()
    return (Note("sheets_hidden", len(hidden), details={"sheets": ", ".join(map(shown, hidden))}),)


def _opened(content: bytes) -> "CalamineWorkbook":
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise Unreadable("reader_missing") from None
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except CalamineError:
        raise Unreadable("file_broken") from None


def _table(
    file: str,
    book: "CalamineWorkbook",
    sheet: Sheet,
    outline: Outline,
    choices: Choices,
    notes: Sequence[Note],
) -> Table:
    values = _sheet(book, sheet)
    typed = lru_cache(maxsize=_REMEMBERED, typed=True)(_typed)  # a sheet has few days and amounts, many times

    def records() -> Iterator[tuple[int, list[Cell]]]:
        start = values.start
        before = [""] * (start[1] if start else 0)
        for number, row in enumerate(values.iter_rows(), start=1):
            cells = [value.strip() if type(value) is str else typed(value) for value in row]
            yield number, before + cells

    faults = [Fault(*place, "cell_without_value") for place in sorted(outline.errors)]
    faults += [Fault(*place, "formula_without_value") for place in sorted(outline.unvalued)]
    table = table_of(file, sheet.name, records, choices, notes, faults)
    _refuse_merged(outline, table)
    return replace(table, notes=(*table.notes, *_notes(outline, table)))


def _sheet(book: "CalamineWorkbook", sheet: Sheet) -> "CalamineSheet":
    """A reader in Rust stops at its own bounds by a panic, which is no Exception."""
    from python_calamine import CalamineError

    try:
        return book.get_sheet_by_name(sheet.name)
    except CalamineError:
        raise Unreadable("file_broken", 0, sheet.name) from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise Unreadable("file_broken", 0, sheet.name) from None
        raise


def _typed(value: Value) -> Cell:
    if isinstance(value, bool):
        return Typed(str(value).upper(), Kind.BOOLEAN)
    if isinstance(value, float) and not math.isfinite(value):
        return _NO_NUMBER
    if isinstance(value, int | float):
        return Typed(_number(value), Kind.NUMBER)
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return Typed(str(value.date() if midnight else value), Kind.DATE if midnight else Kind.MOMENT)
    return Typed(str(value), Kind.DATE if isinstance(value, date) else Kind.TIME)


def _number(value: float) -> str:
    """The shortest decimal that is this number, without an exponent."""
    if value == int(value) and abs(value) < _EXACT:
        return str(int(value))
    return format(Decimal(repr(value)), "f")


def _refuse_merged(outline: Outline, table: Table) -> None:
    """The cells under a merged one are empty: which rows it is meant for cannot be told."""
    if not outline.merged:
        return
    last = max((row.number for row in table.rows()), default=0)
    for first, end, reference in sorted(outline.merged):
        if end >= table.header_row and first <= last:
            raise Unreadable("cells_merged", first, "", cells=reference)


def _notes(outline: Outline, table: Table) -> Iterator[Note]:
    rows = {row.number for row in table.rows()} if outline.hidden_rows or outline.formulas else set()
    hidden = sorted(outline.hidden_rows & rows)
    if hidden:
        yield Note("rows_hidden", len(hidden), tuple(hidden[:_SHOWN_ROWS]), changes=True)
    columns = sorted(outline.hidden_columns.intersection(table.places))
    if columns:
        letters = ", ".join(map(column_letter, columns))
        yield Note("columns_hidden", len(columns), details={"columns": letters}, changes=True)
    formulas = [row for row, _ in outline.formulas if row in rows]
    if formulas:
        first = tuple(dict.fromkeys(formulas))[:_SHOWN_ROWS]
        yield Note("formulas_valued", len(formulas), first, changes=True)
