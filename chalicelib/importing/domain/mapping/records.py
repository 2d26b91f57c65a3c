"""A table's lines as records: our columns as text, strictly spelled, with the headers they came from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from chalicelib.importing.domain.mapping.folding import fits, folded, folded_word
from chalicelib.importing.domain.mapping.maps import Condition, Join, Rule, Sign, TableMap, Value
from chalicelib.importing.domain.mapping.telling import Tally
from chalicelib.importing.domain.problems import BadValue, Problem, shown
from chalicelib.importing.domain.tables.choices import Choices
from chalicelib.importing.domain.tables.spelling import ReadingTerms
from chalicelib.importing.domain.tables.study import Meaning, Study, study
from chalicelib.importing.domain.tables.table import Cell, Table
from chalicelib.importing.domain.tables.table import Row as Line
from chalicelib.ledger.domain.charges import ChargeStatus
from chalicelib.ledger.domain.payments import EXTERNAL_METHODS

MEANINGS: Mapping[str, Meaning] = {
    **dict.fromkeys(("amount", "fee", "insurance_expected"), Meaning.AMOUNT),
    **dict.fromkeys(("paid", "contractual_adjustment", "patient_responsibility"), Meaning.AMOUNT),
    **dict.fromkeys(("superbills", "guarantor_superbills", "paper", "above_expected"), Meaning.YES_NO),
    "date": Meaning.DATE, "birth_date": Meaning.BIRTH_DATE, "cpt": Meaning.PROCEDURE,
    "diagnoses": Meaning.DIAGNOSES, "place_of_service": Meaning.PLACE, "units": Meaning.UNITS,
    "method": Meaning.METHOD,
}  # fmt: skip
_STATUSES = {
    "held": ("attended", "completed", "kept", "occurred", "seen", "show", "showed", "present", "billed"),
    "late_cancel": ("late cancel", "late canceled", "late cancelled", "late cancellation", "lc"),
    "no_show": ("no show", "noshow", "missed", "missed appointment", "dna", "did not attend", "ns"),
}
STATUS_WORDS = {word: status for status, words in _STATUSES.items() for word in words}


@dataclass(frozen=True, slots=True)
class Record:
    """`texts` by our columns; `line` is where it came from, so that two records of one line find each other.

    `stem`: the id that was made of some of its values, before those that have the same are told apart.
    `cells` are the whole line's.
    """

    rule: Rule
    file: str
    number: int
    line: tuple[int, int]
    texts: Mapping[str, str]
    headers: Mapping[str, str]
    raw: Mapping[str, str] = field(default_factory=dict)
    stem: str = ""
    cells: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return self.rule.kind

    def problem(self, column: str, code: str, /, **details: object) -> Problem:
        return Problem(self.file, self.number, self.headers.get(column, column), code, details)


@dataclass(frozen=True)
class Mapped:
    """A table with the part of a map that it is read by. `place` numbers the tables of one import."""

    table: Table
    by: TableMap
    place: int
    terms: ReadingTerms
    choices: Choices
    constants: Mapping[str, str]
    _found: dict[tuple[str, ...], int | None] = field(default_factory=dict, compare=False)
    _headers: dict[int, Mapping[str, str]] = field(default_factory=dict, compare=False)

    @property
    def file(self) -> str:
        return place_of(self.table)

    @cached_property
    def study(self) -> Study:
        return study(self.table, self._meanings, self.terms, self.choices)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Of columns as a whole: with any, no line is read."""
        return (*self._repeated, *self._unsaid, *self.study.problems)

    def records(self, tally: Tally, problems: list[Problem]) -> Iterator[Record]:
        for line in self.table.rows():
            reader = _Reader(self, line, tally)
            left = next((left for left in self.by.left_out if reader.holds(left.when)), None)
            if left is not None:
                tally.add(self.file, "", "rows_left_out", line.number, why=left.why)
                continue
            found = [rule for rule in self.by.rules if reader.holds(rule.when)]
            if not found:
                problems.append(Problem(self.file, line.number, "", "line_without_rule"))
            for rule in found:
                try:
                    yield reader.record(rule)
                except _Faults as faults:
                    problems += faults.problems

    def at(self, headers: tuple[str, ...]) -> int | None:
        """The column's place; asked for every cell, so that it is remembered."""
        if headers not in self._found:
            places = (self._places.get(folded(header)) for header in headers)
            self._found[headers] = next((place for place in places if place is not None), None)
        return self._found[headers]

    def name(self, place: int) -> str:
        return self.table.columns[place]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {folded(name): place for place, name in reversed(list(enumerate(self.table.columns)))}

    def headers(self, rule: Rule) -> Mapping[str, str]:
        """Our columns as the file calls them; an id that is made is blamed on whose it is."""
        known = self._headers.get(id(rule))
        if known is None:
            known = {name: self.header(value) or name for name, value in rule.values.items()}
            made = [name for name, value in rule.values.items() if value.made_of or value.row]
            known = {**known, **dict.fromkeys(made, known.get("client_id", ""))}
            self._headers[id(rule)] = known
        return known

    def header(self, value: Value) -> str:
        place = self.at(value.headers or value.parts[:1])
        return self.name(place) if place is not None else ""

    @property
    def _repeated(self) -> Iterator[Problem]:
        """A header that stands there twice, where the map reads it."""
        names = [folded(name) for name in self.table.columns]
        for place in sorted(self._used):
            if names.count(names[place]) > 1:
                yield Problem(self.file, self.table.header_row, self.name(place), "column_twice")

    @property
    def _used(self) -> set[int]:
        values = [value for rule in self.by.rules for value in rule.values.values()]
        headers = [*(v.headers for v in values), *(c.headers for c in self.by.conditions)]
        headers += [(part,) for value in values for part in value.parts]
        return {place for one in headers if (place := self.at(one)) is not None}

    @property
    def _unsaid(self) -> Iterator[Problem]:
        values = [value for rule in self.by.rules for value in rule.values.values()]
        said = dict.fromkeys(text for value in values for text in (value.constant, value.otherwise or ""))
        for constant in said:
            if constant.startswith("$") and not self.constants.get(constant):
                yield Problem(self.file, 0, "", _UNSAID.get(constant, "map_constant"))

    @cached_property
    def _meanings(self) -> dict[int, Meaning]:
        found: dict[int, Meaning] = {}
        for rule in self.by.rules:
            for name, value in rule.values.items():
                place = self.at(value.headers)
                if place is not None and name in MEANINGS and not value.parts:
                    found[place] = MEANINGS[name]
        for condition in self.by.conditions:
            place = self.at(condition.headers)
            if condition.sign is not None and place is not None:
                found[place] = Meaning.AMOUNT
        return found


_UNSAID = {"$as_of": "as_of_missing", "$clinician": "clinician_missing"}


class _Faults(Exception):
    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems


@dataclass(frozen=True, slots=True)
class _Reader:
    """One line of a table."""

    mapped: Mapped
    line: Line
    tally: Tally

    def holds(self, conditions: Sequence[Condition]) -> bool:
        return all(self._holds(condition) for condition in conditions)

    def _holds(self, condition: Condition) -> bool:
        place = self.mapped.at(condition.headers)
        cell = self.line.cells[place] if place is not None else ""
        if condition.filled is not None and condition.filled is not bool(cell):
            return False
        if condition.among and not any(fits(cell, word) for word in condition.among):
            return False
        if any(fits(cell, word) for word in condition.besides):
            return False
        return condition.sign is None or (place is not None and self._sign(place, cell) is condition.sign)

    def _sign(self, place: int, cell: Cell) -> Sign | None:
        """An empty amount is none; of one that cannot be read the rule that has it as a column says why."""
        try:
            text = self.mapped.study.text(place, cell)
        except BadValue:
            return Sign.PLUS
        if not text.strip("0.,- "):
            return Sign.ZERO
        return Sign.MINUS if text.startswith("-") else Sign.PLUS

    def record(self, rule: Rule) -> Record:
        """Error: _Faults."""
        texts: dict[str, str] = {}
        raw: dict[str, str] = {}
        problems: list[Problem] = []
        headers, file, number = self.mapped.headers(rule), self.mapped.file, self.line.number
        for name, value in rule.values.items():
            if value.headers and value.optional and self.mapped.at(value.headers) is None:
                continue
            raw.update({one: self._plain(one) for one in value.made_of if one not in rule.values})
            try:
                text = self._text(name, value)
                if text or not value.optional or rule.kind != "clients":  # an export forgets nothing of ours
                    texts[name] = text
            except BadValue as bad:
                problems.append(Problem(file, number, headers[name], bad.code, bad.details))
        if problems:
            raise _Faults(problems)
        line = (self.mapped.place, number)
        return Record(rule, file, number, line, texts, headers, raw, cells=self.line.cells)

    def _text(self, name: str, value: Value) -> str:
        if value.constant:
            return self._constant(value.constant)
        if value.made_of or value.row or value.join is Join.REFUNDED:
            return ""  # known once all lines are
        if value.parts:
            cells = (self._cell((part,)) for part in value.parts)
            return " ".join(cell for cell in cells if cell)
        cell = self._cell(value.headers)
        text = self._words(name, value, cell) if cell else ""
        if not text and value.otherwise is not None:
            return self._constant(value.otherwise)
        return _signed(text, value)

    def _words(self, name: str, value: Value, cell: Cell) -> str:
        """Their word for it as ours, then what the column's study makes of the cell."""
        word = folded_word(cell)
        ours = next((ours for theirs, ours in value.words.items() if fits(cell, theirs)), None)
        if ours is not None:
            return ours
        if name == "status" and word in STATUS_WORDS:
            self._tell(value, "word_read", value=shown(cell), ours=STATUS_WORDS[word])
            return STATUS_WORDS[word]
        try:
            text = self._studied(value.headers)
            if name in _CHOICES and text.lower() not in _CHOICES[name]:
                raise BadValue("choice_unknown", value=shown(cell), choices=", ".join(_CHOICES[name]))
            return text
        except BadValue:
            if value.otherwise is None or name in _EXACT:
                raise
            self._tell(value, "word_unknown", value=shown(cell), ours=value.otherwise)
            return ""

    def _studied(self, headers: tuple[str, ...]) -> str:
        """The cell as its column's study spells it. Error: BadValue."""
        place = self.mapped.at(headers)
        return self.mapped.study.text(place, self.line.cells[place]) if place is not None else ""

    def _plain(self, header: str) -> str:
        """What an id is made of: the same however a spreadsheet shows it."""
        try:
            return self._studied((header,))
        except BadValue:
            return self._cell((header,))

    def _tell(self, value: Value, code: str, /, **details: object) -> None:
        self.tally.add(self.mapped.file, self.mapped.header(value), code, self.line.number, **details)

    def _cell(self, headers: tuple[str, ...]) -> Cell:
        place = self.mapped.at(headers)
        return self.line.cells[place] if place is not None else ""

    def _constant(self, text: str) -> str:
        return self.mapped.constants.get(text, text)


_CHOICES = {"method": EXTERNAL_METHODS, "status": tuple(ChargeStatus)}
_EXACT = frozenset(
    name for name, meaning in MEANINGS.items() if meaning in (Meaning.AMOUNT, Meaning.DATE, Meaning.UNITS)
)
"""A cell of these that cannot be read is never taken for an empty one."""


def _signed(text: str, value: Value) -> str:
    if value.positive:
        return text.removeprefix("-")
    if value.negated and text.strip("0.,-"):
        return text.removeprefix("-") if text.startswith("-") else f"-{text}"
    return text


def place_of(table: Table) -> str:
    """The file as people know it, with its sheet."""
    return f"{table.file}, {table.sheet}" if table.sheet else table.file
