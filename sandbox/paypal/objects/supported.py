"""What of PayPal's requests the stand-in acts on: what it would ignore, it refuses."""

from typing import Any

from sandbox.paypal.errors import refuse
from sandbox.paypal.scope import instant
from sandbox.standin.exchange import Json

ANY = None
_CONTEXT = dict.fromkeys(
    (
        "brand_name", "locale", "shipping_preference", "return_url", "cancel_url", "landing_page",
        "user_action", "payment_method_preference", "contact_preference",
    ),
    ANY,
)  # fmt: skip
_AMOUNT = {"currency_code": ANY, "value": ANY}
_UNIT: Json = {
    "reference_id": ANY,
    "amount": _AMOUNT,
    "description": ANY,
    "custom_id": ANY,
    "invoice_id": ANY,
    "soft_descriptor": ANY,
}
# A dict names the fields, a list says that there is one item, a tuple the values.
ORDER: Json = {
    "intent": ("CAPTURE",),
    "purchase_units": [_UNIT],
    "payment_source": {"paypal": {"email_address": ANY, "experience_context": _CONTEXT}},
}
REFUND: Json = {"amount": _AMOUNT, "custom_id": ANY, "invoice_id": ANY, "note_to_payer": ANY}
NOTHING: Json = {}


def check(value: Any, shape: Any) -> None:
    """Error: beyond_stand_in, with the place."""
    beyond = _beyond(value, shape, "")
    if beyond is not None:
        raise refuse("beyond_stand_in", field=beyond)


def instants(query: Json, *names: str) -> dict[str, float]:
    """The instants of those parameters that were given. Error: instant_impossible."""
    found = {}
    for name in names:
        if name in query:
            try:
                found[name] = instant(query[name])
            except ValueError:
                raise refuse("instant_impossible", field=name, value=query[name]) from None
    return found


def _beyond(value: Any, shape: Any, path: str) -> str | None:
    """A JSON pointer to the first part that the shape lacks, or None."""
    if isinstance(shape, tuple):
        return None if value in shape else path
    if isinstance(shape, list):
        return _beyond(value[0], shape[0], f"{path}/0") if len(value) == 1 else f"{path}/1"
    if not isinstance(shape, dict):
        return None
    for name, inner in value.items():
        found = f"{path}/{name}" if name not in shape else _beyond(inner, shape[name], f"{path}/{name}")
        if found is not None:
            return found
    return None
