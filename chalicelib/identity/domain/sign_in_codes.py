"""Codes to type over: eight symbols of base 32, shown as XXXX-XXXX."""

import re

from chalicelib.kernel import base32
from chalicelib.kernel.errors import Invalid

LENGTH = 8
COUNT = len(base32.SYMBOLS) ** LENGTH  # 2^40
_CODE = re.compile(f"[{base32.SYMBOLS}]{{{LENGTH}}}")


def code(number: int) -> str:
    """The code of a number; every `COUNT` numbers they begin anew."""
    return base32.spelled(number, LENGTH)


def shown(text: str) -> str:
    """As people read and type it."""
    return f"{text[: LENGTH // 2]}-{text[LENGTH // 2 :]}"


def typed(text: str, field: str = "code") -> str:
    """What somebody meant by it: capitals, spaces and hyphens do not matter. Error: Invalid code_format."""
    found = _CODE.fullmatch(base32.read(text))
    if found is None:
        raise Invalid("code_format", field)
    return found[0]
