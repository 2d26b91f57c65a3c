"""Sends events to webhook endpoints: signed, retried with back-off, from a queue that survives a restart."""

import hashlib
import hmac
import http.client
import json
import sqlite3
import threading
import time
from urllib.parse import urlsplit

from sandbox.stripe.errors import Json
from sandbox.stripe.objects import webhook_endpoints
from sandbox.stripe.scope import Scope, now
from sandbox.stripe.store import Store

# Stripe retries for days; here the first tries come quickly. The last delay is the end.
BACK_OFF_SECONDS = (1, 2, 4, 8, 15, 30, 60, 300, 900, 3600, 7200, 14400, 28800, 43200)
TIMEOUT_SECONDS = 10.0


def signature(payload: bytes, secrets: list[str], at: int) -> str:
    """The Stripe-Signature header: one v1 per secret that is valid now."""
    signed = str(at).encode() + b"." + payload
    marks = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={at}", *(f"v1={mark}" for mark in marks)])


class Deliverer:
    """One at a time, in the order due; used by the worker thread and by the control API's flush."""

    def __init__(self, store: Store, origin: str) -> None:
        self._store = store
        self._origin = origin
        self._lock = threading.Lock()

    def due(self) -> list[int]:
        rows = self._store.rows(
            "SELECT id FROM deliveries WHERE state = 'pending' AND due <= ? ORDER BY due, id LIMIT 50",
            now(self._store),
        )
        return [row["id"] for row in rows]

    def deliver(self, ident: int) -> str:
        """Try one delivery now. Returns its state: delivered, pending (to be retried) or failed."""
        with self._lock:
            row = self._store.row("SELECT * FROM deliveries WHERE id = ?", ident)
            if row is None or row["state"] not in ("pending", "held"):
                return "gone" if row is None else str(row["state"])
            return self._tried(row, self._send(row))

    def _send(self, row: sqlite3.Row) -> str:
        """The endpoint's status, or what went wrong."""
        scope = Scope(self._store, row["account"], self._origin)
        event, endpoint = scope.find("event", row["event"]), scope.find("webhook_endpoint", row["endpoint"])
        if event is None or endpoint is None:
            return "endpoint deleted"
        payload = json.dumps(event, indent=2).encode()
        secrets = webhook_endpoints.secrets_now(scope, endpoint["id"])
        return post(
            endpoint["url"], payload, {"Stripe-Signature": signature(payload, secrets, int(time.time()))}
        )

    def _tried(self, row: sqlite3.Row, answer: str) -> str:
        attempts = row["attempts"] + 1
        if answer.startswith("2"):
            state = "delivered"
        elif attempts > len(BACK_OFF_SECONDS) or answer == "endpoint deleted":
            state = "failed"
        else:
            state = "pending"
        wait = BACK_OFF_SECONDS[attempts - 1] if state == "pending" else 0
        self._store.run(
            "UPDATE deliveries SET state = ?, attempts = ?, answer = ?, due = ? WHERE id = ?",
            state, attempts, answer, now(self._store) + wait, row["id"],
        )  # fmt: skip
        return state


def post(url: str, payload: bytes, headers: dict[str, str]) -> str:
    """POST JSON. Returns the status as text, or the name of the exception: redirects are not followed."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    common = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Stripe/1.0 (sandbox)"}
    try:
        connection.request("POST", path, payload, common | headers)
        return str(connection.getresponse().status)
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()


def listed(store: Store) -> list[Json]:
    """Every delivery, oldest first, as the control API shows them."""
    rows = store.rows("SELECT * FROM deliveries ORDER BY id")
    return [{key: row[key] for key in row.keys()} | {"type": _type(store, row["event"])} for row in rows]  # noqa: SIM118


def _type(store: Store, event: str) -> str:
    row = store.row("SELECT json_extract(body, '$.type') AS type FROM objects WHERE id = ?", event)
    return "" if row is None else str(row["type"])
