"""The life of a PaymentIntent and a SetupIntent as Stripe documents it: (status, what happens) -> status.

https://docs.stripe.com/payments/paymentintents/lifecycle. What is not listed cannot happen.
`processing` is a bank debit's: for days, and then it is paid or refused (returned).
"""

from sandbox.stripe.errors import Json

CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")

PAYMENT: dict[tuple[str, str], str] = {
    ("requires_payment_method", "method_given"): "requires_confirmation",
    ("requires_confirmation", "method_given"): "requires_confirmation",
    ("requires_action", "method_given"): "requires_confirmation",
    ("requires_confirmation", "challenged"): "requires_action",
    ("requires_confirmation", "authorized"): "requires_capture",
    ("requires_confirmation", "paid"): "succeeded",
    ("requires_confirmation", "refused"): "requires_payment_method",
    ("requires_confirmation", "submitted"): "processing",
    ("processing", "paid"): "succeeded",
    ("processing", "refused"): "requires_payment_method",
    ("processing", "canceled"): "canceled",
    ("requires_action", "authorized"): "requires_capture",
    ("requires_action", "paid"): "succeeded",
    ("requires_action", "refused"): "requires_payment_method",
    ("requires_action", "submitted"): "processing",
    ("requires_capture", "paid"): "succeeded",
    ("requires_payment_method", "canceled"): "canceled",
    ("requires_confirmation", "canceled"): "canceled",
    ("requires_action", "canceled"): "canceled",
    ("requires_capture", "canceled"): "canceled",
}

SETUP: dict[tuple[str, str], str] = {
    ("requires_payment_method", "method_given"): "requires_confirmation",
    ("requires_confirmation", "method_given"): "requires_confirmation",
    ("requires_action", "method_given"): "requires_confirmation",
    ("requires_confirmation", "challenged"): "requires_action",
    ("requires_confirmation", "set_up"): "succeeded",
    ("requires_confirmation", "refused"): "requires_payment_method",
    ("requires_action", "set_up"): "succeeded",
    ("requires_action", "refused"): "requires_payment_method",
    ("requires_payment_method", "canceled"): "canceled",
    ("requires_confirmation", "canceled"): "canceled",
    ("requires_action", "canceled"): "canceled",
}


def may(intent: Json, what: str) -> bool:
    return (intent["status"], what) in _table(intent)


def move(intent: Json, what: str) -> None:
    """Change the status in place; a KeyError here is a bug of the stand-in, never a client's mistake."""
    intent["status"] = _table(intent)[intent["status"], what]
    if intent["status"] != "requires_action":
        intent["next_action"] = None


def _table(intent: Json) -> dict[tuple[str, str], str]:
    return PAYMENT if intent["object"] == "payment_intent" else SETUP
