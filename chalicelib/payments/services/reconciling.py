"""Ask the processors, by the clock, what news was missed."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.kernel.errors import BillfoldError, NotFound
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy, OutsideError, ProcessorDenied
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.operations.ports.work import Due, WorkLists
from chalicelib.payments.ports.processors import Facts, Listing, Processor, Processors, reference_of
from chalicelib.payments.services.settling import Settling
from chalicelib.payments.services.unsettled_rows import OF_ONE_ROW
from chalicelib.platform.ports import Clock
from chalicelib.practice.ports import Practices

log = logging.getLogger("billfold.reconciling")
LOOK_BACK = timedelta(days=3)  # as long as processors repeat a webhook
SOON = timedelta(days=1)  # payments that wait for anything are looked at again before that
OWN = 1000  # of them, in one call
EVERY = timedelta(minutes=5)  # between two calls of `reconcile`
_STRIDE = 0.618034  # of the practices: calls that begin so far apart soon have begun everywhere
_EXPECTED = (BillfoldError, OutsideError)


@dataclass(frozen=True)
class Reconciling:
    ledgers: Ledgers
    practices: Practices
    work: WorkLists
    processors: Processors
    settling: Settling
    clock: Clock

    def reconcile(self) -> int:
        """Bring every practice to its processor's state; how many attempts were looked at. Safe to repeat."""
        since = self.clock.now() - LOOK_BACK
        seen = 0
        for practice, name in ((practice, name) for practice, names in self._in_turn() for name in names):
            about = {"practice": practice, "processor": name}
            try:
                seen += self._reconciled(practice, name, since)
            except _EXPECTED as error:
                log.warning("practice not reconciled", extra={**about, "why": str(error)})
            except Exception:  # the trouble of one practice, or of one processor, is not the next one's
                log.exception("practice not reconciled", extra=about)
        return seen

    def _reconciled(self, practice: str, name: str, since: datetime) -> int:
        processor, seen = self.processors.of(practice, name), 0
        for facts in self._told(practice, processor, since):
            seen += 1
            self._settle(practice, name, facts)
        return seen

    def _told(self, practice: str, processor: Processor, since: datetime) -> Iterator[Facts]:
        if isinstance(processor, Listing):
            return processor.recent(since=since)
        return self._own(practice, processor)

    def _own(self, practice: str, processor: Processor) -> Iterator[Facts]:
        """What becomes of our own payments that have not ended, at a processor that lists nothing."""
        soon = instant(self.clock.now() + SOON)
        for due in self.work.due("payment", before=soon, limit=OWN):
            facts = self._looked(processor, due) if due.practice == practice else None
            if facts is not None:
                yield facts

    def _looked(self, processor: Processor, due: Due) -> Facts | None:
        payment = self.ledgers.payment(due.ref, due.id)
        about = reference_of(payment) if payment and payment.processor == processor.name else None
        try:
            return processor.look(about) if about else None
        except ProcessorDenied:
            raise
        except OF_ONE_ROW as error:
            about_it = {"practice": due.practice, "payment": due.id, "why": str(error)}
            log.warning("payment not looked at", extra=about_it)
            return None

    def _in_turn(self) -> Sequence[tuple[str, Sequence[str]]]:
        """Every practice and its processors, each call beginning elsewhere: time may be up early."""
        practices = sorted(self.practices.processors().items())
        call = int(self.clock.now().timestamp() // EVERY.total_seconds())
        first = int(call * _STRIDE % 1 * len(practices))
        return [*practices[first:], *practices[:first]]

    def _settle(self, practice: str, processor: str, facts: Facts) -> None:
        try:
            self.settling.settle(practice, processor, facts)
        except NotFound:
            log.warning("money of no payment", extra={"practice": practice, "intent": facts.intent_id})
        except ProcessorDenied:  # nothing is wrong with this payment, and the next one would fare no better
            raise
        except (*OF_ONE_ROW, Busy) as error:  # it keeps none of those after it from being settled
            about = {"practice": practice, "intent": facts.intent_id, "why": str(error)}
            log.error("money not settled", extra=about)
