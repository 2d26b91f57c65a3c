"""Issued statements that nobody delivers, into the queue anew: as many as go out until the next hour."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from chalicelib.documents.services.statements.issuing import TASK, task
from chalicelib.kernel.instants import instant
from chalicelib.kernel.periods import Period
from chalicelib.mail.domain.pace import MailPace, Pause
from chalicelib.mail.services.pacing import AccountWatch
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.operations.ports.work import Due, WorkLists
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.services.mail_pauses import MailPauses
from chalicelib.operations.services.sweeping import next_try
from chalicelib.platform.ports import BATCH, Clock, MailQueue

log = logging.getLogger("billfold.statements")
PATIENCE = timedelta(hours=1)  # what a healthy delivery function needs for a run, amply
CHUNK = 200  # rows of the work list at a time
LONGEST_TURN = timedelta(minutes=8)  # of the ten that a call has: the runs come after it
LONGEST = timedelta(hours=24)  # between two tries of one that keeps failing
STUCK = 3  # tries, eight hours: then somebody has to look why


@dataclass(frozen=True)
class Resending:
    """Statements whose message was lost (with a worker, as a dead letter), or came while mail was paused."""

    work: WorkLists
    queue: MailQueue
    watch: AccountWatch
    pace: MailPace
    pauses: MailPauses
    alerting: Alerting
    clock: Clock

    def resend(self) -> int:
        """How many. None while the queue is full, for those are on their way, or while mail is paused:
        neither counts as a try. Error: Busy."""
        before = instant(self.clock.now() - PATIENCE)
        if not self.work.due(TASK, before=before, limit=1):
            return 0  # nothing waits, as in most hours: nothing else is asked
        if why := self.watch.allowance().pause():
            self._call(before, why)
            return 0
        room, done, practices = self._room(), 0, set[str]()
        until = self.clock.now() + LONGEST_TURN
        for chunk in self._chunks(before, room, until):
            self._send_again(chunk)
            done += len(chunk)
            practices |= {due.practice for due in chunk}
        # All that waited is on its way, as far as anybody knows.
        if done < room and self.clock.now() < until and self.watch.allowance().seen:
            _tell(practices, self.pauses.over)
        return done

    def _call(self, before: str, why: Pause) -> None:
        """For the practices whose statements have waited longest: their messages may have been lost before
        any met the pause, and an alert of an earlier one may be closed."""
        practices = {due.practice for due in self.work.due(TASK, before=before, limit=CHUNK)}
        _tell(practices, partial(self.pauses.met, why=why))

    def _room(self) -> int:
        if self.queue.waiting() > self.pace.minutely:
            return 0
        return min(self.pace.hourly, self.watch.allowance().left())

    def _chunks(self, before: str, room: int, until: datetime) -> Iterator[Sequence[Due]]:
        """Up to `room` rows, each once: the index may still show one that was postponed a moment ago."""
        seen = set[tuple[str, str, str]]()
        while len(seen) < room and self.clock.now() < until:
            found = self.work.due(TASK, before=before, limit=min(CHUNK, room - len(seen)))
            chunk = [due for due in found if _name(due) not in seen]
            if not chunk:
                return
            yield chunk
            seen |= {_name(due) for due in chunk}

    def _send_again(self, chunk: Sequence[Due]) -> None:
        for start in range(0, len(chunk), BATCH):
            some = chunk[start : start + BATCH]
            for due in some:
                self._call_if_stuck(due)
            self.queue.send_all([task(due.ref, _month(due)) for due in some])
            for due in some:
                self.work.postpone(due, until=next_try(due, self.clock.now(), PATIENCE, LONGEST))

    def _call_if_stuck(self, due: Due) -> None:
        if due.sweeps >= STUCK:
            subject = f"{due.account_id} {_month(due)}"
            self.alerting.raise_alert(due.practice, Cause(AlertName.STATEMENT_STUCK, subject))


def _tell(practices: Iterable[str], tell: Callable[[str], None]) -> None:
    """The trouble of one practice's alerts keeps no other from its run."""
    for practice in sorted(practices):
        try:
            tell(practice)
        except Exception:
            log.exception("pause not told", extra={"practice": practice})


def _name(due: Due) -> tuple[str, str, str]:
    return due.practice, due.account_id, due.id


def _month(due: Due) -> Period:
    return Period.parse(due.id.rpartition("#")[2])
