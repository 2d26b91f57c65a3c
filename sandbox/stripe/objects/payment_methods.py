"""/v1/payment_methods: cards and bank accounts. What a test one does is kept beside it, by its number."""

from sandbox.stripe import banks, cards, listing
from sandbox.stripe.cards import Card
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.objects import mandates
from sandbox.stripe.objects.behaviour import mark, setup_decline
from sandbox.stripe.objects.declines import declined
from sandbox.stripe.objects.new_methods import billing, from_bank, from_card
from sandbox.stripe.params import merged_metadata, only
from sandbox.stripe.scope import Scope


def named(method: Json) -> str:
    """For people: "Visa ending in 4242, 12/30"."""
    card = method["card"]
    expiry = f"{card['exp_month']:02d}/{card['exp_year'] % 100:02d}"
    return f"{card['brand'].title()} ending in {card['last4']}, {expiry}"


def resolve(scope: Scope, ident: str, param: str = "payment_method") -> Json:
    """The method named, a new one for a pm_card_… or pm_usBankAccount_… test id; never a spent one."""
    if ident in cards.BY_TEST_ID:
        return from_card(scope, cards.BY_TEST_ID[ident])
    if ident in banks.BY_TEST_ID:
        return from_bank(scope, banks.BY_TEST_ID[ident], details={"name": "Jenny Rosen"})
    method = scope.require("payment_method", ident, param)
    if method["customer"] is None and scope.private("payment_method", ident)["used"]:
        raise refuse("payment_method_spent", param=param)
    return method


def create(scope: Scope, params: Json) -> Json:
    only(params, "type", "card", "billing_details", "metadata", "allow_redisplay")
    if params.get("type") != "card":
        raise refuse("payment_method_type_unsupported", param="type", type=params.get("type", "untyped"))
    method = from_card(scope, _card_named(params.get("card", {})), details=params.get("billing_details"))
    method["metadata"] = merged_metadata({}, params.get("metadata"))
    method["allow_redisplay"] = params.get("allow_redisplay", "unspecified")
    return scope.save(method)


def _card_named(given: Json) -> Card:
    if "number" in given:
        raise refuse("raw_card_data", param="card[number]")
    if "token" not in given:
        raise refuse("payment_method_details_missing", param="card[token]")
    card = cards.BY_TOKEN.get(given["token"])
    if card is None:
        raise refuse("token_missing", param="card[token]", id=given["token"])
    return card


def retrieve(scope: Scope, params: Json, ident: str) -> Json:
    return scope.require("payment_method", ident, "payment_method")


def update(scope: Scope, params: Json, ident: str) -> Json:
    only(params, "billing_details", "metadata", "allow_redisplay", "card", banks.TYPE)
    only(params.get("card", {}), "exp_month", "exp_year")
    method = scope.require("payment_method", ident, "payment_method")
    if method["customer"] is None:
        raise refuse("payment_method_update_unattached", param="payment_method")
    changes = {name: params[name] for name in ("card", banks.TYPE) if name in params}
    if any(name != method["type"] for name in changes):
        raise refuse("details_of_another_type", param=next(iter(changes)), type=method["type"])
    _check_expiry(changes.get("card", {}))
    return changed(
        scope, method, "payment_method.updated",
        allow_redisplay=params.get("allow_redisplay", method["allow_redisplay"]),
        billing_details=billing(method["billing_details"] | params.get("billing_details", {})),
        metadata=merged_metadata(method["metadata"], params.get("metadata")),
        **{name: method[name] | change for name, change in changes.items()},
    )  # fmt: skip


def _check_expiry(card: Json) -> None:
    if not (1 <= card.get("exp_month", 1) <= 12 and 2000 <= card.get("exp_year", 2000) <= 2100):
        raise refuse("expiry_impossible", param="card[exp_month]")


def changed(scope: Scope, method: Json, event: str, **values: object) -> Json:
    """The method with other values, told by `event` with what they were before."""
    before = {name: method[name] for name, value in values.items() if method[name] != value}
    scope.save(method | values)
    scope.emit(event, method | values, before)
    return method | values


def attach(scope: Scope, params: Json, ident: str) -> Json:
    only(params, "customer")
    if "customer" not in params:
        raise refuse("attach_without_customer", param="customer")
    customer = scope.require("customer", params["customer"], "customer")
    method = resolve(scope, ident)
    if method["customer"] is not None:
        raise refuse("payment_method_attached_elsewhere")
    _check_attachable(scope, method)
    method["customer"] = customer["id"]
    scope.save(method)
    scope.emit("payment_method.attached", method)
    return method


def _check_attachable(scope: Scope, method: Json) -> None:
    """Attaching verifies a card, so those that decline everything cannot be attached; not a bank account."""
    if method["type"] == banks.TYPE:
        if scope.private("payment_method", method["id"]).get("by_deposit"):
            raise refuse("bank_account_unverified", param="payment_method", id=method["id"])
        return
    decline = setup_decline(scope, method)
    if decline:
        raise declined(decline, method)


def detach(scope: Scope, params: Json, ident: str) -> Json:
    method = scope.require("payment_method", ident, "payment_method")
    if method["customer"] is None:
        raise refuse("payment_method_not_attached")
    _forget_default(scope, method["customer"], ident)
    return ended(scope, method)


def block(scope: Scope, method: Json, why: tuple[str, str] | None) -> Json:
    """The bank account as (reason, the network's code) has it blocked; told where it is somebody's."""
    if why is None:
        return method
    if why[0] == banks.UNAUTHORIZED:
        mandates.turn(scope, method, "inactive")
    shown = method[banks.TYPE] | {
        "status_details": {"blocked": dict(zip(("reason", "network_code"), why, strict=True))}
    }
    if method["customer"] is None:
        return scope.save(method | {banks.TYPE: shown})
    return changed(scope, method, "payment_method.updated", **{banks.TYPE: shown})


def ended(scope: Scope, method: Json) -> Json:
    """The method belongs to nobody from now on, and to nobody ever again."""
    mark(scope, method, used=True)
    mandates.turn(scope, method, "inactive")
    return changed(scope, method, "payment_method.detached", customer=None)


def keep(scope: Scope, method: Json, customer: str | None) -> None:
    """A payment or set-up that went well leaves the method with its customer, shown with leave only."""
    if customer is None or method["customer"] is not None:
        return
    method["customer"] = customer
    if method["allow_redisplay"] == "unspecified":
        method["allow_redisplay"] = "limited"
    scope.save(method)
    scope.emit("payment_method.attached", method)


def check_given(intent: Json, method: Json) -> None:
    """An intent's method is nobody's or its customer's, and of a type that the intent takes.

    Raises payment_method_needs_customer, payment_method_of_other_customer, method_not_allowed.
    """
    owner, allowed = method["customer"], intent["payment_method_types"]
    if owner is not None and intent["customer"] is None:
        raise refuse("payment_method_needs_customer", param="payment_method", id=method["id"])
    if owner is not None and owner != intent["customer"]:
        raise refuse("payment_method_of_other_customer", param="payment_method", id=method["id"])
    if method["type"] not in allowed:
        raise refuse(
            "method_not_allowed", param="payment_method", type=method["type"], allowed=", ".join(allowed),
        )  # fmt: skip


def check_unblocked(method: Json) -> None:
    if method["type"] == banks.TYPE and method[banks.TYPE]["status_details"]:
        raise refuse("bank_account_blocked", extra={"payment_method": method}, keeps_effects=True)


def _forget_default(scope: Scope, customer_id: str, ident: str) -> None:
    customer = scope.find("customer", customer_id)
    if customer and customer["invoice_settings"]["default_payment_method"] == ident:
        customer["invoice_settings"]["default_payment_method"] = None
        scope.save(customer)


def find_all(scope: Scope, params: Json) -> Json:
    only(params, "limit", "starting_after", "ending_before", "customer", "type", "allow_redisplay")
    if "customer" in params:
        scope.require("customer", params["customer"], "customer")
    return listing.listed(scope, "payment_method", params, "/v1/payment_methods")


def of_customer(scope: Scope, params: Json, customer: str) -> Json:
    only(params, "limit", "starting_after", "ending_before", "type", "allow_redisplay")
    scope.require("customer", customer, "customer")
    url = f"/v1/customers/{customer}/payment_methods"
    return listing.listed(scope, "payment_method", params, url, where={"customer": customer})


def one_of_customer(scope: Scope, params: Json, customer: str, ident: str) -> Json:
    method = scope.require("payment_method", ident, "payment_method")
    if method["customer"] != customer:
        raise refuse("payment_method_not_of_customer", param="payment_method", id=ident)
    return method
