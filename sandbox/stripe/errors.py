"""Refusals in Stripe's error shape; the table of them is in sandbox/stripe/refusals."""

from sandbox.standin.attempts import Refused
from sandbox.standin.exchange import Json, Response, json_response
from sandbox.stripe.refusals import REFUSALS

__all__ = ["Json", "Refused", "error_response", "refuse"]


def refuse(
    name: str,
    /,
    *,
    param: str | None = None,
    extra: Json | None = None,
    keeps_effects: bool = False,
    **words: object,
) -> Refused:
    """Build the refusal `name`; `words` fill its message, `extra` adds or replaces error fields."""
    row = REFUSALS[name]
    error: Json = {"type": row.type, "message": row.message.format(param=param, **words)}
    if row.code:
        error["code"] = row.code
        error["doc_url"] = f"https://docs.stripe.com/error-codes#{row.code.replace('_', '-')}"
    if param:
        error["param"] = param
    return Refused(name, row.status, error | (extra or {}), keeps_effects=keeps_effects)


def error_response(status: int, error: Json, refusal: str) -> Response:
    """Stripe's error shape; the refusal's name goes along for the contract tests."""
    return json_response(status, {"error": error}, Sandbox_Refusal=refusal)
