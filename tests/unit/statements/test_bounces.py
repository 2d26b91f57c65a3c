"""Mail that bounced or was complained about: noted, put on the paper list, sent again when asked."""

from dataclasses import replace

import pytest

from chalicelib.documents.domain.statements import Delivery, Outcome
from chalicelib.entrypoints.mail_events import report
from chalicelib.identity.services.sign_in_mail import compose_sign_in
from chalicelib.kernel.outside import Busy
from chalicelib.kernel.periods import Period
from chalicelib.mail.ports import Mail
from tests.support.saving import put_client
from tests.support.ses_events import bounce, complaint, of_mail
from tests.unit.documents.world import Crash, Crashes
from tests.unit.statements.world import OCTOBER, STATEMENT_DAY, World

NOVEMBER = Period(2026, 11)
SAID = "Permanent General: smtp; 550 5.1.1 user unknown"


def mailed(clients: int = 1) -> World:
    world = World(clients)
    world.at(STATEMENT_DAY)
    world.run()
    return world


def take_in(world: World, event: object) -> bool:
    found = report(event)
    assert found is not None
    return world.reports.take_in(found)


def in_december(world: World) -> None:
    world.at("2026-12-05T12:00:00+00:00")
    world.run()


def again(world: World, period: Period = OCTOBER) -> Outcome:
    client = world.people.client_rows["fern", "a00000"]
    return world.issuing.issue(world.practice, period, client, again=True).outcome


def test_the_mail_bears_what_finds_its_statement_again() -> None:
    (mail,) = mailed().mailer.sent
    assert mail.tags == (
        ("practice", "fern"), ("kind", "statement"), ("account", "a00000"), ("period", "2026-10"),
    )  # fmt: skip


def test_a_bounce_is_written_down_with_what_the_server_said_and_nobody_elses_is_touched() -> None:
    world = mailed(2)
    assert take_in(world, bounce("mail-1"))
    assert world.outcome("a00000") is Outcome.BOUNCED
    assert world.statements.notes["fern", OCTOBER, "a00000"].why == SAID
    assert world.outcome("a00001") is Outcome.SENT


def test_reports_twice_late_and_of_an_earlier_mail_change_nothing() -> None:
    world = mailed()
    take_in(world, bounce("mail-1", bounceType="Transient"))
    before = dict(world.statements.documents)
    assert not take_in(world, bounce("mail-1", bounceType="Transient"))
    assert world.statements.documents == before
    again(world)
    world.run()
    assert world.outcome("a00000") is Outcome.SENT
    assert not take_in(world, bounce("mail-1", bounceType="Transient"))
    assert world.outcome("a00000") is Outcome.SENT
    assert take_in(world, bounce("mail-2", bounceType="Transient"))


def test_next_month_goes_to_paper_without_a_mail_and_says_why() -> None:
    world = mailed()
    take_in(world, bounce())
    in_december(world)
    assert world.outcome("a00000", NOVEMBER) is Outcome.PAPER
    assert world.statements.notes["fern", NOVEMBER, "a00000"].why == f"bounce on 2026-11-05: {SAID}"
    assert len(world.mailer.sent) == 1
    assert len(world.files.kept) == 2


def test_a_passing_bounce_stops_no_later_mail() -> None:
    world = mailed()
    take_in(world, bounce(bounceType="Transient"))
    in_december(world)
    assert world.outcome("a00000", NOVEMBER) is Outcome.SENT


def test_a_complaint_leaves_the_delivery_and_stops_later_statements() -> None:
    world = mailed()
    assert not take_in(world, complaint())
    assert world.outcome("a00000") is Outcome.SENT
    in_december(world)
    assert world.outcome("a00000", NOVEMBER) is Outcome.PAPER
    assert world.statements.notes["fern", NOVEMBER, "a00000"].why == "complaint on 2026-11-06"


def test_issue_9_5_a_complaint_about_a_code_that_a_stranger_asked_for_stops_no_statement() -> None:
    world = mailed()
    asked = compose_sign_in(world.practice, to="", locale="en", code="A", token="t", public_url="https://b")
    take_in(world, of_mail(complaint(), to="a00000@example.test", tags=dict(asked.tags)))
    in_december(world)
    assert world.outcome("a00000", NOVEMBER) is Outcome.SENT
    assert world.alerts.names == ["mail_complaint"]


def test_another_address_of_the_client_is_written_to() -> None:
    world = mailed()
    take_in(world, bounce())
    client = world.people.client_rows["fern", "a00000"]
    put_client(world.people, "fern", replace(client, email="new@example.test"))
    assert again(world) is Outcome.PENDING
    world.run()
    assert world.outcome("a00000") is Outcome.SENT
    assert [mail.to for mail in world.mailer.sent] == ["a00000@example.test", "new@example.test"]


def test_asked_again_a_dead_address_goes_to_paper_until_somebody_says_to_try_it() -> None:
    world = mailed()
    take_in(world, bounce())
    again(world)
    world.run()
    assert world.outcome("a00000") is Outcome.PAPER
    world.addresses.try_again("fern", world.people.client_rows["fern", "a00000"])
    again(world)
    world.run()
    assert world.outcome("a00000") is Outcome.SENT
    assert len(world.mailer.sent) == 2


def test_after_a_complaint_no_statement_is_mailed_because_a_bounce_is_tried_again() -> None:
    world = mailed()
    take_in(world, bounce())
    take_in(world, complaint())
    world.addresses.try_again("fern", world.people.client_rows["fern", "a00000"])
    again(world)
    world.run()
    assert world.outcome("a00000") is Outcome.PAPER
    assert len(world.mailer.sent) == 1


def test_a_bounce_that_comes_before_our_mark_waits_for_it() -> None:
    world = World()
    world.at(STATEMENT_DAY)
    send = world.mailer.send

    def bouncing(mail: Mail) -> str:
        message_id = send(mail)
        with pytest.raises(Busy):
            take_in(world, bounce(message_id))
        return message_id

    world.mailer.send = bouncing  # type: ignore[method-assign]
    world.run()
    assert take_in(world, bounce("mail-1"))
    assert world.outcome("a00000") is Outcome.BOUNCED


def test_a_bounce_of_no_statement_stops_the_address_alone() -> None:
    world = mailed()
    event = bounce()
    del event["mail"]["tags"]["account"], event["mail"]["tags"]["period"]
    assert not take_in(world, event)
    in_december(world)
    assert world.outcome("a00000", NOVEMBER) is Outcome.PAPER


def steps() -> list[str]:
    world = mailed()
    world.crashes.calls.clear()
    take_in(world, bounce())
    return world.crashes.calls


STEPS = steps()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(len(STEPS)), ids=[f"{n}-{name}" for n, name in enumerate(STEPS)])
def test_killed_at_any_step_the_report_is_taken_in_by_the_next_try(at: int, after: bool) -> None:
    world = mailed()
    world.crashes = Crashes(at, after)
    with pytest.raises(Crash):
        take_in(world, bounce())
    world.crashes = Crashes()
    take_in(world, bounce())
    assert world.statements.documents["fern", "a00000", OCTOBER].delivery is Delivery.BOUNCED
    in_december(world)
    assert world.outcome("a00000", NOVEMBER) is Outcome.PAPER
