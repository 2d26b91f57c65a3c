"""DynamoDB's expressions, as far as the shipped adapters use them. Whatever is not known is refused aloud.

Values are DynamoDB's own JSON: {"S": text}, {"N": digits}, {"BOOL": truth}. Names are top-level attributes.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Value = Mapping[str, str]
Row = Mapping[str, Value]
Names = Mapping[str, str]
Values = Mapping[str, Value]
Test = Callable[[Row, Names, Values], bool]

_TOKEN = re.compile(r"\s*([#:]\w+|<=|>=|<>|[=<>(),]|[A-Za-z_]+)")
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,37})")
_TRUTHS: Mapping[object, int] = {False: 0, True: 1}
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


class Unknown(NotImplementedError):
    """The in-process store has never heard of this; it is not taken for granted."""


def plain(value: Value) -> tuple[str, str | int]:
    """Type and comparable value. Numbers are whole: the ledger stores no others."""
    ((kind, text),) = value.items()
    if kind == "S" and isinstance(text, str):
        return "S", text
    if kind == "N" and _WHOLE.fullmatch(text):
        return "N", int(text)
    if kind == "BOOL" and text in _TRUTHS:
        return "BOOL", _TRUTHS[text]
    raise Unknown(f"value {value!r}")


def compared(by: str, left: Value | None, right: Value) -> bool:
    """False where the attribute is absent or of another type, as DynamoDB has it."""
    if left is None:
        return False
    text, other = left.get("S"), right.get("S")
    if isinstance(text, str) and isinstance(other, str) and len(left) == len(right) == 1:
        return _COMPARE[by](text, other)  # nearly always, and the quicker way
    (kind_left, a), (kind_right, b) = plain(left), plain(right)
    return kind_left == kind_right and _COMPARE[by](a, b)


@dataclass
class _Tokens:
    text: str
    parts: list[str]
    at: int = 0

    def peek(self) -> str:
        return self.parts[self.at] if self.at < len(self.parts) else ""

    def take(self, *wanted: str) -> str:
        token = self.peek()
        if not token or (wanted and token not in wanted):
            raise Unknown(f"{token or 'end'!r} in {self.text!r}")
        self.at += 1
        return token

    def name(self) -> str:
        token = self.take()
        if not token.startswith("#"):
            raise Unknown(f"{token!r} in {self.text!r}: names come as placeholders")
        return token

    def value(self) -> str:
        token = self.take()
        if not token.startswith(":"):
            raise Unknown(f"{token!r} in {self.text!r}: values come as placeholders")
        return token


def tokens(text: str) -> _Tokens:
    parts, at = [], 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Unknown(f"{text[at:]!r} in {text!r}")
        parts.append(match[1])
        at = match.end()
    return _Tokens(text, parts)


@lru_cache(maxsize=1000)
def condition(text: str) -> Test:
    """A condition or filter as a function of an item ({} when absent). Error: Unknown."""
    read = tokens(text)
    test = _either(read)
    if read.peek():
        raise Unknown(f"{read.peek()!r} in {text!r}")
    return test


@lru_cache(maxsize=1000)
def hash_equals(text: str) -> tuple[str, str]:
    """Name and value of the `hash = value` that a key condition begins with. Error: Unknown."""
    read = tokens(text)
    if read.peek() == "(":
        read.take()
    name, _, value = read.name(), read.take("="), read.value()
    return name, value


def _either(read: _Tokens) -> Test:
    tests = [_all(read)]
    while read.peek() == "OR":
        read.take()
        tests.append(_all(read))
    return tests[0] if len(tests) == 1 else lambda row, n, v: any(test(row, n, v) for test in tests)


def _all(read: _Tokens) -> Test:
    tests = [_one(read)]
    while read.peek() == "AND":
        read.take()
        tests.append(_one(read))
    return tests[0] if len(tests) == 1 else lambda row, n, v: all(test(row, n, v) for test in tests)


def _one(read: _Tokens) -> Test:
    if read.peek() == "(":
        read.take()
        inner = _either(read)
        read.take(")")
        return inner
    if read.peek() in ("attribute_exists", "attribute_not_exists", "begins_with"):
        return _function(read, read.take())
    name, by = read.name(), read.take()
    if by == "BETWEEN":
        low, _, high = read.value(), read.take("AND"), read.value()
        return lambda row, n, v: (
            compared(">=", row.get(n[name]), v[low]) and compared("<=", row.get(n[name]), v[high])
        )
    if by == "IN":
        options = _options(read)
        return lambda row, n, v: any(compared("=", row.get(n[name]), v[option]) for option in options)
    if by not in _COMPARE:
        raise Unknown(f"{by!r} in {read.text!r}")
    value = read.value()
    return lambda row, n, v: compared(by, row.get(n[name]), v[value])


def _options(read: _Tokens) -> list[str]:
    read.take("(")
    options = [read.value()]
    while read.take(",", ")") == ",":
        options.append(read.value())
    return options


def _function(read: _Tokens, function: str) -> Test:
    read.take("(")
    name = read.name()
    if function == "begins_with":
        read.take(",")
        prefix = read.value()
        read.take(")")
        return lambda row, n, v: row.get(n[name], {}).get("S", "\0").startswith(v[prefix]["S"])
    read.take(")")
    wanted = function == "attribute_exists"
    return lambda row, n, v: (n[name] in row) is wanted


Step = tuple[str, str, str]  # verb, name, value


@lru_cache(maxsize=1000)
def update(text: str) -> tuple[Step, ...]:
    """SET #a = :b, REMOVE #a and ADD #a :b as steps. Error: Unknown."""
    read, steps = tokens(text), list[Step]()
    while read.peek():
        verb = read.take("SET", "REMOVE", "ADD")
        while True:
            name = read.name()
            if verb == "SET":
                read.take("=")
            steps.append((verb, name, "" if verb == "REMOVE" else read.value()))
            if read.peek() != ",":
                break
            read.take()
    return tuple(steps)


def updated(row: Row, steps: tuple[Step, ...], names: Names, values: Values) -> dict[str, Value]:
    after = dict(row)
    for verb, name, value in steps:
        attribute = names[name]
        if verb == "REMOVE":
            after.pop(attribute, None)
        elif verb == "SET":
            after[attribute] = values[value]
        else:
            _, now = plain(after.get(attribute, {"N": "0"}))
            kind, more = plain(values[value])
            if kind != "N" or not isinstance(now, int) or not isinstance(more, int):
                raise Unknown("ADD to something else than a number")
            after[attribute] = {"N": str(now + more)}
    return after
