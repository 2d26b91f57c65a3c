"""Find what is stuck and start it again; ask the processors what was missed. Both run by the clock."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.domain.alerts import AlertName, Cause
from chalicelib.domain.errors import BillfoldError, NotFound
from chalicelib.domain.payments import overdue
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy, ProcessorDenied, ProcessorRefused, ProcessorTimeout
from chalicelib.services import receiving
from chalicelib.services.alerting import Alerting
from chalicelib.services.importing.register import Register, unfinished
from chalicelib.services.left_over import OF_ONE_ROW
from chalicelib.services.notices import RECEIPT, RETURNED, receipt_message, returned_message
from chalicelib.services.paying import PROCESSOR, Paying
from chalicelib.services.ports import Clock, Due, Facts, Practices, Processors, WorkLists
from chalicelib.services.ports.surroundings import Queue
from chalicelib.services.settling import Settling

log = logging.getLogger("billfold.sweeping")
PATIENCE = timedelta(minutes=1)  # what a healthy queue or request needs, amply
LOOK_BACK = timedelta(days=3)  # as long as Stripe itself repeats a webhook
BATCH = 200
LONGEST = timedelta(hours=6)  # between two tries of something that keeps failing
ASKED = 3  # tries about a payment, before its age calls a person
STUCK = 8  # tries, four hours: then somebody has to look why
EVERY = timedelta(minutes=5)  # between two calls of `reconcile`
_STRIDE = 0.618034  # of the practices: calls that begin so far apart soon have begun everywhere
_EXPECTED = (BillfoldError, ProcessorTimeout, ProcessorRefused, Busy)


@dataclass(frozen=True)
class Sweeping:
    """`settle_queue` and `documents_queue` take the tasks that their functions work off."""

    work: WorkLists
    paying: Paying
    settle_queue: Queue
    documents_queue: Queue
    register: Register
    alerting: Alerting
    clock: Clock

    def sweep(self) -> dict[str, int]:
        """How many of each kind were started again. One that fails does not keep the others waiting."""
        before = instant(self.clock.now() - PATIENCE)
        handlers: dict[str, Callable[[Due], None]] = {
            "inbox": self._event,
            RECEIPT: self._receipt,
            "payment": self._payment,
            RETURNED: self._returned,
            "import": self._import,
        }
        return {kind: self._each(kind, before, handle) for kind, handle in handlers.items()}

    def _each(self, kind: str, before: str, handle: Callable[[Due], None]) -> int:
        done = 0
        for due in self.work.due(kind, before=before, limit=BATCH):
            done += _tried(handle, due)
            # Later each time, so that what keeps failing neither floods a queue nor holds up the list.
            wait = min(PATIENCE * 2 ** min(due.sweeps, 16), LONGEST)
            self.work.postpone(due, until=instant(self.clock.now() - PATIENCE + wait))
        return done

    def _event(self, due: Due) -> None:
        self._call_person(AlertName.INBOX_STUCK, due)
        processor, _, event_id = due.id.partition("#")
        self.settle_queue.send(receiving.message(due.practice, processor, event_id))

    def _receipt(self, due: Due) -> None:
        self._call_person(AlertName.RECEIPT_STUCK, due)
        self.documents_queue.send(receipt_message(due.practice, due.id))

    def _call_person(self, name: AlertName, due: Due, subject: str = "") -> None:
        if due.sweeps >= STUCK:
            self.alerting.raise_alert(due.practice, Cause(name, subject or due.id))

    def _returned(self, due: Due) -> None:
        self._call_person(AlertName.NOTICE_STUCK, due, subject=f"{due.account_id} {due.id}")
        self.documents_queue.send(returned_message(due.practice, due.account_id, due.id))

    def _import(self, due: Due) -> None:
        """Nothing to start again: its files are with whoever ran it, who has to be told."""
        for found in self.register.under_way(due.practice):
            if found.id == due.id:
                self.alerting.raise_alert(due.practice, unfinished(found))

    def _payment(self, due: Due) -> None:
        try:
            self.paying.check(due.practice, due.account_id, due.id)
        finally:
            self._call_about(due)

    def _call_about(self, due: Due) -> None:
        """Whatever keeps the payment from ending: until then nobody can pay what it holds.

        One that nobody had asked about for hours has a few tries of its own first.
        """
        if due.sweeps < ASKED:
            return
        payment = self.paying.payment(due.practice, due.account_id, due.id)
        if overdue(payment, self.clock.now()):
            about = {"account": payment.account_id, "payment": payment.id, "state": payment.state.value}
            subject = f"{payment.account_id} {payment.id}"
            self.alerting.raise_alert(due.practice, Cause(AlertName.PAYMENT_STUCK, subject, about))


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


def _tried(handle: Callable[[Due], None], due: Due) -> int:
    try:
        handle(due)
    except _EXPECTED as error:
        log.warning("still stuck", extra={"kind": due.kind, "id": due.id, "why": str(error)})
        return 0
    except Exception:  # whatever is wrong with this one, the others still have their turn
        log.exception("still stuck", extra={"kind": due.kind, "id": due.id})
        return 0
    return 1
