"""/v1/customer/disputes: opened and decided by the control API. Money moves apart from the dispute's status.

A movement has no id. PayPal tells it as PAYMENT.CAPTURE.REVERSED, which no field of the capture shows.
"""

from decimal import Decimal

from sandbox.paypal import money
from sandbox.paypal.errors import refuse
from sandbox.paypal.objects import supported, transactions
from sandbox.paypal.payers import NAME
from sandbox.paypal.scope import Scope, instant, new_id
from sandbox.standin.exchange import Json

_LISTED = (
    "dispute_id", "create_time", "update_time", "reason", "status", "dispute_amount",
    "dispute_life_cycle_stage", "dispute_channel", "seller_response_due_date", "links",
)  # fmt: skip
_QUERY: Json = dict.fromkeys(
    ("disputed_transaction_id", "dispute_state", "page_size", "next_page_token", "update_time_after",
     "update_time_before", "start_time")
)  # fmt: skip
# What the buyer writes, which may well tell why they see a therapist.
COMPLAINT = "Canary complaint: the session on Tuesday did not take place."
ANSWER_SECONDS = 20 * 86400
_SIGNS = {"DEBIT": -1, "CREDIT": 1}
_SETTLEMENT = "DISPUTE_SETTLEMENT"


def open_for(scope: Scope, body: Json) -> Json:
    """Open one about a capture: {"capture", "amount"?, "reason"?, "stage"?, "channel"?, "status"?}."""
    capture = scope.require("capture", body["capture"])
    amount = body.get("amount") or capture["amount"]
    ident = f"PP-D-{new_id(6)}"
    about: Json = {
        "buyer_transaction_id": new_id(),
        "seller_transaction_id": capture["id"],
        "create_time": capture["create_time"],
        "transaction_status": "COMPLETED",
        "gross_amount": {name: capture["amount"][name] for name in ("currency_code", "value")},
        "buyer": {"name": " ".join(NAME.values())},
        "seller": {"merchant_id": scope.merchant_id, "name": scope.account.replace("_", " ")},
    }
    about |= {
        told: capture[of]
        for told, of in (("custom", "custom_id"), ("invoice_number", "invoice_id"))
        if of in capture
    }
    dispute: Json = {
        "dispute_id": ident,
        "create_time": scope.time,
        "update_time": scope.time,
        "disputed_transactions": [about],
        "reason": body.get("reason", "MERCHANDISE_OR_SERVICE_NOT_RECEIVED"),
        "status": body.get("status", "WAITING_FOR_SELLER_RESPONSE"),
        "dispute_amount": amount,
        "dispute_life_cycle_stage": body.get("stage", "INQUIRY"),
        "dispute_channel": body.get("channel", "INTERNAL"),
        "messages": [{"posted_by": "BUYER", "time_posted": scope.time, "content": COMPLAINT}],
        "links": [scope.link(f"/v1/customer/disputes/{ident}")],
    }
    private = {"capture": capture["id"], "state": body.get("state", "REQUIRED_ACTION")}
    scope.save("dispute", ident, dispute, private)
    scope.emit("CUSTOMER.DISPUTE.CREATED", "dispute", dispute)
    return dispute


def change(scope: Scope, body: Json) -> Json:
    """{"dispute", "status"?, "stage"?, "state"?, "outcome"?, "refunded"?}: what is decided, or anew."""
    dispute = scope.require("dispute", body["dispute"])
    dispute["update_time"] = scope.time
    names = {"status": "status", "dispute_life_cycle_stage": "stage"}
    dispute |= {name: body[said] for name, said in names.items() if said in body}
    if "outcome" in body:
        dispute["dispute_outcome"] = {"outcome_code": body["outcome"]}
        if "refunded" in body:
            dispute["dispute_outcome"]["amount_refunded"] = body["refunded"]
    private = scope.private("dispute", dispute["dispute_id"])
    if "state" in body or dispute["status"] == "RESOLVED":
        private["state"] = body.get("state", "RESOLVED")
    scope.save("dispute", dispute["dispute_id"], dispute, private)
    told = "RESOLVED" if body.get("status") == "RESOLVED" else "UPDATED"
    scope.emit(f"CUSTOMER.DISPUTE.{told}", "dispute", dispute)
    return dispute


def move(scope: Scope, body: Json) -> Json:
    """{"dispute", "type", "amount", "reason"?, "party"?, "shown"?, "told"?}: money moves for a dispute.

    `shown` false: the dispute does not say so (yet); `told` false: no event does. The row of the transaction
    search is there in any case, late as every row.
    """
    dispute = scope.require("dispute", body["dispute"])
    amount, reason = body["amount"], body.get("reason", _SETTLEMENT)
    if body.get("shown", True):
        movement = {
            "affected_party": body.get("party", "SELLER"),
            "amount": amount,
            "initiated_time": scope.time,
            "type": body["type"],
            "reason": reason,
        }
        dispute.setdefault("money_movements", []).append(movement)
        dispute["update_time"] = scope.time
        scope.save("dispute", dispute["dispute_id"], dispute)
    if body.get("party", "SELLER") == "SELLER":
        _book(scope, dispute, body["type"], amount, reason, told=body.get("told", True))
    return dispute


def _book(scope: Scope, dispute: Json, kind: str, amount: Json, reason: str, *, told: bool) -> None:
    capture = scope.require("capture", scope.private("dispute", dispute["dispute_id"])["capture"])
    signed = money.written(_SIGNS[kind] * money.of(amount), amount["currency_code"])
    ident = new_id()
    about: Json = {name: capture[name] for name in ("custom_id", "invoice_id") if name in capture}
    code = "T1106" if reason == _SETTLEMENT else "T0106"
    transactions.note(
        scope, ident, code=code, amount=signed, fee=Decimal(0), status="S", about=about,
        email=scope.private("capture", capture["id"])["email"], reference=capture["id"],
    )  # fmt: skip
    if told and reason == _SETTLEMENT and kind == "DEBIT":
        reverse(scope, capture, amount, ident)


def reverse(scope: Scope, capture: Json, amount: Json, ident: str = "") -> Json:
    """PAYMENT.CAPTURE.REVERSED, shaped like a refund that leads to its capture. Moves nothing by itself."""
    ident = ident or new_id()
    resource: Json = {
        "id": ident,
        "status": "COMPLETED",
        "amount": amount,
        "create_time": scope.time,
        "update_time": scope.time,
        "links": [
            scope.link(f"/v2/payments/refunds/{ident}"),
            scope.link(f"/v2/payments/captures/{capture['id']}", "up"),
        ],
    }
    resource |= {name: capture[name] for name in ("custom_id", "invoice_id") if name in capture}
    return scope.emit("PAYMENT.CAPTURE.REVERSED", "refund", resource)


def open_about(scope: Scope, capture: str) -> bool:
    found = scope.every("dispute", capture=capture)
    return any(each["status"] != "RESOLVED" for each in found)


def charged_back(scope: Scope, capture: str) -> bool:
    """A card network's or bank's own case about it is open."""
    found = scope.every("dispute", capture=capture)
    return any(each["dispute_channel"] == "EXTERNAL" and each["status"] != "RESOLVED" for each in found)


def retrieve(scope: Scope, body: Json, ident: str) -> Json:
    return scope.require("dispute", ident)


def find_all(scope: Scope, query: Json) -> Json:
    """A page, the newest first. Without any there is no `items` at all, as the published shape has it."""
    supported.check(query, _QUERY)
    token = str(query.get("next_page_token", 0))
    if not token.isdecimal():
        raise refuse("page_token_unknown", field="next_page_token", value=token)
    times = supported.instants(query, "update_time_after", "update_time_before", "start_time")
    found = [each for each in reversed(scope.every("dispute")) if _asked_for(scope, each, query, times)]
    size, start = query.get("page_size", 10), int(token)
    path = f"/v1/customer/disputes?page_size={size}"
    links = [scope.link(path)]
    if len(found) > start + size:
        links.append(scope.link(f"{path}&next_page_token={start + size}", "next"))
    page = [_brief(scope, each) for each in found[start : start + size]]
    return {"links": links} | ({"items": page} if page else {})


def _brief(scope: Scope, dispute: Json) -> Json:
    brief = {name: dispute[name] for name in _LISTED if name in dispute}
    return brief | {"dispute_state": scope.private("dispute", dispute["dispute_id"])["state"]}


def _asked_for(scope: Scope, dispute: Json, query: Json, times: dict[str, float]) -> bool:
    private = scope.private("dispute", dispute["dispute_id"])
    changed, made = instant(dispute["update_time"]), instant(dispute["create_time"])
    return (
        query.get("disputed_transaction_id", private["capture"]) == private["capture"]
        and query.get("dispute_state", private["state"]) == private["state"]
        and times.get("update_time_after", changed) <= changed <= times.get("update_time_before", changed)
        and made >= times.get("start_time", made)
    )
