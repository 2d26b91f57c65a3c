"""What is inside the Elements: frames of the stand-in's own origin; the page never has a card number."""

from sandbox.standin.exchange import Request, Response
from sandbox.standin.html import page
from sandbox.stripe import banks
from sandbox.stripe.objects.new_methods import WALLETS
from sandbox.stripe.pages import typed_address, typed_bank, typed_card, typed_method
from sandbox.stripe.params import read_form

_SIGN_IN = '<p><button type="button" class="secondary" id="sign-in">Sign in to your bank</button></p>'
_HOLDER = f'<div id="card-holder">{typed_card.HOLDER}</div>'
_ERROR = '<p class="alert" id="error" role="alert" hidden></p>'


def view(request: Request) -> Response | None:
    """The frame of an Element, in its theme; None where there is no such Element."""
    frame = _FRAMES.get(request.path.removeprefix("/frame/"))
    if frame is None:
        return None
    title, form, body, script = frame
    theme = read_form(request.query).get("theme", "")
    known = theme if theme in ("night", "stripe") else ""
    whole = (
        f'<h1 class="hidden">{title}</h1><form id="{form}" autocomplete="on" novalidate>{body}{_ERROR}</form>'
    )
    return page(title, whole, framed=True, theme=known, script=script)


_PAYMENT = (
    typed_method.choice(["card", *WALLETS, banks.TYPE], hidden=True)
    + f'<div id="by-card">{typed_card.fields(holder=False)}{_HOLDER}</div>'
    + f'<div id="by-bank" hidden>{_SIGN_IN}{typed_bank.fields(deposit=True)}</div>'
)
_CVC = (
    '<p class="field"><label class="hidden" for="cvc">Security code</label><input id="cvc" name="cvc" '
    'autocomplete="cc-csc" inputmode="numeric" maxlength="4" placeholder="CVC"></p>'
)
# By the last part of the path: (title, the form's id, what is in it, its script).
_FRAMES = {
    "payment": ("Card details", "card", _PAYMENT, "frame.js"),
    "cvc": ("Security code", "cvc-form", _CVC, "cvc.js"),
    "address": ("Billing address", "address", typed_address.fields(), "address.js"),
}
