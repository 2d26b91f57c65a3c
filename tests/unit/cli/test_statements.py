"""`billfold statements`: runs a month, shows what became of whom, and runs again for those alone."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib.documents.domain.filed import Filed
from chalicelib.documents.domain.statements import Issued, StatementData
from chalicelib.documents.pdf.statement import TypstStatementRenderer
from chalicelib.entrypoints import jobs
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.periods import Period
from chalicelib.ledger.store.items import EntryItem
from chalicelib.mail.ports import Mail, Mailer
from chalicelib.platform.dynamo import keys
from tests.support import ses_events
from tests.support.clock import FakeClock
from tests.support.queue import FakeQueue
from tests.support.saving import put_practice
from tests.unit.cli.world import World

RUN = ("statements", "--practice", "oak", "--month", "2026-10")


# A bar of two clients: none, one and both done.
BARS = [("░" * 32, 0), ("█" * 16 + "░" * 16, 50), ("█" * 32, 100)]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Record:
    def __init__(self, task: dict[str, Any]) -> None:
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
        return f"mail-{len(self.sent)}"


class WorkingClock(FakeClock):
    """While the command waits, the functions behind the queues work."""

    def __init__(self, queue: FakeQueue) -> None:
        super().__init__("2026-10-15T12:00:00+00:00")
        self.queue, self.working = queue, True

    def pause(self, attempt: int) -> None:
        self.advance(seconds=5)
        tasks, self.queue.sent = (self.queue.sent, []) if self.working else ([], self.queue.sent)
        for task in tasks:
            work = jobs.delivery if task["task"] == "statement" else jobs.documents
            assert work([Record(task)]) == {"batchItemFailures": []}


@pytest.fixture
def mails(world: World) -> Mails:
    """Books imported in October, an empty mailbox, and the 20th of November."""
    queue, mails = FakeQueue(), Mails()
    world.app.documents_queue = world.app.delivery_queue = queue
    world.app.clock = clock = WorkingClock(queue)
    world.app.__dict__["mailer"] = mails
    world.with_books()
    clock.advance(days=36)
    return mails


def issued_of(world: World, client: str) -> Issued:
    ref = world.ref(client)
    issued = world.app.statements.issued(ref, Period(2026, 10))
    assert issued is not None
    return issued


def bounce_of(world: World, client: str) -> None:
    """What SES publishes when the client's mail comes back, taken in."""
    issued = issued_of(world, client)
    event = ses_events.bounce(issued.message_id)
    event["mail"]["destination"] = ["ana@example.test"]
    about = {"practice": ["oak"], "account": [issued.statement.account_id], "period": ["2026-10"]}
    event["mail"]["tags"] |= about
    assert jobs.documents([Record({"task": "mail-event", "event": event})]) == {"batchItemFailures": []}


def outcomes(world: World, *more: str) -> dict[str, str]:
    result = world.run(*RUN, "--json", *more)
    return {e["client"]: e["outcome"] for e in result.events if e["event"] == "client"}


def test_a_run_makes_a_statement_each_and_says_who_is_on_the_paper_list(world: World, mails: Mails) -> None:
    result = world.run(*RUN)
    assert result.status == 0
    assert "C2: on the paper list (no address)" in result.out
    assert "Done: 2 clients" in result.out
    assert "C1" not in result.out
    assert [mail.to for mail in mails.sent] == ["ana@example.test"]


def test_with_json_a_run_shows_how_far_it_is_and_every_line_is_an_object(world: World, mails: Mails) -> None:
    events = world.run(*RUN, "--json").events
    shown = [(e["phase"], e["done"], e["total"]) for e in events if e["event"] == "progress"]
    assert shown == [
        ("issuing", 0, 2), ("issuing", 1, 2), ("issuing", 2, 2),
        ("delivering", 0, 2), ("delivering", 1, 2), ("delivering", 2, 2),
    ]  # fmt: skip
    assert [e["event"] for e in events][-3:] == ["client", "client", "statements"]


def test_a_person_at_a_terminal_sees_a_bar_and_a_file_gets_none(
    world: World, mails: Mails, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert world.run(*RUN, "--dry-run").err == ""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    result = world.run(*RUN)
    shown = terminal.getvalue()
    for phase in ("issuing", "delivering"):
        steps = [f"{phase} {bar} {percent:3d} %" for bar, percent in BARS]
        places = [shown.find(step) for step in steps]
        assert places == sorted(places), phase
        assert -1 not in places, phase
    assert shown.endswith("\r\x1b[2K")  # nothing stays on the screen but the results
    assert "Done: 2 clients" in result.out
    assert "%" not in result.out


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


def test_a_bounced_mail_is_named_with_the_servers_words_and_sent_again_only_when_asked(
    world: World, mails: Mails
) -> None:
    world.run(*RUN)
    bounce_of(world, "C1")
    result = world.run(*RUN, "--dry-run")
    assert "C1: mailed, but it came back (Permanent General: smtp; 550 5.1.1 user unknown)" in result.out
    assert outcomes(world) == {"C1": "paper", "C2": "paper"}  # the address is not tried by itself
    assert outcomes(world, "--again", "bounced") == {"C1": "sent"}
    assert len(mails.sent) == 2


def test_again_takes_those_alone(world: World, mails: Mails) -> None:
    mails.refusing = True
    world.run(*RUN)
    mails.refusing = False
    assert outcomes(world, "--again", "bounced") == {}
    assert outcomes(world, "--again", "paper") == {"C2": "paper"}
    assert outcomes(world, "--again", "failed") == {"C1": "sent"}
    assert outcomes(world, "--again", "failed", "bounced") == {}
    assert len(mails.sent) == 1


def test_again_and_only_are_two_ways_to_choose(world: World, mails: Mails) -> None:
    assert world.run(*RUN, "--only", "C1", "--again", "failed").status == 2


def test_a_run_of_a_practice_without_a_statement_day_says_that_the_clock_makes_none(
    world: World, mails: Mails
) -> None:
    assert "oak has no statement day: no run starts by itself" in world.run(*RUN).out
    practice = world.app.practices.practice("oak")
    assert practice is not None
    put_practice(world.app.practices, replace(practice, statement_day=5))
    assert "statement day" not in world.run(*RUN).out


def test_the_paper_list_is_a_folder_of_a_list_and_the_same_pdfs_as_in_the_portal(
    world: World, mails: Mails, tmp_path: Path
) -> None:
    world.run(*RUN)
    bounce_of(world, "C1")
    folder = tmp_path / "post"
    result = world.run(*RUN, "--paper", str(folder))
    assert (result.status, len(mails.sent)) == (0, 1)
    assert "2 statements to post" in result.out
    text = (folder / "list.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert [(row["file"], row["client_id"], row["name"]) for row in rows] == [
        ("001-C1.pdf", "C1", "Ana Núñez"), ("002-C2.pdf", "C2", "Bo"),
    ]  # fmt: skip
    assert [row["why"][:12] for row in rows] == ["Permanent Ge", "no address"]
    for row in rows:
        filed = Filed.statement("oak", issued_of(world, row["client_id"]).statement)
        assert (folder / row["file"]).read_bytes() == world.app.files.get("oak", filed.key)
    assert (folder.stat().st_mode & 0o777, (folder / "list.csv").stat().st_mode & 0o777) == (0o700, 0o600)


def test_names_on_the_paper_list_are_no_formulas(world: World, mails: Mails, tmp_path: Path) -> None:
    path = world.file("clients.csv", 'client_id,name,email\nC2,"=HYPERLINK(""x"")",\n')
    assert world.run("import", "--practice", "oak", path).status == 0
    world.run(*RUN, "--only", "C2")
    world.run(*RUN, "--paper", str(tmp_path / "post"))
    text = (tmp_path / "post" / "list.csv").read_text(encoding="utf-8-sig")
    assert '"001-C2.pdf","C2","\'=HYPERLINK(""x"")"' in text


def test_a_paper_list_is_never_mixed_with_an_older_one(world: World, mails: Mails, tmp_path: Path) -> None:
    world.run(*RUN)
    (tmp_path / "list.csv").write_text("older")
    result = world.run(*RUN, "--paper", str(tmp_path))
    assert result.status == 1
    assert "not empty" in result.err
    assert (tmp_path / "list.csv").read_text() == "older"


def test_a_month_without_a_run_has_no_paper_list(world: World, mails: Mails, tmp_path: Path) -> None:
    result = world.run(*RUN, "--paper", str(tmp_path / "post"))
    assert result.status == 0
    assert "0 statements to post" in result.out


def test_what_cannot_be_rendered_is_named_with_the_reason_and_made_later(
    world: World, mails: Mails, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue 13: by whoever opened it first; the paper list is not written without it."""

    def broken(self: TypstStatementRenderer, data: StatementData) -> bytes:
        raise Invalid("document_unrenderable", reason="unknown variable")

    assert world.run(*RUN).status == 0
    draw = Record({**Filed.statement("oak", issued_of(world, "C1").statement).task})
    with monkeypatch.context() as patched:
        patched.setattr(TypstStatementRenderer, "statement", broken)
        assert jobs.documents([draw])["batchItemFailures"]
        result = world.run(*RUN, "--dry-run")
    assert "C1: mailed, but its PDF could not be made (document_unrenderable: unknown variable)" in result.out
    assert outcomes(world, "--again", "failed") == {"C1": "sent"}
    assert jobs.documents([draw]) == {"batchItemFailures": []}
    assert (outcomes(world), len(mails.sent)) == ({"C1": "sent", "C2": "paper"}, 2)


def test_a_client_whose_rows_were_edited_is_named_and_made_once_they_are_mended(
    world: World, mails: Mails
) -> None:
    pk = keys.account(world.ref("C1"))
    entry = EntryItem.get(pk, keys.entry(1))
    body = entry.body
    entry.update(actions=[EntryItem.body.set(body.replace('"charge"', '"gift"'))])
    result = world.run(*RUN)
    assert result.status == 1
    assert "row_unreadable: entry 1" in result.out
    assert outcomes(world) == {"C1": "failed", "C2": "paper"}
    entry.update(actions=[EntryItem.body.set(body)])
    assert outcomes(world, "--again", "failed") == {"C1": "sent"}


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
