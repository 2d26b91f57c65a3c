"""Stripe's words for what becomes of money, as the port names them."""

from typing import Any

import pytest

from chalicelib.payments.domain.return_reasons import ReturnReason
from chalicelib.payments.ports.processors import RefundStatus
from chalicelib.payments.processors.stripe.facts import intent_facts, refunded

OURS = {"payment": "key-1", "account": "maya"}


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("pending", RefundStatus.PENDING), ("requires_action", RefundStatus.PENDING),
        ("succeeded", RefundStatus.SUCCEEDED), ("failed", RefundStatus.FAILED),
        ("canceled", RefundStatus.FAILED), ("never heard of", RefundStatus.UNKNOWN),
        ("", RefundStatus.UNKNOWN), (None, RefundStatus.UNKNOWN),
    ],
)  # fmt: skip
def test_how_a_refund_stands(word: str | None, status: RefundStatus) -> None:
    refund = {"id": "re_1", "amount": 4000, "currency": "usd", "created": 0, "status": word}
    assert refunded(refund).status is status


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("insufficient_funds", ReturnReason.INSUFFICIENT_FUNDS),
        ("account_closed", ReturnReason.ACCOUNT_CLOSED),
        ("no_account", ReturnReason.NO_ACCOUNT), ("debit_not_authorized", ReturnReason.NOT_AUTHORIZED),
        ("bank_ownership_changed", ReturnReason.OTHER), (None, ReturnReason.OTHER),
    ],
)  # fmt: skip
def test_why_a_bank_returned_a_debit(word: str | None, reason: ReturnReason) -> None:
    assert _reason(status="failed", failure_code=word) is reason


@pytest.mark.parametrize(
    "charge",
    [
        {"status": "pending", "failure_code": None},
        {"status": "failed", "failure_code": "card_declined", "payment_method_details": {"type": "card"}},
    ],
)
def test_nothing_was_returned_where_no_bank_sent_a_debit_back(charge: dict[str, Any]) -> None:
    assert _reason(**charge) is None


def _reason(**charge: Any) -> ReturnReason | None:
    made = {"id": "py_1", "created": 0, "payment_method_details": {"type": "us_bank_account"}, **charge}
    intent = {"id": "pi_1", "currency": "usd", "created": 0, "status": "requires_payment_method"}
    facts = intent_facts({**intent, "metadata": OURS, "latest_charge": made})
    assert facts is not None
    return facts.return_reason
