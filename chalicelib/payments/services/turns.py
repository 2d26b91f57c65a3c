"""Ask one processor of one practice what news was missed: a message of the queue that `reconcile` fills.

Nobody is told of a turn that failed: the next call of `reconcile` puts it again.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.kernel.errors import BillfoldError, NotFound, Refused
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy, Conflict, OutsideError, ProcessorDenied, Unreadable
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.operations.ports.rounds import Round, Rounds
from chalicelib.operations.ports.work import Due, WorkLists
from chalicelib.payments.ports.processors import Announces, Facts, Processor, Processors, reference_of
from chalicelib.payments.services.catching_up import CatchingUp, job
from chalicelib.payments.services.settling import Settling
from chalicelib.payments.services.unsettled_rows import OF_ONE_ROW
from chalicelib.platform.ports import Clock

log = logging.getLogger("billfold.reconciling")
BUDGET = timedelta(seconds=60)  # the function has 120; the rest is for its last page
AHEAD = timedelta(days=1)  # whatever waits in a work list is looked at again before that
MOST = 1000  # rows of a work list, of all practices
_NOT_CONNECTED = "payments_disabled"
_EXPECTED = (BillfoldError, OutsideError)


@dataclass(frozen=True, slots=True)
class Turn:
    """Of a practice and one of its processors. `version`: that of its round's row when it was put into the
    queue, 0 where there was none. Who finds another one there comes too late: somebody has taken it."""

    practice: str
    processor: str
    version: int

    def message(self) -> dict[str, str]:
        about = {"practice": self.practice, "processor": self.processor}
        return {"task": "reconcile", **about, "version": str(self.version)}

    @staticmethod
    def parse(message: Mapping[str, str]) -> "Turn":
        return Turn(message["practice"], message["processor"], int(message["version"]))


@dataclass(frozen=True)
class Turns:
    ledgers: Ledgers
    work: WorkLists
    rounds: Rounds
    processors: Processors
    settling: Settling
    catching_up: CatchingUp
    clock: Clock

    def take(self, turn: Turn) -> int:
        """Bring the practice to its processor's state as far as time allows; how many objects were asked for.
        Safe to repeat, and by several at once: the row of the round says who has been first."""
        about = {"practice": turn.practice, "processor": turn.processor}
        try:
            latest = self.rounds.latest(turn.practice, job(turn.processor))
        except (Busy, Unreadable) as error:
            log.warning("practice not reconciled", extra={**about, "why": str(error)})
            if isinstance(error, Unreadable):  # it will not come through by itself
                self.catching_up.call_as_unreadable(turn.practice, turn.processor)
            return 0
        if (latest.version if latest else 0) != turn.version:
            log.info("turn was taken", extra=about)
            return 0
        return self._tried(turn, latest, about)

    def _tried(self, turn: Turn, latest: Round | None, about: Mapping[str, str]) -> int:
        """What keeps it from coming through calls a person when it lasts."""
        try:
            return self._reconciled(turn, latest)
        except Conflict:
            log.info("somebody else is at it", extra=about)
            return 0
        except _EXPECTED as error:
            log.warning("practice not reconciled", extra={**about, "why": str(error)})
            why = getattr(error, "code", "") or type(error).__name__
            if isinstance(error, Refused) and error.code == _NOT_CONNECTED:
                return 0
        except Exception as error:
            log.exception("practice not reconciled", extra=about)
            why = type(error).__name__
        self.catching_up.call_if_it_lasts(turn.practice, turn.processor, latest, why)
        return 0

    def _reconciled(self, turn: Turn, latest: Round | None) -> int:
        processor = self.processors.of(turn.practice, turn.processor)
        if isinstance(processor, Announces):
            until = self.clock.now() + BUDGET
            return self.catching_up.catch_up(turn.practice, processor, latest, until=until)
        seen = 0
        for facts in self._own(turn.practice, processor):
            seen += 1
            self._settle(turn.practice, processor.name, facts)
        return seen

    def _own(self, practice: str, processor: Processor) -> Iterator[Facts]:
        """What becomes of our own payments that have not ended, at a processor that lists nothing."""
        for due in self.work.due("payment", before=instant(self.clock.now() + AHEAD), limit=MOST):
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
