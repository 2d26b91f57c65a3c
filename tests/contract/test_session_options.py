"""What we switch off in every session, and the stand-in's strictness about it."""

import pytest

from tests.contract.harness import Practice
from tests.contract.test_adapter import adapter, attempt


@pytest.mark.parametrize("flow", ["redirect", "inline"])
def test_a_session_shows_no_other_currency_and_no_wallet_of_stripes(practice: Practice, flow: str) -> None:
    opened = adapter(practice).open(attempt(flow=flow))
    session = practice.get(f"/v1/checkout/sessions/{opened.session_id}").json
    assert session["adaptive_pricing"] == {"enabled": False}
    assert session["wallet_options"] == {"link": {"display": "never"}}


@pytest.mark.parametrize(
    "wrong",
    [
        {"wallet_options": {"link": {"display": "sometimes"}}},
        {"wallet_options": {"paper": {"display": "never"}}},
        {"adaptive_pricing": {"on": "true"}},
        {"adaptive_pricing": {"enabled": "perhaps"}},
    ],
)
def test_the_stand_in_takes_only_what_stripe_publishes(practice: Practice, wrong: dict[str, object]) -> None:
    price = {"currency": "usd", "unit_amount": 500, "product_data": {"name": "x"}}
    asked = {
        "mode": "payment", "success_url": "http://localhost:8000/", **wrong,
        "line_items": [{"quantity": 1, "price_data": price}],
    }  # fmt: skip
    assert practice.post("/v1/checkout/sessions", asked).status == 400
