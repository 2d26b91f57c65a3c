"""Where processors tell us that something happened. 200 only for what is verified and durable."""

import logging

from chalice.app import Blueprint

from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.policies import Signed
from chalicelib.entrypoints.http.runtime import endpoint
from chalicelib.kernel.errors import Invalid, NotFound, Refused
from chalicelib.payments.ports.processors import WebhookInvalid

routes = Blueprint(__name__)
log = logging.getLogger("billfold.webhooks")


@endpoint(
    routes, "POST", "/webhooks/{practice_id}/stripe", policy=Signed("stripe"), headers=("Stripe-Signature",),
    errors=("webhook_invalid", "practice_not_found", "body_too_large", "store_busy"),
)  # fmt: skip
def stripe_webhook(context: Context[None], practice_id: str) -> None:
    """Take in one signed event of the practice's Stripe account."""
    if context.app.practices.practice(practice_id) is None:
        raise NotFound("practice_not_found")
    try:
        context.app.receiving.receive(practice_id, "stripe", context.raw, context.header("stripe-signature"))
    except WebhookInvalid as error:
        log.warning("webhook refused", extra={"practice": practice_id, "why": str(error)})
        raise Invalid("webhook_invalid") from error
    except Refused as error:  # the practice has no such processor: nobody can have signed this
        raise Invalid("webhook_invalid") from error
