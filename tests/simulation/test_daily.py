"""A nightly job killed before or after any call it makes: its round ends all the same; alerts are true."""

from contextlib import suppress
from dataclasses import replace

import pytest

from chalicelib.operations.ports.rounds import Round
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.services.daily import STUCK, Daily
from chalicelib.operations.store.alerts import DynamoAlerts
from chalicelib.operations.store.rounds import DynamoRounds
from tests.simulation.boundary import Boundary, Fault, Killed
from tests.support.clock import FakeClock
from tests.support.money import MemoryPractices

STEPS = 3
PRACTICE = "fern"


class Night:
    """A job of three steps; `heavy`: how many calls its second step still kills."""

    def __init__(self, boundary: Boundary, heavy: int = 0) -> None:
        boundary.begin()
        self.boundary, self.heavy = boundary, heavy
        self.clock = FakeClock("2026-03-10T07:00:00+00:00")
        self.rounds, self.alerts = DynamoRounds(), DynamoAlerts()
        alerting = Alerting(self.alerts, self.clock)
        self.daily = Daily("job", MemoryPractices(), self.rounds, alerting, self.clock)
        self.done: list[str] = []

    def step(self, practice: str, found: Round) -> Round:
        if found.cursor == "1" and self.heavy:
            self.heavy -= 1
            raise Killed
        self.boundary.cross("step", lambda: self.done.append(found.cursor))
        number = int(found.cursor or 0) + 1
        return replace(found, cursor=str(number), ended_at="done" if number == STEPS else "")

    def tell(self, calls: int) -> None:
        for _ in range(calls):
            with suppress(Killed):
                self.daily.run(self.step)
            self.clock.advance(minutes=15)

    def ended(self) -> bool:
        found = self.rounds.latest(PRACTICE, "job")
        return found is not None and bool(found.ended_at)

    def alerted(self) -> list[tuple[str, bool]]:
        return [(alert.cause.name.value, alert.open) for alert in self.alerts.all(PRACTICE)]


@pytest.fixture
def path(boundary: Boundary) -> list[str]:
    """The calls of an undisturbed round."""
    night = Night(boundary)
    night.tell(1)
    made = list(boundary.calls)
    assert night.ended()
    return made


@pytest.mark.parametrize(("after", "kill"), [(False, True), (True, True), (True, False)])
def test_a_kill_or_a_cut_reply_at_any_call_costs_no_step_and_calls_nobody(
    boundary: Boundary, path: list[str], after: bool, kill: bool
) -> None:
    assert path.count("step") == STEPS
    for place, name in enumerate(path, start=1):
        night = Night(boundary)
        boundary.faults = [Fault(place, after, kill)]
        night.tell(3)
        assert boundary.struck == [name]
        boundary.faults = []
        assert night.ended(), f"{name} {place}"
        assert sorted(set(night.done)) == ["", "1", "2"], f"{name} {place}"
        assert night.alerted() == [], f"{name} {place}"


@pytest.mark.parametrize("after", [False, True])
def test_a_step_that_keeps_killing_is_told_and_over_in_the_end_wherever_else_a_call_dies(
    boundary: Boundary, after: bool
) -> None:
    undisturbed = Night(boundary, STUCK)
    undisturbed.tell(STUCK + 1)
    places = len(boundary.calls)
    assert undisturbed.alerted() == [("round_stuck", False)]
    for place in range(1, places + 1):
        night = Night(boundary, STUCK + 1)
        boundary.faults = [Fault(place, after)]
        night.tell(STUCK + 2)
        boundary.faults = []
        known = night.alerted()
        assert [name for name, _ in known] == ["round_stuck"], place
        night.tell(1)
        night.clock.advance(days=1)
        night.tell(1)
        assert night.ended(), place
        assert night.alerted() == [("round_stuck", False)], place
