"""`billfold reminders`: who will be asked for what, and what keeps the others back (issue 14)."""

import json
from typing import Any

from chalicelib.ledger.domain.asked import ItemKind, ItemRef
from chalicelib.questions.domain.questions import Choice
from chalicelib.questions.services.asking import QuestionWish
from tests.support.queue import FakeQueue
from tests.unit.cli.test_backups import kept
from tests.unit.cli.world import PRACTICE, World

OAK = ("--practice", "oak")


def create(world: World, **more: Any) -> None:
    file = world.file("practice.json", json.dumps({**PRACTICE, **more}))
    assert world.run("practice", "create", "--file", file).status == 0


def test_reminders_are_off_where_the_file_does_not_say_otherwise(world: World) -> None:
    create(world)
    result = world.run("reminders", *OAK)
    assert (result.status, result.out) == (0, "Reminders are off.\n")


def test_it_says_who_will_be_reminded_and_what_keeps_the_others_back(world: World) -> None:
    world.with_books()
    create(world, reminders=[3, 14, 30])
    assert world.run("invoice", "issue", *OAK, "--all", "--due", "2026-11-24").status == 0
    before = kept()
    result = world.run("reminders", *OAK, "--days", "10")
    assert (result.status, kept()) == (0, before)
    first, second, last = result.out.splitlines()
    assert {first[3:], second[3:]} == {
        "C1, 150.00 due 2026-11-24, will be asked on 2026-11-27",
        "C2, 90.00 due 2026-11-24, kept back: no e-mail address",
    }
    assert last == "1 reminder would go out."

    world.app.clock.advance(days=8)  # type: ignore[attr-defined]
    practice = world.app.practices.practice("oak")
    assert practice is not None
    assert practice.reminders_from == "2026-11-27"
    world.app.delivery_queue = FakeQueue()
    assert world.app.reminder_runs.hand_over(practice) == 2
    (ref,) = world.app.people.accounts_of("oak", ["C1"]).values()
    number = next(n for n, of in world.app.invoices.numbers("oak") if of.account == ref)
    about = ItemRef(ItemKind.INVOICE, f"invoice-{number}")
    wish = QuestionWish("question-00000001", about, Choice.ALREADY_PAID, "", "p", "cli")
    world.app.asking.ask(next(of for n, of in world.app.invoices.numbers("oak") if n == number), wish)
    events = world.run("reminders", *OAK, "--json").events
    assert {event["client"]: event["kept"] for event in events[:-1]} == {"C1": "question", "C2": "no_address"}
    assert events[-1]["reminders"] == 0


def test_a_week_between_requests_is_counted_from_the_reminders_own_day(world: World) -> None:
    """Issue 14: an invoice mailed today kept back what is reminded of in a month; void ones stood there."""
    world.with_books()
    more = "charge_id,client_id,date,service,clinician_id,fee\n" + "".join(
        f"A{n},C1,2026-10-0{n},Talk,dr-a,50\n" for n in range(2, 7)
    )
    assert world.run("import", *OAK, world.file("charges.csv", more)).status == 0
    create(world, reminders=[3])
    world.app.clock.advance(days=8)  # type: ignore[attr-defined]
    days = ("2026-11-28", "2026-12-05", "2026-12-06", "2026-12-20", "2026-12-21")
    for n, due in enumerate(days, start=2):
        issue = ("invoice", "issue", *OAK, "--client", "C1", "--charges", f"A{n}", "--due", due)
        assert world.run(*issue).status == 0
    assert world.run("invoice", "void", *OAK, "3").status == 0
    practice = world.app.practices.practice("oak")
    assert practice is not None
    world.app.money_requests.note(practice, "ana@example.test")  # today, 2026-11-28
    *lines, last = world.run("reminders", *OAK, "--days", "40").out.splitlines()
    lately = "asked for money within a week"
    assert [line.partition(", ")[2] for line in lines] == [
        f"50.00 due 2026-11-28, kept back until 2026-12-05: {lately}",
        f"50.00 due 2026-12-05, kept back until 2026-12-12: {lately}",  # a week after the one above
        "50.00 due 2026-12-20, will be asked on 2026-12-23",
        f"50.00 due 2026-12-21, kept back until 2026-12-30: {lately}",
    ]
    assert last == "1 reminder would go out."
