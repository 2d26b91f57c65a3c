"""/checkoutnow?token=<order>: the payer approves, with an account or, as a guest, with a card."""

from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit

from sandbox.paypal.errors import Refused, refuse
from sandbox.paypal.objects import orders
from sandbox.paypal.payers import CARDS, ECHECK, behaviour
from sandbox.paypal.scope import Scope, account_id
from sandbox.standin.exchange import Json, Request, Response
from sandbox.standin.html import alert, field, page, redirect

PATH = "/checkoutnow"
ACCOUNT, CARD = "account", "card"
GUEST_CARD = "guest_card"


def view(scope: Scope, order: Json, request: Request) -> Response:
    """GET shows the page, POST approves and leads back. An order that is paid leads back at once."""
    context = scope.private("order", order["id"])["context"]
    if order["status"] == "COMPLETED":
        return _back(scope, order, context)
    if request.method != "POST":
        return _form(scope, order, context)
    form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
    try:
        email, card = _payer(scope, context, form)
        orders.approve(scope, order, email, card=card)
    except Refused as refusal:
        answer = _form(scope, order, context, refusal)
        answer.headers["Sandbox-Refusal"] = refusal.name
        return answer
    return _back(scope, order, context)


def _payer(scope: Scope, context: Json, form: dict[str, str]) -> tuple[str, str]:
    """The e-mail address and the card's number ("" with an account). Error: page_…."""
    email, number = form.get("email", "").strip(), ""
    if "@" not in email:
        raise refuse("page_email_missing")
    if form.get("way") == CARD:
        if not card_offered(scope, context):
            raise refuse("page_card_not_offered")
        number = form.get("number", "").replace(" ", "")
        if number not in CARDS or not form.get("expiry") or not form.get("cvc"):
            raise refuse("page_card_invalid")
    immediate = context.get("payment_method_preference") == "IMMEDIATE_PAYMENT_REQUIRED"
    if immediate and behaviour(email, number).reason == ECHECK:
        raise refuse("page_not_immediate")
    return email, number


def card_offered(scope: Scope, context: Json) -> bool:
    """PayPal decides, whatever the seller asks for; `landing_page=LOGIN` asks for accounts alone."""
    return bool(scope.setting(GUEST_CARD, True)) and context.get("landing_page") != "LOGIN"


def _back(scope: Scope, order: Json, context: Json) -> Response:
    url = context.get("return_url")
    if not url:
        return page("PayPal", "<h1>Approved</h1><p>You may close this page.</p>")
    email = scope.private("order", order["id"])["email"]
    return redirect(_joined(url, token=order["id"], PayerID=account_id(email)))


def _joined(url: str, **more: str) -> str:
    """With more in its query, before its fragment."""
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(more))))
    return parts._replace(query=query).geturl()


def _form(scope: Scope, order: Json, context: Json, refusal: Refused | None = None) -> Response:
    unit = order["purchase_units"][0]
    seller = context.get("brand_name") or scope.account
    amount = f"{unit['amount']['value']} {unit['amount']['currency_code']}"
    told = [unit.get(name, "") for name in ("description", "invoice_id")]
    about = "".join(f"<p>{escape(text)}</p>" for text in told if text)
    press = "Pay Now" if context.get("user_action") == "PAY_NOW" else "Continue"
    cancel = _joined(context.get("cancel_url", ""), token=order["id"])
    leave = f'<p><a id="cancel" href="{escape(cancel)}">Cancel and return</a></p>'
    first, second = _account(press), _card(press) if card_offered(scope, context) else _NO_CARD
    ways = [second, first] if context.get("landing_page") == "GUEST_CHECKOUT" else [first, second]
    words = str(refusal) if refusal else None
    body = (
        f'<h1>Pay {escape(seller)}</h1><p id="amount">{escape(amount)}</p>{about}{alert(words)}'
        f"{''.join(ways)}{leave if context.get('cancel_url') else ''}"
    )
    return page("PayPal", body, status=refusal.status if refusal else 200)


def _account(press: str) -> str:
    email = field("email", "E-mail of your account", value="buyer@example.org", type="email")
    return _way(ACCOUNT, "PayPal account", email, press)


def _card(press: str) -> str:
    fields = (
        # Both forms have a field of that name, and an id is there once.
        field("email", "E-mail", type="email").replace('"email"', '"guest-email"', 2),
        field("number", "Card number", inputmode="numeric"),
        field("expiry", "Expires (MM/YY)"),
        field("cvc", "Security code", inputmode="numeric"),
    )
    return _way(CARD, "Debit or credit card", "".join(fields), press)


_NO_CARD = '<p id="no-card">Paying by card without an account is not offered for this payment.</p>'


def _way(name: str, title: str, fields: str, press: str) -> str:
    return (
        f'<form method="post" id="{name}"><h2>{title}</h2><input type="hidden" name="way" value="{name}">'
        f'{fields}<p><button type="submit">{press}: {title}</button></p></form>'
    )
