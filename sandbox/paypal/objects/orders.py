"""/v2/checkout/orders: created, approved by its payer on a page, captured once.

COMPLETED only says that there are captures: how they stand is the money.
"""

from dataclasses import asdict

from sandbox.paypal import money
from sandbox.paypal.errors import refuse, turned_down
from sandbox.paypal.objects import captures, supported
from sandbox.paypal.payers import Behaviour, behaviour, payer, shipping, source
from sandbox.paypal.scope import Scope, new_id
from sandbox.standin.exchange import Json

LIVES_SECONDS = 6 * 3600
MOST_ATTEMPTS = 10
_OPEN = ("CREATED", "PAYER_ACTION_REQUIRED", "APPROVED")


def create(scope: Scope, body: Json) -> Json:
    supported.check(body, supported.ORDER)
    if "payment_source" in body and not scope.request_id:
        raise refuse("request_id_required")
    unit = body["purchase_units"][0]
    money.read(unit["amount"], "/purchase_units/0/amount")
    paypal = body.get("payment_source", {}).get("paypal")
    payee = {"merchant_id": scope.merchant_id, "email_address": f"{scope.account.lower()}@practice.example"}
    order: Json = {
        "id": new_id(),
        "intent": body["intent"],
        "status": "CREATED" if paypal is None else "PAYER_ACTION_REQUIRED",
        "purchase_units": [{"reference_id": "default"} | unit | {"payee": payee}],
        "create_time": scope.time,
    }
    if paypal is not None:
        order["payment_source"] = {"paypal": {}}
    context = (paypal or {}).get("experience_context", {})
    private = {"context": context, "until": scope.now + LIVES_SECONDS, "tries": 0}
    _saved(scope, order, private)
    return composed(scope, order)


def live(scope: Scope, ident: str) -> Json:
    """The order; one whose time is over is gone. Error: resource_missing."""
    order = scope.find("order", ident)
    over = order is not None and scope.private("order", ident)["until"] < scope.now
    if order is not None and over and order["status"] in _OPEN:
        scope.store.delete(ident)
    return scope.require("order", ident)


def composed(scope: Scope, order: Json) -> Json:
    """With its captures and refunds as they stand now."""
    taken = captures.of_order(scope, order["id"])
    if not taken:
        return order
    given_back = scope.every("refund", order=order["id"])
    payments: Json = {"captures": taken} | ({"refunds": given_back} if given_back else {})
    return order | {"purchase_units": [order["purchase_units"][0] | {"payments": payments}]}


def retrieve(scope: Scope, query: Json, ident: str) -> Json:
    supported.check(query, supported.NOTHING)
    return composed(scope, live(scope, ident))


def approve(scope: Scope, order: Json, email: str, *, card: str = "") -> Json:
    """The payer said yes, with an account or (guest) a card; again after a decline, with another."""
    private = scope.private("order", order["id"])
    order |= {
        "status": "APPROVED",
        "payment_source": source(email, guest=bool(card)),
        "payer": payer(email),
        "update_time": scope.time,
    }
    if private["context"].get("shipping_preference", "GET_FROM_FILE") == "GET_FROM_FILE":
        order["purchase_units"][0]["shipping"] = shipping()
    kept = asdict(behaviour(email, card))
    private |= {"behaviour": kept, "met": 0, "until": scope.now + LIVES_SECONDS, "email": email}
    private.pop("wants_action", None)
    _saved(scope, order, private)
    scope.later(LIVES_SECONDS, "approval_lapses", order["id"])
    scope.emit("CHECKOUT.ORDER.APPROVED", "checkout-order", composed(scope, order))
    return order


def lapse_later(scope: Scope, ident: str) -> None:
    """Nobody captured what was approved in time."""
    order = scope.find("order", ident)
    if order and order["status"] == "APPROVED" and scope.private("order", ident)["until"] <= scope.now:
        scope.emit("CHECKOUT.PAYMENT-APPROVAL.REVERSED", "checkout-order", order)


def capture(scope: Scope, body: Json, ident: str) -> Json:
    supported.check(body, supported.NOTHING)
    order = live(scope, ident)
    private = scope.private("order", ident)
    if order["status"] == "COMPLETED":
        raise refuse("order_captured")
    if private.get("wants_action"):
        raise turned_down("PAYER_ACTION_REQUIRED", links=[_way_back(scope, order, "payer-action")])
    if order["status"] != "APPROVED":
        raise refuse("order_not_approved")
    if captures.invoice_used(scope, order["purchase_units"][0].get("invoice_id")):
        raise refuse("invoice_id_used")
    if private["tries"] >= MOST_ATTEMPTS:
        raise refuse("attempts_too_many")
    met = Behaviour(**private["behaviour"])
    if met.issue and (met.times < 0 or private["met"] < met.times):
        _decline(scope, order, private, met.issue)
    return _captured(scope, order, met)


def _decline(scope: Scope, order: Json, private: Json, issue: str) -> None:
    """The payer goes back to the page: the order is as it was, or needs the payer. Always raises."""
    private |= {"met": private["met"] + 1, "tries": private["tries"] + 1}
    rel = "redirect"
    if issue == "PAYER_ACTION_REQUIRED":
        private["wants_action"], order["status"], rel = True, "PAYER_ACTION_REQUIRED", "payer-action"
    _saved(scope, order, private)
    raise turned_down(issue, links=[_way_back(scope, order, rel)], keeps_effects=True)


def _captured(scope: Scope, order: Json, met: Behaviour) -> Json:
    order |= {"status": "COMPLETED", "update_time": scope.time}
    _saved(scope, order)
    for status in met.captures:
        captures.make(scope, order, status, reason=met.reason, ends=met.ends)
    whole = composed(scope, order)
    scope.emit("CHECKOUT.ORDER.COMPLETED", "checkout-order", whole)
    return whole


def _saved(scope: Scope, order: Json, private: Json | None = None) -> None:
    path = f"/v2/checkout/orders/{order['id']}"
    order["links"] = [scope.link(path)]
    ways = {"CREATED": "approve", "PAYER_ACTION_REQUIRED": "payer-action"}
    if order["status"] in ways:
        order["links"].append(_way_back(scope, order, ways[order["status"]]))
    if order["status"] == "APPROVED":
        order["links"].append(scope.link(f"{path}/capture", "capture", "POST"))
    scope.save("order", order["id"], order, private)


def _way_back(scope: Scope, order: Json, rel: str) -> Json:
    return scope.link(f"/checkoutnow?token={order['id']}", rel)
