"""What a Checkout Session asks its payer beside the payment, and where the answers go.

https://docs.stripe.com/api/checkout/sessions/create: names, billing address, consent, and what of it is
written onto the customer.
"""

from dataclasses import dataclass, field

from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.objects import customers
from sandbox.stripe.objects.new_methods import billing
from sandbox.stripe.params import only
from sandbox.stripe.scope import Scope

# A whole address of the United States; line2 is nobody's duty.
ADDRESS = ("line1", "city", "state", "postal_code", "country")
NAMES = ("individual", "business")


@dataclass(frozen=True)
class Answers:
    """What the payer said: who owns the card and where they live, the names asked for (by NAMES), and whether
    they took the terms. Nothing of it where nothing was asked."""

    name: str | None = None
    address: Json | None = None
    names: dict[str, str] = field(default_factory=dict)
    terms: bool = False


def asked(params: Json, ui_mode: str) -> Json:
    """The session's fields that say what is asked. Raises parameter_unsupported and customer_… refusals."""
    consent = _consent(params.get("consent_collection"), ui_mode)
    only(params.get("customer_update", {}), "name", "address")
    if "customer_update" in params and "customer" not in params:
        raise refuse("customer_update_without_customer", param="customer_update")
    fields: Json = {
        "billing_address_collection": params.get("billing_address_collection"),
        "consent_collection": consent,
    }
    if "name_collection" in params:
        wanted = params["name_collection"]
        fields["name_collection"] = {who: {"optional": False} | wanted[who] for who in NAMES if who in wanted}
    return fields


def _consent(given: Json | None, ui_mode: str) -> Json | None:
    if given is None:
        return None
    names = ("payment_method_reuse_agreement", "promotions", "terms_of_service")
    whole: Json = dict.fromkeys(names) | given
    only({"consent_collection[promotions]": True} if whole["promotions"] == "auto" else {})
    by_element = whole["terms_of_service"] == "required" and ui_mode == "elements"
    only({"consent_collection[terms_of_service]": True} if by_element else {})
    return whole


def names_wanted(session: Json) -> dict[str, bool]:
    """Which names are asked for, and whether each has to be given."""
    wanted = session.get("name_collection") or {}
    return {who: not wanted[who]["optional"] for who in NAMES if who in wanted and wanted[who]["enabled"]}


def terms_wanted(session: Json) -> bool:
    return bool((session["consent_collection"] or {}).get("terms_of_service") == "required")


def take(scope: Scope, session: Json, method: Json, answers: Answers, email: str | None) -> None:
    """Keep the answers on the session and on the new method. Raises billing_address_missing, name_missing,
    terms_not_accepted."""
    _check(session, method, answers)
    if method["customer"] is None:
        method["billing_details"] = _merged(method, answers)
        scope.save(method)
    details = method["billing_details"]
    names = {f"{who}_name": answers.names.get(who) for who in NAMES}
    session["customer_details"] = {
        "address": details["address"],
        "email": email,
        "name": details["name"],
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    } | names
    if "name_collection" in session:
        session["collected_information"] = names | {"shipping_details": None}
    if terms_wanted(session):
        session["consent"] = {"promotions": None, "terms_of_service": "accepted"}


def _check(session: Json, method: Json, answers: Answers) -> None:
    details = _merged(method, answers)
    whole = details["name"] and all(details["address"][part] for part in ADDRESS)
    if session["billing_address_collection"] == "required" and not whole:
        raise refuse("billing_address_missing", param="billing_details[address]")
    for who, needed in names_wanted(session).items():
        if needed and not answers.names.get(who):
            raise refuse("name_missing", param=f"{who}_name", who=who)
    if terms_wanted(session) and not answers.terms:
        raise refuse("terms_not_accepted", param="terms_of_service")


def _merged(method: Json, answers: Answers) -> Json:
    given = {key: value for key, value in (("name", answers.name), ("address", answers.address)) if value}
    return billing(method["billing_details"] | given)


def write_customer(scope: Scope, session: Json, wanted: Json) -> None:
    """Onto the session's customer: the typed e-mail where there was none, and what customer_update names."""
    customer = scope.find("customer", session["customer"])
    details = session["customer_details"]
    if customer is None or details is None:
        return
    change = {name: details[name] for name in ("name", "address") if wanted.get(name) == "auto"}
    if details["email"] and not customer["email"]:
        change["email"] = details["email"]
    change = {name: value for name, value in change.items() if value and customer[name] != value}
    if change:
        customers.update(scope, change, customer["id"])
