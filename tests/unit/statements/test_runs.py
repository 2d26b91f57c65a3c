"""The statement run: once per practice and month, resumed wherever it was killed, stopped by nobody."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.documents.domain.statements import Delivery, FanOut, Outcome
from chalicelib.documents.services.by_post import PAPER_WANTED
from chalicelib.documents.services.statements.resending import Resending
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Busy, Unreadable
from chalicelib.kernel.periods import Period
from chalicelib.ledger.domain.entries import Entry
from chalicelib.mail.domain.pace import MailPace, Pause
from chalicelib.practice.domain.practices import Client
from tests.support.queue import FakeQueue
from tests.support.saving import put_client, put_practice
from tests.unit.documents.world import Crash, Crashes
from tests.unit.statements.world import IN_OCTOBER, OCTOBER, STATEMENT_DAY, World

NOVEMBER = Period(2026, 11)


def ran(clients: int = 1) -> World:
    world = World(clients)
    world.at(STATEMENT_DAY)
    world.run()
    return world


def test_a_due_practices_clients_get_a_statement_and_a_mail_each() -> None:
    world = ran(23)
    assert len(world.statements.documents) == len(world.files.kept) == 23
    assert sorted(mail.to for mail in world.mailer.sent) == [f"a{n:05d}@example.test" for n in range(23)]
    assert {world.outcome(f"a{n:05d}") for n in range(23)} == {Outcome.SENT}
    assert world.statements.runs == {("fern", OCTOBER): FanOut(23)}


def test_issue_10_10_a_statement_calls_services_as_the_practice_does_in_its_language() -> None:
    world = World(2)
    names = {"Individual session": {"es": "Sesión individual"}}
    put_practice(world.practices, replace(world.practice, service_names=names))
    client = world.people.client("fern", "a00001")
    assert client
    put_client(world.people, "fern", replace(client, locale="es"))
    world.at(STATEMENT_DAY)
    world.run()
    english, spanish = (world.pdf(f"a0000{n}") for n in range(2))
    assert b"Individual session" in english
    assert "Sesión individual".encode() in spanish
    assert b"service='Individual session'" not in spanish


def test_the_clock_striking_again_starts_nothing() -> None:
    world = ran(3)
    world.clock.advance(hours=1)
    assert world.run()["practices"] == 0
    assert len(world.mailer.sent) == 3


def test_a_practice_without_a_statement_day_is_left_alone_and_counted() -> None:
    world = World(2, statement_day=None)
    world.at(STATEMENT_DAY)
    assert world.run() == {"practices": 0, "clients": 0, "without_day": 1, "resent": 0}
    assert world.statements.documents == {}


def test_the_day_is_the_practices_own() -> None:
    world = World()
    put_practice(world.practices, replace(world.practice, timezone="Pacific/Kiritimati"))  # UTC+14
    world.at("2026-11-04T10:30:00+00:00")
    assert world.run()["practices"] == 1
    world = World()
    world.at("2026-11-05T03:00:00+00:00")  # still the fourth in New York
    assert world.run()["practices"] == 0


def steps(world: World) -> list[str]:
    world.at(STATEMENT_DAY)
    world.run()
    return world.crashes.calls


STEPS = steps(World(2))


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(len(STEPS)), ids=[f"{n}-{name}" for n, name in enumerate(STEPS)])
def test_killed_at_any_step_it_resumes_with_one_document_and_one_mail(at: int, after: bool) -> None:
    undisturbed = ran(2)
    world = World(2)
    world.crashes = Crashes(at, after)
    world.at(STATEMENT_DAY)
    with pytest.raises(Crash):
        world.run()
    for _ in range(3):  # the clock strikes again, and messages that were being worked on come back
        world.clock.advance(hours=1)
        world.run()
    assert world.statements.heads == undisturbed.statements.heads
    assert world.files.kept.keys() == undisturbed.files.kept.keys()
    assert {issued.delivery for issued in world.statements.documents.values()} == {Delivery.SENT}
    twice = STEPS[at] == "send" and after and STEPS[at - 1] == "claim"  # between SES's answer and our mark
    twice |= STEPS[at] == "save" and not after and STEPS[at - 1] == "send"
    assert len(world.mailer.sent) == (3 if twice else 2)


def test_two_workers_never_mail_the_same_statement() -> None:
    world = World()
    world.at(STATEMENT_DAY)
    world.issuing.issue(world.practice, OCTOBER, world.people.client_rows["fern", "a00000"])
    send = world.mailer.send

    def meanwhile(mail: object) -> str:
        with pytest.raises(Busy):
            world.delivering.deliver(AccountRef("fern", "a00000"), OCTOBER)
        return send(mail)  # type: ignore[arg-type]

    world.mailer.send = meanwhile  # type: ignore[method-assign]
    assert world.delivering.deliver(AccountRef("fern", "a00000"), OCTOBER) is Delivery.SENT
    assert len(world.mailer.sent) == 1


def test_a_renamed_practice_or_client_leaves_an_issued_statement_as_it_was() -> None:
    world = World()
    world.at(STATEMENT_DAY)
    client = world.people.client_rows["fern", "a00000"]
    world.issuing.issue(world.practice, OCTOBER, client)
    put_practice(world.practices, replace(world.practice, name="Another name"))
    put_client(world.people, "fern", replace(client, name="Another client"))
    world.delivering.deliver(AccountRef("fern", "a00000"), OCTOBER)
    world.open_all()
    (pdf,) = world.files.kept.values()
    assert b"Fern Hill Practice" in pdf
    assert b"Name of a00000" in pdf
    assert b"Another" not in pdf


def test_one_clients_trouble_stops_nobody_else_and_is_written_down() -> None:
    world = World(1)
    world.client("nobody-writes", email="")
    world.client("broken")
    world.client("nothing", fee_minor=0)
    world.client("importing")
    world.post.hold(AccountRef("fern", "importing"), "import-1")
    put_client(world.people, "fern", Client("no-account", "x", "X", "x@example.test", "en"))
    world.renderer.broken.add("broken")
    world.at(STATEMENT_DAY)
    world.run()
    noted = [noted.client_id for noted in world.statements.noted("fern", OCTOBER)]
    found = {client: world.outcome(client) for client in noted}
    assert found == {
        "a00000": Outcome.SENT, "nobody-writes": Outcome.PAPER, "broken": Outcome.UNRENDERABLE,
        "nothing": Outcome.SKIPPED, "importing": Outcome.UPDATING, "no-account": Outcome.NO_ACCOUNT,
    }  # fmt: skip
    assert world.statements.notes["fern", OCTOBER, "broken"].why == "document_unrenderable: unknown variable"


def test_issue_14_a_client_who_wants_paper_gets_paper_and_no_mail_though_there_is_an_address() -> None:
    world = World(1)
    client = world.people.client_rows["fern", "a00000"]
    put_client(world.people, "fern", replace(client, paper=True))
    world.at(STATEMENT_DAY)
    world.run()
    assert world.outcome("a00000", OCTOBER) is Outcome.PAPER
    assert world.statements.notes["fern", OCTOBER, "a00000"].why == PAPER_WANTED
    assert not world.mailer.sent


def damaged(world: World, client_id: str) -> Callable[[], None]:
    """Somebody edited a row of the client's account until it is none; the call undoes it."""
    read = world.ledgers.entries

    def entries(ref: AccountRef, **asked: Any) -> Iterator[Entry]:
        if ref.account == client_id:
            raise Unreadable("entry 7")
        return read(ref, **asked)

    world.ledgers.entries = entries  # type: ignore[method-assign]
    return lambda: setattr(world.ledgers, "entries", read)


def test_a_client_whose_rows_cannot_be_read_fails_alone_and_is_run_again() -> None:
    world = World(2)
    mended = damaged(world, "a00000")
    world.at(STATEMENT_DAY)
    world.run()
    assert (world.outcome("a00000"), world.outcome("a00001")) == (Outcome.FAILED, Outcome.SENT)
    assert world.statements.notes["fern", OCTOBER, "a00000"].why == "row_unreadable: entry 7"
    mended()
    client = next(world.people.clients("fern"))
    assert world.issuing.issue(world.practice, OCTOBER, client, again=True).outcome is Outcome.PENDING
    world.run()
    assert world.outcome("a00000") is Outcome.SENT


def test_a_statement_whose_rows_can_be_read_no_more_is_marked_with_the_reason() -> None:
    """Issued, and a row edited before it was opened: its lines cannot be set."""
    world = World(2)
    world.at(STATEMENT_DAY)
    clients = list(world.people.clients("fern"))
    for client in clients:
        world.issuing.issue(world.practice, OCTOBER, client)
    mended = damaged(world, "a00000")
    world.run()
    assert (world.outcome("a00000"), world.outcome("a00001")) == (Outcome.UNRENDERABLE, Outcome.SENT)
    assert world.statements.notes["fern", OCTOBER, "a00000"].why == "row_unreadable: entry 7"
    mended()
    assert world.issuing.issue(world.practice, OCTOBER, clients[0], again=True).outcome is Outcome.PENDING
    world.run()
    assert world.outcome("a00000") is Outcome.SENT
    assert len(world.mailer.sent) == 3  # its reader, who opened it in vain, is told again


def test_those_that_failed_are_run_again_alone() -> None:
    world = World(2)
    world.renderer.broken.add("a00001")
    world.at(STATEMENT_DAY)
    world.run()
    world.renderer.broken.clear()
    client = world.people.client_rows["fern", "a00001"]
    assert world.issuing.issue(world.practice, OCTOBER, client).outcome is Outcome.UNRENDERABLE
    assert world.issuing.issue(world.practice, OCTOBER, client, again=True).outcome is Outcome.PENDING
    world.run()
    assert world.outcome("a00001") is Outcome.SENT
    assert len(world.mailer.sent) == 3


def test_a_zero_balance_without_activity_is_skipped_only_where_the_practice_says_so() -> None:
    world = World(0)
    world.client("nothing", fee_minor=0)
    put_practice(world.practices, replace(world.practice, skip_zero_statements=False))
    world.at(STATEMENT_DAY)
    world.run()
    assert world.statement("nothing").sums.closing_minor == 0
    assert world.outcome("nothing") is Outcome.SENT


def test_a_month_without_activity_but_with_a_balance_has_a_statement_without_entries() -> None:
    world = ran()
    world.at("2026-12-05T12:00:00+00:00")
    world.run()
    november = world.statement(period=NOVEMBER)
    assert november.covered == ()
    assert november.sums.opening_minor == november.sums.closing_minor == 10_000
    assert november.ageing.parts == (0, 10_000, 0, 0)


def test_an_earlier_month_is_not_made_after_a_later_one() -> None:
    world = ran()
    client = world.people.client_rows["fern", "a00000"]
    assert world.issuing.issue(world.practice, Period(2026, 9), client).outcome is Outcome.LATER_ISSUED
    assert len(world.statements.documents) == 1


def test_the_guarantor_gets_the_mail_where_there_is_one() -> None:
    world = World(0)
    client = world.client("child", email="child@example.test")
    put_client(world.people, "fern", replace(client, guarantor_email="parent@example.test"))
    world.at(STATEMENT_DAY)
    world.run()
    assert [mail.to for mail in world.mailer.sent] == ["parent@example.test"]


def test_the_mail_says_only_that_there_is_a_statement() -> None:
    world = ran()
    (mail,) = world.mailer.sent
    assert "https://bills.example/fern/documents?account=a00000" in mail.text
    for secret in ("Name of", "Individual session", "Ada", "$", "10,000", "100.00", "Fern Hill"):
        assert secret not in mail.subject + mail.text + mail.html


def test_a_statement_whose_message_was_lost_is_delivered_by_the_next_hours() -> None:
    world = World()
    world.at(STATEMENT_DAY)
    world.issuing.issue(world.practice, OCTOBER, world.people.client_rows["fern", "a00000"])
    world.delivery_queue.sent.clear()
    world.clock.advance(hours=1, minutes=1)
    assert world.run()["resent"] == 1
    assert len(world.mailer.sent) == 1


def lost(clients: int) -> World:
    """Everybody's statement is issued, and no message ever arrives."""
    world = World(clients)
    world.at(STATEMENT_DAY)
    for client in world.people.clients("fern"):
        world.issuing.issue(world.practice, OCTOBER, client)
    world.statements.mark_fanned_out("fern", OCTOBER, clients=clients, at="")
    world.delivery_queue.sent.clear()
    return world


@pytest.mark.parametrize(("rate", "hourly"), [(0.0625, 180), (0.125, 360), (1, 405)])
def test_as_many_are_sent_again_as_go_out_in_an_hour_and_none_keeps_others_waiting(
    rate: float, hourly: int
) -> None:
    """Issue 13, number 4: "re-sending follows the pace, not 200 an hour"."""
    world = lost(405)
    world.pace = MailPace(rate, workers=2)
    world.clock.advance(hours=1, minutes=1)
    assert world.running.run_due()["resent"] == hourly
    sent = [message["account"] for message in world.delivery_queue.sent]
    assert len(set(sent)) == len(sent) == hourly
    world.delivery_queue.sent.clear()
    world.clock.advance(minutes=1)
    assert world.running.run_due()["resent"] == min(405 - hourly, hourly)
    assert not {message["account"] for message in world.delivery_queue.sent} & set(sent)


def test_what_is_still_in_the_queue_is_not_sent_again_and_calls_nobody() -> None:
    """Issue 13, number 4: a night that takes hours is no failure."""
    world = lost(100)
    for client in range(100):
        world.delivery_queue.send({"account": str(client)})
    for _ in range(30):
        world.clock.advance(hours=1)
        assert world.running.run_due()["resent"] == 0
    assert world.alerts.subjects == {}
    world.delivery_queue.sent.clear()
    assert world.running.run_due()["resent"] == 100


@pytest.mark.parametrize("why", Pause)
def test_while_mail_is_paused_none_is_sent_again_and_that_is_no_try(why: Pause) -> None:
    """Issue 13, number 4: "the next run goes on"."""
    world = lost(3)
    world.account.daily, world.account.sent = 200, 160 if why is Pause.DAILY_QUOTA else 0
    world.account.stopped = None if why is Pause.DAILY_QUOTA else why
    for _ in range(30):
        world.clock.advance(hours=1)
        assert world.running.run_due()["resent"] == 0
    assert list(world.alerts.subjects.values()) == ["mail_paused"], "not in silence, and not stuck"
    world.account.sent, world.account.stopped = 158, None
    world.clock.advance(hours=1)
    assert world.running.run_due()["resent"] == 2, "the day has room for two, and 40 are for codes"
    assert world.alerts.names == ["mail_paused"]
    world.account.sent = 0
    world.clock.advance(hours=1)
    assert world.running.run_due()["resent"] == 1
    assert world.alerts.names == []


def test_where_the_account_cannot_be_looked_at_statements_are_sent_again() -> None:
    world = lost(3)
    world.account.down = True
    world.clock.advance(hours=2)
    assert world.running.run_due()["resent"] == 3


def test_and_no_pause_is_called_over_then() -> None:
    """SES answers one GetAccount a second: that it did not says nothing of the pause."""
    world = lost(3)
    world.account.stopped = Pause.ACCOUNT_SUSPENDED
    world.clock.advance(hours=2)
    world.running.run_due()
    assert world.alerts.names == ["mail_paused"]
    world.account.down = True
    world.clock.advance(hours=1)
    assert world.running.run_due()["resent"] == 3
    assert world.alerts.names == ["mail_paused"]


def test_a_practice_whose_alerts_cannot_be_read_keeps_no_other_from_its_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One that a newer version had raised, or somebody edited, ended the hourly run before it had begun."""
    world = lost(3)

    def unreadable(practice: str) -> list[object]:
        raise ValueError("a name of a newer version")

    monkeypatch.setattr(world.alerts, "all", unreadable)
    world.account.stopped = Pause.SENDING_PAUSED
    world.clock.advance(hours=2)
    assert world.running.run_due()["resent"] == 0
    world.account.stopped = None
    world.clock.advance(minutes=1)
    assert world.running.run_due()["resent"] == 3


def test_one_that_stays_stuck_is_tried_ever_more_seldom_and_a_person_is_called() -> None:
    world, tries = lost(1), list[int]()
    for hour in range(1, 120):
        world.clock.advance(hours=1, seconds=1)
        if world.running.run_due()["resent"]:
            tries.append(hour)
        assert world.alerts.subjects == ({"a00000 2026-10": "statement_stuck"} if hour >= 8 else {})
    assert tries == [1, 2, 4, 8, 16, 32, 56, 80, 104]


@pytest.mark.parametrize("clients", [10, 100, 300])
def test_a_client_costs_the_same_number_of_calls_however_many_there_are(clients: int) -> None:
    world = ran(clients)
    calls = world.crashes.calls
    assert calls.count("send_all") == clients / 10
    before = ["due", "practice_ids", "practice", "fanned_out"]
    for_the_run = [*before, "account_refs", "clients", "mark_fanned_out"]
    issuing, delivering, opening = 7, 7, 4  # names travel with the entries: no charge is read
    assert len(calls) == len(for_the_run) + clients / 10 + clients * (issuing + delivering + opening)
    assert calls.count("clients") == 1


class SlowQueue(FakeQueue):
    """Takes nine seconds for ten messages; answers no more once it has `most`."""

    def __init__(self, world: World, most: int = 10_000) -> None:
        super().__init__()
        self.world, self.most = world, most

    def send_all(self, messages: Sequence[Mapping[str, str]]) -> None:
        self.world.clock.advance(seconds=9)
        self.down = len(self.sent) >= self.most
        super().send_all(messages)


@pytest.mark.parametrize("clients", [1200, 1501])
def test_a_practice_too_large_for_one_call_goes_on_with_the_next_and_hands_nobody_over_twice(
    clients: int,
) -> None:
    """Issue 13: a group with a million clients is handed over in hours, not begun anew every hour."""
    world = World(clients)
    world.at(STATEMENT_DAY)
    world.issue_queue = SlowQueue(world)  # fifty batches are 7.5 minutes
    handed = list[int]()
    while world.running.run_due()["practices"]:
        handed.append(len(world.issue_queue.sent))
        world.clock.advance(hours=1)
    sent = [message["client"] for message in world.issue_queue.sent]
    assert len(handed) == 2
    assert handed[0] == 1000
    assert len(set(sent)) == len(sent) == clients
    assert world.statements.runs == {("fern", OCTOBER): FanOut(clients)}


def test_what_sending_again_takes_of_a_call_is_not_there_for_the_runs_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Issue 13, number 4: both share the function's fifteen minutes, at whose end it is killed."""
    world = World(1200)
    world.at(STATEMENT_DAY)
    world.issue_queue = SlowQueue(world)  # fifty batches are 7.5 minutes

    def resend(_: Resending) -> int:
        world.clock.advance(minutes=8)
        return 0

    monkeypatch.setattr(Resending, "resend", resend)
    assert world.running.run_due()["clients"] == 500
    assert world.running.run_due()["clients"] == 500
    assert world.running.run_due()["clients"] == 200


def test_cut_off_between_two_notes_the_next_call_hands_over_no_more_than_came_since() -> None:
    world = World(1300)
    world.at(STATEMENT_DAY)
    world.issue_queue = queue = SlowQueue(world, most=700)
    with pytest.raises(Busy):
        world.running.fan_out(world.practice, OCTOBER)
    assert world.statements.runs["fern", OCTOBER].clients == 500
    queue.most = 10_000
    while world.running.run_due()["practices"]:
        pass
    sent = [message["client"] for message in queue.sent]
    assert len(set(sent)) == 1300
    assert len(sent) == 1300 + 700 - 500


def test_in_october_nothing_is_due() -> None:
    world = World()
    world.at(IN_OCTOBER)
    assert world.run()["practices"] == 0
