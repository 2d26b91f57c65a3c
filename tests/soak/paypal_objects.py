"""What PayPal keeps, and how its API tells it: orders, their captures, what is given or taken back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

API = "https://api.paypal.example"
Json = dict[str, Any]


def written(amount_minor: int) -> dict[str, str]:
    """`-1205` is -12.05 dollars."""
    sign, whole, part = "-" if amount_minor < 0 else "", abs(amount_minor) // 100, abs(amount_minor) % 100
    return {"currency_code": "USD", "value": f"{sign}{whole}.{part:02}"}


def text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


@dataclass(eq=False)
class Refund:
    """`state` is "pending", "succeeded" or "failed", `refund_id` our own id of it."""

    id: str
    capture: "Capture"
    amount_minor: int
    at: datetime
    refund_id: str
    state: str = "pending"
    fee_minor: int = 0

    def told(self) -> Json:
        fee = {"seller_payable_breakdown": {"paypal_fee": written(self.fee_minor)}} if self.fee_minor else {}
        return {
            "id": self.id, "status": _REFUNDS[self.state], "amount": written(self.amount_minor),
            "create_time": text(self.at), "custom_id": self.refund_id, **self.resource, **fee,
        }  # fmt: skip

    @property
    def resource(self) -> Json:
        return {"id": self.id, "links": [{"rel": "up", "href": self.capture.url}]}


_REFUNDS = {"pending": "PENDING", "succeeded": "COMPLETED", "failed": "FAILED"}


@dataclass(eq=False)
class Dispute:
    """`moved`: instant, amount (below 0 it was taken) and reason of each movement. `owes_minor`: what is
    still to be given back."""

    id: str
    capture: "Capture"
    at: datetime
    touched: datetime
    amount_minor: int
    decided: str = ""
    moved: list[tuple[datetime, int, str]] = field(default_factory=list)
    owes_minor: int = 0

    @property
    def taken_minor(self) -> int:
        return -sum(amount for _, amount, reason in self.moved if reason == "DISPUTE_SETTLEMENT")

    def move(self, at: datetime, amount_minor: int, reason: str) -> str:
        """What it is called by who tells it from others by all that is told of it."""
        self.moved.append((at, amount_minor, reason))
        value, kind = written(abs(amount_minor))["value"], _side(amount_minor)
        return re.sub(r"[^A-Za-z0-9._-]", "", f"{self.id}-{text(at)}-{kind}-{reason}-{value}-USD")

    def brief(self) -> Json:
        return {"dispute_id": self.id, "status": "RESOLVED" if self.decided else "UNDER_REVIEW"}

    def told(self) -> Json:
        return {
            **self.brief(),
            "create_time": text(self.at),
            "disputed_transactions": [{"seller_transaction_id": self.capture.id}],
            "dispute_outcome": {"outcome_code": self.decided},
            "money_movements": [
                {
                    "type": _side(amount), "amount": written(abs(amount)), "initiated_time": text(at),
                    "affected_party": "SELLER", "reason": reason,
                }
                for at, amount, reason in self.moved
            ],
        }  # fmt: skip


def _side(amount_minor: int) -> str:
    return "DEBIT" if amount_minor < 0 else "CREDIT"


@dataclass(eq=False)
class Capture:
    """`state` is "COMPLETED", "PENDING" or "DECLINED"."""

    id: str
    order: "Order"
    state: str
    at: datetime
    fee_minor: int | None = None
    refunds: list[Refund] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)

    @property
    def left_minor(self) -> int:
        refunded = sum(each.amount_minor for each in self.refunds if each.state != "failed")
        return self.order.amount_minor - refunded - sum(each.taken_minor for each in self.disputes)

    @property
    def url(self) -> str:
        return f"{API}/v2/payments/captures/{self.id}"

    @property
    def resource(self) -> Json:
        return {"id": self.id, "supplementary_data": {"related_ids": {"order_id": self.order.id}}}

    @property
    def _status(self) -> str:
        back = sum(each.amount_minor for each in self.refunds if each.state == "succeeded")
        if self.state != "COMPLETED" or not back:
            return self.state
        return "REFUNDED" if back >= self.order.amount_minor else "PARTIALLY_REFUNDED"

    def told(self) -> Json:
        known = self.state == "COMPLETED" and self.fee_minor is not None
        fee = {"paypal_fee": written(self.fee_minor or 0)} if known else {}
        return {
            **self.resource, "status": self._status, "amount": written(self.order.amount_minor),
            "create_time": text(self.at), "custom_id": self.order.custom_id,
            "seller_receivable_breakdown": fee,
        }  # fmt: skip

    def rows(self) -> Iterator[Json]:
        """Of the transaction search."""
        status = {"COMPLETED": "S", "PENDING": "P", "DECLINED": "D"}[self.state]
        fee = {"fee_amount": written(-self.fee_minor)} if self.fee_minor is not None else {}
        row = self._row(self.id, "T0006", self.at, self.order.amount_minor, status)
        yield {**row, **fee, "custom_field": self.order.custom_id}
        for refund in self.refunds:
            status = {"pending": "P", "succeeded": "S", "failed": "D"}[refund.state]
            back = {"fee_amount": written(refund.fee_minor)} if refund.fee_minor else {}
            row = self._row(refund.id, "T1107", refund.at, -refund.amount_minor, status)
            yield {**row, **back, "paypal_reference_id": self.id}
        for dispute in self.disputes:
            for number, (at, amount, _) in enumerate(dispute.moved):
                row = self._row(f"TX{dispute.id}-{number}", "T1106", at, amount, "S")
                yield {**row, "paypal_reference_id": self.id}

    def _row(self, name: str, code: str, at: datetime, amount_minor: int, status: str) -> Json:
        return {
            "transaction_id": name, "transaction_event_code": code, "transaction_status": status,
            "transaction_initiation_date": text(at), "transaction_amount": written(amount_minor),
        }  # fmt: skip


@dataclass(eq=False)
class Order:
    """`approved`: when its payer did that last. `under_way`: its money is being taken by somebody."""

    id: str
    account: str
    payment: str
    amount_minor: int
    invoice_id: str
    made: datetime
    approved: datetime | None = None
    updated: datetime | None = None
    under_way: bool = False
    captures: list[Capture] = field(default_factory=list)

    @property
    def custom_id(self) -> str:
        return f"{self.account}:{self.payment}"

    @property
    def url(self) -> str:
        return f"https://paypal.example/checkoutnow?token={self.id}"

    def told(self) -> Json:
        refunds = [refund.told() for capture in self.captures for refund in capture.refunds]
        payments = {"captures": [capture.told() for capture in self.captures], "refunds": refunds}
        unit = {"custom_id": self.custom_id, "amount": written(self.amount_minor), "payments": payments}
        status = "COMPLETED" if self.captures else "APPROVED" if self.approved else "PAYER_ACTION_REQUIRED"
        return {
            "id": self.id, "status": status, "create_time": text(self.made),
            "update_time": text(self.updated or self.made), "purchase_units": [unit],
            "links": [{"rel": "payer-action", "href": self.url}],
        }  # fmt: skip
