"""S19: one form beside each item asks the practice; it gets it, answers it, and reminders wait until then."""

import json
import logging
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.documents.domain.invoices import Counted
from chalicelib.documents.services.invoices.issuing import InvoiceWish
from chalicelib.entrypoints import jobs
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import NotFound, Refused
from chalicelib.ledger.domain.asked import MOST_KEPT, Asked, ItemKind, ItemRef, with_mark
from chalicelib.questions.domain.questions import MAX_TEXT, MOST_OPEN
from sandbox.demo import questions as demo
from tests.api.test_privacy import Record, mails
from tests.support.api import Answer, World
from tests.support.moved import moved
from tests.support.practice import MAYA, PRACTICE
from tests.support.reads import asked_of_dynamodb

KEY = "0c6e2a4e-7c1d-4a52-9f0b-8d9b0a6f2b1"
PAID = "0b8f1c1e-0000-4000-8000-000000000001"


def ask(
    world: World, cookie: str, kind: str, id_: str, *, key: str = f"{KEY}1", account: str = "maya",
    choice: str = "not_recognised", text: str = "What is this?",
) -> Answer:  # fmt: skip
    body = {"about": {"kind": kind, "id": id_}, "choice": choice, "text": text}
    headers = {"Idempotency-Key": key} if key else {}
    return world.call("POST", f"/accounts/{account}/questions", body, cookie=cookie, headers=headers)


def questions(world: World, cookie: str, query: str = "") -> Any:
    answer = world.call("GET", f"/accounts/maya/questions{query}", cookie=cookie)
    assert answer.status == 200, answer.body
    return answer.body


def told(world: World) -> list[str]:
    """The mails that the sweep and the documents function send now."""
    world.clock.advance(minutes=2)
    world.documents_queue.sent.clear()
    world.app.sweeping.sweep()
    before = len(mails())
    assert jobs.documents([Record(task) for task in world.documents_queue.sent]) == {"batchItemFailures": []}
    return mails()[before:]


@pytest.fixture
def cookie(world: World) -> str:
    return world.person("maya@example.test", "maya")


@pytest.fixture
def charge(world: World, cookie: str) -> str:
    return world.charge("maya", "c1", 12_000)


def issue(world: World) -> None:
    client = world.app.people.client("fern", "maya")
    assert client is not None
    world.app.invoice_issuing.issue(PRACTICE, client, InvoiceWish())


def test_S19_a_service_is_asked_about_answered_and_read(world: World, cookie: str, charge: str) -> None:
    asked = ask(world, cookie, "service", charge, text="  Was this <b>me</b>?\r\nמי  ")
    assert asked.status == 201, asked.body
    assert asked.body["text"] == "Was this <b>me</b>?\nמי"
    assert asked.body["about"] == {
        "kind": "service", "id": charge, "date": "2026-03-01", "service": "Individual session",
        "service_locale": "en", "amount_minor": 12_000, "currency": "USD",
    }  # fmt: skip
    (item,) = world.billing("maya", cookie)["items"]
    assert item["question"] == "waiting"
    (row,) = world.call("GET", "/accounts/maya/history", cookie=cookie).body["rows"]
    assert row["question"] == "waiting"
    (found,) = world.app.answering.listed("fern")
    assert (found.id, found.account_id) == (asked.body["id"], "maya")

    world.clock.advance(minutes=10)
    world.app.answering.answer("fern", found.id, "Yes: your first visit.", actor="cli")
    assert world.app.answering.listed("fern") == []
    (answered,) = questions(world, cookie)["questions"]
    assert (answered["state"], answered["answer"]) == ("answered", "Yes: your first visit.")
    assert world.billing("maya", cookie)["items"][0]["question"] == "answered"


def test_S19_the_practice_and_then_the_client_are_mailed_nothing_but_where_to_look(
    world: World, charge: str, cookie: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    asked = ask(world, cookie, "service", charge, choice="other", text="Is it about my Quartz pills?").body
    (to_practice,) = told(world)
    assert "office@fern.example.test" in to_practice
    assert f"billfold questions show {asked['id']} --practice fern" in to_practice
    assert told(world) == []
    world.app.answering.answer("fern", asked["id"], "The Zebulon answer.", actor="cli")
    (to_client,) = told(world)
    assert "maya@example.test" in to_client
    assert "http://localhost:8000/fern/questions?account=maya" in to_client
    assert told(world) == []
    logged = " ".join(str(vars(record)) for record in caplog.records)
    for text in (to_practice, to_client, logged):
        for secret in ("Quartz", "Zebulon", "Individual", "Client maya", "Ada Moss", "120.00"):
            assert secret not in text, secret
    assert "maya@example.test" not in to_practice + logged


def test_S19_without_a_session_nobody_asks(world: World, charge: str) -> None:
    assert ask(world, "", "service", charge).status == 401
    assert world.call("GET", "/accounts/maya/questions").status == 401


def test_S19_an_invoice_and_a_payment_are_asked_about(world: World, cookie: str, charge: str) -> None:
    issue(world)
    world.pay("maya", cookie, PAID, type="balance")
    world.processor.take(PAID)
    world.call("POST", f"/accounts/maya/payments/{PAID}/check", cookie=cookie)
    assert ask(world, cookie, "invoice", "invoice-1", key=f"{KEY}1").status == 201
    about = ask(world, cookie, "payment", PAID, key=f"{KEY}2").body["about"]
    assert (about["amount_minor"], about["service"]) == (12_000, "")
    opened = world.call("GET", "/accounts/maya/invoices/invoice-1", cookie=cookie).body
    assert opened["invoice"]["question"] == "waiting"
    (paid,) = world.call("GET", "/accounts/maya/payments", cookie=cookie).body["payments"]
    assert paid["question"] == "waiting"
    rows = world.call("GET", "/accounts/maya/history", cookie=cookie).body["rows"]
    assert sorted((row["kind"], row["question"]) for row in rows) == [
        ("invoice", "waiting"), ("payment", "waiting"), ("service", None),
    ]  # fmt: skip
    assert questions(world, cookie, "?kind=invoice&id=invoice-1")["item"]["id"] == "invoice-1"


def test_S19_the_same_key_asks_once(world: World, cookie: str, charge: str) -> None:
    first, again = ask(world, cookie, "service", charge), ask(world, cookie, "service", charge)
    assert first.body == again.body
    assert len(questions(world, cookie)["questions"]) == 1
    other = ask(world, cookie, "service", charge, text="Something new")
    assert (other.status, other.code) == (422, "question_key_reused")
    missing = ask(world, cookie, "service", charge, key="")
    assert (missing.status, missing.code) == (400, "question_key_missing")


@pytest.mark.parametrize(
    ("kind", "id_", "status", "code"),
    [
        ("service", "absent", 404, "charge_not_found"),
        ("invoice", "invoice-9", 404, "invoice_not_found"),
        ("invoice", "statement-2026-01", 404, "invoice_not_found"),
        ("payment", PAID, 404, "payment_not_found"),
        ("refund", "x", 422, "field_invalid"),
        ("service", "../x", 422, "field_invalid"),
    ],
)
def test_S19_what_is_not_there_cannot_be_asked_about(
    world: World, cookie: str, kind: str, id_: str, status: int, code: str
) -> None:
    answer = ask(world, cookie, kind, id_)
    assert (answer.status, answer.code) == (status, code)


def test_S19_anothers_item_is_as_an_absent_one(world: World, cookie: str) -> None:
    world.person("noah@example.test", "noah")
    theirs = world.charge("noah", "n1", 5_000)
    answer = ask(world, cookie, "service", theirs)
    assert (answer.status, answer.code) == (404, "charge_not_found")
    foreign = ask(world, cookie, "service", theirs, account="noah")
    assert (foreign.status, foreign.code) == (404, "account_not_found")


def test_S19_a_void_invoice_is_not_asked_about(world: World, cookie: str, charge: str) -> None:
    issue(world)
    world.app.invoice_issuing.void(PRACTICE, 1, actor="cli", notes="")
    answer = ask(world, cookie, "invoice", "invoice-1")
    assert (answer.status, answer.code) == (409, "invoice_void")
    assert world.app.invoices.counted("fern") == Counted(1, 2)


@pytest.mark.parametrize(
    ("choice", "text", "code"),
    [
        ("already_paid", "x" * 10_000, "question_text_long"),
        ("already_paid", "x" * (MAX_TEXT + 1), "question_text_long"),
        ("other", " \n\x00 ", "question_text_missing"),
        ("whatever", "x", "field_invalid"),
    ],
)
def test_S19_texts_have_bounds(
    world: World, cookie: str, charge: str, choice: str, text: str, code: str
) -> None:
    answer = ask(world, cookie, "service", charge, choice=choice, text=text)
    assert (answer.status, answer.code) == (422, code)
    assert questions(world, cookie)["questions"] == []


def test_S19_a_text_is_kept_without_what_would_turn_its_readers_line_round(
    world: World, cookie: str, charge: str
) -> None:
    said = ask(world, cookie, "service", charge, text="a\u202eb\x1b[31m\u200d x" + "y" * (MAX_TEXT - 10))
    assert said.body["text"].startswith("ab[31m\u200d xy")


def test_S19_a_person_asks_ten_times_a_day(world: World, cookie: str, charge: str) -> None:
    for number in range(10):
        assert ask(world, cookie, "service", charge, key=f"{KEY}{number:04}").status == 201
    refused = ask(world, cookie, "service", charge, key=f"{KEY}0010")
    assert (refused.status, refused.code) == (429, "too_many_questions")
    assert int(refused.headers["Retry-After"]) <= 24 * 3600
    assert ask(world, cookie, "service", charge, key=f"{KEY}0009").status == 201  # asked before
    world.clock.advance(hours=24)
    cookie = world.person("maya@example.test", "maya")
    for number in range(10, MOST_OPEN):
        assert ask(world, cookie, "service", charge, key=f"{KEY}{number:04}").status == 201
    full = ask(world, cookie, "service", charge, key=f"{KEY}full")
    assert (full.status, full.code) == (409, "too_many_open_questions")
    world.app.answering.close("fern", world.app.answering.listed("fern")[0].id, actor="cli")
    assert ask(world, cookie, "service", charge, key=f"{KEY}full").status == 201


def test_S19_only_who_asked_reads_what_was_said(world: World, cookie: str, charge: str) -> None:
    """A guarantor sees that there is a question, and not what their child wrote."""
    guarantor = world.person("parent@example.test", "maya", relation="guarantor")
    asked = ask(world, cookie, "service", charge, text="Please do not tell my mother.").body
    world.app.answering.answer("fern", asked["id"], "We shall not.", actor="cli")
    (theirs,) = questions(world, guarantor)["questions"]
    assert (theirs["mine"], theirs["text"], theirs["answer"], theirs["choice"]) == (False, "", "", None)
    assert "mother" not in json.dumps(theirs)
    (own,) = questions(world, cookie)["questions"]
    assert (own["mine"], own["answer"]) == (True, "We shall not.")


def test_S19_who_may_see_the_account_no_more_is_mailed_no_answer(
    world: World, cookie: str, charge: str
) -> None:
    asked = ask(world, cookie, "service", charge).body
    told(world)
    world.person("maya@example.test")  # no grant is left
    world.app.answering.answer("fern", asked["id"], "Yes.", actor="cli")
    assert told(world) == []
    world.clock.advance(days=1)
    assert told(world) == []


def test_S19_an_answer_stands_and_a_closed_question_marks_nothing(
    world: World, cookie: str, charge: str
) -> None:
    asked = ask(world, cookie, "service", charge).body["id"]
    answering = world.app.answering
    answering.answer("fern", asked, "Yes.", actor="cli")
    assert answering.answer("fern", asked, " Yes. ", actor="cli").answer == "Yes."
    for again in (lambda: answering.answer("fern", asked, "No.", actor="cli"),
                  lambda: answering.close("fern", asked, actor="cli")):  # fmt: skip
        with pytest.raises(Refused) as caught:
            again()
        assert caught.value.code == "question_ended"
    other = ask(world, cookie, "service", charge, key=f"{KEY}other").body["id"]
    answering.close("fern", other, actor="cli")
    assert answering.close("fern", other, actor="cli").state == "closed"
    told(world)
    assert world.billing("maya", cookie)["items"][0]["question"] == "answered"
    with pytest.raises(NotFound):
        answering.shown("fern", "nowhere")
    with pytest.raises(NotFound):
        answering.shown("other", asked)
    # Both were asked in one instant, and stand by their ids.
    assert sorted(q.state for q in answering.listed("fern", ended=True)) == ["answered", "closed"]


def test_S19_open_questions_cost_billing_nothing(world: World, cookie: str) -> None:
    """Their marks are in the account's own row, which Billing reads: at most so many units and calls."""
    for number in range(60):
        world.charge("maya", f"c{number:02}", 12_000, service=f"Session {number % 4}", cpt="90837")
    account = world.app.ledgers.account(MAYA)
    assert account is not None
    for number, charge_id in enumerate(list(account.ledger.open)[:10]):
        assert ask(world, cookie, "service", charge_id, key=f"{KEY}{number:04}").status == 201
    with asked_of_dynamodb() as made:
        items = world.billing("maya", cookie)["items"]
    assert sum(item["question"] == "waiting" for item in items) == 10
    assert made.units <= 8
    assert len(made.calls) <= 4
    with asked_of_dynamodb() as made:
        questions(world, cookie)
    assert len(made.calls) <= 4


def test_marks_that_are_kept_are_those_that_wait_and_the_latest_answers() -> None:
    asked: dict[str, Asked] = {}
    for number in range(MOST_KEPT + 5):
        waits = number % 3 == 0
        one = Asked(ItemRef(ItemKind.SERVICE, str(number)), waits)
        asked = dict(with_mark(asked, str(number), one))
    assert len(asked) == MOST_KEPT
    assert {str(n) for n in range(0, MOST_KEPT + 5, 3)} <= set(asked)
    assert "1" not in asked
    assert str(MOST_KEPT + 3) in asked


def test_S19_an_export_has_the_questions_and_the_marks(world: World, cookie: str, charge: str) -> None:
    asked = ask(world, cookie, "service", charge, text="Was it me?").body["id"]
    rows = [json.loads(line) for line in world.app.backing_up.export("fern")]
    kinds = {row["kind"]["S"] for row in rows if "kind" in row}
    assert {"question", "question-index"} <= kinds
    (kept,) = [row for row in rows if row.get("kind") == {"S": "question"}]
    assert "Was it me?" not in kept["body"]["S"]
    assert "Was it me?" in kept["private"]["S"]
    account = world.app.ledgers.account(AccountRef("fern", "maya"))
    assert account is not None
    assert list(account.asked) == [asked]


def test_the_demo_has_a_question_that_is_answered_and_one_that_waits(
    world: World, cookie: str, charge: str
) -> None:
    world.charge("maya", "c2", 5_000)
    issue(world)
    for _ in range(2):
        demo.ask(world.app, PRACTICE)
    found = world.app.answering.listed("fern", ended=True)
    assert sorted((q.about.kind, q.state) for q in found) == [("invoice", "open"), ("service", "answered")]


def test_S19_14_who_asks_for_an_estimate_starts_the_laws_clock_as_of_the_day_asked_once(
    world: World, cookie: str, charge: str
) -> None:
    """Issue 14: "the one- and three-business-day clocks as a work list"; 45 CFR 149.610(b)(1)(vi)(C).
    March 10, 2026, is a Tuesday."""
    for key in ("1", "1", "2"):  # the first again, and another one on the same day
        assert ask(world, cookie, "service", charge, key=f"{KEY}{key}", choice="estimate").status == 201
        [request] = world.app.request_clocks.waiting("fern")
        assert (request.account_id, request.days.asked_on, request.due_on) == (
            "maya", "2026-03-10", "2026-03-13",
        )  # fmt: skip
    [first, _] = world.app.answering.listed("fern")
    world.app.answering.answer("fern", first.id, "It is in the mail.", actor="cli")
    assert len(world.app.request_clocks.waiting("fern")) == 1, "only an estimate, or a reason, ends it"


def test_S19_14_who_asks_again_once_the_request_of_that_day_has_ended_starts_another_clock(
    world: World, cookie: str, charge: str
) -> None:
    """Seen: a request of the same day was the same one, though it had ended: no clock ran."""
    clocks = world.app.request_clocks
    for key in ("1", "2", "3"):
        for _ in range(2):
            assert ask(world, cookie, "service", charge, key=f"{KEY}{key}", choice="estimate").status == 201
            [request] = clocks.waiting("fern")
        assert (request.days.asked_on, request.due_on) == ("2026-03-10", "2026-03-13")
        world.clock.advance(minutes=5)
        clocks.withdraw("fern", request.id, reason="Insured, it seems", actor="cli")
        assert ask(world, cookie, "service", charge, key=f"{KEY}{key}", choice="estimate").status == 201
        assert clocks.waiting("fern") == [], "the same question, not another one"
        world.clock.advance(minutes=5)


def test_S19_14_the_question_sent_again_after_a_crash_starts_the_clock(
    world: World, cookie: str, charge: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as dying:
        dying.setattr(type(world.app.estimate_requests), "note", lambda *_: exit(1))
        with pytest.raises(SystemExit):
            ask(world, cookie, "service", charge, choice="estimate")
    assert world.app.request_clocks.waiting("fern") == []
    world.clock.advance(days=1)
    again = world.person("maya@example.test", "maya")
    assert ask(world, again, "service", charge, choice="estimate").status == 201
    [request] = world.app.request_clocks.waiting("fern")
    assert request.days.asked_on == "2026-03-10"


def test_S19_14_after_a_crash_the_clock_starts_at_the_latest_as_the_practice_is_told(
    world: World, cookie: str, charge: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen: who did not send it again waited without a clock."""
    with monkeypatch.context() as dying:
        dying.setattr(type(world.app.estimate_requests), "note", lambda *_: exit(1))
        with pytest.raises(SystemExit):
            ask(world, cookie, "service", charge, choice="estimate")
    world.clock.advance(days=1)
    assert len(told(world)) == 1
    [request] = world.app.request_clocks.waiting("fern")
    assert (request.days.asked_on, request.due_on) == ("2026-03-10", "2026-03-13")


def test_S19_14_who_disputes_a_bill_above_the_estimate_says_so_and_no_clock_starts(
    world: World, cookie: str, charge: str
) -> None:
    """Issue 14: no reminder "while a question, a card or estimate dispute … is open": it waits as any
    question does (tests/property/test_reminders.py)."""
    asked = ask(world, cookie, "service", charge, choice="over_estimate")
    assert (asked.status, asked.body["choice"], asked.body["state"]) == (201, "over_estimate", "open")
    assert world.billing("maya", cookie)["items"][0]["question"] == "waiting"
    assert world.app.request_clocks.waiting("fern") == []


def test_S19_14_another_question_or_another_countrys_practice_starts_none(
    world: World, cookie: str, charge: str
) -> None:
    assert ask(world, cookie, "service", charge, key=f"{KEY}1").status == 201
    world.practice(replace(PRACTICE, currency="MXN"))
    assert ask(world, cookie, "service", charge, key=f"{KEY}2", choice="estimate").status == 201
    assert world.app.request_clocks.waiting("fern") == []


def test_who_reads_another_address_reads_no_question_of_the_former_and_no_answer(
    world: World, cookie: str, charge: str
) -> None:
    """A file gave the account to another guarantor. Seen: what the former one had asked, word for word, and
    the practice's answer were read by the new one, who was mailed that it is there."""
    asked = ask(world, cookie, "service", charge, text="Is it about my Quartz pills?").body
    told(world)
    after = moved(world, "maya@example.test", "zoe@example.test")
    world.app.answering.answer("fern", asked["id"], "The Zebulon answer.", actor="cli")
    (found,) = questions(world, after)["questions"]
    assert (found["mine"], found["text"], found["answer"], found["choice"]) == (False, "", "", None)
    assert told(world) == []
    own = ask(world, after, "service", charge, key=f"{KEY}2", text="Mine")
    assert (own.body["mine"], own.body["text"]) == (True, "Mine")
