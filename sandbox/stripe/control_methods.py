"""/_control about customers and what they saved: what Stripe, a bank or a dashboard does by itself."""

from collections.abc import Callable

from sandbox.stripe.cards import BY_NUMBER, DECLINES
from sandbox.stripe.errors import Json
from sandbox.stripe.objects import customers, domains, mandates, new_methods, payment_methods
from sandbox.stripe.objects.behaviour import mark
from sandbox.stripe.scope import Scope

Action = Callable[[Scope, Json], Json]


def _method(scope: Scope, body: Json) -> Json:
    return scope.require("payment_method", body["payment_method"])


def _renew(scope: Scope, body: Json) -> Json:
    """{"account", "payment_method", "exp_month"?, "exp_year"?, "number"?}: the card network says that the
    bank has issued another card in its place, with another expiry or another (test) number."""
    method = _method(scope, body)
    card = method["card"] | {name: int(body[name]) for name in ("exp_month", "exp_year") if name in body}
    if "number" in body:
        number = BY_NUMBER[body["number"]].number
        mark(scope, method, number=number)
        kind = (card["wallet"] or {}).get("type", "card")
        card |= {"last4": number[-4:], "fingerprint": new_methods.fingerprint(scope, kind, number)}
    return payment_methods.changed(scope, method, "payment_method.automatically_updated", card=card)


def _decline(scope: Scope, body: Json) -> Json:
    """{"account", "payment_method", "decline"}: its bank declines charges from now on, by a name of
    cards.DECLINES; "" pays again."""
    method = _method(scope, body)
    decline = DECLINES[body["decline"]] if body["decline"] else None
    mark(scope, method, decline=body["decline"] if decline else None)
    return method


def _block(scope: Scope, body: Json) -> Json:
    """{"account", "payment_method", "reason", "network_code"}: nobody may debit the bank account again."""
    return payment_methods.block(scope, _method(scope, body), (body["reason"], body["network_code"]))


def _detach(scope: Scope, body: Json) -> Json:
    """{"account", "payment_method"}: removed in the dashboard."""
    return payment_methods.detach(scope, {}, body["payment_method"])


def _delete(scope: Scope, body: Json) -> Json:
    """{"account", "customer"}: deleted in the dashboard, with all that they saved."""
    return customers.delete(scope, {}, body["customer"])


def _wallets(scope: Scope, body: Json) -> Json:
    """{"account", "wallets": ["apple_pay", "google_pay"]}: which wallets are offered; at first none."""
    unknown = set(body["wallets"]) - new_methods.WALLETS.keys()
    if unknown:
        raise ValueError(f"unknown: {sorted(unknown)}")
    scope.store.set_setting(f"wallets:{scope.account}", body["wallets"])
    return body


def _mandate(scope: Scope, body: Json) -> Json:
    """{"account", "payment_method", "status"}: the bank account's mandate is inactive, or active again."""
    return mandates.turn(scope, _method(scope, body), body["status"]) or {}


def _domain(scope: Scope, body: Json) -> Json:
    """{"account", "domain_name", "wallet", "why"}: at its next check the wallet is inactive; "" active."""
    return domains.tell(scope, body["domain_name"], body["wallet"], body["why"])


ACTIONS: dict[tuple[str, str], Action] = {
    ("POST", "customers/delete"): _delete,
    ("POST", "domains"): _domain,
    ("POST", "mandates"): _mandate,
    ("POST", "payment_methods/block"): _block,
    ("POST", "payment_methods/decline"): _decline,
    ("POST", "payment_methods/detach"): _detach,
    ("POST", "payment_methods/renew"): _renew,
    ("POST", "wallets"): _wallets,
}
