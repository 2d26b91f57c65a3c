"""Webhooks as Stripe sends them: an event's JSON, signed with every secret that is valid now."""

import hashlib
import hmac
import json
import sqlite3
import time

from sandbox.standin.delivery import GONE, Deliverer, post
from sandbox.standin.store import Store
from sandbox.stripe.objects import webhook_endpoints
from sandbox.stripe.scope import Scope

# Stripe retries for days; here the first tries come quickly. The last delay is the end.
BACK_OFF_SECONDS = (1, 2, 4, 8, 15, 30, 60, 300, 900, 3600, 7200, 14400, 28800, 43200)


def deliverer(store: Store, origin: str) -> Deliverer:
    def send(row: sqlite3.Row) -> str:
        scope = Scope(store, row["account"], origin)
        event, endpoint = scope.find("event", row["event"]), scope.find("webhook_endpoint", row["endpoint"])
        if event is None or endpoint is None:
            return GONE
        payload = json.dumps(event, indent=2).encode()
        secrets = webhook_endpoints.secrets_now(scope, endpoint["id"])
        signed = signature(payload, secrets, int(time.time()))
        return post(
            endpoint["url"], payload, {"User-Agent": "Stripe/1.0 (sandbox)", "Stripe-Signature": signed}
        )

    return Deliverer(store, send, BACK_OFF_SECONDS)


def signature(payload: bytes, secrets: list[str], at: int) -> str:
    """The Stripe-Signature header: one v1 per secret that is valid now."""
    signed = str(at).encode() + b"." + payload
    marks = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={at}", *(f"v1={mark}" for mark in marks)])
