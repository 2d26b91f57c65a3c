"""The events that an endpoint is told to send are ones that Stripe publishes."""

import json
from pathlib import Path

from chalicelib.payments.ports.connections import STRIPE_EVENTS

PUBLISHED = Path(__file__).parents[2] / "contract" / "stripe-openapi-subset.json"


def test_every_event_we_ask_for_is_one_that_stripe_offers() -> None:
    paths = json.loads(PUBLISHED.read_text(encoding="utf-8"))["paths"]
    form = paths["/v1/webhook_endpoints"]["post"]["requestBody"]["content"][
        "application/x-www-form-urlencoded"
    ]
    offered = form["schema"]["properties"]["enabled_events"]["items"]["enum"]
    assert set(STRIPE_EVENTS) <= set(offered)


def test_that_money_came_one_type_of_event_says() -> None:
    """Issue 13, number 1: a card's payment was two webhooks, two messages and two looks."""
    came = {"checkout.session.completed", "payment_intent.succeeded", "charge.succeeded"}
    assert came & set(STRIPE_EVENTS) == {"checkout.session.completed"}
