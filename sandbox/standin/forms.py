"""Form bodies and query strings with nested names: a[b][0][c]=1 becomes {"a": {"b": {"0": {"c": "1"}}}}."""

import re
from typing import Any
from urllib.parse import parse_qsl

from sandbox.standin.exchange import Json

_NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)\Z")


class NotUtf8(ValueError):
    """The bytes are no text."""


def decode_form(raw: bytes) -> Json:
    """Decode to nested dicts of strings; list places stay dicts keyed "0", "1", … for the schema to judge.

    Error: NotUtf8.
    """
    try:
        pairs = parse_qsl(raw.decode("utf-8"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise NotUtf8 from None
    decoded: Json = {}
    for name, value in pairs:
        _place(decoded, _path(name), value)
    return decoded


def _path(name: str) -> list[str]:
    match = _NAME.match(name)
    if match is None:
        return [name]
    return [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]


def _place(target: Json, path: list[str], value: str) -> None:
    for step in path[:-1]:
        key = step or str(len(target))
        inner = target.setdefault(key, {})
        if not isinstance(inner, dict):
            inner = target[key] = {}
        target = inner
    target[path[-1] or str(len(target))] = value


def spelled(path: tuple[str, ...]) -> str:
    """The name as the client wrote it: ("a", "b", "0") is a[b][0]."""
    return path[0] + "".join(f"[{step}]" for step in path[1:]) if path else ""


def as_list(value: Any) -> list[Any] | None:
    """The items of a decoded list, or None when its keys are not 0, 1, 2, …"""
    if not isinstance(value, dict) or not all(key.isdigit() for key in value):
        return None
    return [value[key] for key in sorted(value, key=int)]
