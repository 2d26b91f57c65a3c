"""Ask the processors, by the clock, what news was missed.

Of all practices those whose turn it is: where something is under way, or was lately, with every call; else
each hour. A processor that keeps no list is asked about our own payments that have not ended.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.kernel.errors import BillfoldError, NotFound, Refused
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy, Conflict, OutsideError, ProcessorDenied
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.operations.ports.rounds import Round, Rounds
from chalicelib.operations.ports.work import Due, WorkLists
from chalicelib.payments.ports.processors import Announces, Facts, Processor, Processors, reference_of
from chalicelib.payments.services.catching_up import CatchingUp, job
from chalicelib.payments.services.settling import Settling
from chalicelib.payments.services.unsettled_rows import OF_ONE_ROW
from chalicelib.platform.ports import Clock
from chalicelib.practice.ports import Practices

log = logging.getLogger("billfold.reconciling")
SOON = timedelta(days=1)  # what waits for anything is looked at again before that
MOST = 1000  # of it, in one call
EVERY = timedelta(minutes=5)  # between two calls of `reconcile`
BUDGET = timedelta(seconds=180)  # the function has 240
UNDER_WAY = ("payment", "refund")
_NOT_CONNECTED = "payments_disabled"
_STRIDE = 0.618034  # of the practices: calls that begin so far apart soon have begun everywhere
_EXPECTED = (BillfoldError, OutsideError)


@dataclass(frozen=True)
class _UnderWay:
    """What waits in the work lists, of all practices. `whole`: whether that is all."""

    payments: Sequence[Due]
    practices: frozenset[str]
    whole: bool

    def at(self, practice: str) -> bool:
        return practice in self.practices or not self.whole


@dataclass(frozen=True)
class Reconciling:
    ledgers: Ledgers
    practices: Practices
    work: WorkLists
    rounds: Rounds
    processors: Processors
    settling: Settling
    catching_up: CatchingUp
    clock: Clock

    def reconcile(self) -> int:
        """Bring the practices whose turn it is to their processors' state; how many attempts were asked for.
        Safe to repeat. Error: Busy."""
        until, seen = self.clock.now() + BUDGET, 0
        under_way, in_turn = self._under_way(), self._in_turn()
        known = self._known(in_turn)
        turns = [(practice, name) for practice, names in in_turn for name in names]
        for practice, name in turns:
            latest = known[name].get(practice)
            if not under_way.at(practice) and not self.catching_up.due(latest):
                continue
            if self.clock.now() >= until:
                log.warning("practice has to wait", extra={"practice": practice, "processor": name})
                self.catching_up.call_if_it_lasts(practice, name, latest, "no_turn")
                continue
            seen += self._tried(practice, name, latest, under_way, until)
        return seen

    def _tried(
        self, practice: str, name: str, latest: Round | None, under_way: _UnderWay, until: datetime
    ) -> int:
        """The trouble of one practice, or of one processor, is not the next one's."""
        about = {"practice": practice, "processor": name}
        self.catching_up.call_if_dead(practice, name, latest)
        try:
            return self._reconciled(practice, name, latest, under_way, until)
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
        self.catching_up.call_if_it_lasts(practice, name, latest, why)
        return 0

    def _reconciled(
        self, practice: str, name: str, latest: Round | None, under_way: _UnderWay, until: datetime
    ) -> int:
        processor = self.processors.of(practice, name)
        if isinstance(processor, Announces):
            return self.catching_up.catch_up(practice, processor, latest, until=until)
        seen = 0
        for facts in self._own(practice, processor, under_way.payments):
            seen += 1
            self._settle(practice, name, facts)
        return seen

    def _under_way(self) -> _UnderWay:
        soon = instant(self.clock.now() + SOON)
        lists = [self.work.due(kind, before=soon, limit=MOST) for kind in UNDER_WAY]
        practices = frozenset(due.practice for found in lists for due in found)
        return _UnderWay(lists[0], practices, all(len(found) < MOST for found in lists))

    def _known(self, in_turn: Sequence[tuple[str, Sequence[str]]]) -> Mapping[str, Mapping[str, Round]]:
        """The rounds of each processor's practices."""
        names = dict.fromkeys(name for _, names in in_turn for name in names)
        return {
            name: self.rounds.latest_of([practice for practice, has in in_turn if name in has], job(name))
            for name in names
        }

    def _own(self, practice: str, processor: Processor, waiting: Sequence[Due]) -> Iterator[Facts]:
        """What becomes of our own payments that have not ended, at a processor that lists nothing."""
        for due in waiting:
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
