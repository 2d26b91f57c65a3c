"""Paying through the API, by requirement line. The processor is in memory; the ledger is real."""

import pytest

from tests.support.api import World

KEY = "0b8f1c1e-0000-4000-8000-000000000001"
KEY2 = "0b8f1c1e-0000-4000-8000-000000000002"


@pytest.fixture
def maya(world: World) -> str:
    cookie = world.person("maya@example.test", "maya")
    world.charge("maya", "c1", 12000)
    world.charge("maya", "c2", 8000, date="2026-03-05")
    return cookie


def test_t1_s7_balance_after_sign_in_and_401_without(world: World, maya: str) -> None:
    assert world.billing("maya", maya)["balance"] == {
        "owed_minor": 20000,
        "open_minor": 20000,
        "credit_minor": 0,
        "in_flight_minor": 0,
        "payable_minor": 20000,
    }
    refused = world.call("GET", "/accounts/maya/billing")
    assert (refused.status, refused.code) == (401, "session_required")


def test_s8_g6_paying_the_balance_credits_the_full_amount(world: World, maya: str) -> None:
    started = world.pay("maya", maya, KEY, type="balance")
    assert started.status == 201
    assert started.body["state"] == "started"
    assert started.body["next"] == {"type": "redirect", "url": f"https://processor.example/cs_{KEY}"}
    world.processor.take(KEY)
    checked = world.call("POST", f"/accounts/maya/payments/{KEY}/check", cookie=maya)
    assert checked.body["state"] == "paid"
    assert checked.body["amount_minor"] == 20000
    assert checked.body["owed_after_minor"] == 0
    assert world.billing("maya", maya)["balance"]["owed_minor"] == 0
    assert world.documents_queue.sent == [
        {"task": "receipt", "practice": "fern", "movement": f"stripe#pi_{KEY}#succeeded"}
    ]
