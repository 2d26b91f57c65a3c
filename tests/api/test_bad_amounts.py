"""Proof 9: a bad amount is refused by name on the way that pays, and nothing at all is written."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from chalicelib.kernel.money import MAX_AMOUNT_MINOR
from sandbox.resources import Resources
from tests.support.api import World
from tests.support.practice import PRACTICE

KEY = "0b8f1c1e-0000-4000-8000-000000000001"
OWED = 12000
NO_AMOUNTS = {
    "nil": 0, "negative": -5, "a fraction": 1.5, "a whole float": 12000.0, "true": True, "null": None,
    "a word": "text", "digits as text": "12000", "a list": [12000], "nine digits": MAX_AMOUNT_MINOR + 1,
    "more than a machine word": 10**30,
}  # fmt: skip


@pytest.fixture
def maya(world: World) -> str:
    cookie = world.person("maya@example.test", "maya")
    world.charge("maya", "c1", OWED)
    return cookie


@pytest.fixture
def rows(moto_aws: Resources) -> Callable[[], list[Any]]:
    """Every row of the raw table."""

    def scanned() -> list[Any]:
        pages = boto3.client("dynamodb").get_paginator("scan").paginate(TableName=moto_aws.table)
        found = [row for page in pages for row in page["Items"]]
        return sorted(found, key=lambda row: (row["pk"]["S"], row["sk"]["S"]))

    return scanned


def body_of(world: World, cookie: str, **scope: Any) -> dict[str, Any]:
    """A body that would start a payment of that scope: a good quote and its amount."""
    offered = world.quote("maya", cookie, **scope).body
    return {"scope": scope, "quote": offered["quote"], "amount_minor": offered["amount_minor"]}


@pytest.mark.parametrize("amount", NO_AMOUNTS.values(), ids=NO_AMOUNTS)
def test_what_is_no_amount_is_refused_beside_a_good_quote_and_in_the_scope(
    world: World, maya: str, rows: Callable[[], list[Any]], amount: object
) -> None:
    whole = body_of(world, maya, type="balance")
    part = body_of(world, maya, type="amount", amount_minor=OWED)
    before = rows()
    for body, field in (
        ({**whole, "amount_minor": amount}, "amount_minor"),
        ({**part, "scope": {"type": "amount", "amount_minor": amount}}, "scope.amount_minor"),
    ):
        refused = world.start("maya", maya, KEY, body)
        assert (refused.status, refused.code, refused.body["field"]) == (422, "amount_invalid", field)
    assert rows() == before
    assert world.processor.calls == []


def test_an_amount_left_out_is_refused(world: World, maya: str, rows: Callable[[], list[Any]]) -> None:
    body = body_of(world, maya, type="balance")
    before = rows()
    del body["amount_minor"]
    refused = world.start("maya", maya, KEY, body)
    assert (refused.status, refused.body["field"]) == (422, "amount_minor")
    assert rows() == before


def test_a_currency_is_not_the_payers_to_name(world: World, maya: str, rows: Callable[[], list[Any]]) -> None:
    body = body_of(world, maya, type="balance")
    before = rows()
    for currency in ("EUR", "USD", "XXX", ""):
        refused = world.start("maya", maya, KEY, {**body, "currency": currency})
        assert (refused.status, refused.body["field"]) == (422, "currency")
    assert rows() == before
    assert world.processor.calls == []


def test_amounts_above_what_is_owed_and_outside_the_limits_are_refused(
    world: World, maya: str, rows: Callable[[], list[Any]]
) -> None:
    [item] = world.billing("maya", maya)["items"]
    service = {"type": "service", "charge_id": item["charge_id"]}
    before = rows()
    for scope, code in (
        ({**service, "amount_minor": OWED + 1}, "amount_above_owed"),
        ({"type": "amount", "amount_minor": 49}, "amount_below_minimum"),
        ({"type": "amount", "amount_minor": PRACTICE.limit_minor + 1}, "amount_above_limit"),
    ):
        body = {"scope": scope, "quote": "of another choice", "amount_minor": scope["amount_minor"]}
        refused = world.start("maya", maya, KEY, body)
        assert (refused.status, refused.code, refused.body["field"]) == (422, code, "amount_minor")
    assert rows() == before
    assert world.processor.calls == []


@pytest.mark.parametrize("amount", [OWED - 1, OWED + 1, MAX_AMOUNT_MINOR])
def test_another_amount_than_the_quoted_one_starts_nothing(
    world: World, maya: str, rows: Callable[[], list[Any]], amount: int
) -> None:
    body = body_of(world, maya, type="balance")
    before = rows()
    refused = world.start("maya", maya, KEY, {**body, "amount_minor": amount})
    assert (refused.status, refused.code) == (409, "quote_stale")
    assert refused.body["quote"]["amount_minor"] == OWED
    assert rows() == before
    assert world.processor.calls == []


def test_the_same_body_with_a_good_amount_does_write(
    world: World, maya: str, rows: Callable[[], list[Any]]
) -> None:
    """Else that nothing changed would prove nothing."""
    body = body_of(world, maya, type="balance")
    before = rows()
    assert world.start("maya", maya, KEY, body).status == 201
    assert rows() != before
