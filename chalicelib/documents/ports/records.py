"""Who asked for the billing records of which account."""

from typing import Protocol

from chalicelib.documents.domain.records import Records
from chalicelib.kernel.account_refs import AccountRef


class RecordsWishes(Protocol):
    def wish(self, ref: AccountRef, person_id: str) -> Records | None:
        """The latest of that person, for a week. Strongly consistent. Errors: Unreadable, Busy."""
        ...

    def save(self, practice: str, wish: Records) -> Records:
        """In the place of the one that was read, whose `version` it has; as it is stored now. Errors:
        Conflict (somebody wrote meanwhile; nothing was written), Busy."""
        ...
