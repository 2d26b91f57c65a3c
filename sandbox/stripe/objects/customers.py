"""/v1/customers"""

import re

from sandbox.stripe import listing
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.objects import payment_methods
from sandbox.stripe.params import merged_metadata, only
from sandbox.stripe.scope import Scope, random_text

_PLAIN = ("description", "email", "name", "phone", "address", "shipping", "preferred_locales", "tax_exempt")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_INVOICES = {"custom_fields": None, "default_payment_method": None, "footer": None, "rendering_options": None}


def check_email(text: str | None, param: str) -> None:
    if text and not _EMAIL.fullmatch(text):
        raise refuse("email_invalid", param=param, value=text)


def create(scope: Scope, params: Json) -> Json:
    only(params, *_PLAIN, "metadata", "payment_method", "invoice_settings")
    customer = scope.new(
        "customer",
        balance=0,
        delinquent=False,
        invoice_prefix=random_text(8).upper(),
        invoice_settings=dict(_INVOICES),
        metadata={},
        next_invoice_sequence=1,
        preferred_locales=[],
        tax_exempt="none",
    )
    scope.save(_changed(customer, params))
    if "payment_method" in params:
        _attach(scope, params["payment_method"], customer["id"])
    _set_default(scope, customer, params)
    scope.save(customer)
    scope.emit("customer.created", customer)
    return customer


def _attach(scope: Scope, payment_method: str, customer: str) -> None:
    payment_methods.attach(scope, {"customer": customer}, payment_method)


def _changed(customer: Json, params: Json) -> Json:
    check_email(params.get("email"), "email")
    for name in _PLAIN:
        if name in params:
            customer[name] = params[name] if params[name] != "" else None
    customer["metadata"] = merged_metadata(customer["metadata"], params.get("metadata"))
    return customer


def _set_default(scope: Scope, customer: Json, params: Json) -> None:
    settings = params.get("invoice_settings", {})
    only(settings, "default_payment_method")
    if "default_payment_method" not in settings:
        return
    wanted = settings["default_payment_method"]
    method = scope.find("payment_method", wanted)
    if method is None or method["customer"] != customer["id"]:
        raise refuse(
            "default_payment_method_not_attached", param="invoice_settings[default_payment_method]", id=wanted
        )
    customer["invoice_settings"]["default_payment_method"] = wanted


def update(scope: Scope, params: Json, ident: str) -> Json:
    only(params, *_PLAIN, "metadata", "invoice_settings")
    before = scope.require("customer", ident, "customer")
    customer = _changed(dict(before, invoice_settings=dict(before["invoice_settings"])), params)
    _set_default(scope, customer, params)
    scope.save(customer)
    scope.emit(
        "customer.updated", customer, {key: old for key, old in before.items() if customer[key] != old}
    )
    return customer


def retrieve(scope: Scope, params: Json, ident: str) -> Json:
    found = scope.store.load(scope.account, "deleted_customer", f"deleted_{ident}")
    if found is not None:
        return {"id": ident, "object": "customer", "deleted": True}
    return scope.require("customer", ident, "id")


def delete(scope: Scope, params: Json, ident: str) -> Json:
    customer = scope.require("customer", ident, "id")
    while found := listing.listed(scope, "payment_method", {"limit": 100, "customer": ident}, "")["data"]:
        for method in found:
            payment_methods.ended(scope, method)
    scope.store.delete(ident)
    scope.save({"id": f"deleted_{ident}", "object": "deleted_customer", "created": customer["created"]})
    scope.emit("customer.deleted", customer)
    return {"id": ident, "object": "customer", "deleted": True}


def find_all(scope: Scope, params: Json) -> Json:
    only(params, "limit", "starting_after", "ending_before", "created", "email")
    return listing.listed(scope, "customer", params, "/v1/customers")
