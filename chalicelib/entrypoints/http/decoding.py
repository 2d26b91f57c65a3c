"""From bytes to a request struct; what does not fit names its field and has a code."""

import json
import re
from typing import Any

import msgspec

from chalicelib.kernel.errors import Invalid

_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]*)`\Z")
_NAMED = re.compile(r"(?P<what>unknown|required) field `(?P<name>[^`]+)`")


def decode(raw: bytes, type_: Any) -> Any:
    """A struct of that type.

    Errors: body_invalid (not a JSON object, nested too deep, or a name twice), field_unknown, field_missing,
    amount_invalid, field_invalid.
    """
    try:
        decoded = msgspec.json.decode(raw or b"null", type=type_)
        json.loads(raw or b"null", object_pairs_hook=_each_once)
        return decoded
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid("body_invalid") from error


def _each_once(pairs: list[tuple[str, Any]]) -> None:
    """Of a name that comes twice msgspec takes the last; a program before us may have read the first."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise Invalid("body_invalid")


def _invalid(message: str) -> Invalid:
    found = _PATH.search(message)
    path = found["path"] if found else ""
    named = _NAMED.search(message)
    if named:
        code = "field_unknown" if named["what"] == "unknown" else "field_missing"
        return Invalid(code, ".".join(part for part in (path, named["name"]) if part))
    if not path:
        return Invalid("body_invalid")
    return Invalid("amount_invalid" if path.endswith("amount_minor") else "field_invalid", path)
