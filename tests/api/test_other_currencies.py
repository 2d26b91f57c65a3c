"""Currencies without a minor unit, and with thousandths: one amount from the quote to the receipt's words."""

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sesv2.models import sesv2_backends

from chalicelib.entrypoints import jobs
from chalicelib.payments.processors.stripe.client import session_params
from tests.support.api import World
from tests.support.practice import MAYA, PRACTICE

KEY = "0b8f1c1e-0000-4000-8000-000000000001"
OWED, PAID = 45678, 12350  # minor units: 12,350 yen; 12.350 dinars (Stripe takes no other last digit)


@dataclass(frozen=True)
class Case:
    currency: str
    words: str
    """How the receipt's mail says PAID."""


class Record:
    def __init__(self, task: dict[str, str]) -> None:
        self.body = json.dumps(task)

    def to_dict(self) -> dict[str, str]:
        return {"messageId": "m1"}


@pytest.fixture(
    params=[Case("JPY", "¥12,350"), Case("KWD", "KWD\u00a012.350"), Case("EUR", "€123.50")],
    ids=lambda case: case.currency,
)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture
def maya(world: World, case: Case) -> str:
    """Somebody who owes 45,678 minor units of the practice's currency."""
    world.practice(replace(PRACTICE, currency=case.currency))
    world.post.open_account(MAYA, case.currency)
    cookie = world.person("maya@example.test", "maya")
    world.charge("maya", "c1", OWED)
    return cookie


def mail_text() -> str:
    (mail,) = sesv2_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].core_backend.sent_messages
    return " ".join(map(str, vars(mail).values()))


def paid(world: World, cookie: str) -> Any:
    """Paid in part: what the check answers once the processor has the money."""
    world.pay("maya", cookie, KEY, type="amount", amount_minor=PAID)
    world.processor.take(KEY)
    checked = world.call("POST", f"/accounts/maya/payments/{KEY}/check", cookie=cookie).body
    assert jobs.documents([Record(task) for task in world.documents_queue.sent]) == {"batchItemFailures": []}
    return checked


def test_what_is_quoted_is_what_the_processor_is_asked_for(world: World, case: Case, maya: str) -> None:
    quote = world.quote("maya", maya, type="amount", amount_minor=PAID).body
    assert (quote["amount_minor"], quote["currency"], quote["owed_after_minor"]) == (
        PAID, case.currency, OWED - PAID,
    )  # fmt: skip
    assert world.pay("maya", maya, KEY, type="amount", amount_minor=PAID).status == 201
    [attempt] = world.processor.opened
    [line] = session_params(attempt)["line_items"]
    told = (line["price_data"]["unit_amount"], line["price_data"]["currency"], line["quantity"])
    assert told == (PAID, case.currency.lower(), 1)


def test_what_is_paid_is_paid_to_the_last_unit(world: World, case: Case, maya: str) -> None:
    checked = paid(world, maya)
    assert (checked["state"], checked["amount_minor"], checked["currency"], checked["owed_after_minor"]) == (
        "paid", PAID, case.currency, OWED - PAID,
    )  # fmt: skip
    page = world.billing("maya", maya)
    assert (page["currency"], page["balance"]["owed_minor"]) == (case.currency, OWED - PAID)
    [item] = page["items"]
    assert (item["explanation"]["paid_minor"], item["explanation"]["owed_minor"]) == (PAID, OWED - PAID)
    [listed] = world.call("GET", "/accounts/maya/payments", cookie=maya).body["payments"]
    assert (listed["amount_minor"], listed["currency"]) == (PAID, case.currency)


def test_the_receipt_says_the_amount_as_the_currency_is_written(world: World, case: Case, maya: str) -> None:
    paid(world, maya)
    assert case.words in mail_text()


LIKE = {"JPY": "1250", "KWD": "12.500", "EUR": "12.50"}


@pytest.mark.parametrize("amount", [0, -1, "12", 10**12])
def test_issue_8_number_4_what_is_no_amount_is_told_what_one_looks_like_in_this_currency(
    world: World, maya: str, case: Case, amount: object
) -> None:
    refused = world.quote("maya", maya, type="amount", amount_minor=amount)
    assert refused.code == "amount_invalid"
    assert refused.body["title"] == f"Enter an amount greater than zero, like {LIKE[case.currency]}."
