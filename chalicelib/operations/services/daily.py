"""Jobs that go through every practice once a day, in steps: cut off anywhere, the next call goes on there.

A step is counted before it begins, for a function that runs out of time, or of memory, dies in it and can
tell nobody. The calls after it see the count.
"""

import logging
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.kernel.errors import BillfoldError, Refused
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy, Conflict, ProcessorRefused, ProcessorTimeout
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.operations.ports.rounds import Round, Rounds
from chalicelib.operations.services.alerting import Alerting
from chalicelib.platform.ports import Clock
from chalicelib.practice.ports import Practices

log = logging.getLogger("billfold.daily")
BUDGET = timedelta(minutes=10)  # a function has 15; the rest is for its last step
OVERDUE = timedelta(days=2)  # since the last round that got anywhere began
STUCK = 3  # calls that died in the same step: then somebody has to look why
_NOTHING_THERE = "payments_disabled"  # no processor is connected: the round waits until one is
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
        # Where calls have died this one may, too: those practices are last, and keep no other from its turn.
        deadly = [p for p in self.practices.practice_ids() if not self._turn(p, step, until, done)]
        for practice in deadly:
            self._turn(practice, step, until, done, deadly=True)
        return dict(done)

    def _turn(
        self, practice: str, step: Step, until: datetime, done: Counter[str], *, deadly: bool = False
    ) -> bool:
        """Whether it had its turn: not where a call has died, unless that is asked for."""
        try:
            found = self._of_today(practice)
            if found.tries and not deadly:
                return False
            self._advance(practice, found, step, until, done)
        except Conflict:
            log.info("somebody else is at it", extra={"job": self.job, "practice": practice})
        except _EXPECTED as error:
            if isinstance(error, Refused) and error.code == _NOTHING_THERE:
                return True
            about = {"job": self.job, "practice": practice, "why": str(error)}
            log.warning("round interrupted", extra=about)
            self._failed(practice, done)
        except Exception:  # one practice's trouble is not the next one's
            log.exception("round interrupted", extra={"job": self.job, "practice": practice})
            self._failed(practice, done)
        return True

    def _failed(self, practice: str, done: Counter[str]) -> None:
        """It is tried again soon; after two days of that somebody has to look why."""
        done["failed"] += 1
        try:
            known = self.rounds.latest(practice, self.job)
        except Busy:
            return
        if known and self.clock.now() - datetime.fromisoformat(_got_on(known)) > OVERDUE:
            self._call_person(practice, self._overdue(_got_on(known)))

    def _advance(self, practice: str, found: Round, step: Step, until: datetime, done: Counter[str]) -> None:
        while not found.ended_at and self.clock.now() < until:
            found = self._counted(practice, found, step)
            done["steps"] += 1
            done["ended"] += bool(found.ended_at)
            if found.ended_at:
                self._over(practice, found)

    def _counted(self, practice: str, found: Round, step: Step) -> Round:
        if found.tries >= STUCK:
            facts = {"job": self.job, "cursor": found.cursor}
            self._call_person(practice, replace(self._stuck(found), facts=facts))
        begun = self.rounds.save(practice, self.job, replace(found, tries=found.tries + 1))
        try:
            after = step(practice, begun)
        except Exception:  # it failed, and says so: that is no death
            with suppress(Conflict, Busy):
                self.rounds.save(practice, self.job, replace(begun, tries=found.tries))
            raise
        return self.rounds.save(practice, self.job, replace(after, tries=0))

    def _of_today(self, practice: str) -> Round:
        """The round that has not ended, whenever it began; today's; or a new one."""
        now, known = instant(self.clock.now()), self.rounds.latest(practice, self.job)
        if known is None:
            return Round(now)
        if not known.ended_at or known.begun_at[:10] == now[:10]:
            return known
        self._over(practice, known)  # in case the call that ended it died before it had done so
        return replace(known, begun_at=now, since=known.begun_at, cursor="", ended_at="")

    def _call_person(self, practice: str, cause: Cause) -> None:
        try:
            self.alerting.raise_alert(practice, cause)
        except Busy:
            log.warning("alert not raised", extra={"job": self.job, "practice": practice})

    def _over(self, practice: str, ended: Round) -> None:
        """The round has come through: what was raised for want of that closes."""
        causes = [self._stuck(ended), self._overdue(ended.begun_at)]
        causes += [self._overdue(ended.since)] if ended.since else []
        try:
            for cause in causes:
                self.alerting.over(practice, cause, note="by itself: the round has come through")
        except Busy:
            log.warning("alert not closed", extra={"job": self.job, "practice": practice})

    def _stuck(self, of: Round) -> Cause:
        return Cause(AlertName.ROUND_STUCK, f"{self.job} {of.begun_at}")

    def _overdue(self, since: str) -> Cause:
        return Cause(AlertName.ROUND_OVERDUE, f"{self.job} {since}")


def _got_on(known: Round) -> str:
    """When the last round that got anywhere began: the one before, while this is at its first step."""
    nowhere = not (known.cursor or known.ended_at)
    return known.since if nowhere and known.since else known.begun_at
