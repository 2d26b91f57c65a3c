"""One attempt to take money from a card, for a PaymentIntent that has been confirmed."""

from sandbox.stripe.cards import Card
from sandbox.stripe.errors import Json, Refused
from sandbox.stripe.objects import behaviour, charges, disputes, payment_methods
from sandbox.stripe.objects.declines import declined
from sandbox.stripe.scope import Scope
from sandbox.stripe.states import move


def needs_authentication(
    scope: Scope, card: Card, method: Json, *, off_session: bool, asked: bool = False
) -> bool:
    """Whether the bank wants the payer to prove who they are before this payment."""
    if card.authentication == "unless_set_up":
        return not (off_session and behaviour.is_set_up(scope, method))
    return card.authentication == "always" or asked


def take(scope: Scope, intent: Json, method: Json, *, authenticated: bool) -> Json:
    """Charge the card now. Returns the intent, paid or authorized; raises card_refused after recording it."""
    card, decline = behaviour.card_of(scope, method), behaviour.charge_decline(scope, method)
    if decline:
        raise fail(scope, intent, method, decline, authenticated=authenticated)
    charge = charges.for_intent(scope, intent, method, card, decline=None, authenticated=authenticated)
    intent |= {"latest_charge": charge["id"], "last_payment_error": None}
    behaviour.mark(scope, method, used=True)
    _keep_for_later(scope, intent, method, authenticated)
    if intent["capture_method"] == "manual":
        return _authorized(scope, intent, charge)
    if intent["capture_method"] == "automatic_async":
        scope.later(charges.BALANCE_AFTER_SECONDS, "settle_charge", charge["id"])
    else:
        charges.settle(scope, charge)
    scope.emit("charge.succeeded", charge)
    paid(scope, intent, charge["amount"])
    if card.dispute:
        disputes.open_for(scope, charge["id"])
    return intent


def _authorized(scope: Scope, intent: Json, charge: Json) -> Json:
    move(intent, "authorized")
    intent["amount_capturable"] = intent["amount"]
    scope.save(intent)
    scope.emit("charge.succeeded", charge)
    scope.emit("payment_intent.amount_capturable_updated", intent)
    return intent


def paid(scope: Scope, intent: Json, amount: int) -> Json:
    move(intent, "paid")
    intent |= {"amount_received": amount, "amount_capturable": 0}
    scope.save(intent)
    scope.emit("payment_intent.succeeded", intent)
    return intent


def fail(scope: Scope, intent: Json, method: Json, name: str, *, authenticated: bool = False) -> Refused:
    """Record a failed attempt and return the refusal to raise."""
    card = behaviour.card_of(scope, method)
    charge = charges.for_intent(scope, intent, method, card, decline=name, authenticated=authenticated)
    intent |= {"latest_charge": charge["id"], "payment_method": None}
    move(intent, "refused")
    intent["last_payment_error"] = declined(name, method, charge=charge["id"]).error
    scope.save(intent)
    scope.emit("charge.failed", charge)
    scope.emit("payment_intent.payment_failed", intent)
    return declined(name, method, charge=charge["id"], payment_intent=intent)


def _keep_for_later(scope: Scope, intent: Json, method: Json, authenticated: bool) -> None:
    """setup_future_usage attaches the card to the customer once it has paid."""
    if intent["setup_future_usage"] is None:
        return
    if authenticated:
        behaviour.mark(scope, method, set_up=True)
    payment_methods.keep(scope, method, intent["customer"])
