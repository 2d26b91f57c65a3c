"""Turns decoded form strings into typed values by the published schema, or refuses naming the parameter."""

import re
from typing import Any

from sandbox.standin.forms import NotUtf8, as_list, decode_form, spelled
from sandbox.stripe.errors import Json, Refused, refuse

Path = tuple[str, ...]


def read_form(raw: bytes) -> Json:
    """Nested dicts of strings. Raises body_not_utf8."""
    try:
        return decode_form(raw)
    except NotUtf8:
        raise refuse("body_not_utf8") from None


def typed(schema: Json, decoded: Json) -> Json:
    """`decoded` (see read_form) as the types `schema` gives. Raises a parameter_… refusal."""
    value = _object(schema, decoded, ())
    _check_metadata(value)
    return value


def only(params: Json, *supported: str) -> None:
    """Refuse what Stripe knows but the stand-in would have to ignore: silence would hide a mistake."""
    for name in params:
        if name not in supported and name != "expand":
            raise refuse("parameter_unsupported", param=name)


def _value(schema: Json, raw: Any, path: Path) -> Any:
    if "anyOf" in schema:
        return _any_of(schema["anyOf"], raw, path)
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, raw, path)
    if kind == "array":
        return _array(schema, raw, path)
    return _scalar(schema, raw, path)


def _any_of(branches: list[Json], raw: Any, path: Path) -> Any:
    refusals: list[Refused] = []
    for branch in sorted(branches, key=lambda b: not _suits(b, raw)):
        try:
            return _value(branch, raw, path)
        except Refused as refusal:
            refusals.append(refusal)
    raise refusals[0]


def _suits(branch: Json, raw: Any) -> bool:
    """Whether a branch is of the raw value's kind, so that its refusal is the telling one."""
    nested = branch.get("type") in ("object", "array")
    if isinstance(raw, dict):
        return nested and (branch["type"] == "array") == (as_list(raw) is not None)
    return not nested and (raw == "") == (branch.get("enum") == [""])


def _object(schema: Json, raw: Any, path: Path) -> Json:
    if not isinstance(raw, dict):
        raise refuse("parameter_not_an_object", param=spelled(path))
    properties, others = schema.get("properties", {}), schema.get("additionalProperties")
    for name in schema.get("required", []):
        if name not in raw:
            raise refuse("parameter_missing", param=spelled((*path, name)))
    value: Json = {}
    for name, inner in raw.items():
        shape = properties.get(name) or (others if isinstance(others, dict) else None)
        if shape is None:
            raise _unknown((*path, name))
        unset = inner == "" and name not in properties  # an entry of a map, such as metadata[key]
        value[name] = "" if unset else _value(shape, inner, (*path, name))
    return value


def _unknown(path: Path) -> Refused:
    return refuse("parameter_unknown", param=spelled(path))


def _array(schema: Json, raw: Any, path: Path) -> list[Any]:
    items = as_list(raw)
    if items is None:
        raise refuse("parameter_not_an_array", param=spelled(path))
    return [_value(schema["items"], item, (*path, str(place))) for place, item in enumerate(items)]


def _scalar(schema: Json, raw: Any, path: Path) -> Any:
    param = spelled(path)
    if not isinstance(raw, str):
        raise refuse("parameter_not_a_string", param=param)
    match schema.get("type"):
        case "integer":
            return _integer(raw, param)
        case "boolean":
            return _boolean(raw, param)
    return _string(schema, raw, param)


def _integer(raw: str, param: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,18}", raw):
        raise refuse("parameter_invalid_integer", param=param, value=raw)
    return int(raw)


def _boolean(raw: str, param: str) -> bool:
    if raw not in ("true", "false"):
        raise refuse("parameter_invalid_boolean", param=param, value=raw)
    return raw == "true"


def _string(schema: Json, raw: str, param: str) -> str:
    choices = schema.get("enum")
    if choices is not None and raw not in choices:
        raise refuse("parameter_not_a_choice", param=param, choices=", ".join(str(c) for c in choices[:40]))
    if raw == "" and choices is None:
        raise refuse("parameter_invalid_empty", param=param)
    if len(raw) > schema.get("maxLength", 5000):
        raise refuse("parameter_too_long", param=param, limit=schema.get("maxLength", 5000))
    return raw


def _check_metadata(value: Json) -> None:
    for name, inner in value.items():
        if name == "metadata" and isinstance(inner, dict):
            _check_metadata_words(inner)
        elif isinstance(inner, dict):
            _check_metadata(inner)


def _check_metadata_words(words: dict[str, str]) -> None:
    if len(words) > 50:
        raise refuse("metadata_too_many", param="metadata")
    for key, text in words.items():
        if len(key) > 40 or "[" in key:
            raise refuse("metadata_key_too_long", param=f"metadata[{key}]")
        if len(text) > 500:
            raise refuse("metadata_value_too_long", param=f"metadata[{key}]")


def merged_metadata(old: dict[str, str] | None, change: Any) -> dict[str, str]:
    """Stripe's rule: keys are merged, an empty value removes its key, an empty string removes all."""
    if change is None:
        return dict(old or {})
    if change == "":
        return {}
    return {key: text for key, text in ((old or {}) | change).items() if text != ""}
