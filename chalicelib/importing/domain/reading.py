"""One CSV file as rows, strictly; and one row of ours of its cells, with all that is wrong with it."""

import csv
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from chalicelib.importing.domain.formats import Column, Format
from chalicelib.importing.domain.problems import BadValue, Problem, shown
from chalicelib.importing.domain.rows import Row
from chalicelib.importing.domain.values import Terms

MAX_ROWS = 200_000
MAX_LINE_BYTES = 100_000
_BOM = b"\xef\xbb\xbf"
Spell = Callable[[int, str], str]
"""A cell by its column's place; raises BadValue."""


@dataclass(frozen=True, slots=True)
class Reading:
    """`rows` are the good ones; with any problem the file is not to be used.

    `suspects` are the ids of the other rows, so that what names them is not called wrong as well.
    """

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    suspects: frozenset[str] = frozenset()


class _Otherwise(Exception):
    """The file is not as docs/import.md has it."""


def read_whole(file: str, format_: Format, lines: Iterable[bytes], terms: Terms) -> Reading | None:
    """The file's rows where it is strictly as docs/import.md has it; None at the first thing that is not so.

    `lines` are its bytes as an open binary file gives them, up to each line feed. What is wrong with a file,
    tables/own_files.py says, which reads it as a spreadsheet saves it.
    """
    try:
        rows = tuple(_rows(file, format_, lines, terms))
    except _Otherwise:
        return None
    return Reading(rows, ()) if rows else None


def _rows(file: str, format_: Format, lines: Iterable[bytes], terms: Terms) -> Iterator[Row]:
    records = _records(lines)
    columns, wrong = columns_of(file, format_, next(records, []))
    if wrong:
        raise _Otherwise
    given = frozenset(column.name for column in columns)
    for number, cells in enumerate(records, start=2):
        if number > MAX_ROWS + 1:
            raise _Otherwise
        if any(cell.strip() for cell in cells):  # spreadsheets leave empty rows behind
            for found in row_of(file, number, format_, columns, given, cells, terms):
                if isinstance(found, Problem):
                    raise _Otherwise
                yield found


def _records(lines: Iterable[bytes]) -> Iterator[list[str]]:
    """RFC 4180 records of text. Lines may end in LF or CRLF; commas or semicolons, as the header has them."""
    texts = _texts(lines)
    header = next(texts, None)
    if header is None:
        return
    delimiter = ";" if header.count(";") > header.count(",") else ","
    try:
        yield from csv.reader(itertools.chain([header], texts), delimiter=delimiter, strict=True)
    except csv.Error:
        raise _Otherwise from None


def _texts(lines: Iterable[bytes]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if len(line) > MAX_LINE_BYTES:
            raise _Otherwise
        try:
            text = (line if number else line.removeprefix(_BOM)).decode("utf-8")
        except UnicodeDecodeError:
            raise _Otherwise from None
        if "\0" in text or "\r" in text.removesuffix("\n").removesuffix("\r"):
            raise _Otherwise
        yield text


def columns_of(
    file: str, format_: Format, header: Sequence[str], *, row: int = 1
) -> tuple[tuple[Column, ...], tuple[Problem, ...]]:
    """The columns that the names in that row are, or all that is wrong with the names."""
    names = [name.strip().lower() for name in header]
    wrong = [
        Problem(file, row, shown(name), "column_unknown", {"known": _known(format_)})
        for name in dict.fromkeys(names)
        if format_.column(name) is None
    ]
    wrong += [
        Problem(file, row, name, "column_twice") for name in dict.fromkeys(names) if names.count(name) > 1
    ]
    wrong += [
        Problem(file, row, column.name, "column_missing")
        for column in format_.columns
        if column.required and column.name not in names
    ]
    found = (format_.column(name) for name in names)
    return tuple(column for column in found if column is not None), tuple(wrong)


def _known(format_: Format) -> str:
    return ", ".join(column.name for column in format_.columns)


def row_of(
    file: str, number: int, format_: Format, columns: tuple[Column, ...], given: frozenset[str],
    cells: Sequence[str], terms: Terms, spell: Spell | None = None,
) -> Iterator[Row | Problem]:  # fmt: skip
    """The row, or all that is wrong with it. `spell` gives a cell of a column as its parser takes it."""
    if len(cells) != len(columns):
        yield Problem(file, number, "", "cells_miscounted", {"found": len(cells), "expected": len(columns)})
        return
    values: dict[str, object] = {column.attribute: column.default for column in format_.columns}
    good = True
    for place, (column, cell) in enumerate(zip(columns, cells, strict=True)):
        try:
            text = cell.strip() if spell is None else spell(place, cell)
            values[column.attribute] = _value(column, text, terms)
        except BadValue as bad:
            good = False
            yield Problem(file, number, column.name, bad.code, bad.details)
    if not good:
        return
    row = format_.row(file=file, number=number, given=given, **values)
    faults = [Problem(file, number, name, code) for name, code in row.faults()]
    yield from faults or (row,)


def _value(column: Column, text: str, terms: Terms) -> object:
    if text:
        return column.parse(text, terms)
    if column.required:
        raise BadValue("cell_empty")
    return column.default
