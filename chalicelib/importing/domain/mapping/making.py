"""Records as the rows that the own files give, with ids made of what tells them apart."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from typing import Any

from chalicelib.importing.domain.formats import FORMATS, Column
from chalicelib.importing.domain.mapping.folding import folded_name
from chalicelib.importing.domain.mapping.made_ids import MadeIds, of_several, source_of_stem
from chalicelib.importing.domain.mapping.records import LineKey, Record
from chalicelib.importing.domain.mapping.telling import Tally
from chalicelib.importing.domain.meanings import Meaning
from chalicelib.importing.domain.problems import BadValue, Problem
from chalicelib.importing.domain.rows import PLACE, Row
from chalicelib.importing.domain.values import Parser, Terms, amount
from chalicelib.kernel.money import Money, decimal_text

_MOST = 10_000  # values kept of a column
_COLUMNS = {format_.kind: frozenset(column.name for column in format_.columns) for format_ in FORMATS}


def stemmed(source: str, record: Record, ids: MadeIds) -> Record:
    """With the id that its client, date and code make; `source` begins it."""
    made_of = record.rule.values[record.rule.format.key].made_of
    if made_of:
        text = "\x1f".join([record.kind, *_parts(record, made_of)])
        record.stem = ids.stem(source, text)
    return record


def stem_on(record: Record, on: str, ids: MadeIds) -> str:
    """The stem that the record would have on another day."""
    other = replace(record, texts={**record.texts, "date": on})
    return stemmed(source_of_stem(record.stem), other, ids).stem


def _parts(record: Record, made_of: Sequence[str]) -> Iterator[str]:
    """Ids as they are, all else as it is compared."""
    others = iter(record.raw)
    for name in made_of:
        text = record.texts.get(name, "") if name in record.rule.values else next(others)
        yield text if name.endswith("_id") else folded_name(text)


def gathered_records(
    records: Sequence[Record], terms: Terms, tally: Tally, problems: list[Problem]
) -> list[Record]:
    """Lines that say the same row again are one, and sums are added up within one table; see Rule."""
    kept: list[Record] = []
    first: dict[tuple[int, str], int] = {}
    for record in records:
        rule = record.rule
        if not (rule.once or rule.sums):
            kept.append(record)
            continue
        place = first.setdefault((id(rule), record.stem or record.texts[rule.format.key]), len(kept))
        if place == len(kept):
            kept.append(record)
        elif rule.sums and kept[place].place != record.place:
            problems.append(_summed_already(kept[place], record))
        elif rule.sums:
            kept[place] = _summed(kept[place], record, terms, problems)
            tally.add(record.file, record.headers[rule.sums[0]], "lines_added_up", record.number)
        elif column := _otherwise(kept[place], record):
            problems.append(_other(kept[place], record, column))
        else:
            tally.add(record.file, "", "lines_once", record.number, kind=record.kind)
    return kept


def _summed(one: Record, other: Record, terms: Terms, problems: list[Problem]) -> Record:
    """An amount of the first that cannot be read is refused with the row that it becomes."""
    texts = dict(one.texts)
    for name in one.rule.sums:
        try:
            added = _minor(other, name, terms)
        except BadValue as bad:
            problems.append(other.problem(name, bad.code, **bad.details))
            continue
        with suppress(BadValue):
            if added is not None:
                total = (_minor(one, name, terms) or 0) + added
                texts[name] = decimal_text(Money(total, terms.currency))
    return replace(one, texts=texts)  # the line itself goes on saying what it said


def _minor(record: Record, name: str, terms: Terms) -> int | None:
    """None where nothing stands, and nothing has to. Error: BadValue."""
    text, column = record.texts.get(name, ""), record.rule.format.column(name)
    if text:
        return amount(text, terms)
    if column is None or column.required:
        raise BadValue("cell_empty")
    return None


def _summed_already(first: Record, record: Record) -> Problem:
    """Another table has a sum of it: both would count twice what two copies of a list have."""
    details: dict[str, object] = {"first_row": first.number, "first_file": first.file}
    return record.problem(record.rule.sums[0], "sum_in_two_files", **details)


def _otherwise(first: Record, record: Record) -> str:
    """A column that the line says otherwise than the first, or "". Of two files one may lack it."""
    one, other = first.texts, record.texts
    return next((name for name in {**one, **other} if one.get(name, "") != other.get(name, "")), "")


def _other(first: Record, record: Record, column: str) -> Problem:
    return record.problem(column, "line_says_otherwise", first_row=first.number, first_file=first.file)


Cells = Callable[[Collection[Record]], Mapping[LineKey, tuple[str, ...]]]
"""The whole lines that some records are of."""


def identified(records: Sequence[Record], made: MadeIds, cells: Cells) -> None:
    """Gives ids: those of one stem that differ by what they say, those that say the same by their number.

    Where all of a stem say the same, the first has the id that it has alone: two exports at once, one with it
    once and the other twice, post it twice and not three times.

    The order of the lines decides nothing: those that say the same are numbered by what else stands in them.
    """
    counts = Counter(record.stem for record in records if record.stem)
    several = [record for record in records if counts[record.stem] > 1]
    lines = cells(several) if several else {}
    used: Counter[tuple[str, str]] = Counter()
    ids: list[str] = []
    saying: dict[str, set[str]] = {}
    for record in several:
        saying.setdefault(record.stem, set()).add(_said(record, made))
    several.sort(key=lambda record: lines[record.line])
    for record in several:
        key = record.stem, _said(record, made)
        used[key] += 1
        first = used[key] == 1 and len(saying[record.stem]) == 1
        ids.append(record.stem if first else of_several(*key, used[key]))
    for record in records:
        if record.stem:
            record.texts[record.rule.format.key] = record.stem
    for record, id_ in zip(several, ids, strict=True):
        record.texts[record.rule.format.key] = id_


def _said(record: Record, made: MadeIds) -> str:
    return made.said(repr(sorted(record.texts.items())))


def refer(records: Sequence[Record], everything: Iterable[Record]) -> None:
    """Gives the id of the row that the same line made, where a rule asks for it.

    `everything`: the records before those that say the same were made one.
    """
    wanted = {id(r.rule): r.rule for r in records}
    asked = {key: [(n, v.row) for n, v in rule.values.items() if v.row] for key, rule in wanted.items()}
    kinds = {kind for columns in asked.values() for _, kind in columns}
    if not kinds:
        return
    named = [record for record in records if record.kind in kinds]
    by_stem = {record.stem: record.texts[record.rule.format.key] for record in named if record.stem}
    ids = {(r.kind, r.line): by_stem[r.stem] for r in everything if r.kind in kinds and r.stem in by_stem}
    ids |= {(r.kind, r.line): r.texts[r.rule.format.key] for r in named}
    for record in records:
        for name, kind in asked[id(record.rule)]:
            record.texts[name] = ids.get((kind, record.line), "")


class RowMaking:
    """Rows by the very parsers of the own files, of a map's `source`. What many rows have is parsed once, and
    kept once."""

    def __init__(self, terms: Terms, source: str) -> None:
        self._terms = terms
        self._source = source
        self._given: dict[frozenset[str], frozenset[str]] = {}
        self._parsed: dict[Parser, dict[str, object]] = {
            column.parse: {} for format_ in FORMATS for column in format_.columns if _is_shared(column)
        }

    def row(self, record: Record) -> tuple[Row | None, list[Problem]]:
        """Or what is wrong with it."""
        texts, format_ = record.texts, record.rule.format
        values: dict[str, object] = {}
        problems: list[Problem] = []
        for column in format_.columns:
            text = texts.get(column.name, "").strip()
            try:
                values[column.attribute] = self._value(column, text) if text else _absent(column)
            except BadValue as bad:
                value = record.rule.values.get(column.name)
                code = "line_without_charge" if value and value.row else bad.code
                problems.append(record.problem(column.name, code, **bad.details))
        if problems:
            return None, problems
        given = _COLUMNS[record.kind].intersection(texts)
        given = self._given.setdefault(given, given)
        row = format_.row(
            file=record.file, number=record.number, given=given, headers=record.headers,
            source=self._source, **values,
        )  # fmt: skip
        faults = [row.problem(name, code) for name, code in row.faults()]
        return (None, faults) if faults else (row, [])

    def _value(self, column: Column, text: str) -> object:
        """Error: BadValue."""
        known = self._parsed.get(column.parse)
        if known is None:
            return column.parse(text, self._terms)
        if text not in known:
            if len(known) >= _MOST:
                known.clear()
            known[text] = column.parse(text, self._terms)
        return known[text]


def _is_shared(column: Column) -> bool:
    """Whether rows have its values together: ids and texts of one's own are each row's."""
    return column.meaning not in (Meaning.TEXT, Meaning.ID) or column.name in ("service", "status", "kind")


def _absent(column: Column) -> object:
    if column.required:
        raise BadValue("cell_empty")
    return column.default


def renamed(row: Row, names: Mapping[str, str]) -> Row:
    """With other ids, wherever one of them stands."""
    changes: dict[str, Any] = {}
    for f in fields(row):
        value = getattr(row, f.name)
        if f.name in PLACE or not f.name.endswith(("_id", "_ids")):
            continue
        if isinstance(value, tuple):
            changes[f.name] = tuple(names.get(one, one) for one in value)
        elif value in names:
            changes[f.name] = names[value]
    return replace(row, **changes) if changes else row
