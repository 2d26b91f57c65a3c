"""How the payer pays: by card, or from a bank account where the session offers that."""

from html import escape
from typing import Any

from sandbox.stripe import banks
from sandbox.stripe.errors import Json
from sandbox.stripe.pages import typed_bank, typed_card
from sandbox.stripe.scope import Scope

_NAMES = {"card": "Card", banks.TYPE: "US bank account"}


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


def method_from(scope: Scope, form: dict[str, Any]) -> Json:
    """A payment method from what was typed. Raises a card_… or bank_… refusal with words for the payer."""
    if form.get("type") == banks.TYPE:
        return typed_bank.method_from(scope, form)
    return typed_card.method_from(scope, form)
