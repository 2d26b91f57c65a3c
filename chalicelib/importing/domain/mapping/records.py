"""A table's lines as records: our columns as text, strictly spelled, with the headers they came from."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property

from chalicelib.importing.domain.mapping.folding import folded
from chalicelib.importing.domain.mapping.maps import Condition, Rule, Sign, TableMap, Value
from chalicelib.importing.domain.mapping.readers import (
    Reader,
    Test,
    all_hold,
    leaving,
    meaning_of,
    plain,
    sign_of,
    studied,
    theirs,
)
from chalicelib.importing.domain.mapping.telling import Tally
from chalicelib.importing.domain.mapping.words import is_cancelled, is_no_payment
from chalicelib.importing.domain.meanings import Meaning
from chalicelib.importing.domain.problems import BadValue, Problem, shown
from chalicelib.importing.domain.tables.choices import Choices
from chalicelib.importing.domain.tables.spelling import ReadingTerms
from chalicelib.importing.domain.tables.study import Study, study
from chalicelib.importing.domain.tables.table import Cell, Table

LineKey = tuple[int, int]
"""The table and the number of a line of it."""


@dataclass(slots=True, eq=False)
class Record:
    """`texts` by our columns, filled in as more is known: there are too many records to copy them each time.

    `place` numbers the table that it is from, so that two records of one line find each other. `stem`: the id
    that was made of some of its values, before those that have the same are told apart. `raw`: what its id is
    made of besides our columns, in that order. `born`: the birth date of the client whom it names, "" where
    none stands there.
    """

    rule: Rule
    file: str
    number: int
    place: int
    texts: dict[str, str]
    headers: Mapping[str, str]
    raw: tuple[str, ...] = ()
    stem: str = ""
    born: str = ""

    @property
    def kind(self) -> str:
        return self.rule.kind

    @property
    def line(self) -> LineKey:
        return self.place, self.number

    def problem(self, column: str, code: str, /, **details: object) -> Problem:
        return Problem(self.file, self.number, self.headers.get(column, column), code, details)


@dataclass(frozen=True)
class Mapped:
    """A table with the part of a map that it is read by. `place` numbers the tables of one import.
    `constants`: what `$as_of` and `$clinician` stand for, "" where nobody said."""

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
        left_out = [(self._tests(left.when), left.why) for left in self.by.left_out]
        rules = [(self._tests(rule.when), _RuleReader(self, rule)) for rule in self.by.rules]
        for header in self._lacking_of_ids:
            tally.add(self.file, header, "ids_without_column", self.table.header_row)
        for line in self.table.rows():
            cells, number = line.cells, line.number
            why = next((why for tests, why in left_out if all_hold(tests, cells)), None)
            if why is not None:
                tally.add(self.file, "", "rows_left_out", number, why=why)
                continue
            found = [reader for tests, reader in rules if all_hold(tests, cells)]
            problems += self._unread(number, cells, found)
            for reader in found:
                if reader.cancelled(cells):
                    tally.add(self.file, reader.status, "cancelled", number, value=shown(reader.word(cells)))
                    continue
                record = reader.record(number, cells, tally, problems)
                if record is not None:
                    yield record

    @property
    def _lacking_of_ids(self) -> Iterator[str]:
        """Columns that ids are made of where the file has them."""
        found = (headers for rule in self.by.rules for headers in rule.id_headers)
        return (headers[0] for headers in dict.fromkeys(found) if self.at(headers) is None)

    def lines(self, numbers: Set[int]) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        """The cells of these lines, each with its number."""
        return ((line.number, line.cells) for line in self.table.rows() if line.number in numbers)

    def _unread(
        self, number: int, cells: tuple[Cell, ...], found: "Sequence[_RuleReader]"
    ) -> Iterator[Problem]:
        """A line that no rule is for, or an amount that none of its rules reads: not left out silently."""
        if not found:
            yield self._without_rule(number, cells)
            return
        for place in sorted(self._amounts.difference(*(reader.amounts for reader in found))):
            if cells[place] and sign_of(self.study, place, cells[place]) is not Sign.ZERO:
                details: dict[str, object] = {"value": shown(cells[place])}
                yield Problem(self.file, number, self.name(place), "amount_unread", details)

    def _without_rule(self, number: int, cells: tuple[Cell, ...]) -> Problem:
        """With the word that alone keeps it from a rule, where there is one."""
        for rule in self.by.rules:
            failing = [test for test in self._tests(rule.when) if not test.holds(cells)]
            place = failing[0].place if len(failing) == 1 and failing[0].condition.among else None
            if place is not None and (word := cells[place]):
                leave = leaving(failing[0].condition.headers, word)
                details: dict[str, object] = {"value": shown(word), "leave": leave}
                return Problem(self.file, number, self.name(place), "line_of_no_rule", details)
        return Problem(self.file, number, "", "line_without_rule")

    @cached_property
    def _amounts(self) -> frozenset[int]:
        return frozenset().union(*(self.amounts(rule) for rule in self.by.rules))

    def amounts(self, rule: Rule) -> frozenset[int]:
        """The columns that the rule reads amounts from."""
        headers = [v.headers for name, v in rule.values.items() if meaning_of(rule, name) is Meaning.AMOUNT]
        places = (self.at(spellings) for spellings in headers if spellings)
        return frozenset(place for place in places if place is not None)

    def unknown_words(self, place: int) -> tuple[tuple[str, ...], str]:
        """Words of a column that keep their lines from being read, as they are shown; how a map says one."""
        readers = [
            _reader(self, rule, name)
            for rule in self.by.rules
            for name, value in rule.values.items()
            if name in ("status", "method") and value.headers and self.at(value.headers) == place
        ]
        found: dict[str, str] = {}
        for line in self.table.rows() if readers else ():
            bad = next((b for b in (reader.read(line.cells).bad for reader in readers) if b), None)
            if bad is not None and bad.code in _UNDECIDED:
                found.setdefault(str(bad.details["value"]), str(bad.details[_UNDECIDED[bad.code]]))
        return tuple(found), next(iter(found.values()), "")

    def deciding_words(self, place: int) -> tuple[str, ...]:
        """The first words, as they are shown, of a column that may say of a line that it is no payment."""
        found = dict[str, None]()
        for line in self.table.rows():
            cell = line.cells[place]
            if cell and is_no_payment(cell):
                found.setdefault(shown(cell))
            if len(found) == _SHOWN_WORDS:
                break
        return tuple(found)

    def _tests(self, conditions: Sequence[Condition]) -> list[Test]:
        return [Test(condition, self.at(condition.headers), self.study) for condition in conditions]

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
        headers += [one for value in values for one in (*((part,) for part in value.parts), value.born)]
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
                meaning = meaning_of(rule, name)
                if place is not None and meaning is not Meaning.TEXT:
                    found[place] = meaning
                if (born := self.at(value.born)) is not None:
                    found[born] = Meaning.DATE
        for condition in self.by.conditions:
            place = self.at(condition.headers)
            if condition.sign is not None and place is not None:
                found[place] = Meaning.AMOUNT
        return found


# Words that keep a line from being read, and which of their details says what the map may say first.
_UNDECIDED = {"word_undecided": "line", "cancelled_with_fee": "line", "word_no_payment": "leave"}
_SHOWN_WORDS = 3
_UNSAID = {"$as_of": "as_of_missing", "$clinician": "clinician_missing"}


class _RuleReader:
    """What a rule makes of each line of a table."""

    def __init__(self, mapped: Mapped, rule: Rule) -> None:
        self._rule, self._file, self._place = rule, mapped.file, mapped.place
        self._headers, self._study = mapped.headers(rule), mapped.study
        found = [value for value in rule.values.values() if not _lacking(mapped, value)]
        forgets = rule.kind != "clients"  # of ours: an empty cell of a client is none
        self._readers = [
            (_reader(mapped, rule, name), mapped.header(value), forgets or needed)
            for name, value in rule.values.items()
            if (needed := _is_needed(rule, name)) or not _lacking(mapped, value)
        ]
        others = [one for value in found for one in value.made_of if one not in rule.values]
        self._others = [mapped.at((header,)) for header in others]
        self.amounts = mapped.amounts(rule)
        born = next((value.born for value in rule.values.values() if value.born), ())
        self._born, self._born_header = mapped.at(born), mapped.header(Value(headers=born))
        self._fee, self._status = (_value_at(mapped, rule, name) for name in ("fee", "status"))
        self.status = mapped.header(rule.values["status"]) if "status" in rule.values else ""

    def word(self, cells: tuple[Cell, ...]) -> Cell:
        """Of the status."""
        return cells[self._status] if self._status is not None else ""

    def cancelled(self, cells: tuple[Cell, ...]) -> bool:
        """A session called off in time, without a fee, is no charge."""
        if self._fee is None or self._status is None:
            return False
        word, status = cells[self._status], self._rule.values["status"]
        return (
            bool(word)
            and is_cancelled(word)
            and theirs(status, word) is None
            and sign_of(self._study, self._fee, cells[self._fee]) is Sign.ZERO
        )

    def record(
        self, number: int, cells: tuple[Cell, ...], tally: Tally, problems: list[Problem]
    ) -> Record | None:
        texts: dict[str, str] = {}
        good = True
        for reader, header, empty_too in self._readers:
            read, name = reader.read(cells), reader.name
            if read.told:
                tally.add(self._file, header, read.told, number, **read.details)
            if read.bad is not None:
                good = False
                problems.append(
                    Problem(self._file, number, self._headers[name], read.bad.code, read.bad.details)
                )
            elif read.text or empty_too:
                texts[name] = read.text
        try:
            born = studied(self._study, self._born, cells[self._born]) if self._born is not None else ""
        except BadValue as bad:
            problems.append(Problem(self._file, number, self._born_header, bad.code, bad.details))
            return None
        if not good:
            return None
        raw = tuple([plain(self._study, place, cells) for place in self._others])
        return Record(self._rule, self._file, number, self._place, texts, self._headers, raw, born=born)


def _value_at(mapped: Mapped, rule: Rule, name: str) -> int | None:
    value = rule.values.get(name)
    return mapped.at(value.headers) if value and value.headers else None


def _is_needed(rule: Rule, name: str) -> bool:
    """Such a column is read as empty where the table lacks its header: the empty cell is refused then."""
    column = rule.format.column(name)
    return column is None or column.required


def _lacking(mapped: Mapped, value: Value) -> bool:
    return bool(value.headers) and value.optional and mapped.at(value.headers) is None


def _reader(mapped: Mapped, rule: Rule, name: str) -> Reader:
    value, meaning = rule.values[name], meaning_of(rule, name)
    constants, parts = mapped.constants, [mapped.at((part,)) for part in value.parts]
    place = mapped.at(value.headers)
    return Reader(name, value, meaning, place, parts, mapped.study, lambda text: constants.get(text, text))


def place_of(table: Table) -> str:
    """The file as people know it, with its sheet."""
    return f"{table.file}, {table.sheet}" if table.sheet else table.file
