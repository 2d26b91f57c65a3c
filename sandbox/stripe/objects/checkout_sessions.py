"""/v1/checkout/sessions: create, read, expire. Paying one is in checkout_flow.py."""

from urllib.parse import urlsplit

from sandbox.stripe import banks, listing
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.objects import checkout_details, debits, line_items, payment_intents, setup_intents
from sandbox.stripe.objects.customers import check_email
from sandbox.stripe.params import merged_metadata, only
from sandbox.stripe.scope import Scope, random_text
from sandbox.stripe.states import may

_SUPPORTED = (
    "adaptive_pricing", "billing_address_collection", "cancel_url", "client_reference_id",
    "consent_collection", "currency", "customer", "customer_creation", "customer_email", "customer_update",
    "expires_at", "line_items", "locale", "metadata", "mode", "name_collection", "payment_intent_data",
    "payment_method_data", "payment_method_options", "payment_method_types", "return_url",
    "saved_payment_method_options", "setup_intent_data", "submit_type", "success_url", "ui_mode",
    "wallet_options",
)  # fmt: skip
_INTENT_DATA = ("capture_method", "description", "metadata", "receipt_email", "setup_future_usage",
                "statement_descriptor", "statement_descriptor_suffix")  # fmt: skip
SHORTEST_SECONDS, LONGEST_SECONDS = 30 * 60, 24 * 3600


def create(scope: Scope, params: Json) -> Json:
    only(params, *_SUPPORTED)
    mode, ui_mode = _modes(params)
    _check_urls(params, ui_mode)
    _check_customer(scope, params)
    _check_saving(params, mode)
    session = _opened(scope, params, mode, ui_mode)
    items = _priced(scope, params, session)
    _check_intent_data(params, mode)
    _offer(scope, params, session)
    if mode == "setup":
        session["setup_intent"] = _setup_intent(scope, params, session)
    _address(scope, session)
    names = ("payment_intent_data", "payment_method_data", "customer_update")
    scope.save(session, {"line_items": items} | {name: params.get(name, {}) for name in names})
    scope.later(session["expires_at"] - scope.now, "expire_session", session["id"])
    return session


def _modes(params: Json) -> tuple[str, str]:
    mode, ui_mode = params.get("mode"), params.get("ui_mode", "hosted_page")
    if mode is None:
        raise refuse("mode_missing", param="mode")
    if mode == "subscription":
        raise refuse("mode_unsupported", param="mode", mode=mode)
    if ui_mode == "embedded_page":
        raise refuse("ui_mode_unsupported", param="ui_mode", ui_mode=ui_mode)
    for kind in params.get("payment_method_types", []):
        if kind not in payment_intents.OFFERED:
            raise refuse("session_type_unsupported", param="payment_method_types", type=kind)
    return mode, ui_mode


def _check_urls(params: Json, ui_mode: str) -> None:
    """hosted_page leads back by success_url and cancel_url, elements by return_url."""
    for name in ("success_url", "cancel_url", "return_url"):
        if name not in params:
            continue
        if (name == "return_url") != (ui_mode == "elements"):
            raise refuse("url_not_for_ui_mode", param=name, ui_mode=ui_mode)
        parts = urlsplit(params[name])
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise refuse("url_invalid", param=name, value=params[name])
    if ui_mode == "hosted_page" and "success_url" not in params:
        raise refuse("success_url_missing", param="success_url")
    if ui_mode == "elements" and "return_url" not in params:
        raise refuse("return_url_missing", param="return_url")


def _check_customer(scope: Scope, params: Json) -> None:
    check_email(params.get("customer_email"), "customer_email")
    if "customer" in params and "customer_email" in params:
        raise refuse("customer_given_twice", param="customer_email")
    if "customer" in params:
        scope.require("customer", params["customer"], "customer")
    if "customer" in params and "customer_creation" in params:
        raise refuse("customer_creation_of_customer", param="customer_creation")


def _check_saving(params: Json, mode: str) -> None:
    """saved_payment_method_options are for payments of a customer; setup_future_usage answers for them."""
    options = params.get("saved_payment_method_options")
    if options is None:
        return
    if mode == "setup":
        raise refuse("save_options_in_setup", param="saved_payment_method_options")
    if "customer" not in params:
        raise refuse("save_needs_customer", param="saved_payment_method_options")
    keeps = params.get("payment_intent_data", {}).get("setup_future_usage")
    if keeps and options.get("payment_method_save") == "enabled":
        raise refuse("save_asked_twice", param="saved_payment_method_options[payment_method_save]")


def _opened(scope: Scope, params: Json, mode: str, ui_mode: str) -> Json:
    expires_at = params.get("expires_at", scope.now + LONGEST_SECONDS)
    if not scope.now + SHORTEST_SECONDS <= expires_at <= scope.now + LONGEST_SECONDS:
        raise refuse("expires_at_out_of_range", param="expires_at")
    session = scope.new(
        "checkout.session",
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        custom_fields=[],
        custom_text=dict.fromkeys(
            ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
        ),
        expires_at=expires_at,
        mode=mode,
        payment_status="unpaid" if mode == "payment" else "no_payment_required",
        shipping_options=[],
        status="open",
        ui_mode=ui_mode,
    )
    kept = ("cancel_url", "client_reference_id", "customer", "customer_email", "locale", "return_url",
            "submit_type", "success_url")  # fmt: skip
    session |= {name: params[name] for name in kept if name in params}
    session["metadata"] = merged_metadata({}, params.get("metadata"))
    session["saved_payment_method_options"] = _saving(params)
    session["adaptive_pricing"] = {"enabled": True} | _adaptive_pricing(params)
    session["wallet_options"] = _wallets(params)
    session["payment_method_options"] = {"card": {"request_three_d_secure": _three_d_secure(params)}}
    session |= checkout_details.asked(params, ui_mode)
    if "customer" not in params:
        session["customer_creation"] = params.get("customer_creation", "if_required")
    return session


def _adaptive_pricing(params: Json) -> Json:
    """Stripe shows other currencies unless it is told not to."""
    given: Json = params.get("adaptive_pricing", {})
    only(given, "enabled")
    return given


def _wallets(params: Json) -> Json | None:
    given: Json | None = params.get("wallet_options")
    only(given or {}, "link")
    only((given or {}).get("link", {}), "display")
    return given


def _saving(params: Json) -> Json | None:
    given = params.get("saved_payment_method_options")
    if "customer" not in params or params["mode"] == "setup":
        return None
    removing = (given or {}).get("payment_method_remove") == "enabled"
    only({"saved_payment_method_options[payment_method_remove]": True} if removing else {})
    default = {
        "allow_redisplay_filters": ["always"],
        "payment_method_remove": "disabled",
        "payment_method_save": "disabled",
    }
    return default | (given or {})


def _three_d_secure(params: Json) -> str:
    options = params.get("payment_method_options", {})
    only(options, "card", banks.TYPE)
    only(options.get("card", {}), "request_three_d_secure")
    return str(options.get("card", {}).get("request_three_d_secure", "automatic"))


def _priced(scope: Scope, params: Json, session: Json) -> list[Json]:
    if session["mode"] == "setup":
        if "line_items" in params:
            raise refuse("line_items_in_setup", param="line_items")
        if "currency" not in params and "payment_method_types" not in params:
            raise refuse("setup_currency_missing", param="currency")
        session["currency"] = params.get("currency")
        return []
    items = line_items.build(scope, params)
    total = sum(item["amount_total"] for item in items)
    line_items.check_total(total, items[0]["currency"])
    session |= {
        "amount_subtotal": total,
        "amount_total": total,
        "currency": items[0]["currency"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    }
    return items


def _check_intent_data(params: Json, mode: str) -> None:
    other = "setup_intent_data" if mode == "payment" else "payment_intent_data"
    if other in params:
        raise refuse("data_of_other_mode", param=other, mode=mode)
    data = params.get("payment_intent_data", {})
    only(data, *_INTENT_DATA)
    check_email(data.get("receipt_email"), "payment_intent_data[receipt_email]")
    payment_intents.check_descriptors(data)


def _offer(scope: Scope, params: Json, session: Json) -> None:
    """Which kinds of payment methods the payer may choose from."""
    currency = session["currency"] or "usd"
    session["payment_method_types"] = params.get("payment_method_types") or debits.automatic(scope, currency)
    types, data = session["payment_method_types"], params.get("payment_intent_data", {})
    debits.check_offer(types, currency, data.get("capture_method", "automatic_async"))
    bank = params.get("payment_method_options", {}).get(banks.TYPE)
    session["payment_method_options"] |= debits.options(types, bank)


def _setup_intent(scope: Scope, params: Json, session: Json) -> str:
    data = params.get("setup_intent_data", {})
    only(data, "description", "metadata")
    names = ("payment_method_types", "payment_method_options")
    wanted = data | {name: session[name] for name in names}
    if session["customer"]:
        wanted["customer"] = session["customer"]
    return str(setup_intents.create(scope, wanted)["id"])


def _address(scope: Scope, session: Json) -> None:
    """hosted_page has a page to go to; elements has a secret for the browser."""
    if session["ui_mode"] == "hosted_page":
        session["url"] = f"{scope.origin}/c/pay/{session['id']}"
    else:
        session["client_secret"] = f"{session['id']}_secret_{random_text(40)}"


def update(scope: Scope, params: Json, ident: str) -> Json:
    only(params, "metadata")
    session = scope.require("checkout.session", ident, "session")
    session["metadata"] = merged_metadata(session["metadata"], params.get("metadata"))
    return scope.save(session)


def retrieve(scope: Scope, params: Json, ident: str) -> Json:
    return scope.require("checkout.session", ident, "session")


def expire(scope: Scope, params: Json, ident: str) -> Json:
    session = scope.require("checkout.session", ident, "session")
    if session["status"] != "open":
        raise refuse("session_not_open_to_expire", verb="expired", status=session["status"])
    return expired(scope, session)


def expired(scope: Scope, session: Json) -> Json:
    """Close the session; an intent it began is canceled with it."""
    session |= {"status": "expired", "url": None, "client_secret": None}
    scope.save(session)
    intent = scope.find("payment_intent", session["payment_intent"])
    if intent and may(intent, "canceled"):
        payment_intents.canceled(scope, intent, "automatic")
    setup = scope.find("setup_intent", session["setup_intent"])
    if setup and may(setup, "canceled"):
        setup_intents.canceled(scope, setup, "abandoned")
    scope.emit("checkout.session.expired", session)
    return session


def expire_later(scope: Scope, ident: str) -> None:
    """The job at expires_at."""
    session = scope.find("checkout.session", ident)
    if session and session["status"] == "open":
        expired(scope, session)


def find_all(scope: Scope, params: Json) -> Json:
    only(
        params, "limit", "starting_after", "ending_before", "created", "customer", "payment_intent", "status"
    )
    return listing.listed(scope, "checkout.session", params, "/v1/checkout/sessions")


def items(scope: Scope, params: Json, ident: str) -> Json:
    """The session's line items, one page: a session has at most 100."""
    only(params, "limit", "starting_after", "ending_before")
    scope.require("checkout.session", ident, "session")
    stored = scope.private("checkout.session", ident)["line_items"]
    limit = params.get("limit", 10)
    url = f"/v1/checkout/sessions/{ident}/line_items"
    return {"object": "list", "data": stored[:limit], "has_more": len(stored) > limit, "url": url}
