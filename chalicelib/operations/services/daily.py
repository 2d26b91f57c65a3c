"""Jobs that go through every practice once a day, in steps: cut off anywhere, the next call goes on there.

A step is counted before it begins, for a function that runs out of time, or of memory, dies in it and can
tell nobody. The calls after it see the count.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.kernel.errors import BillfoldError, Refused
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy, Conflict, ProcessorRefused, ProcessorTimeout, Unreadable
from chalicelib.operations.domain.alerts import BY_ITSELF, AlertName, Cause
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

    def run(
        self, step: Step, processor: str = "", has: Mapping[str, Sequence[str]] | None = None
    ) -> dict[str, int]:
        """Take every practice's round of today as far as time allows; counts of steps, rounds, failures.
        `processor`: no round begins at practices that do not have it, and never had one. `has`: the
        processors of every practice, where whoever asks has read them.

        The oldest round first: a night that is too short for all is not always too short for the same.
        """
        until, done = self.clock.now() + BUDGET, Counter(steps=0, ended=0, failed=0)
        if has is None:
            every = self.practices
            has = every.processors() if processor else dict.fromkeys(every.practice_ids(), ())
        try:
            known = self.rounds.latest_of(list(has), self.job)
        except Busy:
            log.warning("rounds not read", extra={"job": self.job})
            return dict(done, failed=1)
        practices = [each for each in has if processor in ("", *has[each]) or each in known]
        for practice in sorted(practices, key=lambda practice: _place(known.get(practice))):
            latest = known.get(practice)
            if not (self.clock.now() < until and self._turn(practice, latest, step, until, done)):
                self._call_if_overdue(practice, latest)
        return dict(done)

    def _turn(
        self, practice: str, latest: Round | None, step: Step, until: datetime, done: Counter[str]
    ) -> bool:
        """Whether nothing is left to do today, or somebody else does it."""
        try:
            # None too where its row cannot be read, and keeps no other practice from its turn.
            latest = latest or self.rounds.latest(practice, self.job)
            return self._advance(practice, self._of_today(practice, latest), step, until, done)
        except Conflict:
            log.info("somebody else is at it", extra={"job": self.job, "practice": practice})
            return True
        except _EXPECTED as error:
            if isinstance(error, Refused) and error.code == _NOTHING_THERE:
                return True
            about = {"job": self.job, "practice": practice, "why": str(error)}
            log.warning("round interrupted", extra=about)
        except Unreadable as damaged:  # it will not come through by itself
            log.warning(
                "round interrupted", extra={"job": self.job, "practice": practice, "why": damaged.item}
            )
            self._call_person(practice, self._overdue("unreadable"))
        except Exception:  # one practice's trouble is not the next one's
            log.exception("round interrupted", extra={"job": self.job, "practice": practice})
        done["failed"] += 1
        return False

    def _call_if_overdue(self, practice: str, latest: Round | None) -> None:
        """Whatever the reason: it failed, or its turn did not come, or is longer than the night."""
        if latest and self.clock.now() - datetime.fromisoformat(got_on(latest)) > OVERDUE:
            self._call_person(practice, self._overdue(got_on(latest)))

    def _advance(self, practice: str, found: Round, step: Step, until: datetime, done: Counter[str]) -> bool:
        """Whether it has ended."""
        while not found.ended_at and self.clock.now() < until:
            found = self._counted(practice, found, step)
            done["steps"] += 1
            done["ended"] += bool(found.ended_at)
            if found.ended_at:
                self._over(practice, found)
        return bool(found.ended_at)

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

    def _of_today(self, practice: str, known: Round | None) -> Round:
        """The round that has not ended, whenever it began; today's; or a new one."""
        now = instant(self.clock.now())
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
                self.alerting.over(practice, cause, note=f"{BY_ITSELF}the round has come through")
        except Busy:
            log.warning("alert not closed", extra={"job": self.job, "practice": practice})

    def _stuck(self, of: Round) -> Cause:
        return Cause(AlertName.ROUND_STUCK, f"{self.job} {of.begun_at}")

    def _overdue(self, since: str) -> Cause:
        return Cause(AlertName.ROUND_OVERDUE, f"{self.job} {since}")


def _place(known: Round | None) -> tuple[bool, str]:
    """Where calls have died this one may, too: those rounds are last, and keep no other from its turn."""
    return (bool(known.tries), got_on(known)) if known else (False, "")


def got_on(known: Round) -> str:
    """When the last round that got anywhere began: the one before, while this is at its first step."""
    nowhere = not (known.cursor or known.ended_at)
    return known.since if nowhere and known.since else known.begun_at
