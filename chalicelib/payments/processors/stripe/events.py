"""Stripe's webhooks: signed bytes to what they speak of. https://docs.stripe.com/webhooks

Nothing of a body is trusted before its signature holds, and nothing of its form afterwards: whatever a signed
body is, it is an event that can be kept, or refused by name.
"""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import stripe

from chalicelib.payments.ports.processors import News, ObjectKind, Reference, WebhookInvalid

MAX_BYTES = 256 * 1024
TOLERANCE_SECONDS = 300
DECLINED = "payment_intent.payment_failed"  # one for each try, of which a session takes many
# As Stripe's own: https://docs.stripe.com/upgrades says that ids may be up to 255 characters long.
_ID = re.compile(r"[A-Za-z0-9_]{1,255}")
_TYPE = re.compile(r"[a-z0-9_.]{1,255}")
# What Stripe calls its objects. https://docs.stripe.com/api/events/object#event_object-data-object
_KINDS = {
    "checkout.session": ObjectKind.SESSION,
    "payment_intent": ObjectKind.PAYMENT,
    "charge": ObjectKind.CHARGE,
    "refund": ObjectKind.REFUND,
    "dispute": ObjectKind.DISPUTE,
    "customer": ObjectKind.PAYER,
    "payment_method": ObjectKind.METHOD,
    "setup_intent": ObjectKind.SET_UP,
    "mandate": ObjectKind.MANDATE,
}
_SIGNED_AT = re.compile(r"(?:^|,)\s*t=(\d{1,12})(?:,|\s*\Z)")


def read(raw: bytes, signature: str, secrets: Sequence[str], *, now: datetime, live: bool) -> News:
    """What the event speaks of.

    `live`: whether the practice's keys are. Error: WebhookInvalid, with the reason's name.
    """
    if len(raw) > MAX_BYTES:
        raise WebhookInvalid("too_large")
    if not any(_signed(raw, signature, secret) for secret in secrets):
        raise WebhookInvalid("signature")
    _not_ahead(signature, now)
    return _event(_parsed(raw), live=live)


def _signed(raw: bytes, signature: str, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(raw, signature, secret, tolerance=TOLERANCE_SECONDS)
    except (stripe.SignatureVerificationError, ValueError, TypeError):  # no text, or no ASCII
        return False
    return True


def _not_ahead(signature: str, now: datetime) -> None:
    """Stripe's library refuses old signatures only: one dated ahead could be sent again until then."""
    found = _SIGNED_AT.search(signature)
    if found is None or int(found[1]) - now.timestamp() > TOLERANCE_SECONDS:
        raise WebhookInvalid("signed_ahead")


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        event = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise WebhookInvalid("not_json") from error
    if not isinstance(event, dict):
        raise WebhookInvalid("no_event")
    return event


def _event(event: dict[str, Any], *, live: bool) -> News:
    if event.get("object") == "v2.core.event":  # it names its object only by an address to ask
        raise WebhookInvalid("thin_event")
    if event.get("account") is not None:  # of another business, connected to this one
        raise WebhookInvalid("other_account")
    if event.get("livemode", live) is not live:
        raise WebhookInvalid("other_mode")
    return News(_named(event, "id", _ID), _named(event, "type", _TYPE), _about(event))


def _about(event: dict[str, Any]) -> Reference | None:
    data = event.get("data")
    about = data.get("object") if isinstance(data, dict) else None
    if not isinstance(about, dict):
        raise WebhookInvalid("no_object")
    if about.get("id") is None:
        return None
    id_, kind = _named(about, "id", _ID), _KINDS.get(str(about.get("object")))
    if kind is ObjectKind.PAYMENT and event.get("type") == DECLINED:
        kind = ObjectKind.DECLINED
    return Reference(kind, id_) if kind else None


def _named(fields: dict[str, Any], name: str, form: re.Pattern[str]) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise WebhookInvalid(f"{name}_form")
    return value
