"""The bank's own window, as a payer signs in to it from the Payment Element: here, a choice of test accounts.

At Stripe it is opened by the frame and talks to it. A page whose Cross-Origin-Opener-Policy cuts such windows
off from who opened them leaves the payer in a window that nobody hears.
"""

from html import escape

from sandbox.standin.exchange import Response
from sandbox.standin.html import page
from sandbox.stripe import banks
from sandbox.stripe.banks import Bank

PATH = "/bank"
HOLDER = "A Payer"


def view() -> Response:
    """A button for each test account."""
    accounts = "".join(f"<p>{_button(bank)}</p>" for bank in banks.BANKS)
    lost = '<p class="alert" id="lost" role="alert" hidden>The page that opened this window is lost.</p>'
    words = "<p>Sandbox: no bank is asked. Which account?</p>"
    return page("Your bank", f"<h1>Sign in to your bank</h1>{words}{lost}{accounts}", script="bank.js")


def _button(bank: Bank) -> str:
    data = {"holder": HOLDER, "routing": banks.ROUTING_NUMBER, "account": bank.number}
    attributes = "".join(f' data-{name}="{escape(value)}"' for name, value in data.items())
    words = f"Account ending {bank.last4}: {_fate(bank)}"
    return f'<button type="button" class="secondary"{attributes}>{words}</button>'


def _fate(bank: Bank) -> str:
    """What becomes of a debit of it, in words for whoever tries."""
    if bank.returned:
        return f"returned, {bank.returned.replace('_', ' ')}"
    if bank.disputed:
        return "paid, then disputed"
    return "pays" if bank.settles else "stays in processing"
