"""/v1/payment_methods: cards and bank accounts. What a test one does is kept beside it, by its number."""

import datetime
import hashlib

from sandbox.stripe import banks, cards, listing
from sandbox.stripe.banks import Bank
from sandbox.stripe.cards import Card
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.objects.declines import declined
from sandbox.stripe.params import merged_metadata, only
from sandbox.stripe.scope import Scope

_NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def billing(details: Json | None) -> Json:
    """billing_details with every field present."""
    given = details or {}
    address = _NO_ADDRESS | (given.get("address") or {})
    return {"address": address, "email": None, "name": None, "phone": None, "tax_id": None} | {
        key: value for key, value in given.items() if key != "address"
    }


def from_card(
    scope: Scope, card: Card, *, details: Json | None = None, expiry: tuple[int, int] | None = None
) -> Json:
    """A new payment method of a test card, attached to nobody and never yet used."""
    year = datetime.datetime.fromtimestamp(scope.now, datetime.UTC).year
    month, year = expiry or (12, year + 1)
    shown = {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "unchecked"},
        "country": "US",
        "display_brand": card.brand,
        "exp_month": month,
        "exp_year": year,
        "fingerprint": hashlib.sha256(f"{scope.account}:{card.number}".encode()).hexdigest()[:16],
        "funding": card.funding,
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
    method = scope.new(
        "payment_method",
        allow_redisplay="unspecified",
        billing_details=billing(details),
        card=shown,
        metadata={},
        type="card",
    )
    return scope.save(method, {"number": card.number, "used": False, "set_up": False})


def from_bank(scope: Scope, bank: Bank, *, details: Json) -> Json:
    """A new payment method of a test bank account, verified at once. `details` has the holder's name."""
    shown = {
        "account_holder_type": "individual",
        "account_type": "checking",
        "bank_name": banks.BANK_NAME,
        "financial_connections_account": None,
        "fingerprint": hashlib.sha256(f"{scope.account}:{bank.number}".encode()).hexdigest()[:16],
        "last4": bank.last4,
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "routing_number": banks.ROUTING_NUMBER,
        "status_details": {},
    }
    method = scope.new(
        "payment_method",
        allow_redisplay="unspecified",
        billing_details=billing(details),
        metadata={},
        type=banks.TYPE,
        us_bank_account=shown,
    )
    return scope.save(method, {"number": bank.number, "used": False, "set_up": False})


def named(method: Json) -> str:
    """For people: "Visa ending in 4242, 12/30"."""
    card = method["card"]
    expiry = f"{card['exp_month']:02d}/{card['exp_year'] % 100:02d}"
    return f"{card['brand'].title()} ending in {card['last4']}, {expiry}"


def card_of(scope: Scope, method: Json) -> Card:
    return cards.BY_NUMBER[scope.private("payment_method", method["id"])["number"]]


def bank_of(scope: Scope, method: Json) -> Bank:
    return banks.BY_NUMBER[scope.private("payment_method", method["id"])["number"]]


def refund_of(scope: Scope, method: Json) -> str:
    """What a refund to it does; one to a bank account takes its time."""
    return "pending" if method["type"] == banks.TYPE else card_of(scope, method).refund


def dispute_of(scope: Scope, method: Json) -> str:
    """Why its bank takes a payment back, unless somebody says why."""
    if method["type"] == banks.TYPE:
        return bank_of(scope, method).disputed or banks.UNAUTHORIZED
    return card_of(scope, method).dispute or "fraudulent"


def mark(scope: Scope, method: Json, **flags: bool) -> None:
    """Keep `used` (spent unless attached) or `set_up` (authenticated for later) beside the method."""
    scope.save(method, scope.private("payment_method", method["id"]) | flags)


def is_set_up(scope: Scope, method: Json) -> bool:
    return bool(scope.private("payment_method", method["id"])["set_up"])


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
    only(params, "billing_details", "metadata", "allow_redisplay", "card")
    only(params.get("card", {}), "exp_month", "exp_year")
    method = scope.require("payment_method", ident, "payment_method")
    if method["customer"] is None:
        raise refuse("payment_method_update_unattached", param="payment_method")
    method["billing_details"] = billing(method["billing_details"] | params.get("billing_details", {}))
    method["metadata"] = merged_metadata(method["metadata"], params.get("metadata"))
    method["allow_redisplay"] = params.get("allow_redisplay", method["allow_redisplay"])
    if "card" in params and method["type"] != "card":
        raise refuse("card_details_of_no_card", param="card")
    if method["type"] == "card":
        method["card"] |= params.get("card", {})
    scope.save(method)
    scope.emit("payment_method.updated", method)
    return method


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
    """Attaching verifies the card, so the cards that decline everything cannot be attached."""
    if method["type"] != "card":
        return
    card = card_of(scope, method)
    if card.decline and not card.decline_only_charges:
        raise declined(card.decline, method)


def detach(scope: Scope, params: Json, ident: str) -> Json:
    method = scope.require("payment_method", ident, "payment_method")
    if method["customer"] is None:
        raise refuse("payment_method_not_attached")
    was = method["customer"]
    method["customer"] = None
    mark(scope, method, used=True)
    _forget_default(scope, was, ident)
    scope.emit("payment_method.detached", method, {"customer": was})
    return method


def _forget_default(scope: Scope, customer_id: str, ident: str) -> None:
    customer = scope.find("customer", customer_id)
    if customer and customer["invoice_settings"]["default_payment_method"] == ident:
        customer["invoice_settings"]["default_payment_method"] = None
        scope.save(customer)


def find_all(scope: Scope, params: Json) -> Json:
    only(params, "limit", "starting_after", "ending_before", "customer", "type", "allow_redisplay")
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
