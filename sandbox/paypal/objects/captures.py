"""Captures: the money of an order, each with a status of its own. /v2/payments/captures."""

from decimal import Decimal

from sandbox.paypal import money
from sandbox.paypal.objects import transactions
from sandbox.paypal.scope import Scope, new_id
from sandbox.standin.exchange import Json

ENDS_AFTER_SECONDS = 60
WITHOUT_MONEY = ("DECLINED", "FAILED")
_EVENTS = {"COMPLETED": "COMPLETED", "PENDING": "PENDING", "DECLINED": "DECLINED", "FAILED": "DECLINED"}
_ROW_STATUS = {"COMPLETED": "S", "PENDING": "P", "DECLINED": "D", "FAILED": "D"}
_OF_ITS_OWN = ("payee", "supplementary_data")


def make(scope: Scope, order: Json, status: str, *, reason: str = "", ends: str = "") -> Json:
    """One capture of the whole order, with its event."""
    unit = order["purchase_units"][0]
    ident = new_id()
    path = f"/v2/payments/captures/{ident}"
    capture: Json = {
        "id": ident,
        "status": status,
        "amount": unit["amount"],
        "final_capture": True,
        "seller_protection": {"status": "NOT_ELIGIBLE"},
        "disbursement_mode": "INSTANT",
        "links": [
            scope.link(path),
            scope.link(f"{path}/refund", "refund", "POST"),
            scope.link(f"/v2/checkout/orders/{order['id']}", "up"),
        ],
        "create_time": scope.time,
        "update_time": scope.time,
        "payee": unit["payee"],
        "supplementary_data": {"related_ids": {"order_id": order["id"]}},
    }
    capture |= {name: unit[name] for name in ("invoice_id", "custom_id") if name in unit}
    if reason and status != "COMPLETED":
        capture["status_details"] = {"reason": reason}
    email = scope.private("order", order["id"])["email"]
    private = {"order": order["id"], "ends": ends, "email": email, "invoice_id": unit.get("invoice_id")}
    _stand(scope, capture, status, private)
    if status == "PENDING" and ends:
        scope.later(ENDS_AFTER_SECONDS, "capture_ends", ident)
    scope.emit(f"PAYMENT.CAPTURE.{_EVENTS[status]}", "capture", capture)
    return capture


def _stand(scope: Scope, capture: Json, status: str, private: Json) -> None:
    """Save it with that status, what is told of its money, and the row of the transaction search."""
    capture |= {"status": status, "update_time": scope.time}
    fee = Decimal(0)
    if status == "COMPLETED":
        capture.pop("status_details", None)
        settles = scope.setting("settlement", None)
        breakdown = money.receivable(capture["amount"], settles if isinstance(settles, list) else None)
        capture["seller_receivable_breakdown"] = breakdown
        fee = money.of(breakdown["paypal_fee"])
    scope.save("capture", capture["id"], capture, private)
    transactions.note(
        scope, capture["id"], code="T0006", amount=capture["amount"], fee=fee,
        status=_ROW_STATUS[status], about=capture, email=private["email"],
    )  # fmt: skip


def end_later(scope: Scope, ident: str) -> None:
    if scope.require("capture", ident)["status"] == "PENDING":
        end(scope, ident, scope.private("capture", ident)["ends"])


def end(scope: Scope, ident: str, status: str) -> Json:
    """What was pending is COMPLETED, or DECLINED, which PayPal tells as DENIED."""
    capture = scope.require("capture", ident)
    if capture["status"] != "PENDING" or status not in ("COMPLETED", "DECLINED"):
        raise ValueError(f"a {capture['status']} capture does not become {status}")
    _stand(scope, capture, status, scope.private("capture", ident))
    told = "COMPLETED" if status == "COMPLETED" else "DENIED"
    scope.emit(f"PAYMENT.CAPTURE.{told}", "capture", capture)
    return capture


def of_order(scope: Scope, order: str) -> list[Json]:
    """As an order shows them, oldest first."""
    return [
        {name: value for name, value in capture.items() if name not in _OF_ITS_OWN}
        for capture in scope.every("capture", order=order)
    ]


def invoice_used(scope: Scope, invoice_id: str | None) -> bool:
    """Whether money was taken under that id, by whichever order."""
    found = scope.every("capture", invoice_id=invoice_id) if invoice_id else []
    return any(each["status"] not in WITHOUT_MONEY for each in found)


def retrieve(scope: Scope, body: Json, ident: str) -> Json:
    return scope.require("capture", ident)
