"""Set the number after which a practice's next document of a kind is numbered."""

from dataclasses import dataclass
from typing import Protocol

from chalicelib.documents.domain.invoices import Counted
from chalicelib.kernel.errors import Invalid, Refused
from chalicelib.kernel.outside import Busy, Conflict
from chalicelib.ledger.services.recording import ATTEMPTS
from chalicelib.platform.ports import Clock

MAX_NUMBER = 999_999_999  # a slip of the keyboard cannot be taken back: numbers only go up


class Counts(Protocol):
    def counted(self, practice: str) -> Counted: ...

    def count_on_from(self, practice: str, last: int, *, counted: Counted) -> None: ...


@dataclass(frozen=True)
class NumberSetting:
    """`given` is the code of the error of a number that is given already."""

    counts: Counts
    clock: Clock
    given: str

    def latest(self, practice: str) -> int:
        """0 before the first. Error: Busy."""
        return self.counts.counted(practice).last

    def check(self, last: int, latest: int) -> None:
        """Errors: Invalid number_too_high; Refused `given`."""
        if last > MAX_NUMBER:
            raise Invalid("number_too_high", "number", limit=MAX_NUMBER)
        if last < latest:
            raise Refused(self.given, "number", last=latest)

    def count_on_from(self, practice: str, last: int) -> None:
        """The next document has the number after `last`, and those between are nobody's: after a restore
        that lost documents which people have. Safe to repeat. Errors: as `check`; Busy."""
        for attempt in range(ATTEMPTS):
            counted = self.counts.counted(practice)
            self.check(last, counted.last)
            if last == counted.last:
                return
            try:
                self.counts.count_on_from(practice, last, counted=counted)
            except (Conflict, Busy):
                self.clock.pause(attempt)
            else:
                return
        raise Busy("the practice's numbers stay contended")
