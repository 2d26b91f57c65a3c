"""11.5: what was paid with is kept as facts, whichever processor tells it, and said in words."""

from typing import Any

import pytest

from chalicelib.documents.domain.receipts import method_text
from chalicelib.ledger.domain.methods import Method
from chalicelib.payments.processors.stripe.facts import intent_facts

CARD = {"brand": "visa", "last4": "4242", "exp_month": 3, "exp_year": 2031, "wallet": None}


def read(details: dict[str, Any]) -> Method | None:
    charge = {"id": "ch_1", "created": 1, "payment_method_details": details}
    ours = {"payment": "p", "account": "a"}
    intent = {"id": "pi_1", "status": "succeeded", "currency": "usd", "created": 1}
    facts = intent_facts({**intent, "metadata": ours, "latest_charge": charge})
    assert facts is not None
    return facts.method


@pytest.mark.parametrize(
    ("details", "method"),
    [
        ({"type": "card", "card": CARD}, Method("card", "Visa", "4242", expiry="2031-03")),
        (
            {"type": "card", "card": {**CARD, "wallet": {"type": "apple_pay"}}},
            Method("card", "Visa", "4242", expiry="2031-03", wallet="apple_pay"),
        ),
        ({"type": "card", "card": {"brand": None}}, Method("card", "Card")),
        (
            {"type": "us_bank_account", "us_bank_account": {"bank_name": "Fern Bank", "last4": "6789"}},
            Method("bank", "Fern Bank", "6789"),
        ),
        ({"type": "link", "link": {}}, Method("link")),
        ({}, None),
    ],
)
def test_stripes_details_are_read_into_our_own_facts(details: dict[str, Any], method: Method | None) -> None:
    assert read(details) == method


@pytest.mark.parametrize(
    ("method", "english", "spanish"),
    [
        (Method("card", "Visa", "4242"), "Visa ending in 4242", "Visa terminada en 4242"),
        (Method("card", "Visa"), "Visa", "Visa"),
        (Method("card"), "Card", "Tarjeta"),
        (Method("bank", "Fern Bank", "6789"), "Bank account ending in 6789",
         "Cuenta bancaria terminada en 6789"),
        (Method("bank"), "Bank account", "Cuenta bancaria"),
        (Method("cash"), "Cash", "Efectivo"),
        (Method("paypal"), "PayPal", "PayPal"),
        (Method("new_thing"), "new_thing", "new_thing"),
    ],
)  # fmt: skip
def test_a_method_is_said_in_words(method: Method, english: str, spanish: str) -> None:
    assert (method_text(method, "en"), method_text(method, "es")) == (english, spanish)
