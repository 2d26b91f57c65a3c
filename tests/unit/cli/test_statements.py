"""`billfold statements`: runs a month, shows what became of whom, and runs again for those alone."""

import json

import pytest

from chalicelib.adapters.documents.statement import TypstStatementRenderer
from chalicelib.domain.errors import Invalid
from chalicelib.domain.statements import StatementData
from chalicelib.entrypoints import jobs
from chalicelib.services.ports import Mail, Mailer
from tests.support.clock import FakeClock
from tests.support.queue import FakeQueue
from tests.unit.cli.world import World

RUN = ("statements", "--practice", "oak", "--month", "2026-10")


class Record:
    def __init__(self, task: dict[str, str]) -> None:
        self.body = json.dumps(task)

    def to_dict(self) -> dict[str, str]:
        return {"messageId": "m1"}


class Mails(Mailer):
    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self.refusing = False

    def send(self, mail: Mail) -> str:
        if self.refusing:
            raise Invalid("mail_refused")
        self.sent.append(mail)
        return "m"


class WorkingClock(FakeClock):
    """While the command waits, the documents function works."""

    def __init__(self, queue: FakeQueue) -> None:
        super().__init__("2026-10-15T12:00:00+00:00")
        self.queue, self.working = queue, True

    def pause(self, attempt: int) -> None:
        self.advance(seconds=5)
        tasks, self.queue.sent = (self.queue.sent, []) if self.working else ([], self.queue.sent)
        assert jobs.documents([Record(task) for task in tasks]) == {"batchItemFailures": []}


@pytest.fixture
def mails(world: World) -> Mails:
    """Books imported in October, an empty mailbox, and the 20th of November."""
    queue, mails = FakeQueue(), Mails()
    world.app.documents_queue = queue
    world.app.clock = clock = WorkingClock(queue)
    world.app.__dict__["mailer"] = mails
    world.with_books()
    clock.advance(days=36)
    return mails


def outcomes(world: World, *more: str) -> dict[str, str]:
    result = world.run(*RUN, "--json", *more)
    return {e["client"]: e["outcome"] for e in result.events if e["event"] == "client"}


def test_a_run_makes_a_statement_each_and_says_who_is_on_the_paper_list(world: World, mails: Mails) -> None:
    result = world.run(*RUN)
    assert result.status == 0
    assert "C2: on the paper list: there is no e-mail address" in result.out
    assert "Done: 2 clients" in result.out
    assert "C1" not in result.out
    assert [mail.to for mail in mails.sent] == ["ana@example.test"]


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(world: World, mails: Mails) -> None:
    result = world.run(*RUN, "--dry-run", "--json")
    assert result.status == 0
    assert result.events[-1]["outcomes"]["pending"] == 2
    assert result.events[-1]["dry_run"] is True
    assert outcomes(world) == {"C1": "sent", "C2": "paper"}  # nothing had been there before


def test_run_again_it_makes_and_mails_nothing_more(world: World, mails: Mails) -> None:
    world.run(*RUN)
    assert outcomes(world) == {"C1": "sent", "C2": "paper"}
    assert len(mails.sent) == 1


def test_a_refused_address_is_named_and_tried_again_when_asked(world: World, mails: Mails) -> None:
    mails.refusing = True
    result = world.run(*RUN)
    assert result.status == 1
    assert "C1: not mailed: the address is refused" in result.out
    mails.refusing = False
    assert outcomes(world, "--only", "C1") == {"C1": "sent"}
    assert len(mails.sent) == 1


def test_a_client_on_the_paper_list_gets_the_mail_once_there_is_an_address(
    world: World, mails: Mails
) -> None:
    world.run(*RUN)
    path = world.file("clients.csv", "client_id,name,email\nC2,Bo,bo@example.test\n")
    assert world.run("import", "--practice", "oak", path).status == 0
    assert outcomes(world, "--only", "C2") == {"C2": "sent"}
    assert [mail.to for mail in mails.sent] == ["ana@example.test", "bo@example.test"]


def test_what_cannot_be_rendered_is_named_with_the_reason_and_made_later(
    world: World, mails: Mails, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: TypstStatementRenderer, data: StatementData) -> bytes:
        raise Invalid("document_unrenderable", reason="unknown variable")

    with monkeypatch.context() as patched:
        patched.setattr(TypstStatementRenderer, "statement", broken)
        result = world.run(*RUN)
    assert result.status == 1
    assert "C1: issued, but its PDF could not be made (document_unrenderable: unknown variable)" in result.out
    assert outcomes(world) == {"C1": "sent", "C2": "paper"}


def test_a_documents_function_that_is_away_is_waited_for_and_then_named(world: World, mails: Mails) -> None:
    clock = world.app.clock
    assert isinstance(clock, WorkingClock)
    clock.working = False
    result = world.run(*RUN)
    assert result.status == 3
    assert "C1: still being made" in result.out
    clock.working = True
    assert outcomes(world) == {"C1": "sent", "C2": "paper"}


@pytest.mark.parametrize(
    ("month", "words"),
    [
        ("2026-11", "This month is not over yet"),
        ("2026-13", "Enter a month like 2026-10"),
        ("x", "Enter a month"),
    ],
)
def test_other_months_are_refused(world: World, mails: Mails, month: str, words: str) -> None:
    result = world.run("statements", "--practice", "oak", "--month", month)
    assert result.status == 1
    assert words in result.err


def test_a_client_nobody_knows_is_refused_before_anything_is_made(world: World, mails: Mails) -> None:
    result = world.run(*RUN, "--only", "C1", "C9")
    assert (result.status, mails.sent) == (1, [])
    assert "There is no such client" in result.err
