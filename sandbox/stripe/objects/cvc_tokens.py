"""A security code that its payer typed again, as a token: for one charge of a saved card, soon."""

from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.scope import Scope, random_text

LIVES_SECONDS = 15 * 60


def create(scope: Scope) -> str:
    """The token's id. The code itself is kept nowhere: any of three or four digits is right here."""
    token = {"id": f"cvctok_{random_text(24)}", "object": "cvc_token", "created": scope.now}
    scope.save(token, {"used": False})
    return str(token["id"])


def spend(scope: Scope, intent: Json, method: Json, ident: str | None) -> None:
    """Where the intent wants the code of a saved card again, take the token that stands for it.

    Raises cvc_token_needed, cvc_token_spent.
    """
    wanted = intent["payment_method_options"]["card"].get("require_cvc_recollection")
    if ident is None and wanted and method["type"] == "card" and method["customer"] is not None:
        param = "payment_method_options[card][cvc_token]"
        raise refuse("cvc_token_needed", param=param, extra={"payment_intent": intent})
    if ident is None:
        return
    token = scope.require("cvc_token", ident, "payment_method_options[card][cvc_token]")
    old = token["created"] + LIVES_SECONDS < scope.now
    if old or scope.private("cvc_token", ident)["used"]:
        raise refuse("cvc_token_spent", param="payment_method_options[card][cvc_token]")
    scope.save(token, {"used": True})
