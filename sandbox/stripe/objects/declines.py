"""What the API answers when a bank declines a card."""

from sandbox.stripe.cards import DECLINES
from sandbox.stripe.errors import Json, Refused, refuse


def declined(name: str, method: Json | None, **more: str | Json) -> Refused:
    """The 402 for a decline. What was recorded (failed charge, status, events) stays."""
    decline = DECLINES[name]
    extra: Json = {
        "code": decline.code,
        "doc_url": f"https://docs.stripe.com/error-codes#{decline.code.replace('_', '-')}",
        "message": decline.message,
    }
    if decline.decline_code:
        extra["decline_code"] = decline.decline_code
    if decline.advice:
        extra["advice_code"] = decline.advice
    if method is not None:
        extra["payment_method"] = method
    return refuse("card_refused", message=decline.message, extra=extra | more, keeps_effects=True)
