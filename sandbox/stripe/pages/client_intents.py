"""/client about PaymentIntents and SetupIntents of the practice's own, and security codes typed again."""

import re
from typing import Any

from sandbox.stripe import auth
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.objects import cvc_tokens
from sandbox.stripe.scope import Scope


def read(scope: Scope, form: dict[str, Any]) -> Json:
    """What the browser may know of an intent whose client_secret it has."""
    secret = str(form.get("client_secret", ""))
    kind = "setup_intent" if secret.startswith("seti_") else "payment_intent"
    intent = scope.find(kind, secret.partition("_secret_")[0])
    auth.check_client_secret(secret, {intent["client_secret"]} if intent else set(), kind)
    assert intent is not None
    action = intent["next_action"] or {}
    return {
        "id": intent["id"],
        "object": kind,
        "client_secret": secret,
        "status": intent["status"],
        "last_error": intent.get("last_payment_error") or intent.get("last_setup_error"),
        "challenge_url": (action.get("use_stripe_sdk") or {}).get("stripe_js"),
        "redirect_url": (action.get("redirect_to_url") or {}).get("url"),
    }


def cvc_token(scope: Scope, form: dict[str, Any]) -> Json:
    """A token for the code, asked by the frame only."""
    if not re.fullmatch(r"[0-9]{3,4}", str(form.get("cvc", ""))):
        raise refuse("cvc_invalid", param="cvc")
    return {"id": cvc_tokens.create(scope)}
