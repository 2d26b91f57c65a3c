"""A map as text: TOML, which people write too. All that is wrong with it is told at once, with its place."""

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from chalicelib.importing.domain.formats import OF_KIND
from chalicelib.importing.domain.mapping.made_ids import SOURCE
from chalicelib.importing.domain.mapping.maps import (
    Condition,
    ExportMap,
    Join,
    LeftOut,
    Rule,
    Sign,
    TableMap,
    Value,
)
from chalicelib.importing.domain.meanings import Meaning
from chalicelib.importing.domain.problems import Problem, shown
from chalicelib.importing.domain.tables.texts import rules_text

FORMAT = 1
_EXTRA = frozenset({"client_id"})  # for the id that is made, in kinds without such a column
_KEYS = {"kind": "adjustment_kind"}  # how a map calls a column of ours whose name it uses otherwise
T = TypeVar("T")


class BadMap(Exception):
    """`problems`: where in the map (as a column), and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems[0].code)
        self.problems = tuple(problems)


def read_map(file: str, content: bytes) -> ExportMap:
    """As a file has it, in the encodings that tables have. Error: BadMap, with every fault."""
    return parse_map(file, rules_text(content))


def parse_map(file: str, text: str) -> ExportMap:
    """Error: BadMap, with every fault."""
    try:
        found = tomllib.loads(text)
        faults: list[_Fault] = []
        made = _whole(_Keys(found, "", faults), _read_export)
    except RecursionError:
        raise BadMap([Problem(file, 0, "", "map_not_toml", {"why": "nested too deeply"})]) from None
    except ValueError as error:  # TOML's own, and Python's of a number of thousands of digits
        raise BadMap([Problem(file, 0, "", "map_not_toml", {"why": str(error)})]) from None
    if faults:
        raise BadMap([Problem(file, 0, fault.at, fault.code, fault.details) for fault in faults])
    return made


@dataclass(frozen=True, slots=True)
class _Fault:
    code: str
    at: str
    details: dict[str, object]


class _Keys:
    """A table of the text; every key is asked for, and one that nobody asked for is a fault.

    What is wrong goes to `faults`, and reading goes on without it. `amiss`: the keys that were wrong here.
    """

    def __init__(self, found: object, at: str, faults: list[_Fault]) -> None:
        self.at, self._faults = at, faults
        self.found: dict[str, object] = dict(found) if isinstance(found, dict) else {}
        self.is_table, self.amiss = isinstance(found, dict), set[str]()
        if not self.is_table:
            self.fault("map_value", at, wanted="[…]")

    def fault(self, code: str, at: str, **details: object) -> None:
        self._faults.append(_Fault(code, at, details))

    def take(self, key: str, kind: type[T], default: T | None = None) -> T | None:
        """None where it is not there, or is none of that kind."""
        value = self.found.pop(key, default)
        if value is None:
            self.lacks(key)
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self._wrong(key, "map_value", wanted=_WANTED[kind])
            return None
        return value

    def text(self, key: str) -> str:
        return self.take(key, str) or ""

    def texts(self, key: str) -> tuple[str, ...]:
        """One text, or a list of them."""
        value = self.found.pop(key, [])
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not all(isinstance(text, str) and text for text in texts):
            self._wrong(key, "map_value", wanted='"…", ["…"]')
            return ()
        return tuple(texts)

    def one_of(self, key: str, choices: Sequence[str]) -> str:
        value = self.take(key, str, "")
        if value and value not in choices:
            self._wrong(key, "map_choice", value=shown(value), choices=", ".join(choices))
            return ""
        return value or ""

    def each(self, key: str, read: Callable[["_Keys"], T | None]) -> tuple[T, ...]:
        found = self.take(key, list, []) or []
        tables = (_Keys(one, f"{self._place(key)} {n}", self._faults) for n, one in enumerate(found, 1))
        return tuple(made for table in tables if (made := _whole(table, read)) is not None)

    def under(self, key: str, found: object) -> "_Keys":
        return _Keys(found, self._place(key), self._faults)

    def lacks(self, key: str) -> None:
        """Of what is no table at all only that is told; of a key that is wrong, too."""
        if self.is_table and key not in self.amiss:
            self.amiss.add(key)
            self.fault("map_key_missing", self.at, key=key)

    def end(self) -> None:
        for key in self.found:
            self.fault("map_key_unknown", self.at, key=shown(key))

    def _wrong(self, key: str, code: str, **details: object) -> None:
        self.amiss.add(key)
        self.fault(code, self._place(key), **details)

    def _place(self, key: str) -> str:
        return f"{self.at}.{key}" if self.at else key


_WANTED: Mapping[type, str] = {str: '"…"', list: "[…]", dict: "{…}", bool: "true, false", int: "1"}


def _whole(keys: _Keys, read: Callable[[_Keys], T]) -> T:
    made = read(keys)
    keys.end()
    return made


def _read_export(keys: _Keys) -> ExportMap:
    format_ = keys.take("format", int)
    if format_ not in (FORMAT, None):
        keys.fault("map_format", "format", known=FORMAT)
    source = keys.take("source", str)
    if source is not None and not SOURCE.fullmatch(source):
        keys.fault("map_source", "source", value=shown(source))
    made = ExportMap(keys.text("name"), source or "", keys.each("tables", _read_table))
    if not made.tables:
        keys.lacks("tables")
    return made


def _read_table(keys: _Keys) -> TableMap:
    there = bool(keys.found.get("rows"))
    table = TableMap(
        keys.text("title"), keys.each("rows", _read_rule), keys.each("leave_out", _read_left_out)
    )
    if not there:
        keys.lacks("rows")
    return table


def _read_left_out(keys: _Keys) -> LeftOut:
    return LeftOut(keys.each("when", _read_condition), keys.text("why"))


def _read_rule(keys: _Keys) -> Rule | None:
    """None where it does not say of what kind it is: what columns there are depends on that."""
    kind = keys.one_of("kind", tuple(OF_KIND))
    if not kind:
        keys.lacks("kind")
        keys.found.clear()
        return None
    when, once = keys.each("when", _read_condition), keys.take("once", bool, False) or False
    sums = keys.texts("sums")
    rule = Rule(kind, _values(keys, kind), when, once, sums)
    for fault in _faults(rule, keys.at):
        keys.fault(fault.code, fault.at, **fault.details)
    return rule


def _values(keys: _Keys, kind: str) -> dict[str, Value]:
    columns = {_KEYS.get(column.name, column.name): column.name for column in OF_KIND[kind].columns}
    values = {}
    for key in list(keys.found):
        cell = keys.found.pop(key)
        if key not in columns and key not in _EXTRA:
            known = ", ".join(sorted(columns))
            keys.fault("map_column_unknown", keys.at, key=shown(key), known=known)
            continue
        found = keys.under(key, {"header": cell} if isinstance(cell, str | list) else cell)
        values[columns.get(key, key)] = _whole(found, _read_value)
    return values


def _read_value(keys: _Keys) -> Value:
    sign = keys.one_of("amount", ("positive", "negated"))
    words = keys.take("words", dict, {}) or {}
    if not all(isinstance(word, str) for word in words.values()):
        keys.fault("map_value", f"{keys.at}.words", wanted='{"…" = "…"}')
    otherwise = keys.take("else", str) if "else" in keys.found else None
    join = keys.one_of("join", tuple(Join))
    value = Value(
        keys.texts("header"), keys.texts("parts"), keys.take("value", str, "") or "", keys.texts("made_of"),
        keys.one_of("row", tuple(OF_KIND)), Join(join) if join else None, words, otherwise,
        sign == "positive", sign == "negated", keys.take("optional", bool, False) or False,
        keys.texts("born"),
    )  # fmt: skip
    ways = [value.headers, value.parts, value.constant, value.made_of, value.row]
    if keys.is_table and not keys.amiss and sum(map(bool, ways)) != (0 if join == Join.REFUNDED else 1):
        keys.fault("map_one_way", keys.at)
    if value.born and value.join is not Join.CLIENT:
        keys.fault("map_born", f"{keys.at}.born")
    return value


def _read_condition(keys: _Keys) -> Condition:
    sign = keys.one_of("sign", tuple(Sign))
    condition = Condition(
        keys.texts("header"), keys.texts("is"), keys.texts("is_not"), Sign(sign) if sign else None,
        keys.take("filled", bool) if "filled" in keys.found else None,
    )  # fmt: skip
    if not condition.headers:
        keys.lacks("header")
    return condition


def _faults(rule: Rule, at: str) -> Iterator[_Fault]:
    for column in rule.format.columns:
        if column.required and column.name not in rule.values:
            yield _Fault("map_column_missing", at, {"key": _KEYS.get(column.name, column.name)})
    amounts = [c.name for c in rule.format.columns if c.meaning is Meaning.AMOUNT and c.name in rule.values]
    for name in rule.sums:
        if name not in amounts:
            details: dict[str, object] = {"value": shown(name), "choices": ", ".join(amounts)}
            yield _Fault("map_choice", f"{at}.sums", details)
    yield from _whose(rule, at)


def _whose(rule: Rule, at: str) -> Iterator[_Fault]:
    """An id that is made, and a payment that is looked for, are some client's."""
    key: dict[str, object] = {"key": rule.format.key}
    for name, value in rule.values.items():
        if value.made_of and (name == "client_id" or name != rule.format.key):
            yield _Fault("map_not_the_id", f"{at}.{name}", key)
        elif value.made_of and not ("client_id" in value.made_of and "client_id" in rule.values):
            yield _Fault("map_id_without_client", f"{at}.{name}", {})
        elif value.join is Join.REFUNDED and "client_id" not in rule.values:
            yield _Fault("map_column_missing", at, {"key": "client_id"})


# --- writing -----------------------------------------------------------------------------------------


def map_text(export: ExportMap, comments: Mapping[str, str] | None = None) -> str:
    """What `parse_map` reads. `comments` are put above a table, by its title."""
    lines = [f"format = {FORMAT}", f"name = {_text(export.name)}", f"source = {_text(export.source)}"]
    for table in export.tables:
        comment = (comments or {}).get(table.title, "")
        lines += ["", *(f"# {line}".rstrip() for line in comment.splitlines())]
        lines += ["[[tables]]", f"title = {_text(table.title)}"]
        for left in table.left_out:
            lines += ["", "[[tables.leave_out]]", *_when(left.when), f"why = {_text(left.why)}"]
        for rule in table.rules:
            lines += ["", *_rule(rule)]
    return "\n".join(lines) + "\n"


def _rule(rule: Rule) -> Iterator[str]:
    yield "[[tables.rows]]"
    yield f"kind = {_text(rule.kind)}"
    yield from _when(rule.when)
    if rule.once:
        yield "once = true"
    if rule.sums:
        yield f"sums = {_texts(rule.sums)}"
    for name, value in rule.values.items():
        yield f"{_KEYS.get(name, name)} = {value_text(value)}"


def _when(conditions: Sequence[Condition]) -> Iterator[str]:
    if conditions:
        yield f"when = [{', '.join(map(condition_text, conditions))}]"


def condition_text(condition: Condition) -> str:
    parts = [f"header = {_texts(condition.headers)}"]
    parts += [f"is = {_texts(condition.among)}"] if condition.among else []
    parts += [f"is_not = {_texts(condition.besides)}"] if condition.besides else []
    parts += [f"sign = {_text(condition.sign)}"] if condition.sign else []
    parts += [f"filled = {str(condition.filled).lower()}"] if condition.filled is not None else []
    return _inline(parts)


def value_text(value: Value) -> str:
    """As it stands behind its column's name."""
    parts = [f"header = {_texts(value.headers)}"] if value.headers else []
    parts += [f"parts = {_texts(value.parts)}"] if value.parts else []
    parts += [f"value = {_text(value.constant)}"] if value.constant else []
    parts += [f"made_of = {_texts(value.made_of)}"] if value.made_of else []
    parts += [f"row = {_text(value.row)}"] if value.row else []
    parts += [f"join = {_text(value.join)}"] if value.join else []
    parts += [f"born = {_texts(value.born)}"] if value.born else []
    if value.words:
        words = ", ".join(f"{_text(word)} = {_text(ours)}" for word, ours in value.words.items())
        parts.append(f"words = {{ {words} }}")
    parts += [f"else = {_text(value.otherwise)}"] if value.otherwise is not None else []
    parts += ['amount = "positive"'] if value.positive else ['amount = "negated"'] if value.negated else []
    parts += ["optional = true"] if value.optional else []
    return parts[0].removeprefix("header = ") if parts == parts[:1] and value.headers else _inline(parts)


def _inline(parts: Sequence[str]) -> str:
    return f"{{ {', '.join(parts)} }}"


def _texts(texts: Sequence[str]) -> str:
    return _text(texts[0]) if len(texts) == 1 else f"[{', '.join(map(_text, texts))}]"


def _text(text: str) -> str:
    """JSON's spelling of a text is one of TOML's, but for one character that JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
