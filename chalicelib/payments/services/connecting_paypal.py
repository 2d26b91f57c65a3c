"""Connect a practice's own app at PayPal: see that its keys are taken, that events come from it, keep them.

The id of an event address is no secret, and PayPal tells it again: it is in every signature, so that a
message for another practice fails.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.payments.ports.connections import Credentials, PayPalConnection
from chalicelib.practice.domain.practices import Practice

PROCESSOR = "paypal"


@dataclass(frozen=True, slots=True)
class PayPalKeys:
    """`live`: of PayPal itself, not of its sandbox."""

    client_id: str
    secret: str
    live: bool


@dataclass(frozen=True, slots=True)
class PayPalConnected:
    """`lacking`: features of the app to be switched on. `made`: the event address is new. `other`: the keys
    kept before were of another app."""

    app_id: str
    lacking: Sequence[str]
    made: bool
    other: bool
    saved: bool


@dataclass(frozen=True)
class ConnectingPayPal:
    credentials: Credentials

    def connect(
        self, practice: Practice, keys: PayPalKeys, connection: PayPalConnection, url: str, *, dry_run: bool
    ) -> PayPalConnected:
        """Events are to come to `url`. Safe to repeat. A dry run only looks. Errors: ProcessorDenied,
        ProcessorTimeout, ProcessorRefused: nothing was kept."""
        app_id, lacking = connection.app_id(), connection.lacking()
        before = dict(self.credentials.of(practice.id, PROCESSOR) or {})
        webhook = connection.webhook(url)
        made = not webhook
        if made and not dry_run:
            webhook = connection.make_webhook(url)
        wanted: Mapping[str, Any] = {
            **before,
            "client_id": keys.client_id,
            "secret": keys.secret,
            "live": keys.live,
            "webhook_id": webhook,
        }
        saved = not dry_run and wanted != before
        if saved:
            self.credentials.save(practice.id, PROCESSOR, wanted)
        other = before.get("client_id", keys.client_id) != keys.client_id
        return PayPalConnected(app_id, lacking, made, other, saved)
