"""What is wrong with a file, by row and column, so that all of it can be listed at once."""

import unicodedata
from dataclasses import dataclass, field

_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """`row` counts as a spreadsheet does: the header is row 1; 0 is the file as a whole. `column` may be "".

    The words for `code` are in words/cli, or among the errors in words for the ledger's own; `details` fills
    them in.
    """

    file: str
    row: int
    column: str
    code: str
    details: dict[str, object] = field(default_factory=dict)

    @property
    def place(self) -> tuple[str, int, str]:
        return self.file, self.row, self.column


class BadValue(Exception):
    """A cell that cannot be read; `code` and `details` as in Problem."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def shown(text: str) -> str:
    """A cell as it may be printed: quoted, short, on one line, inert on a terminal and in a spreadsheet.

    The quotation mark in front keeps a text that starts with = + - @ from being a formula.
    """
    safe = inert(text[:_LONGEST_SHOWN])
    return f"“{safe}{'…' if len(text) > _LONGEST_SHOWN else ''}”"


def inert(text: str) -> str:
    """Without what would move a terminal's cursor, turn its text around, or be no character at all."""
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(character: str) -> str:
    if unicodedata.category(character)[0] == "C":  # control, format (bidirectional marks too), unassigned
        return f"\\u{ord(character):04x}"
    return character
