"""Hosted checkout, /c/pay/<session>: what the payer sees of a session with ui_mode=hosted_page."""

from html import escape
from typing import Any

from sandbox.standin.attempts import attempted
from sandbox.standin.exchange import Request, Response
from sandbox.standin.html import alert, field, page, redirect
from sandbox.stripe import banks, money
from sandbox.stripe.errors import Json, Refused
from sandbox.stripe.objects import checkout_details, checkout_flow, payment_methods
from sandbox.stripe.objects.checkout_details import Answers
from sandbox.stripe.objects.checkout_flow import Payer
from sandbox.stripe.pages import typed_address, typed_bank, typed_card, typed_method
from sandbox.stripe.scope import Scope


def view(scope: Scope, ident: str, request: Request, form: Json) -> Response:
    """GET shows the form, POST pays. A finished session leads on to success_url."""
    session = scope.require("checkout.session", ident)
    if session["ui_mode"] != "hosted_page":
        return _over("This session is not paid on a page of its own.")
    if session["status"] == "complete":
        return redirect(success_url(session))
    if session["status"] == "expired":
        return _over("This checkout session has expired.", session)
    if request.method == "POST":
        return _pay(scope, session, form)
    return _form(scope, session, _last_error(scope, session))


def success_url(session: Json) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _pay(scope: Scope, session: Json, form: dict[str, Any]) -> Response:
    outcome = attempted(scope.store, lambda: _confirmed(scope, session, form))
    session = scope.require("checkout.session", session["id"])
    if isinstance(outcome, Refused):
        answer = _form(scope, session, str(outcome), status=402, email=str(form.get("email", "")))
        answer.headers["Sandbox-Refusal"] = outcome.name
        return answer
    intent = checkout_flow.intent_of(scope, session)
    challenge = ((intent or {}).get("next_action") or {}).get("redirect_to_url")
    if challenge:
        return redirect(challenge["url"])
    return redirect(success_url(session))


def _confirmed(scope: Scope, session: Json, form: dict[str, Any]) -> Json:
    method = form.get("saved") or typed_method.method_from(scope, form)["id"]
    payer = Payer(
        payment_method=str(method),
        email=form.get("email") or None,
        save=form.get("save") == "yes",
        return_url=f"{scope.origin}/c/pay/{session['id']}",
        answers=_answers(form),
    )
    return checkout_flow.confirm(scope, session, payer)


def _answers(form: dict[str, Any]) -> Answers:
    name, address = typed_address.details_from(form)
    names = {who: str(form.get(f"{who}_name") or "").strip() for who in checkout_details.NAMES}
    given = {who: text for who, text in names.items() if text}
    return Answers(name=name, address=address, names=given, terms=form.get("terms") == "yes")


def _last_error(scope: Scope, session: Json) -> str | None:
    intent = checkout_flow.intent_of(scope, session) or {}
    error = intent.get("last_payment_error") or intent.get("last_setup_error") or {}
    return error.get("message")


def _form(scope: Scope, session: Json, error: str | None, *, status: int = 200, email: str = "") -> Response:
    action, types = _action(session), session["payment_method_types"]
    body = f"""
{_back(session)}
<h1>{escape(scope.account)}</h1>
{_items(scope, session)}
{alert(error)}
<form method="post" autocomplete="on" novalidate>
{_email(scope, session, email)}
{_names(session)}
{_saved(scope, session)}
{typed_method.choice(typed_method.offered(scope, types)) or typed_method.only(types[0])}
{_card(scope, session)}
{_bank(session)}
{_billing(session)}
{_consent(scope, session)}
<p><button type="submit">{escape(action)}</button></p>
</form>"""
    return page(f"{action} – {scope.account}", body, status=status)


def _action(session: Json) -> str:
    if session["mode"] == "payment":
        return f"Pay {_total(session)}"
    return "Save card" if session["payment_method_types"] == ["card"] else "Save"


def _total(session: Json) -> str:
    return money.shown(session["amount_total"], session["currency"])


def _back(session: Json) -> str:
    url = session["cancel_url"]
    return f'<p><a class="back" href="{escape(url)}">← Back</a></p>' if url else ""


def _items(scope: Scope, session: Json) -> str:
    if session["mode"] == "setup":
        return "<p>Nothing is paid now: it is saved for later payments.</p>"
    rows = "".join(
        f"<tr><td>{escape(item['description'])}{_times(item)}</td>"
        f"<td class='amount'>{escape(money.shown(item['amount_total'], item['currency']))}</td></tr>"
        for item in scope.private("checkout.session", session["id"])["line_items"]
    )
    return (
        f'<table><caption class="hidden">What you pay for</caption><tbody>{rows}</tbody>'
        '<tfoot><tr><th scope="row">Total</th>'
        f'<td class="amount" id="total">{escape(_total(session))}</td></tr></tfoot></table>'
    )


def _times(item: Json) -> str:
    return f" × {item['quantity']}" if item["quantity"] > 1 else ""


def _email(scope: Scope, session: Json, typed: str) -> str:
    customer = scope.find("customer", session["customer"]) or {}
    if session["customer_email"] or customer.get("email") or session["mode"] == "setup":
        return ""
    return field("email", "E-mail", value=typed, type="email", autocomplete="email", maxlength="200")


def _choices(scope: Scope, session: Json) -> list[Json]:
    return checkout_flow.saved_methods(scope, session)


def _saved(scope: Scope, session: Json) -> str:
    """The most recently saved one is chosen already, as at Stripe."""
    options = "".join(
        f'<label class="choice"><input type="radio" name="saved" value="{escape(method["id"])}"'
        f"{'' if place else ' checked'}> {escape(payment_methods.named(method))}</label>"
        for place, method in enumerate(_choices(scope, session))
    )
    new = '<label class="choice"><input type="radio" name="saved" value=""> Another card</label>'
    return f"<fieldset><legend>Saved cards</legend>{options}{new}</fieldset>" if options else ""


def _names(session: Json) -> str:
    labels = {"individual": "Your name", "business": "Business name"}
    wanted = checkout_details.names_wanted(session)
    return "".join(field(f"{who}_name", labels[who], maxlength="150") for who in wanted)


def _whole_address(session: Json) -> bool:
    return bool(session["billing_address_collection"] == "required")


def _billing(session: Json) -> str:
    if not _whole_address(session):
        return ""
    return f"<fieldset><legend>Billing address</legend>{typed_address.fields()}</fieldset>"


def _consent(scope: Scope, session: Json) -> str:
    """Stripe's own words about later charges, unless they are hidden, and the terms to take."""
    agreement = (session["consent_collection"] or {}).get("payment_method_reuse_agreement") or {}
    data = scope.private("checkout.session", session["id"])["payment_intent_data"]
    keeps = session["mode"] == "setup" or data.get("setup_future_usage")
    words = f"By going on you allow {escape(scope.account)} to charge you for future payments as agreed."
    reuse = f'<p id="reuse">{words}</p>' if keeps and agreement.get("position") != "hidden" else ""
    if not checkout_details.terms_wanted(session):
        return reuse
    box = '<input type="checkbox" name="terms" value="yes">'
    return f'{reuse}<label class="choice">{box} I agree to the terms of service</label>'


def _card(scope: Scope, session: Json) -> str:
    if "card" not in session["payment_method_types"]:
        return ""
    legend = "Or pay with another card" if _choices(scope, session) else "Card"
    fields = typed_card.fields(holder=not _whole_address(session))
    return f'<fieldset class="by-card"><legend>{legend}</legend>\n{fields}\n{_save_box(session)}\n</fieldset>'


def _save_box(session: Json) -> str:
    options = session["saved_payment_method_options"] or {}
    if options.get("payment_method_save") != "enabled":
        return ""
    box = '<input type="checkbox" name="save" value="yes">'
    return f'<label class="choice">{box} Save this card for future payments</label>'


def _bank(session: Json) -> str:
    if banks.TYPE not in session["payment_method_types"]:
        return ""
    deposit = session["payment_method_options"][banks.TYPE]["verification_method"] == "automatic"
    fields = typed_bank.fields(deposit=deposit)
    shown = "by-bank" if len(session["payment_method_types"]) > 1 else "bank"  # not chosen, where it is alone
    return f'<fieldset class="{shown}"><legend>US bank account</legend>{fields}</fieldset>'


def _over(message: str, session: Json | None = None) -> Response:
    back = _back(session) if session else ""
    return page("Checkout", f"<h1>{escape(message)}</h1>{back}", status=410)


def receipt(scope: Scope, ident: str, request: Request, form: Json) -> Response:
    """The charge's receipt_url: only what the charge says."""
    charge = scope.require("charge", ident)
    paid = money.shown(charge["amount"], charge["currency"])
    details = charge["payment_method_details"]
    used = details[details["type"]]
    how = f"{used.get('brand') or used['bank_name']} ending in {used['last4']}"
    body = f"<h1>Receipt from {escape(scope.account)}</h1><p>{escape(paid)}</p><p>{escape(how)}</p>"
    return page("Receipt", body)
