"""11.5: a practice with two processors can be paid by either, as its payer chooses."""

from dataclasses import replace
from typing import Any

import pytest

from tests.support.api import Answer, World
from tests.support.orders import Orders
from tests.support.practice import PRACTICE
from tests.support.processor import Several

KEY = "0b8f1c1e-0000-4000-8000-000000000001"
KEY2 = "0b8f1c1e-0000-4000-8000-000000000002"
BOTH = replace(PRACTICE, flow="inline", processors=("stripe", "paypal"), bank_debits=True)


@pytest.fixture
def orders(world: World) -> Orders:
    second = Orders(world.clock)
    world.app.processors = Several({"stripe": world.processor, "paypal": second})
    world.practice(BOTH)
    return second


@pytest.fixture
def maya(world: World, orders: Orders) -> str:
    cookie = world.person("maya@example.test", "maya")
    world.charge("maya", "c1", 12000)
    return cookie


def start(world: World, maya: str, key: str, way: str) -> Answer:
    quote = world.quote("maya", maya, type="balance").body
    asked = {"scope": {"type": "balance"}, "quote": quote["quote"], "amount_minor": quote["amount_minor"]}
    return world.start("maya", maya, key, {**asked, **({"way": way} if way else {})})


def check(world: World, maya: str, key: str) -> Any:
    return world.call("POST", f"/accounts/maya/payments/{key}/check", cookie=maya).body


def test_the_page_is_told_which_way_leads_where(world: World, maya: str) -> None:
    assert world.billing("maya", maya)["payments"]["ways"] == [
        {"way": "card", "processor": "stripe", "flow": "inline"},
        {"way": "bank", "processor": "stripe", "flow": "inline"},
        {"way": "paypal", "processor": "paypal", "flow": "redirect"},
    ]


def test_a_payment_by_the_second_processor_is_taken_once_its_payer_approved_it(
    world: World, maya: str, orders: Orders
) -> None:
    begun = start(world, maya, KEY, "paypal").body
    assert (begun["ways"], begun["next"]) == (
        ["paypal"],
        {"type": "redirect", "url": "https://orders.example/O-1"},
    )
    assert world.processor.opened == []
    orders.approve("O-1")
    paid = check(world, maya, KEY)
    assert (paid["state"], paid["kept_minor"], paid["owed_now_minor"]) == ("paid", 12000, 0)
    assert [call for call, _ in orders.calls].count("complete") == 1


def test_a_payment_by_the_first_processor_leaves_the_second_alone(
    world: World, maya: str, orders: Orders
) -> None:
    begun = start(world, maya, KEY, "card").body
    assert (begun["ways"], begun["next"]["type"]) == (["card"], "inline")
    world.processor.take(KEY)
    paid = check(world, maya, KEY)
    assert (paid["state"], paid["owed_now_minor"], orders.calls) == ("paid", 0, [])


def test_who_changes_their_mind_pays_the_other_way_and_only_once(
    world: World, maya: str, orders: Orders
) -> None:
    """The first attempt ends when another starts; approved afterwards, it is not taken."""
    start(world, maya, KEY, "paypal")
    assert start(world, maya, KEY2, "bank").body["ways"] == ["bank"]
    orders.approve("O-1")
    assert check(world, maya, KEY)["state"] == "canceled"
    world.processor.take(KEY2)
    assert check(world, maya, KEY2)["state"] == "paid"
    assert "complete" not in [call for call, _ in orders.calls]


def test_without_a_choice_its_payer_chooses_at_the_first_processor(world: World, maya: str) -> None:
    assert start(world, maya, KEY, "").body["ways"] == ["card", "bank"]


def test_a_way_that_is_offered_no_more_is_refused_and_nothing_is_started(
    world: World, maya: str, orders: Orders
) -> None:
    world.practice(replace(BOTH, processors=("stripe",)))
    refused = start(world, maya, KEY, "paypal")
    assert (refused.status, refused.code, refused.body["field"]) == (422, "way_unavailable", "way")
    assert world.billing("maya", maya)["attempt"] is None
    assert orders.calls == []


def test_issue_16_a_check_may_say_that_its_payer_approved_and_nothing_else(
    world: World, maya: str, orders: Orders
) -> None:
    start(world, maya, KEY, "paypal")
    orders.approve("O-1")
    path = f"/accounts/maya/payments/{KEY}/check"
    refused = world.call("POST", f"{path}?approved=perhaps", cookie=maya)
    assert (refused.status, refused.code, refused.body["field"]) == (422, "field_invalid", "approved")
    paid = world.call("POST", f"{path}?approved=true", cookie=maya).body
    assert (paid["state"], [call for call, _ in orders.calls]) == ("paid", ["open", "complete"])
