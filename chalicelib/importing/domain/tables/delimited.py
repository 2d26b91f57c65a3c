"""Text as records of cells: which character stands between cells, and where lines end.

All else is as RFC 4180 has it.
"""

import csv
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from chalicelib.importing.domain.problems import shown
from chalicelib.importing.domain.tables.table import Cell, Note, Unreadable

_DELIMITERS = (",", ";", "\t", "|")
_NOTES = {"\t": "delimiter_tab", "|": "delimiter_bar"}
_SEP_LINE = re.compile(r"\"?sep=(.)\"?[,;\t]*\n", re.I)
_FIRST_END = re.compile(r"\A[^\r\n]*\r")
OPEN_END = "last_line_open"
_SAMPLE = 40
_SHOWN_END = 30
_MAY_GO_ON = re.compile(r"[0-9/.:-]\Z")  # an amount, a date, a code, an id: none says where it ends
_DECIMALS = re.compile(r"[0-9][.,]([0-9]+)\W*\Z")
_WHOLE = re.compile(r"[^0-9]*[0-9]+(?:[.,][0-9]*)?\Z")
_SAMPLE_LENGTH = 100_000

Records = Callable[[], Iterator[tuple[int, list[Cell]]]]
"""Every record with its number, from 1, blank ones too; may be called again. Error: Unreadable."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a delimiter explains the first records: all of one width after the first of that width."""

    whole: bool
    begins: int
    width: int
    delimiter: str

    @property
    def rank(self) -> tuple[bool, int, int]:
        return self.whole, -self.begins, self.width


def records_of(text: str) -> tuple[Records, tuple[Note, ...]]:
    """Error: Unreadable for a text that is no table."""
    notes = []
    text = text.replace("\r\n", "\n")
    if _FIRST_END.search(text, 0, _SAMPLE_LENGTH):  # line feeds below are of cells with several lines
        text = text.replace("\r", "\n")
        notes.append(Note("line_ends_cr"))
    said = _SEP_LINE.match(text)
    if said:
        text = text[said.end() :]
        notes.append(Note("sep_line", details={"delimiter": said[1]}))
    delimiter = said[1] if said else _delimiter(text)
    if delimiter not in _DELIMITERS:
        raise Unreadable("delimiter_unknown", 1)
    if delimiter in _NOTES and not said:
        notes.append(Note(_NOTES[delimiter]))
    notes += open_end(text)
    if any(note.code == OPEN_END for note in notes):
        _refuse_cut(text, delimiter)
    return lambda: _records(text, delimiter), tuple(notes)


def open_end(text: str) -> tuple[Note, ...]:
    """A file that was cut off ends in the middle of a line, and so do some that are whole: it is told, and
    has to be agreed to where the last cell that is filled does not say by itself that it is whole."""
    if not text or text.endswith(("\n", "\r")):
        return ()
    changes = bool(_MAY_GO_ON.search(text.rstrip(" ,;\t|")))
    details: dict[str, object] = {"end": shown(text[-_SHOWN_END:].rpartition("\n")[2])}
    return (Note(OPEN_END, details=details, changes=changes),)


def _refuse_cut(text: str, delimiter: str) -> None:
    """An amount with fewer decimals than every other of its column has lost its end.

    Error: Unreadable.
    """
    records = [(number, cells) for number, cells in _records(text, delimiter) if any(cells)]
    if len(records) < 3:  # names, another line, and the last
        return
    (number, last), header = records[-1], records[0][1]
    others = [cells[len(last) - 1] for _, cells in records[1:-1] if len(cells) >= len(last)]
    counts = [_decimals(cell) for cell in others if cell]
    if counts and _WHOLE.match(last[-1]) and _decimals(last[-1]) < min(counts):
        name = header[len(last) - 1] if len(last) <= len(header) else ""
        raise Unreadable("last_line_cut", number, name, value=shown(last[-1]))


def _decimals(cell: str) -> int:
    match = _DECIMALS.search(cell)
    return len(match[1]) if match else 0


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[Cell]]]:
    number = 0
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise Unreadable(_code_of(str(error)), number + 1) from None


def _lines(text: str) -> Iterator[str]:
    """With their ends. A StringIO would hold the whole text once more, at four bytes a letter."""
    start = 0
    while (end := text.find("\n", start) + 1) > 0:
        yield text[start:end]
        start = end
    if start < len(text):
        yield text[start:]


def _code_of(said: str) -> str:
    if "new-line" in said:
        return "line_ends"
    return "line_too_long" if "field larger" in said else "quotes_broken"


def _delimiter(text: str) -> str:
    sample = text if len(text) < _SAMPLE_LENGTH else text[: text.rfind("\n", 0, _SAMPLE_LENGTH) + 1]
    fits = [_fit(sample, delimiter) for delimiter in _DELIMITERS]
    return max(fits, key=lambda fit: fit.rank).delimiter


def _fit(text: str, delimiter: str) -> _Fit:
    """`whole` where every record is as wide as the one that begins the table."""
    widths = []
    try:
        for _, cells in itertools.islice(_records(text, delimiter), _SAMPLE):
            if any(cells):
                widths.append(len(cells))
    except Unreadable:
        if not widths:
            return _Fit(False, _SAMPLE, 0, delimiter)
    wide = Counter(width for width in widths if width > 1)
    if not wide:
        return _Fit(False, _SAMPLE, 1, delimiter)
    width = wide.most_common(1)[0][0]
    begins = widths.index(width)
    return _Fit(all(found == width for found in widths[begins:]), begins, width, delimiter)
