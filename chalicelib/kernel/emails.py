"""E-mail addresses: one spelling for each, and plain validation."""

import re

from chalicelib.kernel.errors import Invalid

MAX_LENGTH = 254  # RFC 5321's path, without its brackets
_LOCAL = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(rf"(?P<local>{_LOCAL})@(?:{_LABEL}\.)+{_LABEL}")
_MAX_LOCAL_LENGTH = 64


def normalised(email: str, field: str = "email") -> str:
    """The one spelling under which an address is known: trimmed, lower case.

    ASCII only, because the mail service takes nothing else; a domain of other letters is given in its
    `xn--` form. Other letters are refused before any case is changed: folding makes "ss" of "ß" and "k" of
    the Kelvin sign, which is somebody else's address. No quoted local parts, comments or address literals.
    Error: Invalid email_invalid.
    """
    text = email.strip()
    found = _ADDRESS.fullmatch(text.lower()) if text.isascii() else None
    if found is None or len(text) > MAX_LENGTH or len(found["local"]) > _MAX_LOCAL_LENGTH:
        raise Invalid("email_invalid", field)
    return found[0]
