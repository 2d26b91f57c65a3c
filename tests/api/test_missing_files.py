"""Issue 12, number 2: a document whose file is gone is made again and opened, or a page says so."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from chalicelib.entrypoints import jobs
from chalicelib.ledger.domain.payments import Payment
from sandbox.config import REGION
from tests.api.test_statements import Record, cookie, pdf_at
from tests.support.api import World
from tests.support.practice import MAYA
from tests.support.queue import FakeQueue

__all__ = ["cookie"]  # the fixture
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


class WorkingQueue(FakeQueue):
    """The documents function, at once."""

    def send(self, message: Mapping[str, str]) -> None:
        super().send(message)
        assert jobs.documents([Record(1, dict(message))]) == {"batchItemFailures": []}


def lose_files(world: World) -> dict[str, bytes]:
    """Empty the bucket; what was in it."""
    client, bucket = boto3.client("s3", region_name=REGION), world.app.settings.bucket
    found = client.list_objects_v2(Bucket=bucket).get("Contents", [])
    kept = {o["Key"]: client.get_object(Bucket=bucket, Key=o["Key"])["Body"].read() for o in found}
    for key in kept:
        client.delete_object(Bucket=bucket, Key=key)
    return kept


def received(world: World) -> Payment:
    """A payment with its receipt, made and filed."""
    paid = world.app.ledgers.payments(MAYA, cursor=None, limit=1).rows[0]
    practice = world.app.practices.practice("fern")
    assert practice is not None
    world.app.receipts._file(practice, paid)
    return paid


def with_queue(world: World, queue: FakeQueue) -> FakeQueue:
    world.app.documents_queue = queue
    for part in ("pdf_links", "receipts", "showing"):
        world.app.__dict__.pop(part, None)
    return queue


@pytest.mark.parametrize("kind", ["statement", "receipt"])
def test_issue_12_2_a_document_that_is_gone_is_made_again_and_opened(
    world: World, cookie: str, kind: str
) -> None:
    paid = received(world)
    path = {
        "statement": "/accounts/maya/documents/statement-2026-03",
        "receipt": f"/accounts/maya/payments/{paid.id}/receipt",
    }[kind]
    kept = lose_files(world)
    assert len(kept) == 3
    queue = with_queue(world, WorkingQueue())
    answer = world.call("GET", path, cookie=cookie, headers=PAGE)
    assert (answer.status, [task["task"] for task in queue.sent]) == (303, ["render"])
    assert pdf_at(world, answer.headers["Location"]) in kept.values()
    assert world.call("GET", path, cookie=cookie, headers=PAGE).status == 303
    assert len(queue.sent) == 1, "what is there is not made again"


@pytest.mark.parametrize("kind", ["statement", "receipt"])
def test_issue_12_2_where_it_is_not_made_in_time_a_page_says_so_and_programs_are_told_the_code(
    world: World, cookie: str, kind: str
) -> None:
    paid = received(world)
    path, page = {
        "statement": ("/accounts/maya/documents/statement-2026-03", "documents"),
        "receipt": (f"/accounts/maya/payments/{paid.id}/receipt", "payments"),
    }[kind]
    lose_files(world)
    queue = with_queue(world, FakeQueue())
    led = urlsplit(world.call("GET", path, cookie=cookie, headers=PAGE).headers["Location"])
    assert f"{led.scheme}://{led.netloc}" == world.app.settings.public_url
    assert (led.path, parse_qs(led.query)) == (
        f"/fern/{page}", {"account": ["maya"], "unopened": ["document_missing"]}
    )  # fmt: skip
    told = world.call("GET", path, cookie=cookie)
    assert (told.status, told.code) == (409, "document_missing")
    assert len(queue.sent) == 2
    spanish = world.call("GET", path, cookie=cookie, headers={"Accept-Language": "es"})
    assert "creando de nuevo" in spanish.body["title"]


def test_issue_12_2_a_page_that_follows_a_link_to_no_document_is_led_to_the_portal_too(
    world: World, cookie: str
) -> None:
    answer = world.call("GET", "/accounts/maya/documents/statement-2020-01", cookie=cookie, headers=PAGE)
    assert answer.status == 303
    assert answer.headers["Location"].endswith("/fern/documents?account=maya&unopened=document_not_found")


def test_issue_12_2_a_task_for_what_was_never_issued_goes_back(world: World, cookie: str) -> None:
    task = {"task": "render", "practice": "fern", "account": "maya", "period": "2020-01"}
    assert jobs.documents([Record(1, json.loads(json.dumps(task)))])["batchItemFailures"]
