"""When each overdue invoice is looked at next, and when each payer was last asked for money."""

from collections.abc import Sequence
from typing import Protocol

from chalicelib.documents.domain.reminders import Reminder


class Reminders(Protocol):
    def due(self, practice: str, *, until: str, limit: int) -> Sequence[Reminder]:
        """To be looked at up to that day, the earliest first; may be some writes behind. Error: Busy."""
        ...

    def of_numbers(self, practice: str, numbers: Sequence[int]) -> Sequence[Reminder]:
        """Of those invoices, where there are any. Strongly consistent. Error: Busy."""
        ...

    def plan(self, practice: str, reminder: Reminder) -> None:
        """Only where the invoice has none yet. Error: Busy."""
        ...

    def save(self, practice: str, reminders: Sequence[Reminder], *, asked: str = "", on: str = "") -> None:
        """All of them at the versions they were read with; `asked`: and that the payer of that keyed hash was
        asked for money on that day. In one transaction. Errors: Conflict, Busy."""
        ...

    def asked_on(self, practice: str, address_hash: str) -> str:
        """The day on which the payer was last asked, "" where never. Strongly consistent. Error: Busy."""
        ...

    def note_asked(self, practice: str, address_hash: str, *, on: str) -> None:
        """Error: Busy."""
        ...
