"""PayPal's webhooks: what a signed event speaks of. https://developer.paypal.com/api/rest/webhooks/event-names/

Only a checksum of the body is signed, which another body may have: nothing of it is believed but which object
may have news, and that is asked for anew.
"""

import re

import msgspec

from chalicelib.payments.ports.processors import News, ObjectKind, Reference, WebhookInvalid
from chalicelib.payments.processors.paypal.orders import refunded_capture
from chalicelib.payments.processors.paypal.shapes import Event, Resource

MAX_BYTES = 256 * 1024
EVENTS = (
    "CHECKOUT.ORDER.APPROVED",
    "CHECKOUT.ORDER.COMPLETED",
    "CHECKOUT.PAYMENT-APPROVAL.REVERSED",
    "PAYMENT.CAPTURE.COMPLETED",
    "PAYMENT.CAPTURE.PENDING",
    "PAYMENT.CAPTURE.DECLINED",
    "PAYMENT.CAPTURE.DENIED",
    "PAYMENT.CAPTURE.REFUNDED",
    "PAYMENT.CAPTURE.REVERSED",
    "CUSTOMER.DISPUTE.CREATED",
    "CUSTOMER.DISPUTE.UPDATED",
    "CUSTOMER.DISPUTE.RESOLVED",
)
"""What an address at PayPal should be sent."""
_ID = re.compile(r"[A-Za-z0-9-]{1,127}")


def read(raw: bytes) -> News:
    """Of a body whose signature holds. Error: WebhookInvalid."""
    try:
        event = msgspec.json.decode(raw, type=Event)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WebhookInvalid("no_event") from error
    if not _ID.fullmatch(event.id):
        raise WebhookInvalid("id_form")
    if event.event_type not in EVENTS:
        return News(event.id, "other", None)
    about = _about(event.event_type, event.resource)
    if not _ID.fullmatch(about.id):
        raise WebhookInvalid("object_form")
    return News(event.id, event.event_type, about)


def _about(event_type: str, resource: Resource) -> Reference:
    """The order, where it is named: with one call it tells of its captures and refunds alike."""
    if event_type.startswith("CUSTOMER.DISPUTE."):
        return Reference(ObjectKind.DISPUTE, resource.dispute_id)
    if event_type.startswith("CHECKOUT."):
        return Reference(ObjectKind.SESSION, resource.order_id or resource.id)
    if event_type == "PAYMENT.CAPTURE.REVERSED":  # only its disputes show what that took
        return Reference(ObjectKind.REVERSED, refunded_capture(resource.links) or resource.id)
    if event_type == "PAYMENT.CAPTURE.REFUNDED":
        return Reference(ObjectKind.PAYMENT, refunded_capture(resource.links))
    order_id = resource.supplementary_data.related_ids.order_id
    return Reference(ObjectKind.SESSION, order_id) if order_id else Reference(ObjectKind.PAYMENT, resource.id)
