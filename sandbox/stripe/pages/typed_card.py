"""The card fields as a payer types them, on the hosted page and in the Payment Element's frame."""

import datetime
import re
from typing import Any

from sandbox.standin.html import field
from sandbox.stripe import cards
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.objects import new_methods
from sandbox.stripe.scope import Scope

HOLDER = field("name", "Name on card", autocomplete="cc-name", maxlength="200") + field(
    "zip", "ZIP code", autocomplete="postal-code", maxlength="12"
)


def fields(*, holder: bool = True) -> str:
    """The inputs; without `holder`, name and ZIP are asked elsewhere. Card data is never printed back, so a
    second try starts empty."""
    return "".join(
        [
            field("number", "Card number", autocomplete="cc-number", inputmode="numeric", maxlength="23"),
            '<div class="row">',
            field(
                "expiry",
                "Expiry date",
                hint="MM / YY",
                autocomplete="cc-exp",
                inputmode="numeric",
                maxlength="9",
            ),
            field(
                "cvc",
                "Security code",
                hint="3 digits",
                autocomplete="cc-csc",
                inputmode="numeric",
                maxlength="4",
            ),
            "</div>",
            HOLDER if holder else "",
        ]
    )


def method_from(scope: Scope, form: dict[str, Any]) -> Json:
    """A payment method from what was typed. Raises a card_… refusal with words for the payer."""
    number = re.sub(r"[ -]", "", str(form.get("number", "")))
    if not re.fullmatch(r"[0-9]{13,19}", number) or not cards.luhn_ok(number):
        raise refuse("card_number_incorrect", param="number")
    expiry = _expiry(scope, str(form.get("expiry", "")))
    if not re.fullmatch(r"[0-9]{3,4}", str(form.get("cvc", ""))):
        raise refuse("card_cvc_invalid", param="cvc")
    card = cards.BY_NUMBER.get(number)
    if card is None:
        raise refuse("card_not_a_test_card", param="number")
    return new_methods.from_card(scope, card, details=_details(form), expiry=expiry)


def _expiry(scope: Scope, text: str) -> tuple[int, int]:
    found = re.fullmatch(r"\s*(0?[1-9]|1[0-2])\s*/?\s*((?:20)?[0-9]{2})\s*", text)
    today = datetime.datetime.fromtimestamp(scope.now, datetime.UTC)
    month, year = (int(found[1]), 2000 + int(found[2]) % 100) if found else (0, 0)
    if (year, month) < (today.year, today.month) or year > today.year + 50:
        raise refuse("card_expiry_invalid", param="expiry")
    return month, year


def _details(form: dict[str, Any]) -> Json:
    details: Json = {"name": form.get("name") or None}
    if form.get("zip"):
        details["address"] = {"postal_code": form["zip"], "country": "US"}
    return details
