"""Sends events to whoever asked for them: retried with back-off, from a queue that survives a restart."""

import http.client
import sqlite3
import threading
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from sandbox.standin.clock import now
from sandbox.standin.exchange import Json
from sandbox.standin.store import Store

TIMEOUT_SECONDS = 10.0
GONE = "endpoint deleted"
# What the control API may change; see `queue`.
POLICY = {"drop": False, "hold": False, "duplicate": 0, "delay_seconds": 0}


def queue(store: Store, account: str, *, event: str, endpoint: str) -> None:
    """Have the event delivered there: dropped, held, late or more than once, as the policy says."""
    policy: Json = store.setting("webhooks", {})
    state = "dropped" if policy.get("drop") else "held" if policy.get("hold") else "pending"
    due = now(store) + float(policy.get("delay_seconds", 0))
    for _ in range(1 + int(policy.get("duplicate", 0))):
        store.run(
            "INSERT INTO deliveries (account, event, endpoint, due, state) VALUES (?, ?, ?, ?, ?)",
            account, event, endpoint, due, state,
        )  # fmt: skip


class Deliverer:
    """One at a time, in the order due; used by the worker thread and by the control API's flush.

    `send` posts a row's event, and answers the endpoint's status, what went wrong, or GONE. The last of
    `back_off_seconds` is the end.
    """

    def __init__(
        self, store: Store, send: Callable[[sqlite3.Row], str], back_off_seconds: Sequence[int]
    ) -> None:
        self._store = store
        self._send = send
        self._back_off_seconds = back_off_seconds
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

    def _tried(self, row: sqlite3.Row, answer: str) -> str:
        attempts = row["attempts"] + 1
        if answer.startswith("2"):
            state = "delivered"
        elif attempts > len(self._back_off_seconds) or answer == GONE:
            state = "failed"
        else:
            state = "pending"
        wait = self._back_off_seconds[attempts - 1] if state == "pending" else 0
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
    try:
        connection.request(
            "POST", path, payload, {"Content-Type": "application/json; charset=utf-8"} | headers
        )
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
