"""Refunds: whole, in parts, pending, failed; made by the API or on PayPal's own pages."""

import pytest

from tests.contract.paypal.harness import ORDERS, Practice, issue_of, order, usd


def _capture(practice: Practice, ident: str) -> str:
    return str(practice.get(f"/v2/payments/captures/{ident}").json["status"])


def test_parts_until_all_is_given_back(practice: Practice) -> None:
    capture = practice.paid()["id"]
    part = practice.refund(capture, {"amount": usd("5.00"), "custom_id": "re-1"}).json
    assert (part["status"], part["amount"], part["custom_id"]) == ("COMPLETED", usd("5.00"), "re-1")
    assert part["seller_payable_breakdown"]["paypal_fee"] == usd("0.00")
    assert _capture(practice, capture) == "PARTIALLY_REFUNDED"
    rest = practice.refund(capture).json
    assert (rest["amount"], rest["seller_payable_breakdown"]["total_refunded_amount"]) == (
        usd("15.00"),
        usd("20.00"),
    )
    assert _capture(practice, capture) == "REFUNDED"
    assert practice.get(f"/v2/payments/refunds/{part['id']}").json == part


def test_an_order_shows_its_refunds(practice: Practice) -> None:
    ident = practice.approved()
    practice.capture(ident)
    payments = practice.get(f"{ORDERS}/{ident}").json["purchase_units"][0]["payments"]
    made = practice.refund(payments["captures"][0]["id"], {"custom_id": "re-1"}).json
    payments = practice.get(f"{ORDERS}/{ident}").json["purchase_units"][0]["payments"]
    assert payments["refunds"] == [made]
    assert payments["captures"][0]["status"] == "REFUNDED"


def test_a_refund_repeats_by_its_id_for_45_days(practice: Practice) -> None:
    capture = practice.paid()["id"]
    body = {"amount": usd("5.00")}
    first = practice.refund(capture, body, "k").json["id"]
    practice.advance(44 * 86400)
    assert practice.refund(capture, body, "k").json["id"] == first
    practice.advance(2 * 86400)
    assert practice.refund(capture, body, "k").json["id"] != first


@pytest.mark.parametrize(
    ("status", "then"), [("COMPLETED", "REFUNDED"), ("FAILED", "COMPLETED"), ("CANCELLED", "COMPLETED")]
)
def test_a_pending_refund_ends(practice: Practice, status: str, then: str) -> None:
    capture = practice.paid()["id"]
    practice.control("refunds/next", {"status": "PENDING"})
    refund = practice.refund(capture).json
    assert (refund["status"], refund["status_details"]) == ("PENDING", {"reason": "ECHECK"})
    practice.control("refunds/end", {"refund": refund["id"], "status": status})
    found = practice.get(f"/v2/payments/refunds/{refund['id']}").json
    assert (found["status"], "status_details" in found) == (status, False)
    assert _capture(practice, capture) == then


def test_a_refund_may_fail_at_once(practice: Practice) -> None:
    capture = practice.paid()["id"]
    practice.control("refunds/next", {"status": "FAILED"})
    assert practice.refund(capture).json["status"] == "FAILED"
    assert _capture(practice, capture) == "COMPLETED"
    assert practice.refund(capture).json["status"] == "COMPLETED"


@pytest.mark.parametrize(
    "issue",
    ["REFUND_FAILED_INSUFFICIENT_FUNDS", "MAX_NUMBER_OF_REFUNDS_EXCEEDED", "PARTIAL_REFUND_NOT_ALLOWED"],
)
def test_paypal_refuses_for_reasons_of_its_own(practice: Practice, issue: str) -> None:
    capture = practice.paid()["id"]
    practice.control("refunds/next", {"issue": issue})
    assert issue_of(practice.refund(capture, {"amount": usd("5.00")})) == issue
    assert _capture(practice, capture) == "COMPLETED"


def test_made_on_paypals_own_pages(practice: Practice) -> None:
    ident = practice.approved()
    practice.capture(ident)
    capture = practice.get(f"{ORDERS}/{ident}").json["purchase_units"][0]["payments"]["captures"][0]["id"]
    practice.control("refunds", {"capture": capture, "amount": usd("7.00")})
    refunds = practice.get(f"{ORDERS}/{ident}").json["purchase_units"][0]["payments"]["refunds"]
    assert [(each["amount"], "custom_id" in each) for each in refunds] == [(usd("7.00"), False)]


def test_a_whole_refund_while_a_case_is_open(practice: Practice) -> None:
    capture = practice.paid()["id"]
    practice.dispute(capture)
    assert practice.refund(capture).json["status"] == "COMPLETED"


def test_currencies_without_decimals(practice: Practice) -> None:
    capture = practice.paid(body=order("1500", "JPY"))["id"]
    refund = practice.refund(capture, {"amount": {"currency_code": "JPY", "value": "500"}})
    assert refund.json["seller_payable_breakdown"]["total_refunded_amount"]["value"] == "500"
