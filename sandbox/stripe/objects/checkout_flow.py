"""What the payer does with an open Checkout Session, on the hosted page or through Stripe.js."""

from dataclasses import dataclass, field

from sandbox.stripe import auth, listing
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.objects import (
    checkout_details,
    customers,
    deposits,
    payment_intents,
    payment_methods,
    setting_up,
)
from sandbox.stripe.objects.checkout_details import Answers
from sandbox.stripe.scope import Scope


@dataclass(frozen=True)
class Payer:
    """What the payer brings: a payment method, perhaps an e-mail address, whether to save the card, and what
    else the session asks."""

    payment_method: str
    email: str | None = None
    save: bool = False
    return_url: str | None = None
    answers: Answers = field(default_factory=Answers)


def by_client_secret(scope: Scope, secret: str) -> Json:
    """The open or closed session whose client_secret this is; its id is the secret's beginning."""
    session = scope.find("checkout.session", secret.partition("_secret_")[0])
    kept = scope.private("checkout.session", session["id"]).get("client_secret") if session else None
    known = {session["client_secret"], kept} if session else set()
    auth.check_client_secret(secret, known, "Checkout Session")
    assert session is not None
    return session


def saved_methods(scope: Scope, session: Json) -> list[Json]:
    """The customer's cards that this session may show: by default those with allow_redisplay=always."""
    options = session["saved_payment_method_options"]
    if not session["customer"] or not options:
        return []
    found = listing.listed(
        scope, "payment_method", {"limit": 100}, "", where={"customer": session["customer"]}
    )
    shown = options["allow_redisplay_filters"]
    return [m for m in found["data"] if m["type"] == "card" and m["allow_redisplay"] in shown]


def confirm(scope: Scope, session: Json, payer: Payer) -> Json:
    """Pay (or save) with the payer's method. Returns the session: complete, or with a challenge waiting.

    Raises session_not_open_to_confirm, email_missing, save_not_enabled, saved_method_not_offered,
    card_refused, and as checkout_details.take.
    """
    _still_open(session)
    method = _method(scope, session, payer)
    email = _email(scope, session, payer, method)
    checkout_details.take(scope, session, method, payer.answers, email)
    _remember(scope, session, method, payer)
    if session["mode"] == "setup":
        intent = _setup(scope, session)
        setting_up.attempt(scope, intent, method, return_url=payer.return_url)
    else:
        intent = _intent(scope, session)
        payment_intents.attempt(
            scope, intent, method, off_session=False, may_challenge=True, return_url=payer.return_url
        )
    return after_attempt(scope, session)


def _method(scope: Scope, session: Json, payer: Payer) -> Json:
    method = payment_methods.resolve(scope, payer.payment_method)
    offered = [each["id"] for each in saved_methods(scope, session)]
    if method["customer"] is not None and method["id"] not in offered:
        raise refuse("saved_method_not_offered", param="payment_method")
    options = session["saved_payment_method_options"] or {}
    if payer.save and options.get("payment_method_save") != "enabled":
        raise refuse("save_not_enabled", param="save_payment_method")
    return method


def _email(scope: Scope, session: Json, payer: Payer, method: Json) -> str | None:
    customer = scope.find("customer", session["customer"]) or {}
    email = (
        payer.email
        or session["customer_email"]
        or customer.get("email")
        or method["billing_details"]["email"]
    )
    if email is None and session["mode"] == "payment":
        raise refuse("email_missing", param="email")
    customers.check_email(email, "email")
    return email


def _remember(scope: Scope, session: Json, method: Json, payer: Payer) -> None:
    """The method's leave to be shown comes with the session, where it is a new one."""
    kept = scope.private("checkout.session", session["id"])
    shown = kept["payment_method_data"].get("allow_redisplay")
    if shown and method["customer"] is None:
        method["allow_redisplay"] = shown
        scope.save(method)
    scope.save(session, kept | {"save": payer.save, "method": method["id"]})


def _setup(scope: Scope, session: Json) -> Json:
    """The session's SetupIntent, with a customer of its own where the session makes one."""
    intent = scope.require("setup_intent", session["setup_intent"])
    if session["customer"] is None and session["customer_creation"] == "always":
        intent["customer"] = session["customer"] = _new_customer(scope, session)
        scope.save(session)
        scope.save(intent)
    return intent


def _intent(scope: Scope, session: Json) -> Json:
    """The session's PaymentIntent, made at the first confirmation and kept for later tries."""
    if session["payment_intent"]:
        return scope.require("payment_intent", session["payment_intent"])
    data = scope.private("checkout.session", session["id"])["payment_intent_data"]
    wanted = data | {
        "amount": session["amount_total"],
        "currency": session["currency"],
        "payment_method_types": session["payment_method_types"],
    }
    if session["customer"] is None and _makes_customer(session, data):
        session["customer"] = _new_customer(scope, session)
    if session["customer"]:
        wanted["customer"] = session["customer"]
    wanted["payment_method_options"] = session["payment_method_options"]
    intent = payment_intents.create(scope, wanted)
    session["payment_intent"] = intent["id"]
    scope.save(session)
    return intent


def _makes_customer(session: Json, data: Json) -> bool:
    """customer_creation: always, or if_required when the card is to be kept for later."""
    return session["customer_creation"] == "always" or bool(data.get("setup_future_usage"))


def _new_customer(scope: Scope, session: Json) -> str:
    details = session["customer_details"]
    wanted = {key: details[key] for key in ("email", "name") if details[key]}
    return str(customers.create(scope, wanted)["id"])


def intent_of(scope: Scope, session: Json) -> Json | None:
    if session["mode"] == "setup":
        return scope.find("setup_intent", session["setup_intent"])
    return scope.find("payment_intent", session["payment_intent"])


def after_attempt(scope: Scope, session: Json) -> Json:
    """Complete the session once its intent has succeeded (or holds the money, or is with the bank, or a test
    deposit is on its way)."""
    intent = intent_of(scope, session)
    if intent is None:
        return session
    through = intent["status"] in ("succeeded", "requires_capture", "processing")
    if not through and not deposits.awaited(intent):
        return session
    kept = scope.private("checkout.session", session["id"])
    if through:
        _keep_ticked(scope, session)
    if session["mode"] == "payment":
        session["payment_status"] = "paid" if intent["status"] == "succeeded" else "unpaid"
    return _completed(scope, session, kept)


def _completed(scope: Scope, session: Json, kept: Json) -> Json:
    kept["client_secret"] = session["client_secret"]
    session |= {"status": "complete", "url": None, "client_secret": None}
    scope.save(session, kept)
    checkout_details.write_customer(scope, session, kept["customer_update"])
    scope.emit("checkout.session.completed", session)
    return session


def _still_open(session: Json) -> None:
    if session["status"] != "open":
        raise refuse("session_not_open_to_confirm", verb="confirmed", status=session["status"])


def complete_early(scope: Scope, session: Json, status: str) -> Json:
    """Complete the session while its intent is not final, as with test deposits to a bank account: the intent
    in `status`, or none yet (""). Raises session_not_open_to_confirm."""
    _still_open(session)
    if status:
        payment_intents.left_at(scope, _intent(scope, session), status)
    return _completed(scope, session, scope.private("checkout.session", session["id"]))


def _keep_ticked(scope: Scope, session: Json) -> None:
    """Where the payer ticked the box, the method may be shown to this customer in later sessions."""
    kept = scope.private("checkout.session", session["id"])
    if not kept.get("save"):
        return
    method = scope.require("payment_method", kept["method"])
    attached = method["customer"] is None
    method |= {"allow_redisplay": "always", "customer": session["customer"]}
    scope.save(method)
    scope.emit("payment_method.attached" if attached else "payment_method.updated", method)


def session_of_intent(scope: Scope, intent: Json) -> Json | None:
    field = "setup_intent" if intent["object"] == "setup_intent" else "payment_intent"
    found = listing.listed(scope, "checkout.session", {"limit": 1}, "", where={field: intent["id"]})["data"]
    return found[0] if found else None


def debit_ended(scope: Scope, intent: Json, *, paid: bool) -> None:
    """Days after the session was complete, its debit was paid or returned."""
    session = session_of_intent(scope, intent)
    if session is None:
        return
    if paid:
        scope.save(session | {"payment_status": "paid"})
    outcome = "succeeded" if paid else "failed"
    scope.emit(f"checkout.session.async_payment_{outcome}", scope.require("checkout.session", session["id"]))


def deposits_verified(scope: Scope, intent: Json) -> None:
    """Days after the session was complete, its bank account is verified, and kept where that was ticked."""
    session = session_of_intent(scope, intent)
    if session is not None:
        _keep_ticked(scope, session)


def finish_challenge(scope: Scope, intent: Json, *, passed: bool) -> None:
    """The payer answered the 3-D Secure challenge. Raises challenge_over, card_refused."""
    if intent["status"] != "requires_action":
        raise refuse("challenge_over")
    if intent["object"] == "setup_intent":
        setting_up.challenged(scope, intent, passed=passed)
    else:
        payment_intents.challenged(scope, intent, passed=passed)
    session = session_of_intent(scope, intent)
    if session and session["status"] == "open":
        after_attempt(scope, session)
