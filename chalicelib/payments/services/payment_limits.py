"""How many payments a person may start: each of them asks the processor, and can try a stolen card."""

from dataclasses import dataclass

from chalicelib.identity.services.limits import Counters, Pace
from chalicelib.identity.services.trace import Event, trace
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Refused

STARTS_OF_PERSON = (Pace(uses=20, seconds=3600),)
_NAME = "payments-of-person"


@dataclass(frozen=True)
class PaymentLimits:
    counters: Counters

    def start(self, ref: AccountRef, person: str, payment: str) -> None:
        """Count a payment before anything of it is written; the same one again is counted once.

        Errors: Refused too_many_payments, with `retry_after_seconds`; Busy.
        """
        wait = self.counters.wait_seconds(
            _NAME, STARTS_OF_PERSON, person, practice=ref.practice, once=_once(ref, payment)
        )
        if wait:
            trace(Event.LIMITED, ref.practice, person=person, limit=_NAME)
            raise Refused("too_many_payments", retry_after_seconds=wait, minutes=-(-wait // 60))

    def started(self, ref: AccountRef, person: str, payment: str) -> bool:
        """Whether it was counted within the hour: only then may anything of it have been written, or still
        be. Error: Busy."""
        return self.counters.remembers(_NAME, person, practice=ref.practice, once=_once(ref, payment))


def _once(ref: AccountRef, payment: str) -> str:
    return f"{ref.account}/{payment}"
