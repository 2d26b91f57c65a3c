"""Which handler answers which operation of PayPal's API; everything else is 404."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.paypal import schema
from sandbox.paypal.errors import refuse
from sandbox.paypal.objects import captures, disputes, events, orders, refunds, transactions, webhooks
from sandbox.paypal.scope import Scope
from sandbox.standin.exchange import Json

Handler = Callable[..., Json]
Latest = Callable[[Scope, str], Json]


@dataclass(frozen=True)
class Route:
    """`status` is that of success. With `key_lives_seconds`, a PayPal-Request-Id is kept for so long, and
    `latest` answers a repetition (with `repeated`); `short`: without `Prefer: return=representation` only
    id, status and links are told."""

    handler: Handler
    status: int = 200
    key_lives_seconds: float = 0
    latest: Latest | None = None
    repeated: int = 200
    short: bool = False


def _order(scope: Scope, ident: str) -> Json:
    return orders.retrieve(scope, {}, ident)


def _refund(scope: Scope, ident: str) -> Json:
    return refunds.retrieve(scope, {}, ident)


_ORDERS, _CAPTURES = "/v2/checkout/orders", "/v2/payments/captures/{capture_id}"
_WEBHOOKS = "/v1/notifications/webhooks"
_HOURS_6, _DAYS_45 = 6 * 3600, 45 * 86400

ROUTES: dict[tuple[str, str], Route] = {
    ("POST", _ORDERS): Route(orders.create, 201, _HOURS_6, _order, short=True),
    ("GET", f"{_ORDERS}/{{id}}"): Route(orders.retrieve),
    ("POST", f"{_ORDERS}/{{id}}/capture"): Route(orders.capture, 201, _HOURS_6, _order, short=True),
    ("GET", _CAPTURES): Route(captures.retrieve),
    ("POST", f"{_CAPTURES}/refund"): Route(refunds.create, 201, _DAYS_45, _refund, repeated=201, short=True),
    ("GET", "/v2/payments/refunds/{refund_id}"): Route(refunds.retrieve),
    ("GET", "/v1/customer/disputes"): Route(disputes.find_all),
    ("GET", "/v1/customer/disputes/{id}"): Route(disputes.retrieve),
    ("GET", "/v1/reporting/transactions"): Route(transactions.search),
    ("POST", _WEBHOOKS): Route(webhooks.create, 201),
    ("GET", _WEBHOOKS): Route(webhooks.find_all),
    ("GET", f"{_WEBHOOKS}/{{webhook_id}}"): Route(webhooks.retrieve),
    ("DELETE", f"{_WEBHOOKS}/{{webhook_id}}"): Route(webhooks.delete, 204),
    ("POST", "/v1/notifications/verify-webhook-signature"): Route(events.verify),
    ("GET", f"{_WEBHOOKS}-events"): Route(events.find_all),
    ("GET", f"{_WEBHOOKS}-events/{{event_id}}"): Route(events.retrieve),
    ("POST", f"{_WEBHOOKS}-events/{{event_id}}/resend"): Route(events.resend, 202),
}


def match(method: str, path: str) -> tuple[schema.Operation, Route, tuple[str, ...]]:
    """(operation, route, ids in the path). Error: url_unknown."""
    for known, template in ROUTES:
        found = schema.pattern(template).match(path)
        if found and known == method:
            return schema.operations()[method, template], ROUTES[method, template], found.groups()
    raise refuse("url_unknown", method=method, path=path)
