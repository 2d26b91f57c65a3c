"""Issue 12, number 2: a document whose file is gone is made again and opened, or a page says so."""

import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from chalicelib.entrypoints import jobs
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.ports.ledgers import Change
from sandbox.config import REGION
from tests.api.test_statements import Record, WorkingQueue, cookie, pdf_at, working
from tests.support.api import World
from tests.support.practice import MAYA
from tests.support.queue import FakeQueue

__all__ = ["cookie"]  # the fixture
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def lose_files(world: World) -> dict[str, bytes]:
    """Empty the bucket; what was in it."""
    client, bucket = boto3.client("s3", region_name=REGION), world.app.settings.bucket
    found = client.list_objects_v2(Bucket=bucket).get("Contents", [])
    kept = {o["Key"]: client.get_object(Bucket=bucket, Key=o["Key"])["Body"].read() for o in found}
    for key in kept:
        client.delete_object(Bucket=bucket, Key=key)
    return kept


def received(world: World) -> Payment:
    """A payment with its receipt, made and filed: as if it had come by card."""
    ledgers = world.app.ledgers
    account, paid = ledgers.account(MAYA), ledgers.payments(MAYA, cursor=None, limit=1).rows[0]
    assert account is not None
    by_card = replace(paid, flow="redirect", version=paid.version + 1)
    ledgers.commit("fern", Change(account, account, payment=by_card))
    world.app.receipts.render_again(MAYA, paid.id)
    return by_card


@pytest.mark.parametrize("kind", ["statement", "receipt"])
def test_issue_12_2_a_document_that_is_gone_is_made_again_and_opened(
    world: World, cookie: str, kind: str
) -> None:
    paid = received(world)
    path = {
        "statement": "/accounts/maya/documents/statement-2026-03",
        "receipt": f"/accounts/maya/payments/{paid.id}/receipt",
    }[kind]
    queue = working(world, WorkingQueue())
    for month in ("2026-03", "2026-04"):
        assert world.call("GET", f"/accounts/maya/documents/statement-{month}", cookie=cookie).status == 303
    kept = lose_files(world)
    assert len(kept) == 3
    queue.sent.clear()
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
    queue = working(world, FakeQueue())
    led = urlsplit(world.call("GET", path, cookie=cookie, headers=PAGE).headers["Location"])
    assert f"{led.scheme}://{led.netloc}" == world.app.settings.public_url
    assert (led.path, parse_qs(led.query)) == (
        f"/fern/{page}", {"account": ["maya"], "unopened": ["document_missing"]}
    )  # fmt: skip
    told = world.call("GET", path, cookie=cookie)
    assert (told.status, told.code) == (409, "document_missing")
    assert len(queue.sent) == 2
    spanish = world.call("GET", path, cookie=cookie, headers={"Accept-Language": "es"})
    assert "se está creando" in spanish.body["title"]


def test_issue_12_2_a_page_that_follows_a_link_to_no_document_is_led_to_the_portal_too(
    world: World, cookie: str
) -> None:
    answer = world.call("GET", "/accounts/maya/documents/statement-2020-01", cookie=cookie, headers=PAGE)
    assert answer.status == 303
    assert answer.headers["Location"].endswith("/fern/documents?account=maya&unopened=document_not_found")


def test_issue_12_2_a_task_for_what_was_never_issued_goes_back(world: World, cookie: str) -> None:
    task = {"task": "render", "practice": "fern", "account": "maya", "period": "2020-01"}
    assert jobs.documents([Record(1, json.loads(json.dumps(task)))])["batchItemFailures"]
