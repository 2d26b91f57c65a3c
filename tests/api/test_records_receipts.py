"""Itemised receipts and summaries of payments in billing records, as they are shown to whoever asked (issue
14: "one press gives every document")."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from chalicelib.documents.domain.records import MOST_ITEMISED
from chalicelib.documents.services.records import contents
from chalicelib.entrypoints import jobs
from chalicelib.kernel.errors import Refused
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.payments import State
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.ledger.services.recording import record
from chalicelib.practice.domain.practices import Grant
from tests.api.test_itemised_receipts import queue
from tests.api.test_privacy import mails
from tests.api.test_readers import GUARANTOR, LEGAL, PREFERRED, payment, readers
from tests.api.test_records import archive, cookie, press, standing, value_of, work
from tests.api.test_statements import Record
from tests.support.api import World
from tests.support.moved import moved
from tests.support.pdf import text_of
from tests.support.practice import MAYA
from tests.support.saving import put_person

__all__ = ["cookie", "queue", "readers"]  # the fixtures
YEAR = "payment-summaries/payments-2026-01-01-to-2026-04-02.pdf"
RECEIPT = "itemized-receipts/itemized-receipt-2026-04-02.pdf"


def opened(world: World, path: str, cookie: str) -> bytes:
    """What the page's link gives."""
    answer = world.call("GET", path, cookie=cookie)
    assert answer.status == 303, answer.body
    key = urlsplit(answer.headers["Location"]).path.split(f"{world.app.settings.bucket}/", 1)[-1].lstrip("/")
    found: bytes = boto3.client("s3").get_object(Bucket=world.app.settings.bucket, Key=key)["Body"].read()
    return found


def names_under(world: World, cookie: str, folder: str) -> list[str]:
    return [name for name in archive(world, cookie).namelist() if name.startswith(f"{folder}/")]


def regranted(world: World, cookie: str, relation: str, *, superbills: bool) -> None:
    person = world.app.people.person("fern", world.app.sessions.principal(value_of(cookie)).person_id)
    assert person is not None
    grants = (Grant("maya", "Maya", relation, superbills),)
    put_person(world.app.people, "fern", replace(person, grants=grants))


def test_S6_receipts_and_summaries_are_the_same_bytes_as_the_pages_own(world: World, cookie: str) -> None:
    press(world, cookie)
    work(world)
    found, paid = archive(world, cookie), payment(world, "p1")
    receipt = opened(world, f"/accounts/maya/payments/{paid.id}/itemised-receipt", cookie)
    assert found.read(RECEIPT) == receipt
    whole_year = "/accounts/maya/payment-summary?from=2026-01-01&to=2026-12-31"
    assert found.read(YEAR) == opened(world, whole_year, cookie)
    assert world.documents_queue.sent == []


def test_each_year_with_payments_has_a_summary_and_each_captured_payment_a_receipt(
    world: World, cookie: str
) -> None:
    for number, day in enumerate(("2024-12-31", "2026-04-02"), 2):
        world.post.external_payment(MAYA, f"p{number}", 1_000, method="cash", on=day)
    never_came = payment(world, "p3")

    def decide(account: Account) -> Change:
        failed = replace(never_came, state=State.FAILED, version=never_came.version + 1)
        return Change(account, account, payment=failed)

    record(world.app.ledgers, world.app.clock, MAYA, decide)
    press(world, cookie)
    work(world)
    assert names_under(world, cookie, "payment-summaries") == [
        "payment-summaries/payments-2024-01-01-to-2024-12-31.pdf", YEAR,
    ]  # fmt: skip
    assert names_under(world, cookie, "itemized-receipts") == [
        RECEIPT, "itemized-receipts/itemized-receipt-2024-12-31.pdf",
    ]  # fmt: skip
    assert standing(world, cookie)["left_out"] == 0


def test_another_readers_receipts_and_summaries_say_only_what_they_may_know(
    world: World, readers: dict[str, str]
) -> None:
    """Whoever is not shown superbills reads no legal name, and only of what they paid who paid it."""
    said = dict[str, str]()
    for who, one in readers.items():
        assert press(world, one)["superbills"] is (who != "guarantor")
        found = archive(world, one)
        pdfs = [*names_under(world, one, "itemized-receipts"), *names_under(world, one, "payment-summaries")]
        assert len(pdfs) == 4
        said[who] = " ".join(" ".join(text_of(found.read(name)).split()) for name in pdfs)
        assert (names_under(world, one, "insurance-reimbursement") == []) or who != "guarantor"
    assert (LEGAL in said["client"], LEGAL in said["guarantor"]) == (True, False)
    assert (PREFERRED in said["client"], PREFERRED in said["guarantor"]) == (False, True)
    assert {who: text.count("Another payer") for who, text in said.items()} == {
        "client": 0, "guarantor": 2, "superbills": 4,
    }  # fmt: skip
    assert {who: text.count(GUARANTOR) for who, text in said.items()} == {
        "client": 2, "guarantor": 2, "superbills": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("relation", "superbills"), [("guarantor", True), ("guarantor", False)], ids=["superbills", "others"]
)
def test_what_was_made_for_another_reader_is_not_given_once_the_person_is_one(
    world: World, cookie: str, relation: str, superbills: bool
) -> None:
    """As client she read who paid; as guarantor she is not told, not from a file of before either."""
    press(world, cookie)
    work(world)
    archive(world, cookie)
    regranted(world, cookie, relation, superbills=superbills)
    assert standing(world, cookie) is None
    assert world.call("GET", "/accounts/maya/records/file", cookie=cookie).code == "document_not_found"
    assert press(world, cookie)["state"] == "making"


def test_a_wish_of_before_readers_were_kept_is_neither_worked_on_nor_shown(world: World, cookie: str) -> None:
    press(world, cookie)
    person_id = world.app.sessions.principal(value_of(cookie)).person_id
    wish = world.app.records_asking.wishes.wish(MAYA, person_id)
    assert wish is not None
    world.app.records_asking.wishes.save("fern", replace(wish, reads=None))
    work(world)
    assert standing(world, cookie) is None
    press(world, cookie)
    work(world)
    assert standing(world, cookie)["state"] == "ready"


def test_beyond_what_one_file_holds_the_oldest_receipts_are_left_out_and_it_is_said(
    world: World, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "MOST_ITEMISED", 2)
    for number, day in enumerate(("2026-03-30", "2026-03-31"), 2):
        world.post.external_payment(MAYA, f"p{number}", 1_000, method="cash", on=day)
    press(world, cookie)
    work(world)
    made = standing(world, cookie)
    assert (made["state"], made["older_receipts"], made["left_out"]) == ("ready", 1, 0)
    latest = [RECEIPT, "itemized-receipts/itemized-receipt-2026-03-31.pdf"]
    assert names_under(world, cookie, "itemized-receipts") == latest
    whole = text_of(archive(world, cookie).read(YEAR))
    assert all(f"· p{number}" in whole for number in (1, 2, 3))


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_says_how_many_receipts_one_file_holds(language: str) -> None:
    words = Path(f"portal/src/i18n/{language}-pages.ts").read_text()
    assert [line for line in words.splitlines() if "records.older" in line and f" {MOST_ITEMISED} " in line]


def test_what_is_posted_between_two_steps_is_in_every_receipt_and_the_summary(
    world: World, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A receipt is named after what is posted; one of before is drawn anew, and none is left out."""
    real = jobs._render

    def slow(task: Any) -> None:
        world.clock.advance(seconds=11)
        real(task)

    monkeypatch.setattr(jobs, "_render", slow)
    press(world, cookie)
    steps = 0
    while world.documents_queue.sent:
        steps += 1
        if steps in (2, 3):
            world.post.external_payment(MAYA, f"late{steps}", 700, method="cash", on="2026-04-02")
        task = world.documents_queue.sent.pop(0)
        assert jobs.documents([Record(1, task)]) == {"batchItemFailures": []}
    made = standing(world, cookie)
    assert (made["drawn"], made["documents"], made["left_out"]) == (8, 8, 0)
    found = archive(world, cookie)
    assert found.read(RECEIPT) in [
        opened(world, f"/accounts/maya/payments/{payment(world, paid).id}/itemised-receipt", cookie)
        for paid in ("p1", "late2", "late3")
    ]
    assert "late3" in text_of(found.read(YEAR))


def test_an_import_that_holds_the_account_meanwhile_leaves_nothing_out(
    world: World, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, held = jobs._render, [True]

    def render(task: Any) -> None:
        if "form" in task and held:
            held.clear()
            raise Refused("account_updating")
        real(task)

    monkeypatch.setattr(jobs, "_render", render)
    press(world, cookie)
    (task,) = world.documents_queue.sent
    world.documents_queue.sent.clear()
    assert jobs.documents([Record(1, task)]) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    world.clock.advance(seconds=61)
    assert jobs.documents([Record(1, task)]) == {"batchItemFailures": []}
    made = standing(world, cookie)
    assert (made["state"], made["drawn"], made["left_out"]) == ("ready", 6, 0)


def test_records_of_who_read_another_address_are_nobodys_and_nobody_is_mailed(
    world: World, readers: dict[str, str]
) -> None:
    """Seen: a file gave the account to another guarantor, who fetched what the former one had asked for, with
    the former one's name in it, and was mailed that it is there."""
    press(world, readers["guarantor"])
    after = moved(world, "ada@example.test", "zoe@example.test")
    before = len(mails())
    work(world)
    assert standing(world, after) is None
    fetched = world.call("GET", "/accounts/maya/records/file", cookie=after)
    assert (fetched.status, fetched.code, len(mails())) == (404, "document_not_found", before)
    press(world, after)
    work(world)
    assert archive(world, after).namelist()
    assert len(mails()) == before + 1


def test_nobody_is_mailed_of_records_of_an_account_that_they_see_no_more(world: World, cookie: str) -> None:
    press(world, cookie)
    person = world.app.people.person("fern", world.app.sessions.principal(value_of(cookie)).person_id)
    assert person is not None
    put_person(world.app.people, "fern", replace(person, grants=()))
    before = len(mails())
    work(world)
    assert len(mails()) == before
