"""Bank debits through the API: processing beside other payments, then paid, or returned and said so."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.ledger.domain.methods import Method
from chalicelib.payments.domain.return_reasons import ReturnReason
from chalicelib.payments.ports.processors import Stage
from tests.support.api import World
from tests.support.practice import MAYA, PRACTICE
from tests.unit.identity.fakes import FakeMailer

KEY = "0b8f1c1e-0000-4000-8000-000000000001"
KEY2 = "0b8f1c1e-0000-4000-8000-000000000002"
METHOD = Method("bank", last4="6789")


@pytest.fixture
def maya(world: World) -> str:
    world.practice(replace(PRACTICE, bank_debits=True))
    cookie = world.person("maya@example.test", "maya")
    world.charge("maya", "c1", 12000)
    world.charge("maya", "c2", 8000, date="2026-03-05")
    return cookie


def _processing(world: World, maya: str) -> str:
    """Maya pays her first service from her bank account; the charge's id."""
    first = str(world.billing("maya", maya)["items"][0]["charge_id"])
    world.pay("maya", maya, KEY, type="service", charge_id=first, amount_minor=12000)
    _become(world, Stage.PROCESSING)
    assert _check(world, maya)["state"] == "processing"
    return first


def _become(world: World, stage: Stage, reason: ReturnReason | None = None) -> None:
    facts = world.processor.attempts[f"cs_{KEY}"]
    world.processor.attempts[f"cs_{KEY}"] = replace(facts, stage=stage, return_reason=reason, method=METHOD)


def _ways(world: World, maya: str) -> list[str]:
    return [offered["way"] for offered in world.billing("maya", maya)["payments"]["ways"]]


def _check(world: World, maya: str) -> Any:
    return world.call("POST", f"/accounts/maya/payments/{KEY}/check", cookie=maya).body


def _listed(world: World, maya: str) -> Any:
    return world.call("GET", "/accounts/maya/payments", cookie=maya).body["payments"]


def test_the_page_is_told_whether_bank_accounts_are_taken(world: World, maya: str) -> None:
    assert _ways(world, maya) == ["card", "bank"]
    world.practice(PRACTICE)
    assert _ways(world, maya) == ["card"]


def test_the_page_is_told_the_ways_to_pay_and_chooses_one(world: World, maya: str) -> None:
    ways = world.billing("maya", maya)["payments"]["ways"]
    flow = PRACTICE.flow
    assert ways == [{"way": way, "processor": "stripe", "flow": flow} for way in ("card", "bank")]
    assert world.call("GET", "/practices/fern").body["payments"]["ways"] == ways
    quote = world.quote("maya", maya, type="balance").body
    asked = {"scope": {"type": "balance"}, "quote": quote["quote"], "amount_minor": quote["amount_minor"]}
    assert world.start("maya", maya, KEY, {**asked, "way": "paypal"}).code == "way_unavailable"
    assert world.start("maya", maya, KEY, {**asked, "way": "cheque"}).code == "field_invalid"
    assert world.start("maya", maya, KEY, {**asked, "way": "bank"}).status == 201
    assert [attempt.ways for attempt in world.processor.opened] == [("bank",)]


def test_a_payment_in_processing_is_listed_beside_a_new_attempt(world: World, maya: str) -> None:
    _processing(world, maya)
    world.pay("maya", maya, KEY2, type="balance")
    page = world.billing("maya", maya)
    assert [(p["id"], p["state"], p["finished"]) for p in page["processing"]] == [(KEY, "processing", False)]
    assert (page["attempt"]["id"], page["attempt"]["amount_minor"]) == (KEY2, 8000)
    assert page["balance"]["in_flight_minor"] == 12000
    canceled = world.call("POST", f"/accounts/maya/payments/{KEY}/cancel", cookie=maya)
    assert canceled.body["state"] == "processing"


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Bank account ending in 6789"), ("es", "Cuenta bancaria terminada en 6789")],
)
def test_its_method_is_said_in_words(world: World, maya: str, language: str, words: str) -> None:
    _processing(world, maya)
    path = f"/accounts/maya/payments/{KEY}"
    answer = world.call("GET", path, cookie=maya, headers={"Accept-Language": language})
    assert answer.body["method"] == words


def test_paid_in_the_end_it_is_credited_with_a_receipt_due(world: World, maya: str) -> None:
    first = _processing(world, maya)
    world.processor.take(KEY, method=METHOD)
    paid = _check(world, maya)
    assert (paid["state"], paid["return_reason"], paid["owed_after_minor"]) == ("paid", None, 8000)
    page = world.billing("maya", maya)
    assert (page["processing"], page["balance"]["owed_minor"]) == ([], 8000)
    assert first not in [item["charge_id"] for item in page["items"]]
    assert [sent["task"] for sent in world.documents_queue.sent] == ["receipt"]


@pytest.mark.parametrize("told", [*ReturnReason, None])
def test_returned_it_says_why_and_its_items_are_payable_again(
    world: World, maya: str, told: ReturnReason | None
) -> None:
    _processing(world, maya)
    _become(world, Stage.FAILED, told)
    back = _check(world, maya)
    assert (back["state"], back["return_reason"], back["finished"]) == ("returned", told or "other", True)
    page = world.billing("maya", maya)
    assert (page["processing"], page["balance"]["payable_minor"]) == ([], 20000)
    assert page["recent_payments"][0]["state"] == "returned"
    assert [(p["state"], p["method"]) for p in _listed(world, maya)] == [
        ("returned", "Bank account ending in 6789")
    ]
    assert world.pay("maya", maya, KEY2, type="balance").body["amount_minor"] == 20000


def test_the_payer_is_mailed_once_that_a_payment_came_to_nothing(world: World, maya: str) -> None:
    mailer = world.app.mailer = FakeMailer()
    _processing(world, maya)
    _become(world, Stage.FAILED, ReturnReason.ACCOUNT_CLOSED)
    _check(world, maya)
    (told,) = world.documents_queue.sent
    assert told == {"task": "returned", "practice": "fern", "account": "maya", "payment": KEY}
    due = world.app.work.due("returned", before="2100-01-01T00:00:00.000Z", limit=10)
    assert [(row.account_id, row.id) for row in due] == [("maya", KEY)]
    world.app.work.postpone(due[0], until="2099-01-01T00:00:00.000Z")
    for _ in range(2):
        world.app.returns.send(MAYA, KEY)
    assert [mail.to for mail in mailer.sent] == ["maya@example.test"]
    assert not world.app.work.due("returned", before="2100-01-01T00:00:00.000Z", limit=10)
