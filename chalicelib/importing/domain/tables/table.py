"""A table as it was found in a file: its columns' names, its rows, and what had to be made of the file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from chalicelib.importing.domain.problems import Problem


class Kind(StrEnum):
    """What a workbook says of a cell that is not text. MOMENT is a date with a time of day."""

    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"
    TIME = "time"
    BOOLEAN = "boolean"


class Typed(str):
    """A cell of a workbook that is not text, as plain text: "2026-02-02", "2026-02-02 15:00:00", "112.5"."""

    __slots__ = ("kind",)
    kind: Kind

    def __new__(cls, text: str, kind: Kind) -> "Typed":
        made = super().__new__(cls, text)
        made.kind = kind
        return made


Cell = str
"""What stood there without spaces at its ends, "" where it was empty; Typed where a workbook says more."""


def kind_of(cell: Cell) -> Kind | None:
    """None for text."""
    return cell.kind if isinstance(cell, Typed) else None


@dataclass(frozen=True, slots=True)
class Row:
    """`number` counts as a spreadsheet does. There are as many cells as the table has columns."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """What was made of the file as a whole; the words are in chalicelib/words/cli/reading.py.

    `count` is of rows, columns or cells; `rows` are the first of those it is about. `changes`: somebody must
    agree to it, because something is left out, or read otherwise than it may look.
    """

    code: str
    count: int = 1
    rows: tuple[int, ...] = ()
    details: dict[str, object] = field(default_factory=dict)
    changes: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`rows()` reads them, as often as it is called: neither blank rows nor totals are among them.

    `sheet` is "" for a file of text. `places`: where in the file each column stands, counted from 0, as blank
    ones are left out of `columns`. `problems` are rows that are left out because they cannot be read.
    `since_1904`: the workbook counts days from 1904, as those of old Macs do.
    """

    file: str
    sheet: str
    columns: tuple[str, ...]
    places: tuple[int, ...]
    header_row: int
    rows: Callable[[], Iterator[Row]]
    notes: tuple[Note, ...] = ()
    problems: tuple[Problem, ...] = ()
    since_1904: bool = False


class Unreadable(Exception):
    """A file that cannot be read; as in Problem, without the file's name."""

    def __init__(self, code: str, row: int = 0, column: str = "", **details: object) -> None:
        super().__init__(code)
        self.code, self.row, self.column, self.details = code, row, column, details

    def problem(self, file: str) -> Problem:
        return Problem(file, self.row, self.column, self.code, self.details)


class Question(Unreadable):
    """The same, where an option of the command answers it."""


def column_letter(place: int) -> str:
    """As a spreadsheet names the column: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
