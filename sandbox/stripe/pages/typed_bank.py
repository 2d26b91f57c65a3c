"""The bank account's fields as a payer types them. In the frame the payer may sign in to the bank instead."""

import re
from typing import Any

from sandbox.standin.html import field
from sandbox.stripe import banks
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.objects import new_methods
from sandbox.stripe.scope import Scope

MANDATE = "By going on you allow debits of your bank account as agreed (sandbox: no bank is asked)."
_BOX = '<input type="checkbox" name="verify" value="deposit">'
DEPOSIT = f'<label class="choice">{_BOX} Verify with a deposit of $0.01, which takes days</label>'


def fields(*, deposit: bool = False) -> str:
    """The inputs; `deposit` offers that way of verifying. Numbers are never printed back: a second try starts
    empty."""
    return "".join(
        [
            field("holder", "Name on the account", autocomplete="name", maxlength="200"),
            field("routing_number", "Routing number", hint="9 digits", inputmode="numeric", maxlength="11"),
            field("account_number", "Account number", inputmode="numeric", maxlength="23"),
            DEPOSIT if deposit else "",
            f"<p>{MANDATE}</p>",
        ]
    )


def method_from(scope: Scope, form: dict[str, Any]) -> Json:
    """A payment method from what was typed. Raises a bank_… refusal with words for the payer."""
    routing, number = _digits(form, "routing_number"), _digits(form, "account_number")
    holder = str(form.get("holder") or "").strip()
    if not holder:
        raise refuse("bank_holder_missing", param="holder")
    if not banks.routing_ok(routing):
        raise refuse("bank_routing_number_invalid", param="routing_number")
    if not re.fullmatch(r"[0-9]{4,17}", number):
        raise refuse("bank_account_number_invalid", param="account_number")
    bank = banks.BY_NUMBER.get(number)
    if bank is None or routing != banks.ROUTING_NUMBER:
        raise refuse("bank_not_a_test_account", param="account_number")
    return new_methods.from_bank(
        scope, bank, details={"name": holder}, by_deposit=form.get("verify") == "deposit"
    )


def _digits(form: dict[str, Any], name: str) -> str:
    return re.sub(r"[ -]", "", str(form.get(name, "")))
