"""Superbills by hand and by the clock, killed at every call, shipped code down to botocore (issue 14)."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import product

import pytest

from chalicelib import bootstrap
from chalicelib.documents.domain.superbills import Stretch
from chalicelib.documents.services.superbills import running
from chalicelib.documents.services.superbills.drafting import SuperbillWish
from chalicelib.entrypoints import jobs
from chalicelib.kernel.periods import Period
from chalicelib.practice.domain.practices import Client
from tests.support.cloud import Killed
from tests.unit.superbills.world import OCTOBER, WHOLE, AwsWorld

MONTHLY = replace(WHOLE, superbill_day=3)
DUE = "2026-11-03T17:00:00+00:00"
NAMES = ("ada", "ben", "cy")
Made = Callable[[], tuple[AwsWorld, list[Client]]]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    """Three clients with two clinicians each, in a practice with steps of two accounts."""
    monkeypatch.setattr(running, "PAGE", 2)

    def make() -> tuple[AwsWorld, list[Client]]:
        world = AwsWorld(MONTHLY)
        bootstrap.use(world.app)
        with world.on_aws():
            clients = [world.client(name) for name in NAMES]
            for client in clients:
                world.serve(client, f"{client.id} 1")
                world.serve(client, f"{client.id} 2", "2026-10-16", clinician_id="ben")
                world.serve(client, f"{client.id} 3", "2026-11-01")
        world.cloud.calls.clear()
        return world, clients

    yield make
    bootstrap.use(None)


def by_hand(
    world: AwsWorld,
    clients: Sequence[Client],
    wish: SuperbillWish = SuperbillWish(OCTOBER),  # noqa: B008
) -> bool:
    """Whether the process came to its end."""
    try:
        with world.on_aws():
            for _ in world.app.superbill_issuing.issue_all(world.practice, clients, wish):
                pass
    except Killed:
        return False
    return True


def by_the_clock(world: AwsWorld, at: str = "") -> bool:
    """The hour, and whatever of it is in the queue, as long as some is."""
    if at:
        world.clock.at = datetime.fromisoformat(at)
    url = world.app.settings.issue_queue_url
    try:
        with world.on_aws():
            jobs.statements()
            while world.cloud.queues[url]:
                world.cloud.work_off(url, jobs.issue, batch=10)
    except Killed:
        return False
    return True


def check(world: AwsWorld, clients: Sequence[Client], step: str) -> None:
    """No gap, none twice, each client one of each clinician; the rows agree with each other."""
    with world.on_aws():
        numbers = [number for number, _ in world.app.superbills.numbers("fern")]
        assert numbers == list(range(1, 2 * len(clients) + 1)), step
        assert world.app.superbills.counted("fern").last == len(numbers)
        for client in clients:
            found = [row.superbill for row in world.superbills(client)]
            assert sorted(one.clinician_id for one in found) == ["ada", "ben"], step
            assert {(one.first, one.last) for one in found} == {("2026-10-01", "2026-10-31")}
            standing = world.app.superbills.superbilled(client.ref("fern")).standing
            assert set(standing.values()) == {one.number for one in found}
            assert all(world.paper_of(client, one.number).digest == one.digest for one in found)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_call_a_command_resumes_without_a_gap_and_issues_none_twice(
    made: Made, after: bool
) -> None:
    world, clients = made()
    assert by_hand(world, clients)
    steps = list(world.cloud.calls)
    for at, step in enumerate(steps):
        world, clients = made()
        world.cloud.at, world.cloud.after = at, after
        assert not by_hand(world, clients), step
        world.cloud.at = -1
        assert by_hand(world, clients)
        check(world, clients, f"{at}: {step}")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_call_the_next_hours_go_on_and_issue_each_month_once(made: Made, after: bool) -> None:
    """Issue 14: issued once per client, clinician and month, whatever is killed where."""
    world, clients = made()
    assert by_the_clock(world, DUE)
    steps = list(world.cloud.calls)
    check(world, clients, "whole")
    assert "sqs SendMessage" in steps
    for at, step in enumerate(steps):
        world, clients = made()
        world.cloud.at, world.cloud.after = at, after
        assert not by_the_clock(world, DUE), step
        world.cloud.at = -1
        world.cloud.queues.clear()  # the message that was worked on is lost, too
        for _ in range(3):
            world.clock.advance(hours=1)
            assert by_the_clock(world)
        check(world, clients, f"{at}: {step}")
        with world.on_aws():
            assert world.app.rounds.latest("fern", running.JOB).ended_at  # type: ignore[union-attr]


def test_a_month_is_billed_on_its_day_and_for_a_few_days_after_and_by_nobody_else(made: Made) -> None:
    world, clients = made()
    assert by_the_clock(world, "2026-11-02T17:00:00+00:00")
    with world.on_aws():
        assert world.superbills(clients[0]) == []
    assert by_the_clock(world, "2026-11-06T17:00:00+00:00")
    check(world, clients, "late")
    world.cloud.calls.clear()
    assert by_the_clock(world, "2026-11-20T17:00:00+00:00")
    assert "dynamodb TransactWriteItems" not in world.cloud.calls
    assert by_the_clock(world, "2026-12-03T17:00:00+00:00")
    with world.on_aws():
        assert [row.superbill.first for row in world.superbills(clients[0])][2:] == ["2026-11-01"]


def test_one_clients_trouble_and_what_is_missing_keep_nobody_elses_back(
    made: Made, caplog: pytest.LogCaptureFixture
) -> None:
    """Issue 14: the rest goes on. No log has a name or a diagnosis."""
    world, (ada, ben, cy) = made()
    with world.on_aws():
        world.serve(ada, "ada 4", diagnoses=())
        world.app.people.save_client("fern", replace(ben, superbills=False), before=ben)
        put = world.app.people.client("fern", "cy")
    assert put == cy
    assert by_the_clock(world, DUE)
    with world.on_aws():
        found = [[row.superbill.clinician_id for row in world.superbills(one)] for one in (ada, ben, cy)]
    assert found == [["ben"], [], ["ada", "ben"]]
    assert "superbills want something" in caplog.text
    for word in ("Maya", "F41", "Okafor", "90834"):
        assert word not in caplog.text


def test_a_run_that_is_switched_off_ends_nothing_and_issues_nothing(made: Made) -> None:
    world, clients = made()
    world.clock.at = datetime.fromisoformat(DUE)
    with world.on_aws():
        jobs.statements()
        practice = world.app.practices.practice("fern")
        assert practice is not None
        world.app.practices.save_practice(replace(practice, superbill_day=None), before=practice)
        world.cloud.work_off(world.app.settings.issue_queue_url, jobs.issue, batch=10)
        assert all(world.superbills(client) == [] for client in clients)


TEAM = tuple(replace(WHOLE.clinicians[0], id=f"k{number:02}") for number in range(25))
MONTHS = tuple(Period(2026, month) for month in range(1, 11))
# With these clinicians and months 250 superbills each: 1,500 in `make test`, 10,000 in `make soak`.
CLIENTS = int(os.environ.get("BILLFOLD_SUPERBILL_CLIENTS") or 6)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_superbills_under_kills_have_no_gap_and_cost_the_same_each() -> None:
    """Issue 14: as invoices: gap-free, none twice, each for its own clinician and month."""
    world, struck, calls_of = AwsWorld(replace(WHOLE, clinicians=TEAM)), Counter[str](), list[int]()
    with world.on_aws():
        clients = [world.client(f"c{number:02}") for number in range(CLIENTS)]
        for client, period, clinician in product(clients, MONTHS, TEAM):
            name = f"{client.id} {period} {clinician.id}"
            world.serve(client, name, f"{period}-15", clinician_id=clinician.id)
    for number, (client, period) in enumerate(product(clients, MONTHS)):
        wish, calls = SuperbillWish(_stretch(period)), world.cloud.calls
        calls.clear()
        world.cloud.at, world.cloud.after = number % 29, bool(number // 29 % 2)
        if not by_hand(world, [client], wish):
            struck[f"{calls[-1]} {world.cloud.after}"] += 1
        world.cloud.at = -1
        calls.clear()
        assert by_hand(world, [client], wish)
        calls_of.append(len(calls))
    with world.on_aws():
        numbers = [number for number, _ in world.app.superbills.numbers("fern")]
        assert numbers == list(range(1, 250 * CLIENTS + 1))
        wanted = {(clinician.id, f"{period}-01") for period, clinician in product(MONTHS, TEAM)}
        for client in clients:
            found = [row.superbill for row in world.superbills(client)]
            assert len(found) == len(wanted)
            assert {(one.clinician_id, one.first) for one in found} == wanted
            assert len({id_ for one in found for id_ in one.charge_ids}) == len(wanted)
    print(f"struck at {sum(struck.values())} calls: {dict(struck)}; calls a command {sorted(set(calls_of))}")
    assert {step.rpartition(" ")[0] for step in struck} >= {"dynamodb TransactWriteItems", "dynamodb GetItem"}
    assert max(calls_of) <= max(calls_of[: len(MONTHS)]), "the last client's cost what the first's did"


def _stretch(period: Period) -> Stretch:
    return Stretch(period.first_day.isoformat(), period.last_day.isoformat())
