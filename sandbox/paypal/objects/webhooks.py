"""/v1/notifications/webhooks: where events go; each address has an id, which every signature to it has in."""

from urllib.parse import urlsplit

from sandbox.paypal.errors import refuse
from sandbox.paypal.objects import supported
from sandbox.paypal.scope import Scope, new_id
from sandbox.standin.exchange import Json

MOST = 10
EVENTS = frozenset(
    [
        "*",
        "CHECKOUT.ORDER.APPROVED",
        "CHECKOUT.ORDER.COMPLETED",
        "CHECKOUT.PAYMENT-APPROVAL.REVERSED",
        "PAYMENT.CAPTURE.COMPLETED",
        "PAYMENT.CAPTURE.DECLINED",
        "PAYMENT.CAPTURE.DENIED",
        "PAYMENT.CAPTURE.PENDING",
        "PAYMENT.CAPTURE.REFUNDED",
        "PAYMENT.CAPTURE.REVERSED",
        "CUSTOMER.DISPUTE.CREATED",
        "CUSTOMER.DISPUTE.RESOLVED",
        "CUSTOMER.DISPUTE.UPDATED",
        "VAULT.PAYMENT-TOKEN.CREATED",
        "VAULT.PAYMENT-TOKEN.DELETED",
    ]
)
_LOCAL = ("127.0.0.1", "localhost")


def create(scope: Scope, body: Json) -> Json:
    """An address of this machine may be plain http; PayPal takes https on port 443 alone."""
    parts = urlsplit(body["url"])
    local = parts.scheme == "http" and parts.hostname in _LOCAL
    if not local and (parts.scheme, parts.port or 443) != ("https", 443):
        raise refuse("webhook_url", field="/url", value=body["url"])
    names = [each["name"] for each in body["event_types"]]
    unknown = [name for name in names if name not in EVENTS]
    if unknown or not names:
        raise refuse("webhook_event_unknown", field="/event_types", value=unknown)
    known = scope.every("webhook")
    if body["url"] in {each["url"] for each in known}:
        raise refuse("webhook_url_used", field="/url")
    if len(known) >= MOST:
        raise refuse("webhooks_too_many")
    ident = new_id()
    path = f"/v1/notifications/webhooks/{ident}"
    webhook = {
        "id": ident,
        "url": body["url"],
        "event_types": [{"name": name, "description": name.lower(), "status": "ENABLED"} for name in names],
        "links": [scope.link(path), scope.link(path, "delete", "DELETE")],
    }
    return scope.save("webhook", ident, webhook)


def retrieve(scope: Scope, body: Json, ident: str) -> Json:
    return scope.require("webhook", ident)


def delete(scope: Scope, body: Json, ident: str) -> Json:
    scope.require("webhook", ident)
    scope.store.delete(ident)
    scope.store.run("DELETE FROM deliveries WHERE endpoint = ? AND state IN ('pending', 'held')", ident)
    return {}


def find_all(scope: Scope, query: Json) -> Json:
    supported.check(query, supported.NOTHING)
    return {"webhooks": scope.every("webhook")}
