"""Codes to type over: eight of Crockford's base 32, shown as XXXX-XXXX.

The alphabet has no I, L, O and U, so that the first three can be read as the digits they are taken for.
"""

import re

from chalicelib.domain.errors import Invalid

LENGTH = 8
_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
COUNT = len(_SYMBOLS) ** LENGTH  # 2^40
_CODE = re.compile(f"[{_SYMBOLS}]{{{LENGTH}}}")
_SEPARATORS = re.compile(r"[\s\u2010-\u2015\u2212-]+")  # spaces, and whatever stands for a hyphen
_TAKEN_FOR = str.maketrans("OIL", "011")


def code(number: int) -> str:
    """The code of a number; every `COUNT` numbers they begin anew."""
    bits = [number >> 5 * place & 31 for place in reversed(range(LENGTH))]
    return "".join(_SYMBOLS[index] for index in bits)


def shown(text: str) -> str:
    """As people read and type it."""
    return f"{text[: LENGTH // 2]}-{text[LENGTH // 2 :]}"


def typed(text: str, field: str = "code") -> str:
    """What somebody meant by it: capitals, spaces and hyphens do not matter. Error: Invalid code_format."""
    plain = _SEPARATORS.sub("", text)
    # Other letters are refused before case is changed: "ſ" would become an S.
    found = _CODE.fullmatch(plain.upper().translate(_TAKEN_FOR)) if plain.isascii() else None
    if found is None:
        raise Invalid("code_format", field)
    return found[0]
