"""The billing address as a payer types it, on the hosted page and in the address element's frame."""

from typing import Any

from sandbox.standin.html import field
from sandbox.stripe.errors import Json

COUNTRY = "US"


def fields() -> str:
    """The inputs, of the United States only. What was typed is not printed back after a refusal."""
    return "".join(
        [
            field("billing_name", "Full name", autocomplete="billing name", maxlength="200"),
            field("line1", "Address", autocomplete="billing address-line1", maxlength="200"),
            field("city", "City", autocomplete="billing address-level2", maxlength="100"),
            '<div class="row">',
            field("state", "State", hint="2 letters", autocomplete="billing address-level1", maxlength="2"),
            field("postal_code", "ZIP code", autocomplete="billing postal-code", maxlength="12"),
            "</div>",
        ]
    )


def details_from(form: dict[str, Any]) -> tuple[str | None, Json | None]:
    """(name, address) as typed; what is missing is found where they are taken."""
    typed = {name: str(form.get(name) or "").strip() for name in ("line1", "city", "state", "postal_code")}
    address = {name: text for name, text in typed.items() if text}
    name = str(form.get("billing_name") or "").strip() or None
    return name, (address | {"country": COUNTRY} if address else None)
