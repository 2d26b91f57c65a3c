"""Statements over HTTP (S3, S6): listed newest first, opened and downloaded as the same bytes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from pypdf import PdfReader

from chalicelib.documents.domain.statements import Outcome
from chalicelib.entrypoints import jobs
from chalicelib.kernel.periods import Period
from chalicelib.practice.domain.practices import Client
from sandbox.config import REGION
from tests.support.api import World
from tests.support.practice import MAYA, PRACTICE
from tests.support.queue import FakeQueue
from tests.support.ses_events import bounce


class Record:
    """One SQS record, as Chalice gives it to a job."""

    def __init__(self, number: int, task: dict[str, Any]) -> None:
        self.number, self.body = number, json.dumps(task)

    def to_dict(self) -> dict[str, str]:
        return {"messageId": f"m{self.number}", "body": self.body}


def records(tasks: list[dict[str, str]]) -> Iterator[Record]:
    sent, tasks[:] = list(tasks), []
    return (Record(number, task) for number, task in enumerate(sent))


class WorkingQueue(FakeQueue):
    """The documents function, at once."""

    def send(self, message: Mapping[str, str]) -> None:
        super().send(message)
        assert jobs.documents([Record(1, dict(message))]) == {"batchItemFailures": []}


def working(world: World, queue: FakeQueue) -> FakeQueue:
    world.app.documents_queue = queue
    for part in ("pdf_links", "receipts", "showing"):
        world.app.__dict__.pop(part, None)
    return queue


def run(world: World, at: str) -> dict[str, int]:
    """What the three functions do at that instant, each record once."""
    world.clock.at = world.clock.at.fromisoformat(at)
    done = jobs.statements()
    assert jobs.issue(records(world.issue_queue.sent)) == {"batchItemFailures": []}
    assert jobs.delivery(records(world.delivery_queue.sent)) == {"batchItemFailures": []}
    return done


@pytest.fixture
def cookie(world: World) -> str:
    """Maya, with a fee in March and a payment in April, at a practice whose statement day is the second."""
    world.practice(replace(PRACTICE, statement_day=2))
    cookie = world.person("maya@example.test", "maya")
    world.charge("maya", "c1", 15_000, insurer_minor=9_000, service="Individual session")
    run(world, "2026-04-02T12:00:00+00:00")
    world.clock.advance(hours=1)
    world.post.external_payment(MAYA, "p1", 5_000, method="cash", on="2026-04-02")
    run(world, "2026-05-02T12:00:00+00:00")
    world.app.sessions.end_cookie(cookie.partition("=")[2])
    return world.person("maya@example.test", "maya")


def test_S1_S2_billing_has_the_latest_statements(world: World, cookie: str) -> None:
    latest = world.billing("maya", cookie)["recent_documents"]["statements"]
    listed = world.call("GET", "/accounts/maya/documents", cookie=cookie).body["documents"]
    assert latest == [{name: row[name] for name in latest[0]} for row in listed]
    assert [row["id"] for row in latest] == ["statement-2026-04", "statement-2026-03"]


def pdf_at(world: World, url: str) -> bytes:
    parts = urlsplit(url)
    key = parts.path.split(f"{world.app.settings.bucket}/", 1)[-1].lstrip("/")
    body: bytes = boto3.client("s3").get_object(Bucket=world.app.settings.bucket, Key=key)["Body"].read()
    return body


def test_S3_statements_are_listed_newest_first(world: World, cookie: str) -> None:
    answer = world.call("GET", "/accounts/maya/documents", cookie=cookie)
    newest, oldest = answer.body["documents"]
    assert (newest["id"], newest["type"]) == ("statement-2026-04", "statement")
    assert (newest["first_date"], newest["last_date"]) == ("2026-04-01", "2026-04-30")
    assert (oldest["opening_minor"], oldest["closing_minor"]) == (0, 15_000)
    assert (newest["opening_minor"], newest["closing_minor"]) == (15_000, 10_000)
    assert answer.body["next_cursor"] is None
    assert world.call("GET", "/accounts/maya/documents?type=statement", cookie=cookie).body == answer.body


def test_S6_a_statement_is_opened_and_downloaded_as_the_same_bytes(world: World, cookie: str) -> None:
    path = "/accounts/maya/documents/statement-2026-03"
    working(world, WorkingQueue())
    opened = world.call("GET", path, cookie=cookie)
    downloaded = world.call("GET", f"{path}?as=attachment", cookie=cookie)
    assert (opened.status, downloaded.status) == (303, 303)
    urls = [answer.headers["Location"] for answer in (opened, downloaded)]
    asked = [parse_qs(urlsplit(url).query) for url in urls]
    names = [query["response-content-disposition"][0] for query in asked]
    assert [name.partition(";")[0] for name in names] == ["inline", "attachment"]
    assert all("statement-2026-03.pdf" in name for name in names)
    assert [query["X-Amz-Expires"] for query in asked] == [["60"], ["60"]]
    first, second = (pdf_at(world, url) for url in urls)
    assert first == second
    text = " ".join(PdfReader(BytesIO(first)).pages[0].extract_text().split())
    for part in (
        "$150.00",
        "Individual session",
        "of which $90.00 is the insurer’s part",
        "March 31, 2026",
    ):
        assert part in text


def test_the_mail_is_a_link_without_names_and_amounts(world: World, cookie: str) -> None:
    mails = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    assert len(mails) == 2
    for mail in mails:
        assert "/fern/documents?account=maya" in mail.body
        assert "$" not in mail.body
        assert "Individual session" not in mail.body


@pytest.mark.parametrize(
    "path",
    [
        "statement-2026-02", "statement-2026-13", "statement-", "2026-03", "invoice-2026-03",
        "statement-2026-03%00", "..%2Fother",
    ],
)  # fmt: skip
def test_an_absent_document_is_not_found(world: World, cookie: str, path: str) -> None:
    answer = world.call("GET", f"/accounts/maya/documents/{path}", cookie=cookie)
    assert (answer.status, answer.code) == (404, "document_not_found")


def test_anothers_statement_answers_exactly_as_an_absent_account(world: World, cookie: str) -> None:
    other = world.person("noah@example.test", "noah")
    theirs, absent = (
        world.call("GET", f"/accounts/{account}/documents/statement-2026-03", cookie=other)
        for account in ("maya", "nobody")
    )
    assert (theirs.status, theirs.body) == (404, absent.body)


def test_issue_13_a_statement_that_nobody_has_opened_is_listed_and_drawn_when_it_is_opened(
    world: World, cookie: str
) -> None:
    client = Client("noah", "noah", "Noah", "", "en")
    world.app.people.save_client("fern", client)
    noah = world.person("noah@example.test", "noah")
    world.charge("noah", "n1", 1_000)
    practice = replace(PRACTICE, statement_day=2)
    world.clock.advance(days=31)
    world.app.issuing.issue(practice, Period(2026, 5), client)
    noah = world.person("noah@example.test", "noah")
    (listed,) = world.call("GET", "/accounts/noah/documents", cookie=noah).body["documents"]
    path = f"/accounts/noah/documents/{listed['id']}"
    sent = working(world, FakeQueue()).sent
    answer = world.call("GET", path, cookie=noah)
    assert (answer.status, answer.code, len(sent)) == (409, "document_missing", 1)
    assert jobs.documents(records(sent)) == {"batchItemFailures": []}
    opened = world.call("GET", path, cookie=noah)
    assert (opened.status, sent) == (303, [])
    assert pdf_at(world, opened.headers["Location"]).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("query", "code"), [("type=superbill", "field_invalid"), ("cursor=x", "cursor_invalid")]
)
def test_other_kinds_and_cursors_are_refused(world: World, cookie: str, query: str, code: str) -> None:
    answer = world.call("GET", f"/accounts/maya/documents?{query}", cookie=cookie)
    assert (answer.status, answer.code) == (422, code)


def test_a_long_list_is_read_page_by_page(world: World, monkeypatch: pytest.MonkeyPatch, cookie: str) -> None:
    from chalicelib.entrypoints.http.documents import documents

    monkeypatch.setattr(documents, "PAGE", 1)
    first = world.call("GET", "/accounts/maya/documents", cookie=cookie).body
    rest = world.call("GET", f"/accounts/maya/documents?cursor={first['next_cursor']}", cookie=cookie).body
    assert [d["id"] for d in (*first["documents"], *rest["documents"])] == [
        "statement-2026-04",
        "statement-2026-03",
    ]


def test_a_bounced_mail_is_taken_in_from_the_documents_queue(world: World, cookie: str) -> None:
    issued = world.app.statements.issued(MAYA, Period(2026, 4))
    assert issued is not None
    event = bounce(issued.message_id)
    event["mail"]["destination"] = ["maya@example.test"]
    event["mail"]["tags"] |= {"account": ["maya"], "period": ["2026-04"]}
    task = {"task": "mail-event", "event": event}
    assert jobs.documents([Record(1, task), Record(2, task)]) == {"batchItemFailures": []}
    (noted,) = world.app.statements.noted("fern", Period(2026, 4))
    assert (noted.outcome, noted.why[:16]) == (Outcome.BOUNCED, "Permanent Genera")
    run(world, "2026-06-02T12:00:00+00:00")
    (noted,) = world.app.statements.noted("fern", Period(2026, 5))
    assert (noted.outcome, noted.why[:20]) == (Outcome.PAPER, "bounce on 2026-11-05")
    assert jobs.documents([Record(3, {"task": "mail-event", "event": {}})])["batchItemFailures"]


def test_a_run_is_started_once_however_often_the_clock_strikes(world: World, cookie: str) -> None:
    assert run(world, "2026-05-02T13:00:00+00:00")["practices"] == 0
    assert run(world, "2026-06-01T12:00:00+00:00")["practices"] == 0  # the day before
    assert run(world, "2026-06-02T12:00:00+00:00")["practices"] == 1
    assert len(ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages) == 3
