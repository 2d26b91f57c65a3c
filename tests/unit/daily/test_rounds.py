"""A daily job takes each practice's round once a day, goes on where it was cut off, and waits for nobody."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import boto3
import pytest
from moto import mock_aws

from chalicelib.kernel.outside import Busy, Conflict
from chalicelib.operations.ports.rounds import Round, Rounds
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.services.daily import BUDGET, Daily
from chalicelib.operations.store.rounds import DynamoRounds
from chalicelib.platform.dynamo.table import bind
from infra.table import create_table
from tests.support.alerts import MemoryAlerts
from tests.support.clock import FakeClock
from tests.support.money import MemoryPractices
from tests.support.rounds import MemoryRounds

STEPS = 3
NIGHT = "2026-03-10T07:00:00+00:00"


@pytest.fixture(params=["memory", "dynamo"])
def rounds(request: pytest.FixtureRequest) -> Iterator[Rounds]:
    if request.param == "memory":
        yield MemoryRounds()
        return
    with mock_aws():
        create_table(boto3.client("dynamodb", region_name="us-east-1"), "billfold-test-rounds")
        bind("billfold-test-rounds", region="us-east-1")
        yield DynamoRounds()


class Job:
    """Three steps a round; notes each as (practice, since, cursor). `meanwhile` happens in the next step."""

    def __init__(self, rounds: Rounds, practices: tuple[str, ...] = ("fern",)) -> None:
        held = MemoryPractices()
        held.held = dict.fromkeys(practices, held.held["fern"])
        self.clock = FakeClock(NIGHT)
        self.alerts = MemoryAlerts()
        alerting = Alerting(self.alerts, self.clock)
        self.daily = Daily("job", held, rounds, alerting, self.clock)
        self.steps: list[tuple[str, str, str]] = []
        self.meanwhile: list[Callable[[], object]] = []
        self.steps_each = STEPS

    def step(self, practice: str, found: Round) -> Round:
        self.steps.append((practice, found.since, found.cursor))
        if self.meanwhile:
            self.meanwhile.pop(0)()
        number = int(found.cursor or 0) + 1
        return replace(found, cursor=str(number), ended_at="done" if number == self.steps_each else "")

    def run(self) -> dict[str, int]:
        return self.daily.run(self.step)

    def die(self, calls: int) -> None:
        """So many calls, a quarter of an hour apart, that die in the first step they come to."""
        for _ in range(calls):
            self.clock.advance(minutes=15)
            self.meanwhile = [dies]
            with pytest.raises(Killed):
                self.run()


def time_is_up(job: Job) -> Callable[[], object]:
    return lambda: job.clock.advance(seconds=BUDGET.total_seconds())


def fails() -> None:
    raise Busy("injected")


def breaks() -> None:
    raise ZeroDivisionError


class Killed(BaseException):
    """The function's time is up."""


def dies() -> None:
    raise Killed


def test_a_round_is_taken_once_a_day_and_the_next_knows_when_it_began(rounds: Rounds) -> None:
    job = Job(rounds)
    assert job.run() == {"steps": 3, "ended": 1, "failed": 0}
    job.clock.advance(hours=5)
    assert job.run() == {"steps": 0, "ended": 0, "failed": 0}
    job.clock.advance(hours=19)
    job.run()
    assert job.steps[3:] == [("fern", "2026-03-10T07:00:00.000Z", cursor) for cursor in ("", "1", "2")]


@pytest.mark.parametrize("trouble", [fails, breaks])
def test_a_round_cut_off_goes_on_where_it_was_also_on_another_day(
    rounds: Rounds, trouble: Callable[[], None]
) -> None:
    job = Job(rounds)
    job.meanwhile = [lambda: None, trouble]
    assert job.run() == {"steps": 1, "ended": 0, "failed": 1}
    job.clock.advance(days=2)
    assert job.run() == {"steps": 2, "ended": 1, "failed": 0}
    assert [cursor for _, _, cursor in job.steps] == ["", "1", "1", "2"]
    job.run()  # what was owed from then is done; today's follows at once
    assert [since for _, since, _ in job.steps[4:]] == ["2026-03-10T07:00:00.000Z"] * 3


def test_no_step_begins_when_the_time_is_up(rounds: Rounds) -> None:
    job = Job(rounds, ("fern", "oak"))
    job.meanwhile = [time_is_up(job)]
    assert job.run()["steps"] == 1
    assert job.run()["steps"] == 5
    assert [practice for practice, *_ in job.steps] == ["fern"] + ["oak"] * 3 + ["fern"] * 2


def test_in_nights_too_short_for_all_every_practice_has_its_turn_in_the_end(rounds: Rounds) -> None:
    """Issue 13, number 2: the oldest round is first, so that it is not always the same that are left."""
    practices = tuple(f"p{number:02}" for number in range(30))
    job = Job(rounds, practices)
    for _ in range(3):  # nights, with time for ten of them each
        job.meanwhile = [*[lambda: None] * (10 * STEPS - 1), time_is_up(job)]
        assert job.run()["ended"] == 10
        job.clock.advance(hours=23)
    assert {practice for practice, *_ in job.steps} == set(practices)


def test_a_round_whose_turn_does_not_come_for_two_days_calls_a_person(rounds: Rounds) -> None:
    """Issue 13, number 2: whatever the reason; nothing has failed here."""
    job = Job(rounds, ("fern", "oak"))
    job.run()
    job.clock.advance(days=2, hours=1)
    job.meanwhile = [time_is_up(job)]
    assert job.run() == {"steps": 1, "ended": 0, "failed": 0}
    assert job.alerts.subjects == {"job 2026-03-10T07:00:00.000Z": "round_overdue"}
    assert [practice for practice, *_ in job.steps[-1:]] == ["fern"]
    assert len(job.alerts.held) == 2, "fern's is not over either"
    assert job.run()["ended"] == 2
    assert job.alerts.names == []


def test_a_round_that_is_longer_than_two_nights_calls_a_person(rounds: Rounds) -> None:
    """Issue 13, number 2: it gets on, and is not over."""
    job = Job(rounds)
    job.steps_each = 10
    for _ in range(3):
        assert job.alerts.held == {}
        job.meanwhile = [time_is_up(job)]
        job.run()
        job.clock.advance(days=1)
    assert job.alerts.subjects == {"job 2026-03-10T07:00:00.000Z": "round_overdue"}
    job.run()
    assert job.alerts.names == []


def test_rounds_that_cannot_be_read_are_left_for_the_next_call(
    rounds: Rounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Job(rounds)
    with monkeypatch.context() as silent:
        silent.setattr(rounds, "latest_of", lambda *_: fails())
        assert job.run() == {"steps": 0, "ended": 0, "failed": 1}
    assert job.run() == {"steps": 3, "ended": 1, "failed": 0}


def test_one_practices_trouble_is_not_the_next_ones(rounds: Rounds) -> None:
    job = Job(rounds, ("fern", "oak"))
    job.meanwhile = [breaks]
    assert job.run() == {"steps": 3, "ended": 1, "failed": 1}
    assert job.run() == {"steps": 3, "ended": 1, "failed": 0}


def test_a_job_that_fails_for_two_days_calls_a_person_once_and_goes_on(rounds: Rounds) -> None:
    job = Job(rounds, ("fern", "oak"))
    job.run()
    for _ in range(3):
        assert job.alerts.held == {}
        job.clock.advance(days=1)
        job.meanwhile = [fails]
        assert job.run() == {"steps": 3, "ended": 1, "failed": 1}
    job.meanwhile = [fails]
    job.run()
    assert job.alerts.subjects == {"job 2026-03-10T07:00:00.000Z": "round_overdue"}
    assert job.run()["ended"] == 1


def test_an_alert_that_cannot_be_kept_keeps_no_other_practice_waiting(
    rounds: Rounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Job(rounds, ("fern", "oak"))
    job.run()
    job.clock.advance(days=3)
    job.meanwhile = [fails]
    monkeypatch.setattr(job.alerts, "alert", lambda *_: fails())
    assert job.run() == {"steps": 3, "ended": 1, "failed": 1}


def test_of_two_at_the_same_round_one_gives_way(rounds: Rounds) -> None:
    job = Job(rounds)
    other = Job(rounds)
    job.meanwhile = [lambda: other.run()]
    assert job.run() == {"steps": 0, "ended": 0, "failed": 0}
    known = rounds.latest("fern", "job")
    assert known is not None
    assert known.ended_at
    with pytest.raises(Conflict):
        rounds.save("fern", "job", Round("x"))
    assert rounds.latest("fern", "job") == known


def test_a_step_that_kills_three_calls_is_told_by_the_fourth_and_over_when_the_round_is(
    rounds: Rounds,
) -> None:
    job = Job(rounds)
    job.meanwhile = [lambda: None, dies]
    with pytest.raises(Killed):
        job.run()
    job.die(2)
    assert job.alerts.held == {}
    job.die(2)
    assert job.alerts.subjects == {"job 2026-03-10T07:00:00.000Z": "round_stuck"}
    [alert] = job.alerts.held.values()
    assert alert.cause.facts == {"job": "job", "cursor": "1"}
    assert job.run() == {"steps": 2, "ended": 1, "failed": 0}
    assert job.alerts.names == []
    [alert] = job.alerts.held.values()
    assert alert.note == "by itself: the round has come through"


def test_a_later_rounds_death_is_another_alert(rounds: Rounds) -> None:
    job = Job(rounds)
    job.die(4)
    job.run()
    job.clock.advance(days=1)
    job.die(4)
    assert job.alerts.names == ["round_stuck"]
    assert len(job.alerts.held) == 2


def test_a_practice_in_which_calls_die_has_its_turn_after_all_others(rounds: Rounds) -> None:
    job = Job(rounds, ("fern", "oak"))
    job.die(1)
    assert job.steps == [("fern", "", "")]
    job.meanwhile = [*[lambda: None] * STEPS, dies]
    with pytest.raises(Killed):
        job.run()
    assert [practice for practice, *_ in job.steps[1:]] == ["oak"] * STEPS + ["fern"]
    known = rounds.latest("oak", "job")
    assert known is not None
    assert known.ended_at


@pytest.mark.parametrize("trouble", [fails, breaks])
def test_a_step_that_fails_has_killed_nobody(rounds: Rounds, trouble: Callable[[], None]) -> None:
    job = Job(rounds)
    for _ in range(5):
        job.meanwhile = [trouble]
        assert job.run()["failed"] == 1
    assert job.alerts.held == {}
    job.die(2)
    job.meanwhile = [trouble]  # nor has it brought anybody back
    job.run()
    job.die(2)
    assert job.alerts.names == ["round_stuck"]


def test_deaths_in_other_steps_do_not_add_up(rounds: Rounds) -> None:
    job = Job(rounds)
    job.die(2)
    for deaths in (1, 2):
        job.meanwhile = [lambda: None, dies]
        with pytest.raises(Killed):
            job.run()
        job.die(deaths)
    assert job.alerts.held == {}


def test_a_first_round_that_fails_for_two_days_is_overdue_and_over_when_it_has_come_through(
    rounds: Rounds,
) -> None:
    job = Job(rounds)
    for _ in range(4):
        assert job.alerts.held == {}
        job.meanwhile = [fails]
        job.run()
        job.clock.advance(hours=20)
    assert job.alerts.names == ["round_overdue"]
    job.run()
    assert job.alerts.names == []


def test_a_death_after_the_last_step_leaves_an_alert_that_the_next_round_closes(
    rounds: Rounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Job(rounds)
    job.die(4)
    with monkeypatch.context() as dying:
        dying.setattr(job.alerts, "close", lambda *_, **__: dies())
        with pytest.raises(Killed):
            job.run()
    assert job.alerts.names == ["round_stuck"]
    job.clock.advance(days=1)
    job.run()
    assert job.alerts.names == []


DAMAGES: list[tuple[str, dict[str, object]]] = [
    ("REMOVE version", {}),
    ("SET version = :x", {":x": "seven"}),
    ("SET begun_at = :x", {":x": "yesterday"}),
    ("SET begun_at = :x", {":x": "2026-03-01T08:00:00.000"}),
    ("SET since = :x", {":x": "yesterday"}),
]


@pytest.mark.parametrize(("edit", "values"), DAMAGES)
@pytest.mark.parametrize("rounds", ["dynamo"], indirect=True)
def test_a_round_that_cannot_be_read_calls_a_person_and_is_no_other_practices_trouble(
    rounds: Rounds, edit: str, values: dict[str, object]
) -> None:
    job = Job(rounds, ("fern", "oak"))
    job.run()
    table = boto3.resource("dynamodb", region_name="us-east-1").Table("billfold-test-rounds")
    given = {"ExpressionAttributeValues": values} if values else {}
    table.update_item(Key={"pk": "P#fern", "sk": "JOB#job"}, UpdateExpression=edit, **given)
    for _ in range(2):
        job.clock.advance(days=1)
        assert job.run() == {"steps": 3, "ended": 1, "failed": 1}
    assert {practice for practice, *_ in job.steps[STEPS * 2 :]} == {"oak"}
    assert job.alerts.subjects == {"job unreadable": "round_overdue"}
