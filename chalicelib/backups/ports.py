"""A practice's rows as they are stored, for export and restore. To all but the adapter a row is a text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from chalicelib.kernel.account_refs import AccountRef


@dataclass(frozen=True, slots=True)
class Occupied:
    """What the table has of a practice: rows of the restore of the backup of that name, "" of no restore.

    `ended`: the instant when the restore was whole, "" where it has begun and not ended.
    """

    name: str = ""
    ended: str = ""

    @property
    def unfinished(self) -> bool:
        return bool(self.name) and not self.ended


class Backups(Protocol):
    def rows(self, practice: str, accounts: Iterable[AccountRef]) -> Iterator[str]:
        """Every row that is exported, in no order, with those of these accounts. Errors: Busy; Unreadable,
        of an entry: which marker is its own is not known."""
        ...

    def belongs(self, practice: str, row: str) -> bool:
        """Whether it is a row of this practice, of a kind that is exported."""
        ...

    def occupied(self, practice: str) -> Occupied | None:
        """None while the table has nothing at all of the practice. Error: Busy."""
        ...

    def begin(self, practice: str, name: str) -> None:
        """Note that the backup of this name is being restored. Error: Busy, also when another was faster."""
        ...

    def put(self, practice: str, rows: Iterable[str]) -> int:
        """Write all rows but the practice's own; may be repeated. Returns how many. Error: Busy.

        Rows that wait in a work list come last, and only where they are not yet: jobs may take them up.
        """
        ...

    def end(self, practice: str, rows: Iterable[str]) -> None:
        """Write the practice's own row and note that its restore is whole, in one. Error: Busy."""
        ...


class FormerRows(Protocol):
    """Rows of another version than the one that is written now; entries are never among them. Each call
    brings them to it and returns how many it wrote; a `dry_run` counts them. Errors: Busy, Unreadable."""

    def of_practice(self, practice: str, *, dry_run: bool = False) -> int:
        """What no account has."""
        ...

    def of_account(self, ref: AccountRef, *, dry_run: bool = False) -> int: ...

    def of_guests(self, practice: str) -> Iterator[AccountRef]:
        """Accounts that guests have begun, and that are in no index before they are paid."""
        ...
