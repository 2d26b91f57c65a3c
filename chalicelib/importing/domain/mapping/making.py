"""Records as the rows that the own files give, with ids made of what tells them apart."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from chalicelib.importing.domain.formats import FORMATS, Column
from chalicelib.importing.domain.mapping.folding import folded_name
from chalicelib.importing.domain.mapping.made_ids import ROW, SAID, MadeIds
from chalicelib.importing.domain.mapping.records import Record
from chalicelib.importing.domain.mapping.telling import Tally
from chalicelib.importing.domain.problems import BadValue, Problem
from chalicelib.importing.domain.rows import Row
from chalicelib.importing.domain.values import Terms, amount
from chalicelib.kernel.money import Money, decimal_text

_HEX, _SAID_HEX = 16, 6
_COLUMNS = {format_.kind: frozenset(column.name for column in format_.columns) for format_ in FORMATS}
_PLACE = frozenset({"file", "number", "given", "headers"})


def stemmed(source: str, record: Record, ids: MadeIds) -> Record:
    """With the id that its client, date and code make; `source` begins it."""
    key = record.rule.format.key
    value = record.rule.values[key]
    if not value.made_of:
        return record
    text = "\x1f".join([record.kind, *(_part(record, name) for name in value.made_of)])
    return replace(record, stem=f"{source}-{ids.made(ROW, text, length=_HEX)}")


def _part(record: Record, name: str) -> str:
    text = record.texts.get(name, record.raw.get(name, ""))
    return text if name.endswith("_id") else folded_name(text)


def gathered_records(
    records: Sequence[Record], terms: Terms, tally: Tally, problems: list[Problem]
) -> list[Record]:
    """Lines that say the same row again are one, and sums are added up; see Rule."""
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
        elif rule.sums:
            kept[place] = _summed(kept[place], record, terms)
            tally.add(record.file, record.headers[rule.sums[0]], "lines_added_up", record.number)
        elif kept[place].texts != record.texts:
            problems.append(_other(kept[place], record))
        else:
            tally.add(record.file, "", "lines_once", record.number, kind=record.kind)
    return kept


def _summed(one: Record, other: Record, terms: Terms) -> Record:
    sums = {name: amount(one.texts[name], terms) + amount(other.texts[name], terms) for name in one.rule.sums}
    texts = {name: decimal_text(Money(minor, terms.currency)) for name, minor in sums.items()}
    return replace(one, texts={**one.texts, **texts})


def _other(first: Record, record: Record) -> Problem:
    """The line says it otherwise than the first that said it."""
    column = next(name for name, text in record.texts.items() if first.texts.get(name) != text)
    return record.problem(column, "line_says_otherwise", first_row=first.number, first_file=first.file)


def identified(records: Sequence[Record], made: MadeIds) -> list[Record]:
    """With ids: those of one stem that differ by what they say, those that say the same by their number.

    The order of the lines decides nothing: those that say the same are numbered by what else stands in them.
    """
    counts = Counter(record.stem for record in records if record.stem)
    several = [place for place, record in enumerate(records) if counts[record.stem] > 1]
    used: Counter[str] = Counter()
    ids: dict[int, str] = {}
    for place in sorted(several, key=lambda place: records[place].cells):
        said = f"{records[place].stem}.{_said(records[place], made)}"
        used[said] += 1
        ids[place] = f"{said}.{used[said]}"
    return [
        replace(record, texts={**record.texts, record.rule.format.key: ids.get(place, record.stem)})
        if record.stem
        else record
        for place, record in enumerate(records)
    ]


def _said(record: Record, made: MadeIds) -> str:
    return made.made(SAID, repr(sorted(record.texts.items())), length=_SAID_HEX)


def referring(records: Sequence[Record], everything: Iterable[Record]) -> Iterator[Record]:
    """With the id of the row that the same line made, where a rule asks for it.

    `everything`: the records before those that say the same were made one.
    """
    by_stem = {record.stem: record.texts[record.rule.format.key] for record in records if record.stem}
    by_line = {(r.kind, r.line): r.texts[r.rule.format.key] for r in records}
    ids = {
        **{(r.kind, r.line): by_stem[r.stem] for r in everything if r.stem in by_stem},
        **by_line,
    }
    for record in records:
        wanted = {name: value.row for name, value in record.rule.values.items() if value.row}
        texts = {name: ids.get((kind, record.line), "") for name, kind in wanted.items()}
        yield replace(record, texts={**record.texts, **texts}) if texts else record


def made_row(record: Record, terms: Terms) -> tuple[Row | None, list[Problem]]:
    """By the very parsers of the own files."""
    values: dict[str, object] = {}
    problems: list[Problem] = []
    for column in record.rule.format.columns:
        try:
            values[column.attribute] = _value(column, record.texts, terms)
        except BadValue as bad:
            value = record.rule.values.get(column.name)
            code = "line_without_charge" if value and value.row else bad.code
            problems.append(record.problem(column.name, code, **bad.details))
    if problems:
        return None, problems
    given = _COLUMNS[record.kind].intersection(record.texts)
    row = record.rule.format.row(
        file=record.file, number=record.number, given=given, headers=record.headers, **values
    )
    faults = [row.problem(name, code) for name, code in row.faults()]
    return (None, faults) if faults else (row, [])


def _value(column: Column, texts: Mapping[str, str], terms: Terms) -> object:
    text = texts.get(column.name, "").strip()
    if text:
        return column.parse(text, terms)
    if column.required:
        raise BadValue("cell_empty")
    return column.default


def renamed(row: Row, names: Mapping[str, str]) -> Row:
    """With other ids, wherever one of them stands."""
    changes: dict[str, Any] = {}
    for f in fields(row):
        value = getattr(row, f.name)
        if f.name in _PLACE or not f.name.endswith(("_id", "_ids")):
            continue
        if isinstance(value, tuple):
            changes[f.name] = tuple(names.get(one, one) for one in value)
        elif value in names:
            changes[f.name] = names[value]
    return replace(row, **changes) if changes else row
