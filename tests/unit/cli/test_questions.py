"""`billfold questions`: each form that the runbook prints is run as it stands there (issue 14)."""

from typing import Any

import pytest

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.asked import ItemKind, ItemRef
from chalicelib.questions.domain.questions import Choice
from chalicelib.questions.services.asking import QuestionWish
from sandbox.config import ROOT
from tests.docs.commands import typed
from tests.unit.cli.test_backups import kept
from tests.unit.cli.world import CHARGES, CLIENTS, World

RUNBOOK = ROOT / "docs/runbook/billing.md"
PRINTED = [list(words) for words in sorted({*map(tuple, typed(RUNBOOK))}) if words[0] == "questions"]
EXAMPLE = "3f9a2c71b04d"
WILLOW = ("--practice", "willow")
TEXT = "Paid on March 3.\nWas it not?"


@pytest.fixture
def books(world: World) -> World:
    world.with_practice(id="willow")
    files = [world.file("clients.csv", CLIENTS), world.file("charges.csv", CHARGES)]
    assert world.run("import", *WILLOW, *files).status == 0
    return world


def ask(world: World, key: str = "question-00000001") -> str:
    account = world.app.people.accounts_of("willow", ["C1"])["C1"]
    opened = world.app.ledgers.account(AccountRef("willow", account))
    assert opened is not None
    about = ItemRef(ItemKind.SERVICE, next(iter(opened.ledger.open)))
    wish = QuestionWish(key, about, Choice.ALREADY_PAID, TEXT, "p", "cli")
    return world.app.asking.ask(AccountRef("willow", account), wish)[1].id


def test_the_runbook_prints_every_command_of_questions() -> None:
    assert {words[1] for words in PRINTED} == {"list", "show", "answer", "close"}


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize("words", PRINTED, ids=lambda words: words[1])
def test_every_printed_form_runs(books: World, words: list[str], form: list[str]) -> None:
    """Issue 14: show and answer ended in a traceback, after the answer was stored and mailed."""
    asked = ask(books)
    result = books.run(*(asked if word == EXAMPLE else word for word in words), *form)
    assert (result.status, result.err) == (0, "")
    assert asked in result.out
    assert "Paid on March 3." in result.out


def test_what_was_asked_and_answered_is_shown(books: World) -> None:
    asked = ask(books)
    answered = books.run(
        "questions", "answer", *WILLOW, asked, "--text", "-", "--json", stdin="So it\nwas.\n"
    )
    (event,) = answered.events
    shown = books.run("questions", "show", *WILLOW, asked, "--json").events
    assert shown == [event]
    assert {key: event[key] for key in ("event", "client", "state", "text", "answer")} == {
        "event": "question", "client": "C1", "state": "answered", "text": TEXT, "answer": "So it\nwas.",
    }  # fmt: skip
    lines = books.run("questions", "show", *WILLOW, asked).out.splitlines()
    assert lines[1:4] == ["  I already paid this", "    Paid on March 3.", "    Was it not?"]
    assert lines[5:] == ["    So it", "    was."]


def test_the_list_says_what_was_asked_and_leaves_out_what_has_ended(books: World) -> None:
    first, second = ask(books), ask(books, "question-00000002")
    assert books.run("questions", "close", *WILLOW, first).status == 0

    def listed(*more: str) -> dict[str, Any]:
        *found, last = books.run("questions", "list", *WILLOW, *more, "--json").events
        assert last == {"event": "questions", "questions": len(found)}
        return {event["id"]: event["text"] for event in found}

    assert listed() == {second: TEXT}
    assert listed("--all") == {first: TEXT, second: TEXT}
    assert "\n    Was it not?\n" in books.run("questions", "list", *WILLOW).out


@pytest.mark.parametrize("command", [["answer", "--text", "Yes."], ["close"]], ids=lambda words: words[0])
def test_a_dry_run_of_the_end_of_a_question_says_what_the_command_would(
    books: World, command: list[str]
) -> None:
    """Issue 14: it said that an ended question would be answered, which the command refuses."""
    asked = ask(books)
    before, (word, *more) = kept(), command
    ends = {"answer": "answered", "close": "closed"}[word]
    result = books.run("questions", word, *WILLOW, asked, *more, "--dry-run")
    assert (result.status, kept()) == (0, before)
    assert result.out.startswith(f"Dry run: question {asked} would be {ends}. ")
    assert books.run("questions", "answer", *WILLOW, asked, "--text", "No.").status == 0
    for form in (["--dry-run"], []):
        refused = books.run("questions", word, *WILLOW, asked, *more, "--json", *form)
        assert (refused.status, refused.events[-1]["code"]) == (1, "question_ended")
    empty = books.run("questions", "answer", *WILLOW, asked, "--text", " ", "--dry-run", "--json")
    assert (empty.status, empty.events[-1]["code"]) == (1, "question_text_missing")
