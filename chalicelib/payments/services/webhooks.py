"""Webhooks: verify the raw bytes, keep which object they speak of, enqueue, acknowledge. Then work them off.

Nothing is believed but that something happened to an object: the worker asks the processor itself.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.kernel.errors import Invalid, NotFound, Refused
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy, ProcessorMissing
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.operations.ports.work import InboxRow, WorkLists
from chalicelib.operations.services.alerting import Alerting
from chalicelib.payments.ports.processors import (
    OF_SAVED,
    Facts,
    News,
    ObjectKind,
    Processors,
    Reference,
    WebhookInvalid,
)
from chalicelib.payments.services.asking import Asking
from chalicelib.payments.services.guest_declines import GuestDeclines
from chalicelib.payments.services.methods.following import Following
from chalicelib.payments.services.settling import Settling
from chalicelib.platform.ports import Clock, Queue

_OBJECT = "object"
log = logging.getLogger("billfold.receiving")
MISSING_FOR = timedelta(hours=2)  # sweep tries seven times in them; at four hours it takes it for stuck
REMEMBER_SECONDS = 30 * 24 * 3600  # longer than any processor repeats an event


@dataclass(frozen=True)
class Receiving:
    """`queue` is the settle queue."""

    work: WorkLists
    processors: Processors
    settling: Settling
    queue: Queue
    alerting: Alerting
    clock: Clock
    following: Following
    declines: GuestDeclines

    def receive(self, practice: str, processor: str, headers: Mapping[str, str], raw: bytes) -> None:
        """Durable once this returns; the headers' names are in lower case. Errors: NotFound
        processor_not_found, Invalid webhook_invalid (nothing written), Busy."""
        event = self._verified(practice, processor, headers, raw)
        about = event.about
        if about is None:
            return
        row = InboxRow(processor, event.id, event.type, about.kind, about.id, instant(self.clock.now()))
        # One received before is worked off again: a resent event is how people mend what is stuck.
        self.work.inbox_put(practice, row)
        try:
            self.queue.send({**message(practice, processor, event.id), **_told(row)})
        except Busy:
            # The row is kept and in the work list: sweep enqueues it.
            log.warning("event not queued", extra={"practice": practice, "event": event.id})

    def work_off(self, practice: str, processor: str, event_id: str, told: Mapping[str, str]) -> None:
        """Settle what the event speaks of: one call to the processor at most, and another one where a guest's
        attempt is ended. Safe to repeat. `told` is its
        message, which has the row, but where the row was found in the work list.

        Errors: ProcessorTimeout, ProcessorRefused, Busy: leave it in the queue and try again later.
        """
        row = _row(told) if _OBJECT in told else self.work.inbox_row(practice, processor, event_id)
        if row is None:
            return
        try:
            facts = self._asked(practice, row)
            if facts is not None:
                payment = self.settling.settle(practice, processor, facts)
                if row.object_kind == ObjectKind.DECLINED:  # each try has an event of its own
                    self.declines.heard(practice, payment, event_id)
        except NotFound as error:
            # The object carries our metadata but not of a payment of this table: another deployment's.
            log.warning("event of no payment", extra={"event": event_id, "code": error.code})
        expires_at = int(self.clock.now().timestamp()) + REMEMBER_SECONDS
        self.work.inbox_done(practice, processor, event_id, expires_at=expires_at)

    def _verified(self, practice: str, processor: str, headers: Mapping[str, str], raw: bytes) -> News:
        """Error: Invalid webhook_invalid, also where the practice has not connected that processor: then
        nobody can have signed it."""
        try:
            return self.processors.of(practice, processor).news(headers, raw, now=self.clock.now())
        except (WebhookInvalid, Refused) as error:
            log.warning("webhook refused", extra={"practice": practice, "why": str(error)})
            raise Invalid("webhook_invalid") from error

    def _asked(self, practice: str, row: InboxRow) -> Facts | None:
        """What the processor says of the event's object. An object that it does not know may be too new for
        it to tell; after two hours of trying a person is called, and the event ends."""
        about = Reference(ObjectKind(row.object_kind), row.object_id)
        if about.kind in OF_SAVED:
            self.following.heard(practice, row.processor, about)
            return None
        try:
            return Asking(self.settling.ledgers).facts(
                practice, self.processors.of(practice, row.processor), about
            )
        except ProcessorMissing:
            if self.clock.now() - datetime.fromisoformat(row.received_at) < MISSING_FOR:
                raise
            facts = {"event": row.event_id, "type": row.event_type, "object": row.object_id}
            self.alerting.raise_alert(practice, Cause(AlertName.EVENT_OF_NOTHING, row.object_id, facts))
            return None


def _told(row: InboxRow) -> dict[str, str]:
    """What a message has of the row, so that nobody reads it again."""
    return {"type": row.event_type, "kind": row.object_kind, _OBJECT: row.object_id, "at": row.received_at}


def _row(told: Mapping[str, str]) -> InboxRow:
    return InboxRow(told["processor"], told["event"], told["type"], told["kind"], told[_OBJECT], told["at"])


def message(practice: str, processor: str, event_id: str) -> dict[str, str]:
    return {"task": "inbox", "practice": practice, "processor": processor, "event": event_id}
