"""Ids that tell nothing of what they are made of, but to who has the practice's secret (docs/adr/0041)."""

import hmac
from dataclasses import dataclass, field

CLIENT, ROW, SAID, ADDRESS = "client", "row", "said", "address"
"""What an id is made for: no choice of text makes one the other's."""


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
