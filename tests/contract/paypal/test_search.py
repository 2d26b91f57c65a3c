"""Transaction search: every movement of the account, late."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.paypal.payers import canaries
from tests.contract.harness import Json
from tests.contract.paypal.harness import SEARCH, Practice, order, usd


def _range(practice: Practice) -> dict[str, str]:
    """The day around the stand-in's now."""
    now = datetime.fromtimestamp(practice.control("clock", method="GET")["now"], UTC)
    times = (now - timedelta(hours=12), now + timedelta(hours=12))
    start, end = (each.strftime("%Y-%m-%dT%H:%M:%SZ") for each in times)
    return {"start_date": start, "end_date": end}


def _rows(practice: Practice, **query: str) -> list[Json]:
    found = practice.get(SEARCH, **(_range(practice) | query)).json
    return [each["transaction_info"] for each in found.get("transaction_details", [])]


def test_rows_are_three_hours_late(practice: Practice) -> None:
    capture = practice.paid(body=order(invoice_id="att-1", custom_id="att-1"))["id"]
    assert _rows(practice) == []
    practice.advance(3 * 3600 + 1)
    (row,) = _rows(practice)
    assert (row["transaction_id"], row["transaction_status"]) == (capture, "S")
    assert (row["transaction_amount"], row["fee_amount"]) == (usd("20.00"), usd("-1.19"))
    assert (row["invoice_id"], row["custom_field"]) == ("att-1", "att-1")


def test_refunds_and_reversals_lead_to_their_capture(practice: Practice) -> None:
    practice.control("reporting", {"late_seconds": 0})
    capture = practice.paid()["id"]
    refund = practice.refund(capture, {"amount": usd("5.00")}).json["id"]
    opened = practice.dispute(capture)["dispute_id"]
    move = {"dispute": opened, "type": "DEBIT", "amount": usd("15.00"), "shown": False}
    practice.control("disputes/move", move)
    paid, given, reversed_row = _rows(practice)
    assert paid["transaction_id"] == capture
    for row in (given, reversed_row):
        assert (row["paypal_reference_id"], row["paypal_reference_id_type"]) == (capture, "TXN")
    assert (given["transaction_id"], given["transaction_amount"]) == (refund, usd("-5.00"))
    assert reversed_row["transaction_amount"] == usd("-15.00")


def test_a_row_changes_with_what_it_is_about(practice: Practice) -> None:
    practice.control("reporting", {"late_seconds": 0})
    capture = practice.paid("denied@example.org")["id"]
    assert [each["transaction_status"] for each in _rows(practice)] == ["P"]
    practice.control("captures/end", {"capture": capture, "status": "DECLINED"})
    assert [each["transaction_status"] for each in _rows(practice, transaction_id=capture)] == ["D"]


def test_a_change_is_as_late_as_the_row_was_and_hides_nothing_meanwhile(practice: Practice) -> None:
    capture = practice.paid("stuck@example.org")["id"]
    practice.advance(3 * 3600 + 1)
    assert [each["transaction_status"] for each in _rows(practice)] == ["P"]
    practice.control("captures/end", {"capture": capture, "status": "COMPLETED"})
    assert [each["transaction_status"] for each in _rows(practice)] == ["P"]
    practice.advance(3 * 3600 + 1)
    assert [each["transaction_status"] for each in _rows(practice)] == ["S"]


def test_pages(practice: Practice) -> None:
    practice.control("reporting", {"late_seconds": 0})
    made = [practice.paid(key=f"k{place}")["id"] for place in range(3)]
    found = [_rows(practice, page_size="2", page=page) for page in ("1", "2")]
    assert [row["transaction_id"] for page in found for row in page] == made
    whole = practice.get(SEARCH, **_range(practice), page_size="2").json
    assert (whole["total_items"], whole["total_pages"], whole["page"]) == (3, 2, 1)


@pytest.mark.parametrize("fields", ["payer_info", "all"])
def test_who_paid_is_told_only_to_who_asks(practice: Practice, fields: str) -> None:
    practice.control("reporting", {"late_seconds": 0})
    practice.paid("buyer@example.org")
    reply = practice.get(SEARCH, **_range(practice), fields=fields)
    assert "Payerling" in reply.body.decode()
    plain = practice.get(SEARCH, **_range(practice)).body.decode()
    told = [each for each in canaries("buyer@example.org") if each in plain]
    assert len(told) == 1  # the number of the payer's account
