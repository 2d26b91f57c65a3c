"""Jobs that go through every practice once a day, in steps: cut off anywhere, the next call goes on there."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.alerts import AlertName, Cause
from chalicelib.domain.errors import BillfoldError
from chalicelib.services.alerting import Alerting
from chalicelib.services.ports import (
    Busy,
    Clock,
    Conflict,
    Practices,
    ProcessorRefused,
    ProcessorTimeout,
    Round,
    Rounds,
)
from chalicelib.services.recording import instant

log = logging.getLogger("billfold.daily")
BUDGET = timedelta(minutes=10)  # a function has 15; the rest is for its last step
OVERDUE = timedelta(days=2)  # since the last round that got anywhere began
_EXPECTED = (BillfoldError, Busy, ProcessorTimeout, ProcessorRefused)

# From a practice and its round to the same round one step on. Doing a step twice must be harmless.
Step = Callable[[str, Round], Round]


@dataclass(frozen=True)
class Daily:
    job: str
    practices: Practices
    rounds: Rounds
    alerting: Alerting
    clock: Clock

    def run(self, step: Step) -> dict[str, int]:
        """Take every practice's round of today as far as time allows; counts of steps, rounds, failures."""
        until, done = self.clock.now() + BUDGET, Counter(steps=0, ended=0, failed=0)
        for practice in self.practices.practice_ids():
            try:
                self._advance(practice, step, until, done)
            except Conflict:
                log.info("somebody else is at it", extra={"job": self.job, "practice": practice})
            except _EXPECTED as error:
                about = {"job": self.job, "practice": practice, "why": str(error)}
                log.warning("round interrupted", extra=about)
                self._failed(practice, done)
            except Exception:  # one practice's trouble is not the next one's
                log.exception("round interrupted", extra={"job": self.job, "practice": practice})
                self._failed(practice, done)
        return dict(done)

    def _failed(self, practice: str, done: Counter[str]) -> None:
        """It is tried again soon; after two days of that somebody has to look why."""
        done["failed"] += 1
        try:
            known = self.rounds.latest(practice, self.job)
            if known and self.clock.now() - datetime.fromisoformat(known.begun_at) > OVERDUE:
                subject = f"{self.job} {known.begun_at}"
                self.alerting.raise_alert(practice, Cause(AlertName.ROUND_OVERDUE, subject))
        except Busy:
            log.warning("alert not raised", extra={"job": self.job, "practice": practice})

    def _advance(self, practice: str, step: Step, until: datetime, done: Counter[str]) -> None:
        found = self._of_today(practice)
        while not found.ended_at and self.clock.now() < until:
            found = self.rounds.save(practice, self.job, step(practice, found))
            done["steps"] += 1
            done["ended"] += bool(found.ended_at)

    def _of_today(self, practice: str) -> Round:
        """The round that has not ended, whenever it began; today's; or a new one."""
        now, known = instant(self.clock.now()), self.rounds.latest(practice, self.job)
        if known is None:
            return Round(now)
        if not known.ended_at or known.begun_at[:10] == now[:10]:
            return known
        return replace(known, begun_at=now, since=known.begun_at, cursor="", ended_at="")
