"""How cells are read for a rule: each different cell of a column once, for a column has few of them.

A reader is made for one table, and knows where in it each column stands.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from chalicelib.importing.domain.mapping.folding import fits
from chalicelib.importing.domain.mapping.map_text import condition_text, value_text
from chalicelib.importing.domain.mapping.maps import Condition, Join, Rule, Sign, Value
from chalicelib.importing.domain.mapping.words import is_cancelled, is_no_payment, status_of
from chalicelib.importing.domain.meanings import Meaning
from chalicelib.importing.domain.problems import BadValue, shown
from chalicelib.importing.domain.tables.study import Study
from chalicelib.importing.domain.tables.table import Cell, kind_of
from chalicelib.ledger.domain.payments import EXTERNAL_METHODS

_EXACT = (Meaning.AMOUNT, Meaning.DATE, Meaning.UNITS)
"""A cell of these that cannot be read is never taken for an empty one."""
_MOST = 10_000  # cells remembered of a column
_NONE: Mapping[str, object] = {}

T = TypeVar("T")
Place = int | None
Cells = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Read:
    """What a line's cells come to: a text, or what is wrong with them. `told`: a word that was taken for
    another one, said with its count (the code of words/cli/mapping.py)."""

    text: str = ""
    bad: BadValue | None = None
    told: str = ""
    details: Mapping[str, object] = field(default_factory=lambda: _NONE)


@dataclass(slots=True)
class Test:
    """Whether a condition holds of a line."""

    condition: Condition
    place: Place
    study: Study
    _known: dict[object, bool] = field(default_factory=dict)

    def holds(self, cells: Cells) -> bool:
        cell = cells[self.place] if self.place is not None else ""
        key = _key(cell)
        found = self._known.get(key)
        if found is None:
            found = _remember(self._known, key, self._holds(cell))
        return found

    def _holds(self, cell: Cell) -> bool:
        condition = self.condition
        if condition.filled is not None and condition.filled is not bool(cell):
            return False
        if condition.among and not any(fits(cell, word) for word in condition.among):
            return False
        if any(fits(cell, word) for word in condition.besides):
            return False
        if condition.sign is None:
            return True
        return self.place is not None and sign_of(self.study, self.place, cell) is condition.sign


def sign_of(study: Study, place: Place, cell: Cell) -> Sign:
    """An empty amount is none; of one that cannot be read the rule that has it as a column says why."""
    try:
        text = studied(study, place, cell)
    except BadValue:
        return Sign.PLUS
    if not text.strip("0.,- "):
        return Sign.ZERO
    return Sign.MINUS if text.startswith("-") else Sign.PLUS


def all_hold(tests: Sequence[Test], cells: Cells) -> bool:
    for test in tests:  # noqa: SIM110 - a generator for each line takes longer than the tests
        if not test.holds(cells):
            return False
    return True


@dataclass(slots=True)
class Reader:
    """What a column of ours is in a line; `parts` are the places of several cells that make it."""

    name: str
    value: Value
    meaning: Meaning
    place: Place
    parts: Sequence[Place]
    study: Study
    constant: Callable[[str], str]
    _known: dict[object, Read] = field(default_factory=dict)

    def read(self, cells: Cells) -> Read:
        value = self.value
        if value.parts:
            found = (cells[place] for place in self.parts if place is not None)
            return Read(" ".join(cell for cell in found if cell))
        cell = cells[self.place] if self.place is not None else ""
        key = _key(cell)
        read = self._known.get(key)
        if read is None:
            read = _remember(self._known, key, self._read(cell))
        return read

    def _read(self, cell: Cell) -> Read:
        value = self.value
        if value.constant:
            return Read(self.constant(value.constant))
        if value.made_of or value.row or value.join is Join.REFUNDED:
            return Read()  # known once all lines are
        read = self._worded(cell) if cell else Read()
        if read.bad:
            return read
        if not read.text and value.otherwise is not None:
            return Read(self.constant(value.otherwise), told=read.told, details=read.details)
        return Read(_signed(read.text, value), told=read.told, details=read.details)

    def _worded(self, cell: Cell) -> Read:
        """Their word for it as ours, then what the column's study makes of the cell."""
        value, name = self.value, self.name
        ours = theirs(value, cell)
        if ours is not None:
            return Read(ours)
        if name == "status":
            return _status(value, cell)
        try:
            text = studied(self.study, self.place, cell)
            if name == "method" and text.lower() not in EXTERNAL_METHODS:
                raise _undecided(name, value, cell, "other")
            return Read(text)
        except BadValue as bad:
            if (
                value.otherwise is None
                or self.meaning in _EXACT
                or (name == "method" and is_no_payment(cell))
            ):
                return Read(bad=bad.with_traceback(None))
            return Read(told="word_unknown", details={"value": shown(cell), "ours": value.otherwise})


def theirs(value: Value, cell: Cell) -> str | None:
    """What the map itself says that the word is."""
    return next((ours for word, ours in value.words.items() if fits(cell, word)), None)


def _status(value: Value, cell: Cell) -> Read:
    """A word that is not known decides whether somebody owes the fee: it is asked about."""
    ours = status_of(cell)
    if ours:
        if ours == cell:
            return Read(ours)
        return Read(ours, told="word_read", details={"value": shown(cell), "ours": ours})
    if is_cancelled(cell):
        said = _lines("status", value, cell, "late_cancel")
        return Read(bad=BadValue("cancelled_with_fee", value=shown(cell), **said))
    return Read(bad=_undecided("status", value, cell, "held"))


def _undecided(name: str, value: Value, cell: Cell, ours: str) -> BadValue:
    code = "word_no_payment" if name == "method" and is_no_payment(cell) else "word_undecided"
    return BadValue(code, value=shown(cell), **_lines(name, value, cell, ours))


def _lines(name: str, value: Value, cell: Cell, ours: str) -> dict[str, object]:
    """What the map may say of the word: `line` reads it, `leave` leaves its lines out."""
    word = shown(cell)[1:-1]
    reading = value_text(replace(value, words={**value.words, word: ours}))
    return {"line": f"{name} = {reading}", "leave": leaving(value.headers, cell)}


def leaving(headers: tuple[str, ...], cell: Cell) -> str:
    """What a map says, in three lines, that leaves out lines with this word."""
    when = condition_text(Condition(headers, (shown(cell)[1:-1],)))
    return f'[[tables.leave_out]]   when = [{when}]   why = "not imported"'


def meaning_of(rule: Rule, name: str) -> Meaning:
    """Of a name that stands for an id, and of a client that an id is made of, what is in the cell."""
    if rule.values[name].join is not None:
        return Meaning.TEXT
    column = rule.format.column(name)
    return column.meaning if column else Meaning.ID


def studied(study: Study, place: Place, cell: Cell) -> str:
    """The cell as its column's study spells it. Error: BadValue."""
    return study.text(place, cell) if place is not None else ""


def plain(study: Study, place: Place, cells: Cells) -> str:
    """What an id is made of: the same however a spreadsheet shows it."""
    if place is None:
        return ""
    try:
        return study.text(place, cells[place])
    except BadValue:
        return cells[place]


def _signed(text: str, value: Value) -> str:
    if value.positive:
        return text.removeprefix("-")
    if value.negated and text.strip("0.,-"):
        return text.removeprefix("-") if text.startswith("-") else f"-{text}"
    return text


def _key(cell: Cell) -> object:
    """A number of a workbook's and a text that looks alike are two."""
    return cell if type(cell) is str else (kind_of(cell), str(cell))


def _remember(known: dict[object, T], key: object, found: T) -> T:
    if len(known) >= _MOST:
        known.clear()
    known[key] = found
    return found
