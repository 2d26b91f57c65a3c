"""Issue 13, number 1: practices go over a queue with bounded concurrency, and none holds up another.

The queue's function is played by its workers, each with a clock of its own: the one that is free first takes
the next message. What SQS and Lambda are told (how many at once, when a function or a message comes to its
end) is read from what is deployed. A message that a worker died with does not come back
(tests/infra/test_functions.py).
"""

import json
from collections import deque
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import heapify, heapreplace

import pytest

from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import ProcessorDenied, ProcessorTimeout
from chalicelib.operations.ports.rounds import Round
from chalicelib.payments.ports.processors import Changes, Processor
from chalicelib.payments.processors.stripe.client import DEADLINE_SECONDS
from chalicelib.payments.services.catching_up import job
from chalicelib.payments.services.turns import Turn
from infra.table import load_template
from sandbox.config import ROOT
from tests.support.clock import FakeClock
from tests.support.money import Money
from tests.support.practice import PRACTICE
from tests.support.processor import FakeProcessor
from tests.support.queue import FakeQueue

TEMPLATE = load_template(ROOT / "infra" / "app.yaml")
FUNCTIONS = json.loads((ROOT / ".chalice" / "config.json").read_text())["stages"]["prod"]["lambda_functions"]
AT_ONCE = int(TEMPLATE["Parameters"]["ReconcileConcurrency"]["Default"])
KEPT = timedelta(seconds=TEMPLATE["Resources"]["CatchUpQueue"]["Properties"]["MessageRetentionPeriod"])
LONGEST = timedelta(seconds=FUNCTIONS["catch_up"]["lambda_timeout"])
SCHEDULE = timedelta(minutes=5)
BETWEEN = timedelta(milliseconds=50)  # two messages of one worker
ILL = [f"practice-{number:03}" for number in (3, 77, 150, 151, 299)]


class Ended(BaseException):
    """Lambda ends a function that takes too long: nothing in it catches this."""


class Slow(FakeProcessor):
    """Each call takes so long. `why`: how its account is, which is well where there is nothing."""

    def __init__(self, clock: FakeClock, seconds: float) -> None:
        super().__init__()
        self.clock, self.seconds, self.why = clock, seconds, ""
        self.ends = clock.now()

    def changes(self, *, since: datetime, cursor: str) -> Changes:
        if self.why == "hung":
            self.clock.at = self.ends
            raise Ended
        if self.why == "silent":
            self.clock.advance(seconds=sum(DEADLINE_SECONDS))
            raise ProcessorTimeout("silent")
        self.clock.advance(seconds=self.seconds)
        if self.why == "closed":
            raise ProcessorDenied("account_invalid")
        return Changes((), "")


class Many:
    """Three hundred practices, of which nobody has asked for two hours."""

    def __init__(self, seconds: float) -> None:
        self.money = Money()
        self.clock, self.queue = self.money.clock, FakeQueue()
        self.slow = {f"practice-{number:03}": Slow(self.clock, seconds) for number in range(300)}
        self.money.practices.held = {id_: replace(PRACTICE, id=id_) for id_ in self.slow}
        self.money.turns = replace(self.money.turns, processors=self)  # type: ignore[arg-type]
        self.money.reconciling = replace(self.money.reconciling, queue=self.queue)
        began = instant(self.clock.now() - timedelta(hours=2))
        for id_ in self.slow:
            self.money.rounds.save(id_, job("stripe"), Round(began, ended_at=began))
        self.free = [self.clock.now()] * AT_ONCE
        self.waiting = deque[tuple[datetime, Turn]]()

    def of(self, practice: str, _: str) -> Processor:
        return self.slow[practice]

    def schedule(self) -> None:
        """One call of `reconcile`; then the workers, until the next."""
        began = self.clock.now()
        self.money.reconciling.reconcile()
        self.waiting += [(began, Turn.parse(message)) for message in self.queue.sent]
        self.queue.sent.clear()
        self.free = [max(free, began) for free in self.free]
        heapify(self.free)
        while self.waiting and self.free[0] < began + SCHEDULE:
            self._work(*self.waiting.popleft())
        self.clock.at = began + SCHEDULE

    def _work(self, sent: datetime, turn: Turn) -> None:
        began = self.clock.at = self.free[0]
        if began - sent > KEPT:
            return
        self.slow[turn.practice].ends = began + LONGEST
        with suppress(Ended):
            self.money.turns.take(turn)
        heapreplace(self.free, self.clock.now() + BETWEEN)

    def behind(self) -> dict[str, timedelta]:
        """Of each practice, how old the news is that it has not been asked for."""
        known = {id_: self.money.rounds.latest(id_, job("stripe")) for id_ in self.slow}
        return {
            id_: self.clock.now() - datetime.fromisoformat(row.begun_at) for id_, row in known.items() if row
        }


@pytest.mark.parametrize("why", ["hung", "silent", "closed"])
def test_13_1_practices_whose_processor_is_slow_or_closed_hold_up_no_other(why: str) -> None:
    """Five of three hundred, with every call: all others are done within one schedule."""
    many = Many(seconds=1.2)
    for id_ in ILL:
        many.slow[id_].why = why
    for call in range(4):
        many.schedule()
        behind = many.behind()
        assert {id_ for id_, age in behind.items() if age > timedelta(hours=1)} == set(ILL), call
        assert len(behind) == 300


def test_13_1_nobody_is_passed_over_where_there_is_more_to_do_than_time() -> None:
    """Three schedules' work with every one of them: turns put again meanwhile are not taken twice."""
    many = Many(seconds=12)
    longest = timedelta()
    for call in range(24):
        many.schedule()
        longest = max([longest, *many.behind().values()] if call > 4 else [longest])
    assert longest <= timedelta(minutes=75)  # an hour's pause, and what was before them in the queue
