"""Claims: what one worker alone does for a while, so that no other does it, too."""

from typing import Protocol


class Claims(Protocol):
    def claim(self, practice: str, name: str, *, now: int, until: int) -> bool:
        """Take it for oneself, atomically, up to `until` (epoch seconds); False while somebody has it."""
        ...
