"""`expand`: replaces ids by the objects they name, along dotted paths."""

from typing import Any

from sandbox.stripe import listing
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.scope import DEBIT_PREFIXES, PREFIXES, Scope

DEEPEST = 4
_EXPANDABLE = frozenset(
    [
        "balance_transaction",
        "charge",
        "customer",
        "default_payment_method",
        "failure_balance_transaction",
        "latest_attempt",
        "latest_charge",
        "mandate",
        "payment_intent",
        "payment_method",
        "setup_intent",
        "source",
    ]
)


def expanded(scope: Scope, value: Json, paths: list[str]) -> Json:
    for path in paths:
        if path.count(".") >= DEEPEST:
            raise refuse("expand_too_deep", param="expand")
        _expand(scope, value, path.split("."), path)
    return value


def _expand(scope: Scope, value: Any, steps: list[str], path: str) -> None:
    name, rest = steps[0], steps[1:]
    if isinstance(value, list):
        for item in value:
            _expand(scope, item, steps, path)
        return
    _load(scope, value, name, path)
    if rest and value[name] is not None:
        _expand(scope, value[name], rest, path)


def _load(scope: Scope, value: Json, name: str, path: str) -> None:
    if value.get("object") == "checkout.session" and name == "line_items":
        stored = scope.private("checkout.session", value["id"])["line_items"]
        url = f"/v1/checkout/sessions/{value['id']}/line_items"
        value[name] = {"object": "list", "data": stored[:10], "has_more": len(stored) > 10, "url": url}
    elif value.get("object") == "charge" and name == "refunds":
        _may_see(scope, "refund")
        url = f"/v1/charges/{value['id']}/refunds"
        value[name] = listing.listed(scope, "refund", {}, url, where={"charge": value["id"]})
    elif name in _EXPANDABLE and name in value:
        if isinstance(value[name], str):
            value[name] = _named(scope, value[name])
    elif not isinstance(value.get(name), dict | list):
        raise refuse("expand_impossible", param="expand", path=path)


def _named(scope: Scope, ident: str) -> Json | str:
    for kind, prefix in (*PREFIXES.items(), *DEBIT_PREFIXES.items()):
        if ident.startswith(prefix):
            _may_see(scope, kind)
            return scope.find(kind, ident) or ident
    return ident


def _may_see(scope: Scope, kind: str) -> None:
    if scope.rights:
        scope.rights.show(kind)
