"""The Idempotency-Key that the page makes for a request, so that the same one asked again is the same act."""

import hashlib
import re

import msgspec

from chalicelib.entrypoints.http.context import Context
from chalicelib.kernel.errors import Invalid

HEADER = "Idempotency-Key"
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
_DIGITS = 32  # hexadecimal, of a body's hash


def key_of(
    context: Context[object], *, form: re.Pattern[str] = KEY, missing: str = "idempotency_key_missing"
) -> str:
    """Error: Invalid `missing`, also of one that has another form."""
    key = context.header(HEADER)
    if not form.fullmatch(key):
        raise Invalid(missing, HEADER)
    return key


def body_hash(body: msgspec.Struct) -> str:
    """What tells the same body, sent again under its key, from another one."""
    return hashlib.sha256(msgspec.json.encode(body)).hexdigest()[:_DIGITS]
