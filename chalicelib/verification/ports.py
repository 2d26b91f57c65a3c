"""Where anchors are kept: written once, never changed."""

from typing import Protocol


class Anchors(Protocol):
    def put(self, practice: str, day: str, content: bytes) -> None:
        """The first of a day stays: putting again changes nothing. Error: Busy."""
        ...

    def latest(self, practice: str) -> tuple[str, bytes] | None:
        """The day (YYYY-MM-DD) and content of the latest; None before the first. Error: Busy."""
        ...

    def put_part(self, practice: str, day: str, number: int, content: bytes) -> None:
        """A part of the anchor of a day that is still to be put. The first stays; the same again changes
        nothing. Errors: Conflict (another one stands there), Busy."""
        ...

    def part(self, practice: str, day: str, number: int) -> bytes | None:
        """Error: Busy."""
        ...
