"""/v1/mandates: a payer's leave to debit a bank account, and how they gave it.

For one debit, or (where the account is saved) for all to come. It ends when the account is taken from its
customer, when the payer's bank says that nobody was allowed to, or by the control API.
"""

from sandbox.stripe import banks, listing
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.params import only
from sandbox.stripe.scope import Scope

# How Checkout and Stripe.js have it from the payer.
_ONLINE: Json = {"online": {"ip_address": "127.0.0.1", "user_agent": "Stripe.js"}, "type": "online"}


def retrieve(scope: Scope, params: Json, ident: str) -> Json:
    only(params)
    return scope.require("mandate", ident, "mandate")


def for_debit(scope: Scope, intent: Json, method: Json) -> Json:
    """The mandate a debit or a set-up goes by: the one that stands, or what Checkout asks for by itself."""
    return _newest(scope, method) or given(scope, intent, method, _ONLINE)


def check(scope: Scope, intent: Json, method: Json, params: Json) -> None:
    """By API the payer's leave comes with the debit, unless it stands from before.

    Raises mandate_missing, mandate_inactive, mandate_online_missing.
    """
    if params.get("mandate_data"):
        given(scope, intent, method, params["mandate_data"]["customer_acceptance"])
        return
    standing = _newest(scope, method, type="multi_use")
    thing, extra = ("SetupIntent" if _of_setup(intent) else "PaymentIntent"), {intent["object"]: intent}
    if standing is None:
        raise refuse("mandate_missing", param="mandate_data", thing=thing, extra=extra)
    if standing["status"] == "inactive":
        raise refuse("mandate_inactive", param="mandate_data", extra=extra)


def given(scope: Scope, intent: Json, method: Json, acceptance: Json) -> Json:
    """A new mandate, active at once; test deposits make it wait."""
    if acceptance["type"] == "online" and "online" not in acceptance:
        raise refuse("mandate_online_missing", param="mandate_data[customer_acceptance][online]")
    keeps = _of_setup(intent) or intent["setup_future_usage"] or method["customer"]
    once = None if keeps else {"amount": intent["amount"], "currency": intent["currency"]}
    mandate = scope.new(
        "mandate",
        customer_acceptance={"accepted_at": scope.now} | acceptance,
        payment_method=method["id"],
        payment_method_details={"type": banks.TYPE, banks.TYPE: {}},
        status="active",
        type="multi_use" if keeps else "single_use",
        multi_use={} if keeps else None,
        single_use=once,
    )
    return scope.save(mandate)


def turn(scope: Scope, method: Json, status: str) -> Json | None:
    """The newest mandate of the account is active, inactive or pending from now on."""
    mandate = _newest(scope, method)
    if mandate is None or mandate["status"] == status:
        return mandate
    before = {"status": mandate["status"]}
    scope.save(mandate | {"status": status})
    scope.emit("mandate.updated", mandate | {"status": status}, before)
    return mandate | {"status": status}


def _newest(scope: Scope, method: Json, **where: str) -> Json | None:
    found = listing.listed(
        scope, "mandate", {"limit": 1}, "", where={"payment_method": method["id"], **where}
    )
    return found["data"][0] if found["data"] else None


def _of_setup(intent: Json) -> bool:
    return bool(intent["object"] == "setup_intent")
