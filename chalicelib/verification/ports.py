"""Where anchors are kept: written once, never changed."""

from typing import Protocol


class Anchors(Protocol):
    def put(self, practice: str, day: str, content: bytes) -> None:
        """The first of a day stays: putting again changes nothing. Error: Busy."""
        ...

    def latest(self, practice: str) -> tuple[str, bytes] | None:
        """The day (YYYY-MM-DD) and content of the latest; None before the first. Error: Busy."""
        ...
