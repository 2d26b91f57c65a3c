"""One CSV file as rows, with everything that is wrong with it. Streams: only the rows are kept."""

import csv
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
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Reading:
    """`rows` are the good ones; with any problem the file is not to be used.

    `suspects` are the ids of the other rows, so that what names them is not called wrong as well.
    """

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    suspects: frozenset[str] = frozenset()


class _Unreadable(Exception):
    def __init__(self, code: str, row: int = 0, **details: object) -> None:
        super().__init__(code)
        self.code, self.row, self.details = code, row, details


def read(file: str, format_: Format, lines: Iterable[bytes], terms: Terms) -> Reading:
    """The file's rows; `lines` are its bytes as an open binary file gives them, up to each line feed."""
    rows: list[Row] = []
    problems: list[Problem] = []
    suspects: set[str] = set()
    try:
        for found in _rows(file, format_, lines, terms, suspects):
            if isinstance(found, Problem):
                problems.append(found)
            else:
                rows.append(found)
    except _Unreadable as error:
        problems.append(Problem(file, error.row, "", error.code, error.details))
    if not rows and not problems:
        problems.append(Problem(file, 0, "", "file_without_rows"))
    return Reading(tuple(rows), tuple(problems), frozenset(suspects))


def read_whole(file: str, format_: Format, lines: Iterable[bytes], terms: Terms) -> Reading | None:
    """As `read`, where nothing is wrong with the file; None at the first problem, without the others."""
    rows: list[Row] = []
    try:
        for found in _rows(file, format_, lines, terms, set()):
            if isinstance(found, Problem):
                return None
            rows.append(found)
    except _Unreadable:
        return None
    return Reading(tuple(rows), ()) if rows else None


def _rows(
    file: str, format_: Format, lines: Iterable[bytes], terms: Terms, suspects: set[str]
) -> Iterator[Row | Problem]:
    records = _records(lines)
    try:
        header = next(records)
    except StopIteration:
        raise _Unreadable("file_empty") from None
    columns, wrong = columns_of(file, format_, header)
    if wrong:
        yield from wrong
        return
    given = frozenset(column.name for column in columns)
    key = [column.name for column in columns].index(format_.key)
    for number, cells in enumerate(records, start=2):
        if number > MAX_ROWS + 1:
            raise _Unreadable("file_too_long", number, limit=MAX_ROWS)
        if any(cell.strip() for cell in cells):  # spreadsheets leave empty rows behind
            found = list(row_of(file, number, format_, columns, given, cells, terms))
            if any(isinstance(one, Problem) for one in found):
                suspects.update(cell.strip() for cell in cells[key : key + 1])
            yield from found


def _records(lines: Iterable[bytes]) -> Iterator[list[str]]:
    """RFC 4180 records of text. Lines may end in LF or CRLF; commas or semicolons, as the header has them."""
    texts = _texts(lines)
    header = next(texts, None)
    if header is None:
        return
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(_chain(header, texts), delimiter=delimiter, strict=True)
    count = 0
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise _Unreadable("quotes_broken", count + 1) from None
        count += 1
        yield record


def _texts(lines: Iterable[bytes]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if number == 1 and line.startswith(_UTF16):
            raise _Unreadable("file_not_utf8", number)
        if len(line) > MAX_LINE_BYTES:
            raise _Unreadable("line_too_long", number)
        try:
            text = (line.removeprefix(_BOM) if number == 1 else line).decode("utf-8")
        except UnicodeDecodeError:
            raise _Unreadable("file_not_utf8", number) from None
        if "\0" in text:
            raise _Unreadable("file_not_text", number)
        if "\r" in text.removesuffix("\n").removesuffix("\r"):
            raise _Unreadable("line_ends", number)
        yield text


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


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
