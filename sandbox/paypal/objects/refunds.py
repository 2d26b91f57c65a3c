"""Refunds: POST /v2/payments/captures/{id}/refund, /v2/payments/refunds. The fee is not given back."""

from decimal import Decimal

from sandbox.paypal import money
from sandbox.paypal.errors import refuse, turned_down
from sandbox.paypal.objects import captures, disputes, supported, transactions
from sandbox.paypal.scope import Scope, instant, new_id
from sandbox.standin.exchange import Json

LIMIT_SECONDS = 180 * 86400
_COUNTED = ("COMPLETED", "PENDING")


def create(scope: Scope, body: Json, ident: str) -> Json:
    supported.check(body, supported.REFUND)
    capture = scope.require("capture", ident)
    left = money.of(capture["amount"]) - refunded(scope, ident)
    _check_capture(scope, capture, left)
    amount = body.get("amount") or money.written(left, capture["amount"]["currency_code"])
    _check_amount(scope, capture, amount, left)
    if body.get("invoice_id") in _invoice_ids(scope):
        raise refuse("refund_invoice_id_used", field="/invoice_id")
    wanted = scope.setting("next_refund", None)
    scope.set_setting("next_refund", None)
    wanted = wanted if isinstance(wanted, dict) else {}
    if wanted.get("issue"):
        raise turned_down(wanted["issue"])
    return make(scope, capture, amount, body, wanted.get("status", "COMPLETED"))


def _check_capture(scope: Scope, capture: Json, left: Decimal) -> None:
    if capture["status"] == "PENDING":
        raise refuse("refund_before_money")
    if capture["status"] in captures.WITHOUT_MONEY:
        raise refuse("refund_without_money")
    if left <= 0:
        raise refuse("refund_after_all")
    if scope.now > instant(capture["create_time"]) + LIMIT_SECONDS:
        raise refuse("refund_too_late")
    if disputes.charged_back(scope, capture["id"]):
        raise refuse("refund_charged_back")


def _check_amount(scope: Scope, capture: Json, amount: Json, left: Decimal) -> None:
    wanted = money.read(amount, "/amount")
    if amount["currency_code"] != capture["amount"]["currency_code"]:
        raise refuse("refund_currency", field="/amount/currency_code")
    if wanted > left:
        raise refuse("refund_too_much", field="/amount/value")
    if wanted < left and disputes.open_about(scope, capture["id"]):
        raise refuse("refund_in_dispute")


def _invoice_ids(scope: Scope) -> set[str]:
    return {each["invoice_id"] for each in scope.every("refund") if "invoice_id" in each}


def refunded(scope: Scope, capture: str) -> Decimal:
    """What was given back of a capture, or is on its way."""
    made = scope.every("refund", capture=capture)
    return sum((money.of(each["amount"]) for each in made if each["status"] in _COUNTED), Decimal(0))


def make(scope: Scope, capture: Json, amount: Json, about: Json, status: str) -> Json:
    """A refund of that status, whoever asked for it: the API, or the seller on PayPal's own pages."""
    ident = new_id()
    currency, total = amount["currency_code"], refunded(scope, capture["id"]) + money.of(amount)
    refund: Json = {
        "id": ident,
        "status": status,
        "amount": amount,
        "seller_payable_breakdown": {
            "gross_amount": amount,
            "paypal_fee": money.written(Decimal(0), currency),
            "net_amount": amount,
            "total_refunded_amount": money.written(total, currency),
        },
        "links": [
            scope.link(f"/v2/payments/refunds/{ident}"),
            scope.link(f"/v2/payments/captures/{capture['id']}", "up"),
        ],
        "create_time": scope.time,
        "update_time": scope.time,
    }
    refund |= {name: about[name] for name in ("custom_id", "invoice_id", "note_to_payer") if name in about}
    of = scope.private("capture", capture["id"])
    private = {"capture": capture["id"], "order": of["order"], "email": of["email"]}
    scope.save("refund", ident, refund, private)
    return _stand(scope, refund, status)


def _stand(scope: Scope, refund: Json, status: str) -> Json:
    """Save it with that status, with what that means for the capture; only a completed one is told."""
    refund |= {"status": status, "update_time": scope.time}
    refund.pop("status_details", None)
    if status == "PENDING":
        refund["status_details"] = {"reason": "ECHECK"}
    private = scope.private("refund", refund["id"])
    scope.save("refund", refund["id"], refund)
    capture = scope.require("capture", private["capture"])
    given, whole = refunded(scope, capture["id"]), money.of(capture["amount"])
    capture["status"] = "REFUNDED" if given >= whole else "PARTIALLY_REFUNDED" if given else "COMPLETED"
    scope.save("capture", capture["id"], capture | {"update_time": scope.time})
    transactions.note(
        scope, refund["id"], code="T1107", amount=_negative(refund["amount"]), fee=Decimal(0),
        status={"COMPLETED": "S", "PENDING": "P"}.get(status, "D"), about=refund,
        email=private["email"], reference=capture["id"],
    )  # fmt: skip
    if status == "COMPLETED":
        scope.emit("PAYMENT.CAPTURE.REFUNDED", "refund", refund)
    return refund


def _negative(amount: Json) -> Json:
    return amount | {"value": f"-{amount['value']}"}


def end(scope: Scope, ident: str, status: str) -> Json:
    """What was pending is COMPLETED, FAILED or CANCELLED; of the last two no event tells."""
    refund = scope.require("refund", ident)
    if refund["status"] != "PENDING" or status not in ("COMPLETED", "FAILED", "CANCELLED"):
        raise ValueError(f"a {refund['status']} refund does not become {status}")
    return _stand(scope, refund, status)


def retrieve(scope: Scope, body: Json, ident: str) -> Json:
    return scope.require("refund", ident)
