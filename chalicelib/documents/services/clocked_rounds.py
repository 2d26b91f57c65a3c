"""Documents issued by the clock: a round for some days, in steps of some accounts.

Each step is a message of the queue. The row of the round says how far it has come, and is written before a
step and after it. Killed anywhere, the hourly job goes on there; of two workers with the same message the
second finds that its step was taken. A step may be done twice: that nothing is issued twice is for the
accounts' own rows to see to.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy, Conflict, Unreadable
from chalicelib.operations.domain.alerts import BY_ITSELF, AlertName, Cause
from chalicelib.operations.ports.rounds import Round, Rounds
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.services.daily import OVERDUE, STUCK
from chalicelib.platform.ports import Clock, Queue

log = logging.getLogger("billfold.rounds")
PAGE = 100  # accounts looked at in a step: one call of DynamoDB


@dataclass(frozen=True, slots=True)
class Step:
    """What a step came to: how many documents it issued, and the account that it ended with; "" where that
    was the last."""

    issued: int
    cursor: str


@dataclass(frozen=True)
class ClockedRounds:
    """`job` names the rounds, and the task of their messages. A round's `carried` is the text that says for
    which days it is; later days have a greater one."""

    job: str
    rounds: Rounds
    alerting: Alerting
    queue: Queue
    clock: Clock

    def under_way(self, practice: str) -> bool:
        """Whether a round has begun and not ended. Error: Busy."""
        latest = self.rounds.latest(practice, self.job)
        return latest is not None and not latest.ended_at

    def hand_over(self, practice: str, carried: str) -> bool:
        """Whether the next step was put into the queue: of the round that has not ended, or of one for these
        days, where there was none. Safe to repeat. Errors: Unreadable, Busy."""
        try:
            latest = self.rounds.latest(practice, self.job)
        except Unreadable:  # it will not come through by itself
            self.alerting.raise_alert(practice, Cause(AlertName.ROUND_OVERDUE, f"{self.job} unreadable"))
            raise
        if latest and latest.ended_at and latest.carried >= carried:
            return False
        with suppress(Conflict):  # another call begins it
            found = self._begun(practice, latest, carried)
            self._call_if_overdue(practice, found)
            self.queue.send(self._message(practice, found))
            return True
        return False

    def step(self, practice: str, version: int, work: Callable[[Round], Step | None]) -> int:
        """One message: how many documents it issued. `work` does the accounts after the round's cursor; None
        where nothing is issued by the clock any more. Error: Busy."""
        found = self.rounds.latest(practice, self.job)
        if found is None or found.ended_at or found.version != version:
            return 0  # somebody has taken it
        self._call_if_stuck(practice, found)
        try:
            begun = self.rounds.save(practice, self.job, replace(found, tries=found.tries + 1))
            done = work(begun)
            return self._noted(practice, begun, done) if done else 0
        except Conflict:
            log.info("somebody else is at it", extra={"practice": practice, "job": self.job})
            return 0

    def _begun(self, practice: str, latest: Round | None, carried: str) -> Round:
        """The round that has not ended, or a new one. Errors: Conflict, Busy."""
        if latest and not latest.ended_at:
            return latest
        now = instant(self.clock.now())
        if latest is None:
            return self.rounds.save(practice, self.job, Round(now, carried=carried))
        self._over(practice, latest)  # in case the call that ended it died before it had done so
        after = replace(latest, begun_at=now, since=latest.begun_at, cursor="", ended_at="")
        return self.rounds.save(practice, self.job, replace(after, carried=carried))

    def _noted(self, practice: str, begun: Round, done: Step) -> int:
        """Errors: Conflict, Busy."""
        after = replace(begun, tries=0, cursor=done.cursor)
        if not done.cursor:
            after = replace(after, ended_at=instant(self.clock.now()))
        after = self.rounds.save(practice, self.job, after)
        if done.cursor:
            self.queue.send(self._message(practice, after))
        else:
            self._over(practice, after)
        return done.issued

    def _call_if_overdue(self, practice: str, found: Round) -> None:
        if self.clock.now() - datetime.fromisoformat(found.begun_at) > OVERDUE:
            self.alerting.raise_alert(practice, self._cause(AlertName.ROUND_OVERDUE, found))

    def _call_if_stuck(self, practice: str, found: Round) -> None:
        if found.tries >= STUCK:
            cause = self._cause(AlertName.ROUND_STUCK, found)
            facts = {"job": self.job, "cursor": found.cursor}
            self.alerting.raise_alert(practice, replace(cause, facts=facts))

    def _over(self, practice: str, ended: Round) -> None:
        """What was raised for want of its end closes."""
        try:
            for name in (AlertName.ROUND_OVERDUE, AlertName.ROUND_STUCK):
                note = f"{BY_ITSELF}the round has come through"
                self.alerting.over(practice, self._cause(name, ended), note=note)
        except Busy:
            log.warning("alert not closed", extra={"job": self.job, "practice": practice})

    def _cause(self, name: AlertName, of: Round) -> Cause:
        return Cause(name, f"{self.job} {of.begun_at}")

    def _message(self, practice: str, found: Round) -> Mapping[str, str]:
        return {"task": self.job, "practice": practice, "version": str(found.version)}
