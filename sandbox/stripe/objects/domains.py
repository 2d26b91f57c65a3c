"""/v1/payment_method_domains: where wallets may be shown. A domain is checked when made and on demand."""

import re

from sandbox.stripe import listing
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.params import only
from sandbox.stripe.scope import Scope

WALLETS = ("amazon_pay", "apple_pay", "google_pay", "klarna", "link", "paypal")
_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


def create(scope: Scope, params: Json) -> Json:
    """The domain; one that is registered already is answered as it is. Raises domain_invalid."""
    only(params, "domain_name", "enabled")
    name = params["domain_name"].lower()
    if not _NAME.fullmatch(name):
        raise refuse("domain_invalid", param="domain_name", name=params["domain_name"])
    found = listing.listed(scope, "payment_method_domain", {"limit": 1}, "", where={"domain_name": name})
    if found["data"]:
        return dict(found["data"][0])
    domain = scope.new("payment_method_domain", domain_name=name, enabled=params.get("enabled", True))
    return scope.save(_checked(scope, domain))


def _checked(scope: Scope, domain: Json) -> Json:
    """With each wallet's status as it is now: active, unless the control API has said why not."""
    told = scope.store.setting(f"domains:{scope.account}", {}).get(domain["domain_name"], {})
    for wallet in WALLETS:
        why = told.get(wallet)
        domain[wallet] = {"status": "inactive" if why else "active"}
        if why:
            domain[wallet]["status_details"] = {"error_message": why}
    return domain


def tell(scope: Scope, name: str, wallet: str, why: str) -> Json:
    """At the next check the wallet is inactive on the domain, for `why`; "" is active again."""
    said = scope.store.setting(f"domains:{scope.account}", {})
    said.setdefault(name, {})[wallet] = why
    scope.store.set_setting(f"domains:{scope.account}", said)
    return {"domain_name": name, wallet: why}


def validate(scope: Scope, params: Json, ident: str) -> Json:
    only(params)
    return scope.save(_checked(scope, retrieve(scope, {}, ident)))


def retrieve(scope: Scope, params: Json, ident: str) -> Json:
    only(params)
    return scope.require("payment_method_domain", ident, "payment_method_domain")


def update(scope: Scope, params: Json, ident: str) -> Json:
    only(params, "enabled")
    domain = retrieve(scope, {}, ident)
    return scope.save(domain | {"enabled": params.get("enabled", domain["enabled"])})


def find_all(scope: Scope, params: Json) -> Json:
    only(params, "limit", "starting_after", "ending_before", "domain_name", "enabled")
    return listing.listed(scope, "payment_method_domain", params, "/v1/payment_method_domains")
