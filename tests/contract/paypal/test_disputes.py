"""Disputes: their money moves apart from their status, and RESOLVED is not final."""

from sandbox.paypal.objects.disputes import COMPLAINT
from tests.contract.paypal.harness import Practice, Receiver, issue_of, order, usd

DISPUTES = "/v1/customer/disputes"


def _moved(practice: Practice, dispute: str, kind: str, value: str, **more: object) -> None:
    practice.control("disputes/move", {"dispute": dispute, "type": kind, "amount": usd(value)} | more)


def test_leads_to_its_capture(practice: Practice) -> None:
    capture = practice.paid(body=order(invoice_id="att-1", custom_id="att-1"))
    opened = practice.dispute(capture["id"])
    found = practice.get(f"{DISPUTES}/{opened['dispute_id']}").json
    (about,) = found["disputed_transactions"]
    assert about["seller_transaction_id"] == capture["id"]
    assert (about["custom"], about["invoice_number"]) == ("att-1", "att-1")
    assert (found["status"], found["dispute_amount"]) == ("WAITING_FOR_SELLER_RESPONSE", usd("20.00"))
    assert "money_movements" not in found


def test_tells_the_buyer_and_their_words(practice: Practice) -> None:
    opened = practice.dispute(practice.paid()["id"])
    text = practice.get(f"{DISPUTES}/{opened['dispute_id']}").body.decode()
    assert COMPLAINT in text
    assert "Payerling" in text


def test_money_moves_there_and_back(practice: Practice) -> None:
    opened = practice.dispute(practice.paid()["id"])["dispute_id"]
    _moved(practice, opened, "DEBIT", "20.00")
    _moved(practice, opened, "DEBIT", "15.00", reason="DISPUTE_FEE")
    _moved(practice, opened, "CREDIT", "20.00")
    _moved(practice, opened, "CREDIT", "20.00", party="BUYER")
    movements = practice.get(f"{DISPUTES}/{opened}").json["money_movements"]
    told = [(each["affected_party"], each["type"], each["reason"]) for each in movements]
    assert told == [
        ("SELLER", "DEBIT", "DISPUTE_SETTLEMENT"),
        ("SELLER", "DEBIT", "DISPUTE_FEE"),
        ("SELLER", "CREDIT", "DISPUTE_SETTLEMENT"),
        ("BUYER", "CREDIT", "DISPUTE_SETTLEMENT"),
    ]
    assert all("id" not in each for each in movements)


def test_a_reversal_is_told_and_no_field_of_the_capture_shows_it(
    practice: Practice, receiver: Receiver
) -> None:
    practice.listen(receiver.url, "PAYMENT.CAPTURE.REVERSED")
    capture = practice.paid()
    _moved(practice, practice.dispute(capture["id"])["dispute_id"], "DEBIT", "20.00")
    receiver.wait_for(1)
    up = next(each["href"] for each in receiver.events[0]["resource"]["links"] if each["rel"] == "up")
    assert up.endswith(capture["id"])
    now = practice.get(f"/v2/payments/captures/{capture['id']}").json
    assert now == capture | {
        "payee": now["payee"],
        "supplementary_data": now["supplementary_data"],
    }


def test_a_reversal_may_be_told_before_its_money_shows(practice: Practice, receiver: Receiver) -> None:
    practice.listen(receiver.url, "PAYMENT.CAPTURE.REVERSED")
    capture = practice.paid()["id"]
    opened = practice.dispute(capture)["dispute_id"]
    practice.control("reversals", {"capture": capture})
    receiver.wait_for(1)
    assert "money_movements" not in practice.get(f"{DISPUTES}/{opened}").json
    _moved(practice, opened, "DEBIT", "20.00", told=False)
    assert len(practice.get(f"{DISPUTES}/{opened}").json["money_movements"]) == 1
    assert len(receiver.got) == 1


def test_money_may_move_before_the_dispute_says_so(practice: Practice) -> None:
    opened = practice.dispute(practice.paid()["id"])["dispute_id"]
    _moved(practice, opened, "DEBIT", "20.00", shown=False)
    assert "money_movements" not in practice.get(f"{DISPUTES}/{opened}").json


def test_resolved_in_part_and_opened_again(practice: Practice, receiver: Receiver) -> None:
    practice.listen(receiver.url, "CUSTOMER.DISPUTE.RESOLVED", "CUSTOMER.DISPUTE.UPDATED")
    opened = practice.dispute(practice.paid()["id"])["dispute_id"]
    decided = {"status": "RESOLVED", "outcome": "RESOLVED_WITH_PAYOUT", "refunded": usd("8.00")}
    found = practice.control("disputes/change", {"dispute": opened} | decided)
    assert found["dispute_outcome"] == {
        "outcome_code": "RESOLVED_WITH_PAYOUT", "amount_refunded": usd("8.00")
    }  # fmt: skip
    practice.control("disputes/change", {"dispute": opened, "status": "OTHER", "state": "APPEALABLE"})
    receiver.wait_for(2)
    assert receiver.types == ["CUSTOMER.DISPUTE.RESOLVED", "CUSTOMER.DISPUTE.UPDATED"]
    listed = practice.get(DISPUTES, dispute_state="APPEALABLE").json["items"]
    assert [each["dispute_id"] for each in listed] == [opened]


def test_lists_by_capture_in_pages(practice: Practice) -> None:
    assert "items" not in practice.get(DISPUTES).json
    captures = [practice.paid(key=f"k{place}")["id"] for place in range(3)]
    made = [practice.dispute(capture)["dispute_id"] for capture in captures]
    one = practice.get(DISPUTES, disputed_transaction_id=captures[1]).json["items"]
    assert [each["dispute_id"] for each in one] == [made[1]]
    first = practice.get(DISPUTES, page_size="2").json
    following = next(each["href"] for each in first["links"] if each["rel"] == "next")
    second = practice.get(following.removeprefix(practice.origin)).json
    found = [each["dispute_id"] for page in (first, second) for each in page["items"]]
    assert found == made[::-1]


def test_no_part_is_refunded_while_a_case_is_open(practice: Practice) -> None:
    capture = practice.paid()["id"]
    opened = practice.dispute(capture)["dispute_id"]
    part = {"amount": usd("5.00")}
    assert issue_of(practice.refund(capture, part)) == "TRANSACTION_DISPUTED"
    practice.control("disputes/change", {"dispute": opened, "status": "RESOLVED"})
    assert practice.refund(capture, part).status == 201
