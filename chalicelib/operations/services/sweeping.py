"""Find what is stuck and start it again, by the clock. Each room starts its own kind of work again."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.kernel.errors import BillfoldError
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import OutsideError
from chalicelib.mail.ports import MailPaused
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.operations.ports.work import Due, WorkLists
from chalicelib.operations.services.alerting import Alerting
from chalicelib.platform.ports import Clock

log = logging.getLogger("billfold.sweeping")
PATIENCE = timedelta(minutes=1)  # what a healthy queue or request needs, amply
BATCH = 200
LONGEST = timedelta(hours=6)  # between two tries of something that keeps failing
STUCK = 8  # tries, four hours: then somebody has to look why
_EXPECTED = (BillfoldError, OutsideError)

Restart = Callable[[Due], None]


@dataclass(frozen=True)
class Sweeping:
    """`restarts` by the kind of what waits (`Due.kind`)."""

    work: WorkLists
    restarts: Mapping[str, Restart]
    clock: Clock

    def sweep(self) -> dict[str, int]:
        """How many of each kind were started again. One that fails does not keep the others waiting."""
        before = instant(self.clock.now() - PATIENCE)
        return {kind: self._each(kind, before, restart) for kind, restart in self.restarts.items()}

    def _each(self, kind: str, before: str, restart: Restart) -> int:
        done = 0
        for due in self.work.due(kind, before=before, limit=BATCH):
            tried = due
            try:
                done += _tried(restart, due)
            except MailPaused as paused:  # no try, and so nothing that could be called stuck
                log.info("mail paused", extra={"kind": due.kind, "id": due.id, "why": str(paused)})
                tried = replace(due, sweeps=due.sweeps - 1)
            self.work.postpone(tried, until=next_try(due, self.clock.now(), PATIENCE, LONGEST))
        return done


def next_try(due: Due, now: datetime, patience: timedelta, longest: timedelta) -> str:
    """When it is due anew (UTC RFC 3339), to be started again `patience` after that: later each time, up to
    `longest`, so that what keeps failing neither floods a queue nor holds up the list."""
    wait = min(patience * 2 ** min(due.sweeps, 16), longest)
    return instant(now - patience + wait)


def call_if_stuck(alerting: Alerting, name: AlertName, due: Due, subject: str = "") -> None:
    """Call a person once it has been started again in vain for hours. `subject`: its id, if not given."""
    if due.sweeps >= STUCK:
        alerting.raise_alert(due.practice, Cause(name, subject or due.id))


def _tried(restart: Restart, due: Due) -> int:
    """How many. Error: MailPaused."""
    try:
        restart(due)
    except MailPaused:
        raise
    except _EXPECTED as error:
        log.warning("still stuck", extra={"kind": due.kind, "id": due.id, "why": str(error)})
        return 0
    except Exception:  # whatever is wrong with this one, the others still have their turn
        log.exception("still stuck", extra={"kind": due.kind, "id": due.id})
        return 0
    return 1
