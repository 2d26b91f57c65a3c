"""Imports that have begun and not ended: what they bring in may be in the books and nowhere to be seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class UnderWay:
    """`id` is the same for the same rows; `rows` and `accounts` are what it has to do, done or not.

    `files`: the names of those that it read, by which a person knows it again; none of a single command.
    """

    id: str
    actor: str
    begun_at: str
    rows: int
    accounts: int
    files: tuple[str, ...] = ()


class Imports(Protocol):
    def under_way(self, practice: str) -> Sequence[UnderWay]:
        """Oldest first. Strongly consistent."""
        ...

    def begin(self, practice: str, found: UnderWay, *, due_at: str) -> None:
        """Note it; in the work list from `due_at`. One that was broken off keeps when it first began."""
        ...

    def end(self, practice: str, import_id: str) -> None:
        """Forget it. Doing it twice is harmless."""
        ...

    def hides(self, practice: str, import_id: str) -> bool:
        """Whether an account is hidden for it still. Reads every account: for commands only."""
        ...
