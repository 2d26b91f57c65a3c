"""Invoices by the clock: the hourly job, the queue, shipped code down to botocore, killed at any call."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib import bootstrap
from chalicelib.documents.services.invoices import running
from chalicelib.entrypoints import jobs
from chalicelib.operations.domain.alerts import AlertName
from chalicelib.practice.domain.practices import Client, InvoicesBy, Practice
from tests.support.cloud import Killed
from tests.support.practice import PRACTICE
from tests.support.saving import put_practice
from tests.unit.invoices.world import World

Clock = Callable[[InvoicesBy], World]
NOON = "T17:00:00+00:00"  # in New York


def of(by: InvoicesBy, since: str = "2026-10-01") -> Practice:
    return replace(PRACTICE, invoices=by, invoices_from=since)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """Makes a practice that issues so, with steps of two accounts."""
    monkeypatch.setattr(running, "PAGE", 2)

    def made(by: InvoicesBy) -> World:
        world = World(of(by))
        bootstrap.use(world.app)
        return world

    yield made
    bootstrap.use(None)


def strike(world: World, at: str = "") -> None:
    """The hour, and whatever of it is in the queue, as long as some is."""
    if at:
        world.clock.at = datetime.fromisoformat(at if "T" in at else at + NOON)
    url = world.app.settings.issue_queue_url
    with world.on_aws():
        jobs.statements()
        while world.cloud.queues[url]:
            world.cloud.work_off(url, jobs.issue, batch=10)


def killed(world: World, at: str) -> bool:
    try:
        strike(world, at)
    except Killed:
        return True
    return False


def clients(world: World, names: Sequence[str], days: Sequence[str]) -> list[Client]:
    with world.on_aws():
        made = [world.client(name) for name in names]
        for client in made:
            for number, day in enumerate(days):
                world.charge(client, f"{client.id} {number}", day)
    return made


def invoiced(world: World, client: Client) -> list[tuple[str, str, str, int]]:
    """Day of issue, first and last day of service, and how many of them: of each invoice."""
    with world.on_aws():
        rows = list(world.app.invoices.all_of(client.ref("fern")))
    return [(row.issued_on, row.first_date, row.last_date, row.lines) for row in rows]


def test_a_session_is_invoiced_the_day_after_where_the_practice_is(clock: Clock) -> None:
    """Issue 14: by the practice's setting."""
    world = clock(InvoicesBy.SESSION)
    (maya,) = clients(world, ["maya"], ["2026-11-05", "2026-11-05"])
    strike(world, "2026-11-06T04:30:00+00:00")  # still the fifth in New York
    assert invoiced(world, maya) == []
    strike(world, "2026-11-06T05:30:00+00:00")
    assert invoiced(world, maya) == [("2026-11-06", "2026-11-05", "2026-11-05", 1)] * 2


def test_daily_has_a_days_services_on_one_invoice_and_monthly_a_months(clock: Clock) -> None:
    """Issue 14. What an outage left out comes later, a day or a month on an invoice each."""
    days = ["2026-11-03", "2026-11-03", "2026-11-05", "2026-12-02"]
    world = clock(InvoicesBy.DAY)
    (maya,) = clients(world, ["maya"], days)
    strike(world, "2026-12-03")
    assert [row[1:] for row in invoiced(world, maya)] == [
        ("2026-11-03", "2026-11-03", 2), ("2026-11-05", "2026-11-05", 1), ("2026-12-02", "2026-12-02", 1)
    ]  # fmt: skip
    world = clock(InvoicesBy.MONTH)
    (maya,) = clients(world, ["maya"], ["2026-10-30", *days])
    strike(world, "2026-11-30")
    assert [row[1:] for row in invoiced(world, maya)] == [("2026-10-30", "2026-10-30", 1)]
    strike(world, "2026-12-04")
    assert invoiced(world, maya)[1:] == [("2026-12-04", "2026-11-03", "2026-11-05", 3)]


def test_what_is_not_to_be_invoiced_by_the_clock_is_not(clock: Clock) -> None:
    """Issue 14: paid in full, free, older than the setting, brought along; a client with nothing gets none. A
    fee for a visit that was missed is owed like another."""
    world = clock(InvoicesBy.SESSION)
    maya, noah, zoe = clients(world, ["maya", "noah", "zoe"], [])
    with world.on_aws():
        world.charge(maya, "old", "2026-09-30")
        world.charge(maya, "free", "2026-11-02", fee_minor=0)
        world.charge(maya, "insurer's", "2026-11-02", insurer_minor=10_000)
        world.charge(maya, "paid", "2026-11-03")
        about = {"method": "cash", "on": "2026-11-03", "charge_external_ids": ("paid",)}
        world.post.external_payment(maya.ref("fern"), "p", 10_000, **about)  # type: ignore[arg-type]
        world.charge(noah, "missed", "2026-11-03")
        world.post.opening_balance(noah.ref("fern"), "opening:noah", 4_000, on="2026-11-03")
    strike(world, "2026-11-06")
    assert (invoiced(world, maya), invoiced(world, zoe)) == ([], [])
    assert invoiced(world, noah) == [("2026-11-06", "2026-11-03", "2026-11-03", 1)]


def test_what_is_entered_late_comes_with_the_next_round_and_nothing_twice(clock: Clock) -> None:
    world = clock(InvoicesBy.DAY)
    (maya,) = clients(world, ["maya"], ["2026-11-03"])
    strike(world, "2026-11-04")
    with world.on_aws():
        world.charge(maya, "late", "2026-11-03")
    strike(world)
    assert len(invoiced(world, maya)) == 1, "once a day"
    for day in ("2026-11-05", "2026-11-06"):
        strike(world, day)
    assert [row[0] for row in invoiced(world, maya)] == ["2026-11-04", "2026-11-05"]


def test_a_void_invoices_services_are_on_the_next_rounds(clock: Clock) -> None:
    world = clock(InvoicesBy.DAY)
    (maya,) = clients(world, ["maya"], ["2026-11-03"])
    strike(world, "2026-11-04")
    with world.on_aws():
        world.app.invoice_issuing.void(world.practice, 1, actor="cli")
    strike(world, "2026-11-05")
    with world.on_aws():
        charges = world.app.invoices.invoiced(maya.ref("fern")).charges
    assert list(charges.values()) == [2]


def calls(world: World) -> list[str]:
    return [name.removeprefix("dynamodb ") for name in world.cloud.calls]


def test_nothing_is_read_of_who_issues_by_hand_and_of_who_is_through_only_the_round(clock: Clock) -> None:
    """Issue 14: beside the practice's own row, which the hour reads for statements, too."""
    world = clock(InvoicesBy.HAND)
    clients(world, ["maya"], ["2026-11-03"])
    world.cloud.calls.clear()
    strike(world, "2026-11-06")
    by_hand = calls(world)
    with world.on_aws():
        put_practice(world.app.practices, of(InvoicesBy.DAY, "2026-11-06"))
    world.cloud.calls.clear()
    strike(world)
    assert calls(world) == by_hand, "it begins tomorrow"
    strike(world, "2026-11-07")
    world.cloud.calls.clear()
    strike(world)
    assert Counter(calls(world)) - Counter(by_hand) == {"GetItem": 1}


def test_of_clients_whose_services_are_invoiced_or_paid_only_two_rows_are_read_in_batches(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PAGE", 100)
    world = clock(InvoicesBy.DAY)
    clients(world, [f"c{number:02d}" for number in range(40)], ["2026-11-03"])
    strike(world, "2026-11-04")
    world.cloud.calls.clear()
    strike(world, "2026-11-05")
    found = Counter(calls(world))
    assert found["BatchGetItem"] == 2, found
    assert found["TransactWriteItems"] == 0
    assert found["GetItem"] == 8, "the practice's and the round's rows, however many clients"


KILLED = [(InvoicesBy.SESSION, 4, False), (InvoicesBy.DAY, 3, True), (InvoicesBy.MONTH, 2, False)]
DAYS = ["2026-10-30", "2026-11-03", "2026-11-03", "2026-11-05"]
NAMES = ["ada", "ben", "cy"]


@pytest.mark.parametrize(("by", "each", "after"), KILLED)
def test_killed_at_any_call_the_next_hours_go_on_without_a_gap_and_issue_none_twice(
    clock: Clock, by: InvoicesBy, each: int, after: bool
) -> None:
    """Issue 14: whatever is killed where, as for invoices by hand (test_invoices.py)."""
    whole = clock(by)
    clients(whole, NAMES, DAYS)
    whole.cloud.calls.clear()
    strike(whole, "2026-12-01")
    steps = list(whole.cloud.calls)
    assert "sqs SendMessage" in steps
    for at, step in enumerate(steps):
        world = clock(by)
        made = clients(world, NAMES, DAYS)
        world.cloud.calls.clear()
        world.cloud.at, world.cloud.after = at, after
        assert killed(world, "2026-12-01"), step
        world.cloud.at = -1
        world.cloud.queues.clear()  # the message that was worked on is lost, too
        for _ in range(3):
            world.clock.advance(hours=1)
            strike(world)
        with world.on_aws():
            numbers = [number for number, _ in world.app.invoices.numbers("fern")]
            assert numbers == list(range(1, len(NAMES) * each + 1)), f"{at}: {step}"
            for client in made:
                charges = world.app.invoices.invoiced(client.ref("fern")).charges
                assert (len(charges), len(set(charges.values()))) == (len(DAYS), each)
            assert world.app.rounds.latest("fern", running.JOB).ended_at  # type: ignore[union-attr]


def test_a_message_that_comes_twice_is_worked_off_once(clock: Clock) -> None:
    """One worker a practice: the row of the round says who has been first."""
    world = clock(InvoicesBy.DAY)
    clients(world, NAMES, DAYS)
    url = world.app.settings.issue_queue_url
    world.clock.at = datetime.fromisoformat("2026-12-01" + NOON)
    with world.on_aws():
        jobs.statements()
        (message,) = world.cloud.queues[url]
        world.cloud.queues[url] = [message, message]
        world.cloud.work_off(url, jobs.issue, batch=10)
        assert len(world.cloud.queues[url]) == 1, "the next step, once"


def test_one_clients_trouble_keeps_nobody_elses_invoice(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    world = clock(InvoicesBy.DAY)
    ada, ben = clients(world, ["ada", "ben"], ["2026-11-03"])
    key = next(key for key in world.cloud.store.items if "P#fern#A#ada" in str(key) and "ACCT" in str(key))
    world.cloud.store.items[key] = {**world.cloud.store.items[key], "open": {"S": "{"}}
    strike(world, "2026-11-04")
    assert invoiced(world, ben) == [("2026-11-04", "2026-11-03", "2026-11-03", 1)]
    assert invoiced(world, ada) == []


def test_a_round_that_does_not_come_through_calls_a_person_and_closes_when_it_does(clock: Clock) -> None:
    """Issue 14: watched as the nightly jobs are."""
    world = clock(InvoicesBy.DAY)
    clients(world, NAMES, DAYS)
    url = world.app.settings.issue_queue_url
    world.clock.at = datetime.fromisoformat("2026-12-01" + NOON)
    with world.on_aws():
        for _ in range(50):  # the queue loses every message
            jobs.statements()
            world.cloud.queues[url].clear()
            world.clock.advance(hours=1)
        (alert,) = world.app.alerting.listed("fern")
        assert alert.cause.name is AlertName.ROUND_OVERDUE
        assert alert.cause.subject.startswith("invoices 2026-12-01")
    strike(world)
    with world.on_aws():
        assert world.app.alerting.listed("fern") == []


# The round, the practice, the round again, and some accounts.
STEP = [*["dynamodb GetItem"] * 2, "dynamodb PutItem", "dynamodb Query", "dynamodb BatchGetItem"]


def test_a_round_that_dies_in_the_same_step_calls_a_person(clock: Clock) -> None:
    world = clock(InvoicesBy.DAY)
    clients(world, NAMES, DAYS)
    place = STEP.index("dynamodb BatchGetItem")
    for _ in range(4):
        world.clock.at = datetime.fromisoformat("2026-12-01" + NOON)
        with world.on_aws():
            jobs.statements()
            world.cloud.calls.clear()
            world.cloud.at = place
            with pytest.raises(Killed):
                world.cloud.work_off(world.app.settings.issue_queue_url, jobs.issue, batch=10)
            world.cloud.at = -1
            world.cloud.queues.clear()
    with world.on_aws():
        (alert,) = world.app.alerting.listed("fern")
    assert alert.cause.name is AlertName.ROUND_STUCK


def test_a_round_whose_row_somebody_edited_calls_a_person(clock: Clock) -> None:
    world = clock(InvoicesBy.DAY)
    clients(world, ["ada"], ["2026-11-03"])
    strike(world, "2026-11-04")
    key = next(key for key in world.cloud.store.items if "JOB#invoices" in str(key))
    world.cloud.store.items[key] = {**world.cloud.store.items[key], "begun_at": {"S": "soon"}}
    strike(world, "2026-11-05")
    with world.on_aws():
        (alert,) = world.app.alerting.listed("fern")
    assert (alert.cause.name, alert.cause.subject) == (AlertName.ROUND_OVERDUE, "invoices unreadable")
