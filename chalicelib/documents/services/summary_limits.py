"""How many summaries of payments a person may open: each other stretch of days is another document, which the
function draws that sends codes, and which is kept."""

from dataclasses import dataclass

from chalicelib.identity.services.limits import Counters, Pace
from chalicelib.identity.services.trace import Event, trace
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Refused

OF_PERSON = (Pace(uses=30, seconds=3600),)


@dataclass(frozen=True)
class SummaryLimits:
    counters: Counters

    def open(self, ref: AccountRef, person: str, first: str, last: str) -> None:
        """Count it before anything is drawn; the same days again are counted once.

        Errors: Refused too_many_summaries, with `retry_after_seconds`; Busy.
        """
        wait = self.counters.wait_seconds(
            "summaries-of-person", OF_PERSON, person, practice=ref.practice,
            once=f"{ref.account}/{first}/{last}",
        )  # fmt: skip
        if wait:
            trace(Event.LIMITED, ref.practice, person=person, limit="summaries-of-person")
            raise Refused("too_many_summaries", retry_after_seconds=wait, minutes=-(-wait // 60))
