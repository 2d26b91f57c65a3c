"""Webhooks as PayPal sends them: an event's JSON, signed for the webhook it goes to."""

import json
import sqlite3

from sandbox.paypal import signing
from sandbox.paypal.scope import Scope
from sandbox.standin.delivery import GONE, Deliverer, post
from sandbox.standin.exchange import Json
from sandbox.standin.store import Store

# PayPal tries 25 times more within three days; here the first tries come quickly.
BACK_OFF_SECONDS = (1, 2, 4, 8, 15, 30, 60, 120, 300, 600, 1800, 3600, *[19_400] * 13)
AGENT = {"User-Agent": "PayPal/AUHD-1.0 (sandbox)"}


def deliverer(store: Store, origin: str) -> Deliverer:
    def send(row: sqlite3.Row) -> str:
        scope = Scope(store, row["account"], origin)
        event, webhook = scope.find("event", row["event"]), scope.find("webhook", row["endpoint"])
        if event is None or webhook is None:
            return GONE
        payload = written(event)
        signed = signing.headers(store, origin, payload, webhook["id"])
        return post(webhook["url"], payload, AGENT | signed)

    return Deliverer(store, send, BACK_OFF_SECONDS)


def written(event: Json) -> bytes:
    """The bytes that are sent, and that the signature's CRC is of."""
    return json.dumps(event, separators=(",", ":")).encode()
