"""Crockford's base 32, for what people read aloud and type over.

The alphabet has no I, L, O and U, so that the first three can be read as the digits they are taken for.
"""

import re

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BITS = 5  # of one symbol
_SEPARATORS = re.compile(r"[\s\u2010-\u2015\u2212-]+")  # spaces, and whatever stands for a hyphen
_TAKEN_FOR = str.maketrans("OIL", "011")


def spelled(number: int, length: int) -> str:
    """The last symbols of a number."""
    places = reversed(range(length))
    return "".join(SYMBOLS[number >> BITS * place & 31] for place in places)


def read(text: str) -> str:
    """What somebody meant by it, as symbols: case, spaces and hyphens do not matter. "" for no ASCII."""
    plain = _SEPARATORS.sub("", text)
    # Other letters are refused before case is changed: "ſ" would become an S.
    return plain.upper().translate(_TAKEN_FOR) if plain.isascii() else ""
