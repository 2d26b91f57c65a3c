"""Orders: made, approved, captured once; how their captures stand is the money."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.paypal.payers import canaries
from tests.contract.paypal.harness import (
    ORDERS,
    WEBHOOKS,
    Practice,
    captures_of,
    issue_of,
    link,
    only_capture,
    order,
    usd,
    with_context,
)


def test_two_calls_take_a_payment(practice: Practice) -> None:
    made = practice.created(order(invoice_id="att-1", custom_id="att-1"))
    assert made["status"] == "PAYER_ACTION_REQUIRED"
    assert link(made, "payer-action").endswith(f"/checkoutnow?token={made['id']}")
    practice.control("orders/approve", {"order": made["id"], "email": "buyer@example.org"})
    reply = practice.capture(made["id"])
    assert (reply.status, reply.json["status"]) == (201, "COMPLETED")
    capture = only_capture(reply.json)
    assert (capture["status"], capture["amount"]) == ("COMPLETED", usd("20.00"))
    assert (capture["invoice_id"], capture["custom_id"]) == ("att-1", "att-1")
    breakdown = capture["seller_receivable_breakdown"]
    assert breakdown == {
        "gross_amount": usd("20.00"), "paypal_fee": usd("1.19"), "net_amount": usd("18.81")
    }  # fmt: skip
    alone = practice.get(f"/v2/payments/captures/{capture['id']}").json
    assert alone["supplementary_data"] == {"related_ids": {"order_id": made["id"]}}


def test_without_a_payment_source_the_order_is_approved_by_another_link(practice: Practice) -> None:
    body = order()
    del body["payment_source"]
    made = practice.post(ORDERS, body).json
    assert made["status"] == "CREATED"
    assert link(made, "approve")


def test_answers_are_short_unless_the_whole_is_preferred(practice: Practice) -> None:
    reply = practice.post(ORDERS, order(), "k", Prefer="return=minimal")
    assert reply.json.keys() == {"id", "status", "links"}


@pytest.mark.parametrize("currency", ["HUF", "JPY", "TWD"])
def test_currencies_without_decimals(practice: Practice, currency: str) -> None:
    capture = practice.paid(body=order("1500", currency))
    assert capture["seller_receivable_breakdown"]["paypal_fee"]["value"] == "101"
    assert practice.post(ORDERS, order("1500.00", currency), "k2").status == 422


def test_create_repeats_by_its_id_with_the_latest_state(practice: Practice) -> None:
    ident = practice.approved()
    again = practice.post(ORDERS, order(), "create")
    assert (again.status, again.json["id"], again.json["status"]) == (200, ident, "APPROVED")
    assert practice.post(ORDERS, order(), "another").json["id"] != ident


def test_six_hours_later_the_same_id_makes_another_order(practice: Practice) -> None:
    first = practice.created()["id"]
    practice.advance(6 * 3600 - 60)
    assert practice.post(ORDERS, order(), "create").json["id"] == first
    practice.advance(120)
    again = practice.post(ORDERS, order(), "create")
    assert again.status == 201
    assert again.json["id"] != first


def test_the_id_of_another_request_answers_the_first_and_is_counted(practice: Practice) -> None:
    first = practice.created()["id"]
    again = practice.post(ORDERS, order("30.00"), "create")
    assert (again.status, again.json["id"]) == (200, first)
    told = practice.control("request_ids/others")["data"]
    assert told == [{"path": ORDERS, "request_id": "create"}]


def test_capture_repeats_by_its_id_and_by_no_other(practice: Practice) -> None:
    ident = practice.approved()
    first = practice.capture(ident)
    again = practice.capture(ident)
    assert (again.status, captures_of(again.json)) == (200, captures_of(first.json))
    other = practice.capture(ident, "another")
    assert (other.status, issue_of(other)) == (422, "ORDER_ALREADY_CAPTURED")
    assert len(captures_of(practice.get(f"{ORDERS}/{ident}").json)) == 1


def test_a_declined_payer_goes_back_to_the_same_page(practice: Practice) -> None:
    ident = practice.approved("declined@example.org")
    declined = practice.capture(ident)
    assert issue_of(declined) == "INSTRUMENT_DECLINED"
    assert link(declined.json, "redirect").endswith(f"/checkoutnow?token={ident}")
    assert practice.get(f"{ORDERS}/{ident}").json["status"] == "APPROVED"
    practice.control("orders/approve", {"order": ident, "email": "buyer@example.org"})
    assert practice.capture(ident).status == 201


def test_a_payer_whose_action_is_required(practice: Practice) -> None:
    ident = practice.approved("action@example.org")
    for _ in range(2):
        reply = practice.capture(ident)
        assert issue_of(reply) == "PAYER_ACTION_REQUIRED"
        assert link(reply.json, "payer-action")
    assert practice.get(f"{ORDERS}/{ident}").json["status"] == "PAYER_ACTION_REQUIRED"
    practice.control("orders/approve", {"order": ident, "email": "buyer@example.org"})
    assert practice.capture(ident).status == 201


def test_whether_a_refused_capture_uses_up_its_id_is_a_switch(practice: Practice) -> None:
    ident = practice.approved("declined-once@example.org")
    practice.control("request_ids", {"keep_refusals": True})
    for _ in range(2):
        assert issue_of(practice.capture(ident)) == "INSTRUMENT_DECLINED"
    assert practice.capture(ident, "another").status == 201


def test_a_pending_capture_has_no_fee_until_it_completes(practice: Practice) -> None:
    capture = practice.paid("pending@example.org")
    assert (capture["status"], capture["status_details"]) == ("PENDING", {"reason": "PENDING_REVIEW"})
    assert "seller_receivable_breakdown" not in capture
    practice.advance(61)
    found = practice.get(f"/v2/payments/captures/{capture['id']}").json
    assert (found["status"], found["seller_receivable_breakdown"]["paypal_fee"]) == ("COMPLETED", usd("1.19"))


def test_a_pending_capture_may_be_denied_later(practice: Practice) -> None:
    capture = practice.paid("denied@example.org")
    practice.advance(61)
    found = practice.get(f"/v2/payments/captures/{capture['id']}").json
    assert found["status"] == "DECLINED"
    assert "seller_receivable_breakdown" not in found


@pytest.mark.parametrize(
    ("payer", "statuses"),
    [
        ("captured-declined", ["DECLINED"]),
        ("captured-failed", ["FAILED"]),
        ("second-try", ["DECLINED", "COMPLETED"]),
        ("twice", ["COMPLETED", "COMPLETED"]),
    ],
)
def test_a_completed_order_says_nothing_of_its_captures(
    practice: Practice, payer: str, statuses: list[str]
) -> None:
    reply = practice.capture(practice.approved(f"{payer}@example.org"))
    assert reply.json["status"] == "COMPLETED"
    assert [each["status"] for each in captures_of(reply.json)] == statuses


def test_an_abandoned_order_is_gone_after_six_hours(practice: Practice) -> None:
    ident = practice.created()["id"]
    practice.advance(6 * 3600 + 1)
    assert practice.get(f"{ORDERS}/{ident}").status == 404
    assert practice.page(ident).status == 410


def test_an_approval_lasts_six_hours_from_when_it_was_given(practice: Practice) -> None:
    ident = practice.created()["id"]
    practice.advance(5 * 3600)
    practice.control("orders/approve", {"order": ident, "email": "buyer@example.org"})
    practice.advance(5 * 3600)
    assert practice.get(f"{ORDERS}/{ident}").status == 200
    practice.advance(3600 + 1)
    assert practice.capture(ident).status == 404


def test_answers_tell_all_about_the_payer(practice: Practice) -> None:
    """So that a program which keeps or logs an answer as it came is found out."""
    email = "buyer@example.org"
    found = practice.capture(practice.approved(email)).json
    for place in (found["payer"], found["payment_source"]):
        text = json.dumps(place)
        assert [each for each in canaries(email) if each not in text] == []


def test_an_address_comes_unless_it_is_refused(practice: Practice) -> None:
    plain = practice.capture(practice.approved()).json
    assert "shipping" not in plain["purchase_units"][0]
    ident = practice.approved(body=with_context(shipping_preference=None), key="other")
    assert practice.capture(ident).json["purchase_units"][0]["shipping"]["address"]["country_code"] == "US"


def test_paid_out_in_another_currency(practice: Practice) -> None:
    practice.control("settlement", {"currency": "EUR", "rate": "0.90"})
    breakdown = practice.paid()["seller_receivable_breakdown"]
    assert breakdown["paypal_fee"] == usd("1.19")
    assert breakdown["receivable_amount"] == {"currency_code": "EUR", "value": "16.93"}
    assert breakdown["exchange_rate"]["value"] == "0.90"


def test_a_practice_sees_nothing_of_another(practice: Practice) -> None:
    ident = practice.approved()
    practice.listen("https://pay.example.org/hook")
    other = Practice(practice.server, "other")
    assert other.get(f"{ORDERS}/{ident}").status == 404
    assert other.capture(ident).status == 404
    assert other.get(WEBHOOKS).json == {"webhooks": []}
    assert other.get(f"{WEBHOOKS}-events").json["events"] == []
    other.paid()
    assert practice.control("webhooks", method="GET")["deliveries"] == []


def test_the_way_back_names_the_order_and_the_payer(practice: Practice) -> None:
    ident = practice.created()["id"]
    reply = practice.page(ident, {"way": "account", "email": "buyer@example.org"})
    back = urlsplit(reply.headers["location"])
    assert (reply.status, back.path) == (303, "/back")
    assert parse_qs(back.query).keys() == {"kind", "token", "PayerID"}
    assert parse_qs(back.query)["token"] == [ident]
