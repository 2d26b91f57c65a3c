"""Webhooks: durable or not acknowledged, and never believed.

Issue 8, number 9.
"""

import pytest

from chalicelib.kernel.outside import ProcessorMissing
from tests.support.api import World
from tests.support.practice import MAYA
from tests.support.processor import GOOD_SIGNATURE

KEY = "0b8f1c1e-0000-4000-8000-000000000001"
PATH = "/webhooks/fern/stripe"


@pytest.fixture
def maya(world: World) -> str:
    cookie = world.person("maya@example.test", "maya")
    world.charge("maya", "c1", 12000)
    world.pay("maya", cookie, KEY, type="balance")
    return cookie


def send(world: World, event_id: str, object_id: str, signature: str = GOOD_SIGNATURE) -> int:
    headers = {"Stripe-Signature": signature, "Origin": "", "Billfold-Request": ""}
    raw = f"{event_id} checkout.session.completed {object_id}".encode()
    return world.call("POST", PATH, raw, headers=headers).status


def work_off(world: World) -> None:
    for task in world.settle_queue.sent:
        world.app.receiving.work_off(task["practice"], task["processor"], task["event"], task)
    world.settle_queue.sent.clear()


def owed(world: World, cookie: str) -> int:
    return int(world.billing("maya", cookie)["balance"]["owed_minor"])


def test_a_signed_event_settles_the_payment_from_what_the_processor_holds(world: World, maya: str) -> None:
    world.processor.take(KEY)
    assert send(world, "evt_1", f"cs_{KEY}") == 200
    assert owed(world, maya) == 12000
    work_off(world)
    assert owed(world, maya) == 0


def test_an_event_about_money_that_the_processor_does_not_hold_credits_nothing(
    world: World, maya: str
) -> None:
    assert send(world, "evt_1", f"cs_{KEY}") == 200
    work_off(world)
    assert owed(world, maya) == 12000


def test_duplicate_and_repeated_events_credit_once(world: World, maya: str) -> None:
    world.processor.take(KEY)
    for event in ("evt_1", "evt_1", "evt_2"):
        assert send(world, event, f"cs_{KEY}") == 200
        work_off(world)
    assert owed(world, maya) == 0
    assert [task["task"] for task in world.documents_queue.sent] == ["receipt"]


def test_a_badly_signed_event_writes_nothing(world: World, maya: str) -> None:
    assert send(world, "evt_1", f"cs_{KEY}", signature="bad") == 400
    assert world.app.work.inbox_row("fern", "stripe", "evt_1") is None
    assert world.settle_queue.sent == []


def test_an_event_for_an_unknown_practice_is_refused(world: World) -> None:
    answer = world.call(
        "POST", "/webhooks/nobody/stripe", b"x", headers={"Origin": "", "Billfold-Request": ""}
    )
    assert (answer.status, answer.code) == (404, "practice_not_found")


def test_an_event_that_could_not_be_queued_is_found_by_sweep(world: World, maya: str) -> None:
    world.processor.take(KEY)
    world.settle_queue.down = True
    assert send(world, "evt_1", f"cs_{KEY}") == 200
    world.settle_queue.down = False
    world.clock.advance(minutes=2)
    assert world.app.sweeping.sweep()["inbox"] == 1
    work_off(world)
    assert owed(world, maya) == 0
    assert world.app.sweeping.sweep()["inbox"] == 0


def test_all_events_lost_one_reconcile_posts_everything_and_the_next_changes_nothing(
    world: World, maya: str
) -> None:
    world.processor.take(KEY)
    world.app.reconciling.reconcile()
    assert owed(world, maya) == 0
    before = world.app.ledgers.account(MAYA)
    world.app.reconciling.reconcile()
    assert world.app.ledgers.account(MAYA) == before


def test_what_keeps_failing_is_started_again_later_each_time(world: World, maya: str) -> None:
    """A row that never works must not flood its queue: ever longer apart, six hours at most."""
    assert send(world, "evt_1", "cs_unknown") == 200
    started = []
    for minute in range(64):
        world.clock.advance(minutes=1)
        if world.app.sweeping.sweep()["inbox"]:
            started.append(minute)
    assert started == [1, 3, 6, 11, 20, 37]
    world.clock.advance(days=2)
    assert world.app.sweeping.sweep()["inbox"] == 1
    world.clock.advance(hours=6, minutes=1)
    assert world.app.sweeping.sweep()["inbox"] == 1


def test_an_event_about_what_has_no_id_is_acknowledged_and_kept_nowhere(world: World, maya: str) -> None:
    headers = {"Stripe-Signature": GOOD_SIGNATURE, "Origin": "", "Billfold-Request": ""}
    assert world.call("POST", PATH, b"evt_1 balance.available", headers=headers).status == 200
    assert world.settle_queue.sent == []
    assert world.app.work.inbox_row("fern", "stripe", "evt_1") is None


def test_an_event_of_an_object_that_does_not_exist_ends_after_two_hours_with_an_alert(
    world: World, maya: str
) -> None:
    world.processor.hidden = {"ch_none": ProcessorMissing("resource_missing")}
    assert send(world, "evt_1", "ch_none") == 200
    task = world.settle_queue.sent[0]
    for _ in range(2):
        with pytest.raises(ProcessorMissing):
            world.app.receiving.work_off(task["practice"], task["processor"], task["event"], task)
        world.clock.advance(hours=1)
    world.app.receiving.work_off(task["practice"], task["processor"], task["event"], task)
    (alert,) = world.app.alerting.listed("fern")
    assert (alert.cause.name.value, alert.cause.subject) == ("event_of_nothing", "ch_none")
    due = world.app.work.due("inbox", before="2999-01-01T00:00:00.000Z", limit=10)
    assert list(due) == []
