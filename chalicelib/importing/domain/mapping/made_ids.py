"""Ids that tell nothing of what they are made of, but to who has the practice's secret (docs/adr/0041).

A row's is its map's source and 16 hex digits: its stem. Of several rows of one stem each has more behind it:

    own-0123456789abcdef            alone, or the first of some that say the same
    own-0123456789abcdef.a1b2c3.2   what it says unlike others of the stem, and its number among equals
    own-0123456789abcdef.n1         told apart from what the books had already

A client's is `c-` and hex digits.
"""

import hmac
import re
from dataclasses import dataclass, field

from chalicelib.importing.domain.remittances.names import ANSWER

CLIENT, ROW, SAID, ADDRESS = "client", "row", "said", "address"
"""What an id is made for: no choice of text makes one the other's."""


SOURCE = re.compile(r"[a-z0-9]{1,8}")
_ROW_HEX, _SAID_HEX, _CLIENT_HEX = 16, 6, 12
_MADE = re.compile(rf"({SOURCE.pattern}-)[0-9a-f]{{{_ROW_HEX}}}(?![\w-])")


@dataclass(frozen=True, slots=True)
class MadeIds:
    """`key`: the practice's own, which never changes; the same text gives the same id for ever.

    `kept` where the practice's rows have it. Else it is kept before the first row with such an id is written.
    """

    key: str = field(repr=False)
    kept: bool = True

    def made(self, purpose: str, text: str, *, length: int) -> str:
        """So many hex digits."""
        return hmac.digest(self.key.encode(), f"{purpose}\x1f{text}".encode(), "sha256").hex()[:length]

    def stem(self, source: str, text: str) -> str:
        return f"{source}-{self.made(ROW, text, length=_ROW_HEX)}"

    def said(self, text: str) -> str:
        return self.made(SAID, text, length=_SAID_HEX)

    def client(self, text: str) -> str:
        return f"c-{self.made(CLIENT, text, length=_CLIENT_HEX)}"


def of_several(stem: str, said: str, number: int) -> str:
    """`said` as MadeIds gives it; `number` counts from 1."""
    return f"{stem}.{said}.{number}"


def beside_known(stem: str, number: int) -> str:
    return f"{stem}.n{number}"


def stem_of(id_: str) -> str:
    """What begins a made id, up to what tells it apart from others of its stem."""
    return id_.partition(".")[0]


def source_of_stem(stem: str) -> str:
    return stem.partition("-")[0]


def source_of(id_: str) -> str:
    """What begins an id that a map made, or that an insurer's file gives; "" for the practice's own."""
    if id_.startswith(ANSWER):
        return ANSWER
    made = _MADE.match(id_)
    return made[1] if made else ""
