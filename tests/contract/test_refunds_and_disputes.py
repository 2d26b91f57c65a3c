"""Money that goes back: refunds and disputes, and what they do to the balance."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.contract.harness import Json, Practice

REFUNDS = "/v1/refunds"


def _net(practice: Practice) -> int:
    practice.control("POST", "clock", {"advance_seconds": 5})
    entries = practice.get("/v1/balance_transactions", {"limit": 100}).json["data"]
    return sum(each["net"] for each in entries)


def _charge(practice: Practice, intent: Json) -> Json:
    return practice.get(f"/v1/charges/{intent['latest_charge']}").json


def test_partial_refunds_add_up_to_the_payment_and_no_more(practice: Practice) -> None:
    seed = 20260826
    print("seed", seed)
    intent, left, rng = practice.paid(), 2000, random.Random(seed)
    while left:
        amount = rng.randint(1, left)
        too_much = practice.post(REFUNDS, {"payment_intent": intent["id"], "amount": left + 1})
        assert too_much.refusal == "refund_too_large"
        practice.made(REFUNDS, {"payment_intent": intent["id"], "amount": amount})
        left -= amount
        assert _charge(practice, intent)["amount_refunded"] == 2000 - left
    assert _charge(practice, intent)["refunded"] is True
    assert _net(practice) == -88, "the fee is not given back"


def test_refunds_that_race_never_give_back_more_than_was_paid(practice: Practice) -> None:
    intent = practice.paid()["id"]
    wanted = {"payment_intent": intent, "amount": 500}
    with ThreadPoolExecutor(12) as pool:
        replies = list(pool.map(lambda _: practice.post(REFUNDS, wanted), range(12)))
    assert sorted(reply.status for reply in replies) == [200] * 4 + [400] * 8
    assert sum(each["amount"] for each in practice.get(REFUNDS).json["data"]) == 2000


def test_a_refund_has_its_entry_events_and_reason(practice: Practice) -> None:
    intent = practice.paid()
    wanted = {
        "payment_intent": intent["id"],
        "reason": "requested_by_customer",
        "metadata": {"refund": "r_1"},
    }
    refund = practice.made(REFUNDS, wanted)
    assert (refund["status"], refund["amount"], refund["charge"]) == (
        "succeeded",
        2000,
        intent["latest_charge"],
    )
    entry = practice.get(f"/v1/balance_transactions/{refund['balance_transaction']}").json
    assert (entry["amount"], entry["fee"], entry["type"]) == (-2000, 0, "refund")
    types = {each["type"] for each in practice.get("/v1/events").json["data"]}
    assert {"refund.created", "charge.refunded"} <= types


def test_a_refund_that_fails_later_gives_the_money_back_to_the_practice(practice: Practice) -> None:
    intent = practice.paid(payment_method="pm_card_refundFail")
    refund = practice.made(REFUNDS, {"payment_intent": intent["id"]})
    assert refund["status"] == "succeeded"
    practice.control("POST", "clock", {"advance_seconds": 10})
    failed = practice.get(f"{REFUNDS}/{refund['id']}", {"expand": ["failure_balance_transaction"]}).json
    assert failed["status"] == "failed"
    assert failed["failure_balance_transaction"]["amount"] == 2000
    charge = _charge(practice, intent)
    assert (charge["amount_refunded"], charge["refunded"]) == (0, False)
    assert practice.get("/v1/events", {"type": "refund.failed"}).json["data"]
    assert _net(practice) == 2000 - 88


def test_a_pending_refund_succeeds_later(practice: Practice) -> None:
    intent = practice.paid(payment_method="pm_card_pendingRefund")
    refund = practice.made(REFUNDS, {"payment_intent": intent["id"]})
    assert refund["status"] == "pending"
    practice.control("POST", "clock", {"advance_seconds": 10})
    assert practice.get(f"{REFUNDS}/{refund['id']}").json["status"] == "succeeded"


def _disputed(practice: Practice, card: str = "pm_card_createDispute") -> tuple[Json, Json]:
    intent = practice.paid(payment_method=card)
    return intent, practice.get("/v1/disputes", {"charge": intent["latest_charge"]}).json["data"][0]


def test_a_dispute_takes_the_money_and_a_fee(practice: Practice) -> None:
    intent, dispute = _disputed(practice)
    assert (dispute["status"], dispute["reason"], dispute["amount"]) == ("needs_response", "fraudulent", 2000)
    assert dispute["balance_transactions"][0]["net"] == -3500
    assert _charge(practice, intent)["disputed"] is True
    assert _net(practice) == 2000 - 88 - 3500


@pytest.mark.parametrize(
    ("evidence", "status", "net"),
    [("winning_evidence", "won", 2000 - 88 - 1500), ("losing_evidence", "lost", -88 - 1500)],
)
def test_evidence_decides(practice: Practice, evidence: str, status: str, net: int) -> None:
    _, dispute = _disputed(practice)
    path = f"/v1/disputes/{dispute['id']}"
    assert practice.made(path, {"evidence": {"uncategorized_text": evidence}})["status"] == status
    assert _net(practice) == net
    closed = practice.get("/v1/events", {"type": "charge.dispute.closed"}).json["data"]
    assert closed[0]["data"]["object"]["status"] == status


def test_the_fee_of_a_dispute_may_come_back_with_the_money(practice: Practice) -> None:
    _, dispute = _disputed(practice)
    decision = {"account": practice.name, "dispute": dispute["id"], "won": True, "fee_back": True}
    practice.control("POST", "disputes/close", decision)
    taken, back = practice.get(f"/v1/disputes/{dispute['id']}").json["balance_transactions"]
    assert (taken["fee"], back["fee"], back["net"]) == (1500, -1500, 3500)
    assert [(d["amount"], d["type"]) for d in back["fee_details"]] == [(-1500, "stripe_fee")]
    assert _net(practice) == 2000 - 88


def test_other_evidence_is_under_review_and_closing_gives_in(practice: Practice) -> None:
    _, dispute = _disputed(practice, "pm_card_createDisputeProductNotReceived")
    path = f"/v1/disputes/{dispute['id']}"
    staged = practice.made(path, {"evidence": {"uncategorized_text": "a story"}, "submit": False})
    assert staged["status"] == "needs_response"
    assert practice.made(path, {"evidence": {"uncategorized_text": "a story"}})["status"] == "under_review"
    assert practice.made(f"{path}/close")["status"] == "lost"


def test_an_inquiry_takes_nothing_yet_and_can_still_be_refunded(practice: Practice) -> None:
    intent, dispute = _disputed(practice, "pm_card_createDisputeInquiry")
    assert (dispute["status"], dispute["balance_transactions"]) == ("warning_needs_response", [])
    assert practice.post(REFUNDS, {"payment_intent": intent["id"]}).status == 200
