"""/_control: what a test may do to the stand-in beyond PayPal's API. JSON in and out."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sandbox.paypal import forging, request_ids, signing
from sandbox.paypal.errors import Refused, error_response
from sandbox.paypal.objects import captures, disputes, orders, refunds
from sandbox.paypal.payers import canaries
from sandbox.paypal.scope import Scope
from sandbox.standin.control import Action, SharedControl
from sandbox.standin.delivery import Deliverer
from sandbox.standin.exchange import Json, Request, Response, json_response
from sandbox.standin.journal import Journal
from sandbox.standin.store import Store
from sandbox.standin.worker import Worker

GUEST_CARD = "guest_card"


@dataclass
class Control:
    """The control API. Every action answers what there is to see of its effect."""

    store: Store
    origin: str
    deliverer: Deliverer
    worker: Worker
    journal: Journal

    def answer(self, request: Request) -> Response:
        actions = self._actions()
        action = actions.get((request.method, request.path.removeprefix("/_control/")))
        if action is None:
            return json_response(
                404, {"error": "no such control", "controls": sorted(map(" ".join, actions))}
            )
        try:
            return json_response(200, action(json.loads(request.body or b"{}")))
        except Refused as refusal:
            return error_response(refusal, None)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            return json_response(400, {"error": f"{type(error).__name__}: {error}"})

    def _actions(self) -> dict[tuple[str, str], Action]:
        shared = SharedControl(self.store, self.deliverer, self.journal, self.worker).actions()
        own: dict[tuple[str, str], Action] = {
            ("POST", name): partial(self._of_account, action) for name, action in _ACTIONS.items()
        }
        own["POST", "forge"] = lambda body: forging.send(self._scope(body), body)
        own["GET", "authority"] = lambda _: {"pem": signing.authority(self.store)["certificate"]}
        return shared | own

    def _scope(self, body: Json) -> Scope:
        return Scope(self.store, body["account"], self.origin)

    def _of_account(self, action: Callable[[Scope, Json], Json], body: Json) -> Json:
        with self.store.transaction():
            answer = action(self._scope(body), body)
        self.worker.wake()
        return answer


def _approve(scope: Scope, body: Json) -> Json:
    """{"account", "order", "email", "card"?}: the payer is through the page."""
    return orders.approve(scope, orders.live(scope, body["order"]), body["email"], card=body.get("card", ""))


def _end_capture(scope: Scope, body: Json) -> Json:
    """{"account", "capture", "status"}: a pending one is COMPLETED or DECLINED."""
    return captures.end(scope, body["capture"], body["status"])


def _another_capture(scope: Scope, body: Json) -> Json:
    """{"account", "order", "status"?}: a capture that the API did not ask for, on PayPal's own pages say."""
    order = scope.require("order", body["order"])
    return captures.make(scope, order, body.get("status", "COMPLETED"))


def _refund(scope: Scope, body: Json) -> Json:
    """{"account", "capture", "amount"?, "status"?}: a refund made on PayPal's own pages."""
    capture = scope.require("capture", body["capture"])
    return refunds.make(
        scope, capture, body.get("amount") or capture["amount"], {}, body.get("status", "COMPLETED")
    )


def _end_refund(scope: Scope, body: Json) -> Json:
    """{"account", "refund", "status"}: a pending one is COMPLETED, FAILED or CANCELLED."""
    return refunds.end(scope, body["refund"], body["status"])


def _reverse(scope: Scope, body: Json) -> Json:
    """{"account", "capture", "amount"?}: the event of a reversal whose money is shown nowhere (yet)."""
    capture = scope.require("capture", body["capture"])
    return disputes.reverse(scope, capture, body.get("amount") or capture["amount"])


def _set(name: str, field: str) -> Callable[[Scope, Json], Json]:
    """{"account", <field>}: how it is for that account from now on."""

    def change(scope: Scope, body: Json) -> Json:
        scope.set_setting(name, body[field])
        return body

    return change


def _next_refund(scope: Scope, body: Json) -> Json:
    """{"account", "status"?, "issue"?}: what becomes of the account's next refund."""
    scope.set_setting("next_refund", {name: body[name] for name in ("status", "issue") if name in body})
    return body


def _settle_in(scope: Scope, body: Json) -> Json:
    """{"account", "currency", "rate"}: what the practice is paid out in, and units of it for one paid."""
    scope.set_setting("settlement", [body["currency"], body["rate"]])
    return body


def _revoke(scope: Scope, body: Json) -> Json:
    """{"account"}: none of the account's access tokens holds any more."""
    sql = "DELETE FROM objects WHERE account = ? AND type = 'token'"
    return {"revoked": scope.store.run(sql, scope.account).rowcount}


def _others(scope: Scope, body: Json) -> Json:
    """{"account"}: every PayPal-Request-Id that came again with another body."""
    return {"data": scope.setting(request_ids.OTHERS, [])}


def _payers(scope: Scope, body: Json) -> Json:
    """{"account", "email"}: the texts about that payer which nobody may keep or log."""
    return {"data": canaries(body["email"])}


_ACTIONS: dict[str, Callable[[Scope, Json], Json]] = {
    "orders/approve": _approve,
    "captures": _another_capture,
    "captures/end": _end_capture,
    "refunds": _refund,
    "refunds/end": _end_refund,
    "refunds/next": _next_refund,
    "disputes": disputes.open_for,
    "disputes/change": disputes.change,
    "disputes/move": disputes.move,
    "reversals": _reverse,
    "guest_card": _set(GUEST_CARD, "offered"),
    "scopes": _set("scopes", "scopes"),
    "reporting": _set("reporting_late", "late_seconds"),
    "request_ids": _set(request_ids.KEEP_REFUSALS, "keep_refusals"),
    "request_ids/others": _others,
    "settlement": _settle_in,
    "tokens/revoke": _revoke,
    "canaries": _payers,
}
