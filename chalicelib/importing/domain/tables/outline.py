"""What a workbook's XML tells beside its values: hidden rows, merged cells, formulas, errors, its end.

Source: ECMA-376, part 1, 18.2 (workbook) and 18.3 (worksheets).
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from xml.parsers import expat

from chalicelib.importing.domain.tables.parts import Parts
from chalicelib.importing.domain.tables.shape import MAX_COLUMNS, MAX_ROWS
from chalicelib.importing.domain.tables.table import Unreadable

WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_MAX_CELLS = 6_000_000
_ROWS_ABOVE = 1_000  # titles, blank rows
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_TRUE = ("1", "true")

Attributes = dict[str, str]
Started = Callable[[str, Attributes], None]


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    part: str
    hidden: bool


@dataclass(slots=True)
class Outline:
    """Rows count from 1, columns from 0. `formulas`, `unvalued` and `errors` are cells (row, column);
    `shared` counts those whose text others may have, too."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, str]] = field(default_factory=list)  # first row, last row, as it is named
    formulas: list[tuple[int, int]] = field(default_factory=list)
    unvalued: set[tuple[int, int]] = field(default_factory=set)
    errors: set[tuple[int, int]] = field(default_factory=set)
    filled: bool = False
    shared: int = 0


def sheets_of(parts: Parts) -> tuple[tuple[Sheet, ...], bool]:
    """All worksheets in their order, and whether days count from 1904. Error: Unreadable."""
    found: list[tuple[str, str, bool]] = []
    targets: dict[str, str] = {}
    since_1904 = False

    def of_workbook(name: str, attributes: Attributes) -> None:
        nonlocal since_1904
        if name == "workbookPr":
            since_1904 = attributes.get("date1904", "") in _TRUE
        elif name == "sheet":
            key = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
            found.append((attributes.get("name", ""), key, attributes.get("state", "visible") != "visible"))

    def of_relations(name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    _parsed(parts.chunks(WORKBOOK), of_workbook)
    _parsed(parts.chunks(_RELATIONS), of_relations)
    sheets = tuple(Sheet(name, _path(targets.get(key, "")), hidden) for name, key, hidden in found)
    return sheets, since_1904


def _path(target: str) -> str:
    return target[1:] if target.startswith("/") else f"xl/{target}"


def _parsed(chunks: Iterable[bytes], started: Started) -> None:
    reader = scanner()
    reader.StartElementHandler = lambda name, attributes: started(local_name(name), attributes)
    run(reader, chunks)


def scanner() -> expat.XMLParserType:
    """A parser of XML that takes no DOCTYPE."""
    reader = expat.ParserCreate()
    reader.buffer_text = True
    reader.StartDoctypeDeclHandler = _refuse_doctype
    return reader


def run(reader: expat.XMLParserType, chunks: Iterable[bytes]) -> None:
    """Error: Unreadable."""
    try:
        for chunk in chunks:
            reader.Parse(chunk, False)
        reader.Parse(b"", True)
    except (expat.ExpatError, ValueError):
        raise Unreadable("file_broken") from None


def _refuse_doctype(*_: object) -> None:
    """No workbook has one; with it come entities that unfold without end."""
    raise Unreadable("file_bomb")


def local_name(name: str) -> str:
    return name.rpartition(":")[2] if ":" in name else name


class _Scan:
    """One pass over a sheet's XML. A cell is filled once a value, a formula or a text begins in it.

    Only cells with a formula are followed to their end: nothing else is asked of the text of a value.
    """

    def __init__(self, reader: expat.XMLParserType) -> None:
        self.reader = reader
        self.outline = Outline()
        self.row, self.column = 0, -1
        self.kind, self.formula = "", False
        self.last_row, self.last_column = 0, 0
        self.columns: dict[str, int] = {}

    def started(self, name: str, attributes: Attributes) -> None:
        name = local_name(name)
        if name == "c":
            self._cell(attributes)
        elif name in ("v", "is"):
            self._value()
            if self.formula:
                self._value_of_formula()
        elif name == "row":
            self._row(attributes)
        elif name == "f":
            self._formula()
        else:
            self._other(name, attributes)

    def _other(self, name: str, attributes: Attributes) -> None:
        if name == "mergeCell":
            self._merged(attributes.get("ref", ""))
        elif name == "col" and attributes.get("hidden") in _TRUE:
            first, last = int(attributes.get("min", 1)), int(attributes.get("max", 1))
            self.outline.hidden_columns.update(range(first - 1, min(last, MAX_COLUMNS)))

    def _row(self, attributes: Attributes) -> None:
        self.row = int(attributes.get("r", self.row + 1))
        self.column = -1
        if attributes.get("hidden") in _TRUE:
            self.outline.hidden_rows.add(self.row)

    def _cell(self, attributes: Attributes) -> None:
        self.kind = attributes.get("t", "")
        if self.kind == "s":
            self.outline.shared += 1
        reference = attributes.get("r")
        if reference is None:
            self.column += 1
        else:
            self.row, self.column = self._place(reference)

    def _place(self, reference: str) -> tuple[int, int]:
        letters = reference.rstrip("0123456789")
        column = self.columns.get(letters)
        if column is None:
            match = _REFERENCE.fullmatch(reference)
            if match is None:
                raise Unreadable("file_broken")
            column = self.columns[letters] = column_place(letters)
        return int(reference[len(letters) :] or 0), column

    def _value(self) -> None:
        self.outline.filled = True
        if self.row > self.last_row or self.column > self.last_column:
            self.last_row, self.last_column = max(self.row, self.last_row), max(self.column, self.last_column)
            self._refuse_too_far()
        if self.kind == "e":
            self.outline.errors.add((self.row, self.column))

    def _refuse_too_far(self) -> None:
        """Values far off make a reader set up all the cells between."""
        rows, columns = self.last_row, self.last_column + 1
        if rows > MAX_ROWS + _ROWS_ABOVE or columns > MAX_COLUMNS or rows * columns > _MAX_CELLS:
            raise Unreadable("sheet_too_large", rows=MAX_ROWS, columns=MAX_COLUMNS)

    def _merged(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        match, end = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last or first)
        if match is not None and end is not None:
            self.outline.merged.append((int(match[2]), int(end[2]), reference))

    def _formula(self) -> None:
        self.formula = True
        self.outline.formulas.append((self.row, self.column))
        self.outline.unvalued.add((self.row, self.column))
        self._value()
        self.reader.EndElementHandler = self.ended

    def _value_of_formula(self) -> None:
        """A text that is empty is a value; a number that is not there was never calculated."""
        if self.kind == "str":
            self.text("")
        self.reader.CharacterDataHandler = self.text

    def text(self, _: str) -> None:
        self.outline.unvalued.discard((self.row, self.column))

    def ended(self, name: str) -> None:
        if local_name(name) == "c":
            self.formula = False
            self.reader.EndElementHandler = self.reader.CharacterDataHandler = None


def outline_of(parts: Parts, sheet: Sheet) -> Outline:
    """Error: Unreadable, where the sheet is broken or reaches too far to be read."""
    reader = scanner()
    scan = _Scan(reader)
    reader.StartElementHandler = scan.started
    run(reader, parts.chunks(sheet.part))
    return scan.outline


def column_place(letters: str) -> int:
    """A is 0, AA is 26."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1
