"""How the payer pays: by card, or from a bank account where the session offers that."""

from html import escape
from typing import Any

from sandbox.stripe import banks, cards
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.objects.new_methods import WALLETS, from_card
from sandbox.stripe.pages import typed_bank, typed_card
from sandbox.stripe.scope import Scope

_NAMES = {
    "card": "Card",
    "apple_pay": "Apple Pay",
    "google_pay": "Google Pay",
    banks.TYPE: "US bank account",
}
# The card that is in everybody's wallet.
_IN_WALLET = cards.BY_NUMBER["5555555555554444"]


def choice(types: list[str], *, hidden: bool = False) -> str:
    """Which kind; nothing to choose where there is only one. `hidden`: the frame shows it when it may."""
    if len(types) < 2:
        return ""
    inputs = "".join(
        f'<label class="choice"><input type="radio" name="type" value="{escape(kind)}"'
        f"{' checked' if kind == 'card' else ''}> {escape(_NAMES[kind])}</label>"
        for kind in types
    )
    return f'<fieldset class="kinds"{" hidden" if hidden else ""}><legend>Pay by</legend>{inputs}</fieldset>'


def only(kind: str) -> str:
    """The kind of a page that leaves no choice."""
    return f'<input type="hidden" name="type" value="{escape(kind)}">'


def method_from(scope: Scope, form: dict[str, Any]) -> Json:
    """A payment method from what was typed. Raises a card_… or bank_… refusal with words for the payer."""
    kind = form.get("type")
    if kind == banks.TYPE:
        return typed_bank.method_from(scope, form)
    if kind in WALLETS:
        return _from_wallet(scope, str(kind))
    return typed_card.method_from(scope, form)


def offered(scope: Scope, types: list[str]) -> list[str]:
    """The kinds to choose from: where cards are taken, so are the wallets that are switched on."""
    wallets = scope.store.setting(f"wallets:{scope.account}", []) if "card" in types else []
    return [*types, *wallets]


def _from_wallet(scope: Scope, wallet: str) -> Json:
    """The card a device holds: the payer typed nothing, and the wallet says who they are."""
    if wallet not in offered(scope, ["card"]):
        raise refuse("wallet_not_offered", param="type", wallet=wallet)
    details = {"name": "A Payer", "address": {"postal_code": "02139", "country": "US"}}
    return from_card(scope, _IN_WALLET, details=details, wallet=wallet)
