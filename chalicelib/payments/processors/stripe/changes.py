"""What happened in a Stripe account, by its list of events, which Stripe keeps for 30 days.

https://docs.stripe.com/api/events/list
"""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.payments.ports.processors import Changes, ObjectKind, Reference
from chalicelib.payments.processors.stripe.facts import intent_of

# One for each fact that is settled: what a session's events say of its money, the intent's say, too. That a
# session is over, and was never paid, no intent says. Of a set-up its method says it. Stripe takes 20 types.
TYPES = (
    "checkout.session.expired",
    "payment_intent.processing",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "charge.updated",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "charge.dispute.closed",
    "payment_method.attached",
    "payment_method.automatically_updated",
    "payment_method.detached",
    "payment_method.updated",
    "setup_intent.setup_failed",
    "mandate.updated",
    "customer.deleted",
)
_PAGE = 100


def changes(api: Any, *, since: int, cursor: str) -> Changes:
    """A page of them, newest first; the cursor is the last event's id. Errors: Stripe's own."""
    asked = {"created": {"gte": since}, "types": list(TYPES), "limit": _PAGE}
    found = api.events.list({**asked, **({"starting_after": cursor} if cursor else {})}).to_dict()
    rows: Sequence[Mapping[str, Any]] = found["data"]
    about = filter(None, (_about(row["data"]["object"]) for row in rows))
    return Changes(tuple(dict.fromkeys(about)), str(rows[-1]["id"]) if found["has_more"] else "")


def _about(found: Mapping[str, Any]) -> Reference | None:
    """The object that all else is told from; None for money that no intent brought."""
    kinds = {
        "dispute": ObjectKind.DISPUTE,
        "checkout.session": ObjectKind.SESSION,
        "customer": ObjectKind.PAYER,
        "payment_method": ObjectKind.METHOD,
        "setup_intent": ObjectKind.SET_UP,
        "mandate": ObjectKind.MANDATE,
    }
    if found["object"] in kinds:  # of a dispute that is over, the payment tells nothing
        return Reference(kinds[found["object"]], found["id"])
    intent_id = found["id"] if found["object"] == "payment_intent" else intent_of(found)
    return Reference(ObjectKind.PAYMENT, intent_id) if intent_id else None
