"""/v1/payment_intents: create, update, confirm, capture, cancel."""

from sandbox.stripe import banks, listing, money
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.objects import (
    behaviour,
    charges,
    charging,
    cvc_tokens,
    debits,
    deposits,
    mandates,
    payment_methods,
)
from sandbox.stripe.objects.customers import check_email
from sandbox.stripe.params import merged_metadata, only
from sandbox.stripe.scope import Scope, random_text
from sandbox.stripe.states import CONFIRMABLE, may, move

OFFERED = ("card", banks.TYPE)
_PLAIN = ("description", "receipt_email", "setup_future_usage", "shipping", "statement_descriptor_suffix")
_CONFIRM = ("error_on_requires_action", "off_session", "return_url", "use_stripe_sdk", "mandate_data")
_CHANGE = (
    "amount", "currency", "customer", "metadata", "payment_method", "payment_method_types",
    "payment_method_options", "statement_descriptor", *_PLAIN,
)  # fmt: skip


def create(scope: Scope, params: Json) -> Json:
    only(params, *_CHANGE, *_CONFIRM, "automatic_payment_methods", "capture_method", "confirm")
    if "off_session" in params and not params.get("confirm"):
        raise refuse("off_session_without_confirm", param="off_session")
    if params.get("off_session") and params.get("setup_future_usage"):
        raise refuse("off_session_saves_card", param="off_session")
    currency, automatic = money.check_currency(params["currency"]), debits.automatic_of(params)
    intent = scope.new(
        "payment_intent",
        amount=0,
        amount_capturable=0,
        amount_details={"tip": {}},
        amount_received=0,
        automatic_payment_methods=automatic,
        capture_method=params.get("capture_method", "automatic_async"),
        confirmation_method="automatic",
        currency=currency,
        metadata={},
        payment_method_options={"card": {"request_three_d_secure": "automatic"}},
        payment_method_types=debits.automatic(scope, currency) if automatic else ["card"],
        status="requires_payment_method",
    )
    intent["client_secret"] = f"{intent['id']}_secret_{random_text(25)}"
    _change(scope, intent, params)
    scope.save(intent)
    scope.emit("payment_intent.created", intent)
    return _confirmed(scope, intent, params) if params.get("confirm") else intent


def _change(scope: Scope, intent: Json, params: Json) -> None:
    _check_types(params)
    check_descriptors(params)
    check_email(params.get("receipt_email"), "receipt_email")
    if "currency" in params:
        intent["currency"] = money.check_currency(params["currency"])
    if "amount" in params:
        intent["amount"] = params["amount"]
    money.check_amount(intent["amount"], intent["currency"])
    if "customer" in params:
        intent["customer"] = scope.require("customer", params["customer"], "customer")["id"]
    intent |= {name: params[name] or None for name in (*_PLAIN, "statement_descriptor") if name in params}
    intent["metadata"] = merged_metadata(intent["metadata"], params.get("metadata"))
    intent["payment_method_types"] = params.get("payment_method_types") or intent["payment_method_types"]
    debits.check_offer(intent["payment_method_types"], intent["currency"], intent["capture_method"])
    _options(intent, params.get("payment_method_options", {}))
    if "payment_method" in params:
        _give(scope, intent, payment_methods.resolve(scope, params["payment_method"]))


def _options(intent: Json, options: Json) -> None:
    only(options, "card", banks.TYPE)
    card = options.get("card") or {}
    shown = ("request_three_d_secure", "require_cvc_recollection", "setup_future_usage")
    only(card, *shown, "cvc_token")
    intent["payment_method_options"]["card"] |= {name: card[name] for name in shown if name in card}
    bank = options.get(banks.TYPE) or intent["payment_method_options"].get(banks.TYPE)
    intent["payment_method_options"] |= debits.options(intent["payment_method_types"], bank)


def _check_types(params: Json) -> None:
    for kind in params.get("payment_method_types") or []:
        if kind not in OFFERED:
            raise refuse("intent_type_unsupported", param="payment_method_types", type=kind)


def check_descriptors(params: Json) -> None:
    if params.get("statement_descriptor"):
        raise refuse("statement_descriptor_on_cards", param="statement_descriptor")
    check_suffix(params)


def check_suffix(params: Json) -> None:
    suffix = params.get("statement_descriptor_suffix")
    if suffix and not money.descriptor_ok(suffix, shortest=1):
        raise refuse("statement_descriptor_suffix_invalid", param="statement_descriptor_suffix")


def _give(scope: Scope, intent: Json, method: Json) -> None:
    payment_methods.check_given(intent, method)
    intent["payment_method"] = method["id"]
    move(intent, "method_given")


def update(scope: Scope, params: Json, ident: str) -> Json:
    only(params, *_CHANGE)
    intent = scope.require("payment_intent", ident, "intent")
    settled_only = set(params) <= {"description", "metadata", "expand"}
    if intent["status"] not in CONFIRMABLE and not settled_only:
        raise refuse("intent_state_update", verb="updated", status=intent["status"])
    _change(scope, intent, params)
    return scope.save(intent)


def retrieve(scope: Scope, params: Json, ident: str) -> Json:
    only(params)
    return scope.require("payment_intent", ident, "intent")


def find_all(scope: Scope, params: Json) -> Json:
    only(params, "limit", "starting_after", "ending_before", "created", "customer")
    return listing.listed(scope, "payment_intent", params, "/v1/payment_intents")


def confirm(scope: Scope, params: Json, ident: str) -> Json:
    only(params, *_CONFIRM, "payment_method", "receipt_email", "setup_future_usage", "shipping",
         "capture_method", "payment_method_types", "payment_method_options")  # fmt: skip
    intent = scope.require("payment_intent", ident, "intent")
    if intent["status"] not in CONFIRMABLE:
        raise refuse(
            "intent_state_confirm",
            verb="confirmed",
            status=intent["status"],
            extra={"payment_intent": intent},
        )
    _change(scope, intent, {name: value for name, value in params.items() if name in _CHANGE})
    intent["capture_method"] = params.get("capture_method", intent["capture_method"])
    return _confirmed(scope, intent, params)


def _confirmed(scope: Scope, intent: Json, params: Json) -> Json:
    if intent["payment_method"] is None:
        raise refuse("intent_needs_payment_method", param="payment_method", extra={"payment_intent": intent})
    debits.check_return_url(intent, params)
    method = payment_methods.resolve(scope, intent["payment_method"])
    if method["type"] == banks.TYPE:
        mandates.check(scope, intent, method, params)
    typed_again = (params.get("payment_method_options", {}).get("card") or {}).get("cvc_token")
    cvc_tokens.spend(scope, intent, method, typed_again)
    return attempt(
        scope,
        intent,
        method,
        off_session=bool(params.get("off_session")),
        may_challenge=not params.get("error_on_requires_action"),
        return_url=params.get("return_url"),
    )


def attempt(
    scope: Scope,
    intent: Json,
    method: Json,
    *,
    off_session: bool,
    may_challenge: bool,
    return_url: str | None,
) -> Json:
    """Confirm with `method`: paid, authorized, processing, waiting at a challenge, or card_refused raised."""
    if (
        intent["payment_method"] != method["id"]
        or not may(intent, "paid")
        or intent["status"] == "requires_action"
    ):
        _give(scope, intent, method)
    if method["type"] == banks.TYPE:
        return debits.take(scope, intent, method)
    card = behaviour.card_of(scope, method)
    asked = intent["payment_method_options"]["card"]["request_three_d_secure"] in ("any", "challenge")
    if behaviour.declined_at_once(scope, method) or not charging.needs_authentication(
        scope, card, method, off_session=off_session, asked=asked
    ):
        return charging.take(scope, intent, method, authenticated=False)
    if off_session or not may_challenge:
        raise charging.fail(scope, intent, method, "authentication_required")
    move(intent, "challenged")
    intent["next_action"] = challenge_action(scope, intent, return_url)
    scope.save(intent)
    scope.emit("payment_intent.requires_action", intent)
    return intent


def left_at(scope: Scope, intent: Json, status: str) -> Json:
    """The payer gave a method, and the intent waits: to be confirmed, or for test deposits to be verified."""
    bank = banks.TYPE in intent["payment_method_types"]
    name = "pm_usBankAccount_success" if bank else "pm_card_visa"
    _give(scope, intent, payment_methods.resolve(scope, name))
    if status == "requires_action":
        move(intent, "challenged")
        intent["next_action"] = (
            deposits.action(scope, intent) if bank else challenge_action(scope, intent, None)
        )
    return scope.save(intent)


def challenge_action(scope: Scope, intent: Json, return_url: str | None) -> Json:
    """Where the payer proves who they are: a page to go to, or (no return_url) one Stripe.js opens."""
    url = f"{scope.origin}/challenge/{intent['id']}?client_secret={intent['client_secret']}"
    if return_url:
        return {"redirect_to_url": {"return_url": return_url, "url": url}, "type": "redirect_to_url"}
    return {"type": "use_stripe_sdk", "use_stripe_sdk": {"stripe_js": url, "type": "three_d_secure_redirect"}}


def challenged(scope: Scope, intent: Json, *, passed: bool) -> Json:
    """The payer came out of the challenge. Raises card_refused when the card is then declined."""
    method = scope.require("payment_method", intent["payment_method"])
    if passed:
        return charging.take(scope, intent, method, authenticated=True)
    intent["payment_method"] = None
    move(intent, "refused")
    intent["last_payment_error"] = {
        "code": "payment_intent_authentication_failure",
        "doc_url": "https://docs.stripe.com/error-codes#payment-intent-authentication-failure",
        "message": "The provided payment method could not be authenticated. Try another one.",
        "payment_method": method,
        "type": "invalid_request_error",
    }
    scope.save(intent)
    scope.emit("payment_intent.payment_failed", intent)
    return intent


def capture(scope: Scope, params: Json, ident: str) -> Json:
    only(params, "amount_to_capture", "metadata", "statement_descriptor_suffix")
    check_suffix(params)
    intent = scope.require("payment_intent", ident, "intent")
    if intent["status"] != "requires_capture":
        raise refuse(
            "intent_state_capture", verb="captured", status=intent["status"], extra={"payment_intent": intent}
        )
    amount = int(
        params["amount_to_capture"] if "amount_to_capture" in params else intent["amount_capturable"]
    )
    if amount > intent["amount_capturable"]:
        raise refuse("capture_too_large", param="amount_to_capture", capturable=intent["amount_capturable"])
    money.check_amount(amount, intent["currency"], param="amount_to_capture")
    intent["metadata"] = merged_metadata(intent["metadata"], params.get("metadata"))
    charges.capture(scope, scope.require("charge", intent["latest_charge"]), amount)
    return charging.paid(scope, intent, amount)


def cancel(scope: Scope, params: Json, ident: str) -> Json:
    only(params, "cancellation_reason")
    intent = scope.require("payment_intent", ident, "intent")
    if not may(intent, "canceled"):
        raise refuse(
            "intent_state_cancel", verb="canceled", status=intent["status"], extra={"payment_intent": intent}
        )
    if _open_session(scope, ident):
        raise refuse("intent_of_checkout", verb="cancel")
    return canceled(scope, intent, params.get("cancellation_reason"))


def canceled(scope: Scope, intent: Json, reason: str | None) -> Json:
    if intent["status"] == "requires_capture":
        charges.release(scope, scope.require("charge", intent["latest_charge"]))
    if intent["status"] == "processing":
        debits.stopped(scope, intent)
    move(intent, "canceled")
    intent |= {"amount_capturable": 0, "canceled_at": scope.now, "cancellation_reason": reason}
    scope.save(intent)
    scope.emit("payment_intent.canceled", intent)
    return intent


def _open_session(scope: Scope, ident: str) -> bool:
    found = listing.listed(
        scope, "checkout.session", {}, "", where={"payment_intent": ident, "status": "open"}
    )
    return bool(found["data"])
