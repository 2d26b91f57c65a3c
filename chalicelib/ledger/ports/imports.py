"""Imports: while one has not ended, what it brings in may be in the books and nowhere to be seen.

Those of files stay known afterwards, for they can be taken back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class UnderWay:
    """`id` is the same for the same rows; `rows` and `accounts` are what it has to do, done or not.

    `files`: the names of those that it read, by which a person knows it again; none of a single command.
    `undone_at`: when it was taken back; `done_again`: it was before, and has been done again since.
    """

    id: str
    actor: str
    begun_at: str
    rows: int
    accounts: int
    files: tuple[str, ...] = ()
    ended_at: str = ""
    undone_at: str = ""
    done_again: bool = False

    @property
    def ever_undone(self) -> bool:
        """Whether entries of its rows may have been taken back whole."""
        return bool(self.undone_at) or self.done_again


class Imports(Protocol):
    def known(self, practice: str) -> Sequence[UnderWay]:
        """Those under way and those of files that have ended, oldest first. Strongly consistent."""
        ...

    def under_way(self, practice: str) -> Sequence[UnderWay]:
        """Oldest first. Strongly consistent."""
        return [found for found in self.known(practice) if not found.ended_at]

    def begin(self, practice: str, found: UnderWay, *, due_at: str) -> None:
        """Note it, over one that has ended; in the work list from `due_at`. One that was broken off keeps
        when it first began."""
        ...

    def end(self, practice: str, found: UnderWay) -> None:
        """It has ended, at its `ended_at`; one without files is forgotten. Doing it twice is harmless."""
        ...

    def undo(self, practice: str, import_id: str, *, at: str) -> None:
        """Note that it was taken back. Doing it twice is harmless."""
        ...

    def ids_key(self, practice: str) -> str:
        """The secret for ids of imported rows; "" before there is one. Strongly consistent."""
        ...

    def keep_ids_key(self, practice: str, key: str) -> None:
        """It stays for ever. Error: Conflict, where there is one already."""
        ...

    def hides(self, practice: str, import_id: str) -> bool:
        """Whether an account is hidden for it still. Reads every account: for commands only."""
        ...
