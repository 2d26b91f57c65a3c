"""Reminders of overdue invoices (issue 14): on each day of the schedule, once a week a payer, a link and
nothing else; and what is read of whom."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib import bootstrap
from chalicelib.documents.domain.reminders import Kept, Reminder, first_on
from chalicelib.documents.services.reminders.looking import Looked
from chalicelib.documents.services.reminders.reminding import compose_reminder
from chalicelib.entrypoints import jobs
from chalicelib.mail.domain.pace import Pause
from chalicelib.practice.domain.practices import Client, reminders_begun
from tests.support.cloud import Killed
from tests.support.mail import FakeAccount
from tests.support.practice import PRACTICE
from tests.unit.invoices.world import World

DAYS = (3, 14, 30)
ON = replace(PRACTICE, reminders=DAYS, reminders_from="2026-11-01", invoice_days=7)
ADA = "ada@example.test"


@pytest.fixture
def world() -> Iterator[World]:
    world = World(ON)
    bootstrap.use(world.app)
    with world.on_aws():
        yield world
    bootstrap.use(None)


def owing(world: World, id_: str, **facts: str) -> Client:
    """Somebody with one invoice, due 2026-11-12, of which they were told."""
    client = world.client(id_, **facts)
    world.charge(client, f"{id_}-1")
    (invoice,) = world.issue(client)
    world.app.invoice_notices.send(client.ref("fern"), invoice.number)
    world.cloud.mails.clear()
    world.clock.advance(minutes=2)  # the claim on the address runs out
    return client


def hour(world: World) -> list[str]:
    """Whom the next hour's job reminds."""
    before = len(world.cloud.mails)
    world.app.reminder_runs.hand_over(world.practice)
    world.cloud.work_off(world.app.settings.delivery_queue_url, jobs.delivery, batch=1)
    return world.cloud.mails[before:]


def days(world: World, count: int) -> dict[int, list[str]]:
    """By the day after the issue, whom the hours of these days remind."""
    found = dict[int, list[str]]()
    for day in range(1, count + 1):
        world.clock.advance(days=1)
        if mails := hour(world) + hour(world):
            found[day] = mails
    return found


def test_an_invoice_is_reminded_of_on_each_day_of_the_schedule(world: World) -> None:
    owing(world, "maya")
    assert hour(world) == []
    assert set(days(world, 60)) == {10, 21, 37}


def test_a_payer_of_two_children_gets_one_reminder_for_both(world: World) -> None:
    owing(world, "maya", guarantor_email=ADA)
    owing(world, "noah", guarantor_email=ADA)
    assert days(world, 60) == {10: [ADA], 21: [ADA], 37: [ADA]}


def test_a_reminder_waits_a_week_after_an_invoice_or_a_statement(world: World) -> None:
    maya = owing(world, "maya")
    world.clock.advance(days=9)
    world.charge(maya, "maya-2")
    (second,) = world.issue(maya)
    world.app.invoice_notices.send(maya.ref("fern"), second.number)
    world.cloud.mails.clear()
    first = days(world, 8)
    assert set(first) == {7}  # nine days and seven after the first one's issue: day 16
    world.app.money_requests.note(ON, "Maya@example.test")
    assert set(days(world, 8)) == {7}


@pytest.mark.parametrize("gone", [2, 12, 25])
def test_after_an_outage_what_was_missed_is_not_made_up_for(world: World, gone: int) -> None:
    owing(world, "maya")
    world.clock.advance(days=9 + gone)
    found = days(world, 40)
    # Issued on day 0 and due on day 7, it has days 10, 21 and 37; `found` counts from the end of the outage.
    assert set(found) == {2: {1, 10, 26}, 12: {1, 16}, 25: {1, 8}}[gone]
    assert all(len(mails) == 1 for mails in found.values())


def test_what_is_paid_void_or_asked_about_is_kept_back_until_it_is_not(world: World) -> None:
    maya, noah = owing(world, "maya"), owing(world, "noah")
    world.post.external_payment(maya.ref("fern"), "p1", 10_000, method="cash", on="2026-11-05")
    world.app.invoice_issuing.void(ON, 2, actor="cli")
    assert days(world, 30) == {}
    due = world.app.reminders.of_numbers("fern", [1, 2])
    assert [one.on for one in due] == ["2026-12-12", ""]  # what paid it may come back; a void never does
    assert noah.id == due[1].account_id


def test_who_has_invoices_posted_is_mailed_no_reminder_of_them(world: World) -> None:
    """The client file's `paper`: perhaps others read the mail of that address."""
    owing(world, "maya")
    known = world.app.people.client("fern", "maya")
    assert known is not None
    world.app.people.save_client("fern", replace(known, paper=True), before=known)
    assert days(world, 30) == {}
    (due,) = world.app.reminders.of_numbers("fern", [1])
    (looked,) = world.app.reminder_look.look(ON, [due])
    assert (due.on, looked.kept) == ("2026-12-12", Kept.BY_POST)


def test_nothing_is_read_of_who_has_reminders_off_or_of_the_night(world: World) -> None:
    owing(world, "maya")
    world.cloud.calls.clear()
    assert world.app.reminder_runs.hand_over(PRACTICE) == 0
    world.clock.advance(hours=7)  # 19 o'clock in New York
    assert world.app.reminder_runs.hand_over(ON) == 0
    assert world.cloud.calls == []


def test_what_is_not_due_is_read_once(world: World) -> None:
    """Three calls an hour, however many invoices there are, once they are planned."""
    for number in range(20):
        owing(world, f"c{number}")
    world.cloud.calls.clear()
    hour(world)
    planned = Counter(world.cloud.calls)
    assert planned["dynamodb PutItem"] == 21
    world.cloud.calls.clear()
    assert hour(world) == []
    assert Counter(world.cloud.calls) == {"dynamodb GetItem": 2, "dynamodb Query": 1}


def test_nothing_is_handed_over_while_the_queue_is_full_or_mail_is_paused(world: World) -> None:
    owing(world, "maya")
    account = world.app.mail_account = FakeAccount()
    world.app.__dict__.pop("reminder_runs", None)
    world.app.__dict__.pop("mail_watch", None)
    world.clock.advance(days=10)
    account.stopped = next(iter(Pause))
    assert world.app.reminder_runs.hand_over(ON) == 0
    account.stopped = None
    world.clock.advance(minutes=2)
    url = world.app.settings.delivery_queue_url
    world.cloud.queues[url] = ["{}"] * 10_000
    assert world.app.reminder_runs.hand_over(ON) == 0
    world.cloud.queues[url].clear()
    assert world.app.reminder_runs.hand_over(ON) == 1


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_call_it_is_sent_and_twice_only_between_answer_and_mark(after: bool) -> None:
    def due() -> World:
        world = World(ON)
        bootstrap.use(world.app)
        with world.on_aws():
            owing(world, "maya")
            world.app.keys.lookup_hash("warm", "")
            hour(world)
            world.clock.advance(days=10)
        world.cloud.calls.clear()
        return world

    whole = due()
    with whole.on_aws():
        assert hour(whole) == ["maya@example.test"]
    steps, twice = list(whole.cloud.calls), 0
    for at, step in enumerate(steps):
        world = due()
        world.cloud.at, world.cloud.after = at, after
        with world.on_aws(), pytest.raises(Killed):
            hour(world)
        world.cloud.at = -1
        with world.on_aws():
            for _ in range(3):
                world.clock.advance(hours=1)
                hour(world)
        assert world.cloud.mails, f"{at}: {step}"
        twice += len(world.cloud.mails) - 1
    assert twice == 1
    bootstrap.use(None)


@pytest.mark.parametrize(
    ("locale", "subject"),
    [("en", "An invoice is past its due date"), ("es", "Una factura está vencida")],
)
def test_the_mail_names_nobody_and_no_amount(locale: str, subject: str) -> None:
    client = Client("a7", "1001", "Zebulon Quartz", ADA, locale)
    looked = Looked(Reminder(17, "a7", "2026-11-12", "2026-11-15"), None, 12_345, ADA, "h", "", client)
    one = compose_reminder(PRACTICE, [looked], locale=locale, public_url="https://b.example")
    assert one.subject == subject
    assert "https://b.example/fern/invoice?account=a7&id=invoice-17" in one.text
    assert "/fern/questions?account=a7&kind=invoice&id=invoice-17&choice=already_paid" in one.text
    assert "pay-link" not in one.text
    paying = compose_reminder(
        PRACTICE, [looked], locale=locale, public_url="https://b.example", pay_link="https://b.example/x#y"
    )
    assert "https://b.example/x#y" in paying.text
    many = compose_reminder(PRACTICE, [looked, looked], locale=locale, public_url="https://b.example")
    assert "https://b.example/fern/documents?account=a7" in many.text
    for word in ("Zebulon", "Quartz", "123.45", "session", "Ada"):
        assert word not in one.text + one.html + many.text


def test_reminders_begin_a_week_after_they_are_switched_on() -> None:
    """What was mailed before asked for money, too, and nobody has noted it."""
    on = reminders_begun(PRACTICE, replace(PRACTICE, reminders=DAYS), today="2026-11-05")
    assert on.reminders_from == "2026-11-12"
    changed = reminders_begun(on, replace(PRACTICE, reminders=(5,)), today="2026-12-01")
    assert changed.reminders_from == "2026-11-12"
    assert reminders_begun(on, PRACTICE, today="2026-12-01").reminders_from == ""
    assert reminders_begun(None, on, today="2026-12-01").reminders_from == "2026-12-08"


@pytest.mark.parametrize(
    ("why", "on"),
    [
        (Kept.VOID, ""), (Kept.PAID, "2026-11-26"), (Kept.STOPPED, "2026-11-26"),
        (Kept.QUESTION, "2026-11-16"), (Kept.IN_FLIGHT, "2026-11-16"), (Kept.DISPUTE, "2026-11-16"),
        (Kept.UPDATING, "2026-11-16"), (Kept.ASKED_LATELY, "2026-11-20"),
    ],
)  # fmt: skip
def test_when_a_kept_reminder_is_looked_at_next(why: Kept, on: str) -> None:
    reminder = Reminder(1, "a", "2026-11-12", "2026-11-15")
    assert reminder.kept(why, DAYS, "2026-11-15", "2026-11-13").on == on


def test_the_days_of_a_schedule() -> None:
    assert first_on("2026-11-12", DAYS, after="2026-11-12") == "2026-11-15"
    assert first_on("2026-11-12", DAYS, after="2026-11-15") == "2026-11-26"
    assert first_on("2026-11-12", DAYS, after="2026-12-12") == ""
