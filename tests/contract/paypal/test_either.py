"""One suite for the stand-in and for PayPal itself.

It asks the stand-in, unless PAYPAL_SANDBOX_CLIENT_ID and PAYPAL_SANDBOX_SECRET name an app of one's own in
PayPal's sandbox; README.md of the stand-in has the command. It needs no payer, takes no money, and leaves
orders that end by themselves. Every answer is held to what PayPal publishes, in either place.
"""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.paypal.harness import ORDERS, SEARCH, WEBHOOKS, Practice, issue_of, link, order, running

PAYPAL = "https://api-m.sandbox.paypal.com"
_NAMES = ("PAYPAL_SANDBOX_CLIENT_ID", "PAYPAL_SANDBOX_SECRET")


@dataclass
class Own(Practice):
    """An app of one's own at PayPal's sandbox."""

    client: str = ""
    password: str = ""

    @property
    def origin(self) -> str:
        return PAYPAL

    def app(self) -> tuple[str, str]:
        return self.client, self.password


@pytest.fixture
def house() -> Iterator[Practice]:
    client, secret = (os.environ.get(name, "") for name in _NAMES)
    with running() as server:
        yield Own(server, "own", client, secret) if client and secret else Practice(server, "demo")


def _new() -> str:
    return f"contract-{uuid.uuid4()}"


def _mock(issue: str) -> str:
    return f'{{"mock_application_codes": "{issue}"}}'


def test_an_order_leads_its_payer_to_a_page_and_is_not_captured_before(house: Practice) -> None:
    body, key = order(invoice_id=_new(), custom_id=_new()), _new()
    made = house.post(ORDERS, body, key)
    assert made.status in (200, 201)
    assert made.json["status"] == "PAYER_ACTION_REQUIRED"
    assert made.json["id"] in link(made.json, "payer-action")
    ident = made.json["id"]
    again = house.post(ORDERS, body, key)
    assert (again.status, again.json["id"]) == (200, ident)
    assert house.get(f"{ORDERS}/{ident}").json["status"] == "PAYER_ACTION_REQUIRED"
    early = house.capture(ident, _new())
    assert (early.status, issue_of(early)) == (422, "ORDER_NOT_APPROVED")


def test_a_payment_source_wants_a_request_id(house: Practice) -> None:
    reply = house.post(ORDERS, order())
    assert (reply.status, issue_of(reply)) == (400, "PAYPAL_REQUEST_ID_REQUIRED")


@pytest.mark.parametrize(("value", "currency"), [("20.005", "USD"), ("0.00", "USD"), ("20.00", "KWD")])
def test_amounts_that_it_does_not_take(house: Practice, value: str, currency: str) -> None:
    assert house.post(ORDERS, order(value, currency), _new()).status in (400, 422)


@pytest.mark.parametrize("path", [f"{ORDERS}/5O190127TN364715T", "/v2/payments/captures/2GG279541U471931P"])
def test_what_is_not_there(house: Practice, path: str) -> None:
    reply = house.get(path)
    assert (reply.status, issue_of(reply)) == (404, "INVALID_RESOURCE_ID")


def test_an_error_on_demand(house: Practice) -> None:
    made = house.post(ORDERS, order(), _new())
    path = f"{ORDERS}/{made.json['id']}/capture"
    reply = house.post(path, None, _new(), PayPal_Mock_Response=_mock("INSTRUMENT_DECLINED"))
    assert (reply.status, issue_of(reply)) == (422, "INSTRUMENT_DECLINED")


def test_lists_that_may_be_empty(house: Practice) -> None:
    assert house.get(WEBHOOKS).status == 200
    assert house.get("/v1/customer/disputes").status == 200
    end = datetime.now(UTC)
    times = {"start_date": end - timedelta(days=1), "end_date": end}
    query = {name: at.strftime("%Y-%m-%dT%H:%M:%SZ") for name, at in times.items()}
    assert house.get(SEARCH, **query).status == 200


def test_a_token_that_is_none(house: Practice) -> None:
    assert house.api("GET", WEBHOOKS, Authorization="Bearer A21AAnone").status == 401
