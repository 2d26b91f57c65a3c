"""/v1/charges: made by PaymentIntents, read and annotated here."""

from sandbox.stripe import banks, listing
from sandbox.stripe.cards import DECLINES, Card
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.objects import balance
from sandbox.stripe.params import merged_metadata, only
from sandbox.stripe.scope import Scope, random_text

BALANCE_AFTER_SECONDS = 0.5


def for_intent(
    scope: Scope, intent: Json, method: Json, card: Card, *, decline: str | None, authenticated: bool
) -> Json:
    """Save the charge of one attempt: paid, authorized or failed. Posts no events."""
    failure = DECLINES[decline] if decline else None
    charge = made(
        scope, intent, method, "failed" if decline else "succeeded",
        captured=decline is None and intent["capture_method"] != "manual",
        failure_code=failure.code if failure else None,
        failure_message=failure.message if failure else None,
        outcome=_outcome(decline),
        payment_method_details={"card": _card_details(method, card, authenticated), "type": "card"},
    )  # fmt: skip
    charge["receipt_url"] = None if decline else receipt_url(scope, charge)
    return scope.save(charge)


def receipt_url(scope: Scope, charge: Json) -> str:
    return f"{scope.origin}/receipts/{charge['id']}"


def made(scope: Scope, intent: Json, method: Json, status: str, *, captured: bool, **more: object) -> Json:
    """The charge of an attempt by any method; not saved yet."""
    suffix = intent["statement_descriptor_suffix"]
    return scope.new(
        "charge",
        debit=method["type"] == banks.TYPE,
        amount=intent["amount"],
        amount_captured=intent["amount"] if captured else 0,
        amount_refunded=0,
        billing_details=method["billing_details"],
        calculated_statement_descriptor=f"SANDBOX* {suffix}"[:22] if suffix else "SANDBOX",
        captured=captured,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        fraud_details={},
        metadata=dict(intent["metadata"]),
        paid=status == "succeeded",
        payment_intent=intent["id"],
        payment_method=method["id"],
        receipt_email=intent["receipt_email"],
        refunded=False,
        shipping=intent["shipping"],
        statement_descriptor=intent["statement_descriptor"],
        statement_descriptor_suffix=suffix,
        status=status,
        **more,
    )


def _outcome(decline: str | None) -> Json:
    advice = {"advice_code": DECLINES[decline].advice} if decline else {}
    if decline == "fraudulent":
        blocked = _outcome_of("blocked", "not_sent_to_network", "highest_risk_level", "highest", 90)
        return blocked | advice
    if decline:
        code = DECLINES[decline].decline_code
        return _outcome_of("issuer_declined", "declined_by_network", code, "normal", 30) | advice
    return _outcome_of("authorized", "approved_by_network", None, "normal", 10)


def _outcome_of(kind: str, network: str, reason: str | None, level: str, score: int) -> Json:
    paid = kind == "authorized"
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": network,
        "reason": reason,
        "risk_level": level,
        "risk_score": score,
        "seller_message": "Payment complete." if paid else "The payment was not completed.",
        "type": kind,
    }


def _card_details(method: Json, card: Card, authenticated: bool) -> Json:
    shown = method["card"]
    challenge = {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": random_text(24),
        "version": "2.2.0",
    }
    kept = (
        "brand",
        "checks",
        "country",
        "exp_month",
        "exp_year",
        "fingerprint",
        "funding",
        "last4",
        "wallet",
    )
    return {key: shown[key] for key in kept} | {
        "installments": None,
        "mandate": None,
        "network": card.brand,
        "network_token": {"used": False},
        "network_transaction_id": random_text(15).upper(),
        "regulated_status": "unregulated",
        "three_d_secure": challenge if authenticated else None,
    }


def settle(scope: Scope, charge: Json) -> None:
    """Give the charge its balance transaction (and with it the fee)."""
    charge["balance_transaction"] = balance.for_charge(scope, charge)["id"]
    scope.save(charge)


def settle_later(scope: Scope, ident: str) -> None:
    """The job behind capture_method=automatic_async: the fee is known a moment after the payment."""
    charge = scope.require("charge", ident)
    if charge["balance_transaction"] is None:
        settle(scope, charge)
        scope.emit("charge.updated", charge, {"balance_transaction": None})


def capture(scope: Scope, charge: Json, amount: int) -> None:
    charge["captured"], charge["amount_captured"] = True, amount
    charge["amount_refunded"] = charge["amount"] - amount
    settle(scope, charge)
    scope.emit("charge.captured", charge)


def release(scope: Scope, charge: Json) -> None:
    """Give back an authorization that was never captured."""
    charge["refunded"], charge["amount_refunded"] = True, charge["amount"]
    scope.save(charge)
    scope.emit("charge.refunded", charge)


def create(scope: Scope, params: Json) -> Json:
    raise refuse("charges_are_made_by_intents")


def retrieve(scope: Scope, params: Json, ident: str) -> Json:
    return scope.require("charge", ident, "charge")


def update(scope: Scope, params: Json, ident: str) -> Json:
    only(params, "description", "metadata", "receipt_email")
    charge = scope.require("charge", ident, "charge")
    charge["metadata"] = merged_metadata(charge["metadata"], params.get("metadata"))
    charge |= {name: params[name] for name in ("description", "receipt_email") if name in params}
    scope.save(charge)
    scope.emit("charge.updated", charge)
    return charge


def find_all(scope: Scope, params: Json) -> Json:
    only(params, "limit", "starting_after", "ending_before", "created", "customer", "payment_intent")
    return listing.listed(scope, "charge", params, "/v1/charges")
