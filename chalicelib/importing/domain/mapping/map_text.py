"""A map as text: TOML, which people write too. All that is wrong with it is found at once, with its place."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from chalicelib.importing.domain.formats import FORMATS
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
from chalicelib.importing.domain.problems import Problem, shown

FORMAT = 1
_SOURCE = re.compile(r"[a-z0-9]{1,8}")
_KINDS = {format_.kind: format_ for format_ in FORMATS}
_EXTRA = frozenset({"client_id"})  # for the id that is made, in kinds without such a column
_KEYS = {"kind": "adjustment_kind"}  # how a map calls a column of ours whose name it uses otherwise
T = TypeVar("T")


class BadMap(Exception):
    """`problems`: where in the map (as a column), and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems[0].code)
        self.problems = tuple(problems)


class _Fault(Exception):
    def __init__(self, code: str, at: str, **details: object) -> None:
        super().__init__(code)
        self.code, self.at, self.details = code, at, details


def parse_map(file: str, text: str) -> ExportMap:
    """Error: BadMap."""
    try:
        return _export(tomllib.loads(text))
    except RecursionError:
        raise BadMap([Problem(file, 0, "", "map_not_toml", {"why": "nested too deeply"})]) from None
    except ValueError as error:  # TOML's own, and Python's of a number of thousands of digits
        raise BadMap([Problem(file, 0, "", "map_not_toml", {"why": str(error)})]) from None
    except _Fault as fault:
        raise BadMap([Problem(file, 0, fault.at, fault.code, fault.details)]) from None


class _Keys:
    """A table of the text; every key is asked for, and one that nobody asked for is a fault."""

    def __init__(self, found: object, at: str) -> None:
        if not isinstance(found, dict):
            raise _Fault("map_value", at, wanted="[…]")
        self.found: dict[str, object] = dict(found)
        self.at = at

    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        value = self.found.pop(key, default)
        if value is None:
            raise _Fault("map_key_missing", self.at, key=key)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise _Fault("map_value", self._place(key), wanted=_WANTED[kind])
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """One text, or a list of them."""
        value = self.found.pop(key, [])
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not all(isinstance(text, str) and text for text in texts):
            raise _Fault("map_value", self._place(key), wanted='"…", ["…"]')
        return tuple(texts)

    def one_of(self, key: str, choices: Sequence[str]) -> str:
        value = self.take(key, str, "")
        if value and value not in choices:
            raise _Fault("map_choice", self._place(key), value=shown(value), choices=", ".join(choices))
        return value

    def each(self, key: str, read: Callable[["_Keys"], T]) -> tuple[T, ...]:
        found = self.take(key, list, [])
        return tuple(_whole(_Keys(one, f"{self._place(key)} {n}"), read) for n, one in enumerate(found, 1))

    def _place(self, key: str) -> str:
        return f"{self.at}.{key}" if self.at else key

    def end(self) -> None:
        for key in self.found:
            raise _Fault("map_key_unknown", self.at, key=shown(key))


_WANTED: Mapping[type, str] = {str: '"…"', list: "[…]", dict: "{…}", bool: "true, false", int: "1"}


def _whole(keys: _Keys, read: Callable[[_Keys], T]) -> T:
    made = read(keys)
    keys.end()
    return made


def _export(found: dict[str, object]) -> ExportMap:
    return _whole(_Keys(found, ""), _read_export)


def _read_export(keys: _Keys) -> ExportMap:
    if keys.take("format", int) != FORMAT:
        raise _Fault("map_format", "format", known=FORMAT)
    source = keys.take("source", str)
    if not _SOURCE.fullmatch(source):
        raise _Fault("map_source", "source", value=shown(source))
    made = ExportMap(keys.take("name", str), source, keys.each("tables", _read_table))
    if not made.tables:
        raise _Fault("map_key_missing", "", key="tables")
    return made


def _read_table(keys: _Keys) -> TableMap:
    table = TableMap(
        keys.take("title", str), keys.each("rows", _read_rule), keys.each("leave_out", _read_left_out)
    )
    if not table.rules:
        raise _Fault("map_key_missing", keys.at, key="rows")
    return table


def _read_left_out(keys: _Keys) -> LeftOut:
    return LeftOut(keys.each("when", _read_condition), keys.take("why", str))


def _read_rule(keys: _Keys) -> Rule:
    kind = keys.one_of("kind", tuple(_KINDS)) or keys.take("kind", str)
    when, once, sums = keys.each("when", _read_condition), keys.take("once", bool, False), keys.texts("sums")
    columns = {_KEYS.get(column.name, column.name): column.name for column in _KINDS[kind].columns}
    values = {}
    for key in list(keys.found):
        if key not in columns and key not in _EXTRA:
            raise _Fault("map_column_unknown", keys.at, key=shown(key), known=", ".join(sorted(columns)))
        cell = keys.found.pop(key)
        values[columns.get(key, key)] = _whole(
            _Keys({"header": cell} if isinstance(cell, str | list) else cell, f"{keys.at}.{key}"),
            _read_value,
        )
    rule = Rule(kind, values, when, once, sums)
    for fault in _faults(rule, keys.at):
        raise fault
    return rule


def _read_value(keys: _Keys) -> Value:
    sign = keys.one_of("amount", ("positive", "negated"))
    words = keys.take("words", dict, {})
    if not all(isinstance(word, str) for word in words.values()):
        raise _Fault("map_value", f"{keys.at}.words", wanted='{"…" = "…"}')
    otherwise = keys.take("else", str) if "else" in keys.found else None
    join = keys.one_of("join", tuple(Join))
    value = Value(
        keys.texts("header"), keys.texts("parts"), keys.take("value", str, ""), keys.texts("made_of"),
        keys.one_of("row", tuple(_KINDS)), Join(join) if join else None, words, otherwise,
        sign == "positive", sign == "negated", keys.take("optional", bool, False),
    )  # fmt: skip
    ways = [value.headers, value.parts, value.constant, value.made_of, value.row]
    if sum(map(bool, ways)) != (0 if join == Join.REFUNDED else 1):
        raise _Fault("map_one_way", keys.at)
    return value


def _read_condition(keys: _Keys) -> Condition:
    sign = keys.one_of("sign", tuple(Sign))
    condition = Condition(
        keys.texts("header"), keys.texts("is"), keys.texts("is_not"), Sign(sign) if sign else None,
        keys.take("filled", bool) if "filled" in keys.found else None,
    )  # fmt: skip
    if not condition.headers:
        raise _Fault("map_key_missing", keys.at, key="header")
    return condition


def _faults(rule: Rule, at: str) -> Iterator[_Fault]:
    for column in rule.format.columns:
        if column.required and column.name not in rule.values:
            yield _Fault("map_column_missing", at, key=_KEYS.get(column.name, column.name))
    for name, value in rule.values.items():
        if value.made_of and "client_id" not in (name, *value.made_of):
            yield _Fault("map_id_without_client", f"{at}.{name}")
        if value.made_of and name != rule.format.key:
            yield _Fault("map_not_the_id", f"{at}.{name}", key=rule.format.key)
    if "client_id" in rule.values and rule.values["client_id"].made_of:
        yield _Fault("map_not_the_id", f"{at}.client_id", key=rule.format.key)


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
