"""Ask the processors, by the clock, what news was missed."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.kernel.errors import BillfoldError, NotFound
from chalicelib.kernel.outside import Busy, OutsideError, ProcessorDenied
from chalicelib.payments.ports.processors import Facts, Processors
from chalicelib.payments.services.paying import PROCESSOR
from chalicelib.payments.services.settling import Settling
from chalicelib.payments.services.unsettled_rows import OF_ONE_ROW
from chalicelib.platform.ports import Clock
from chalicelib.practice.ports import Practices

log = logging.getLogger("billfold.reconciling")
LOOK_BACK = timedelta(days=3)  # as long as Stripe itself repeats a webhook
EVERY = timedelta(minutes=5)  # between two calls of `reconcile`
_STRIDE = 0.618034  # of the practices: calls that begin so far apart soon have begun everywhere
_EXPECTED = (BillfoldError, OutsideError)


@dataclass(frozen=True)
class Reconciling:
    practices: Practices
    processors: Processors
    settling: Settling
    clock: Clock

    def reconcile(self) -> int:
        """Bring every practice to its processor's state; how many attempts were looked at. Safe to repeat."""
        since = self.clock.now() - LOOK_BACK
        seen = 0
        for practice in self._in_turn():
            try:
                for facts in self.processors.of(practice, PROCESSOR).recent(since=since):
                    seen += 1
                    self._settle(practice, facts)
            except _EXPECTED as error:
                log.warning("practice not reconciled", extra={"practice": practice, "why": str(error)})
            except Exception:  # one practice's trouble is not the next one's
                log.exception("practice not reconciled", extra={"practice": practice})
        return seen

    def _in_turn(self) -> Sequence[str]:
        """Every practice, each call beginning elsewhere: who is last may not be reached before time is up."""
        ids = sorted(self.practices.practice_ids())
        call = int(self.clock.now().timestamp() // EVERY.total_seconds())
        first = int(call * _STRIDE % 1 * len(ids))
        return [*ids[first:], *ids[:first]]

    def _settle(self, practice: str, facts: Facts) -> None:
        try:
            self.settling.settle(practice, PROCESSOR, facts)
        except NotFound:
            log.warning("money of no payment", extra={"practice": practice, "intent": facts.intent_id})
        except ProcessorDenied:  # nothing is wrong with this payment, and the next one would fare no better
            raise
        except (*OF_ONE_ROW, Busy) as error:  # it keeps none of those after it from being settled
            about = {"practice": practice, "intent": facts.intent_id, "why": str(error)}
            log.error("money not settled", extra=about)
