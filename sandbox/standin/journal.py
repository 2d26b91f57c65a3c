"""What the stand-in was told: for tests that read what a processor learns. Card data is masked."""

import json
import re
from collections import deque
from urllib.parse import unquote_plus

from sandbox.standin.clock import now
from sandbox.standin.exchange import Json, Request, Response
from sandbox.standin.store import Store

KEPT = 20_000
_NUMBER = re.compile(r"\b(?:\d[ -]?){9,15}(\d{4})\b")
_ACCOUNT = re.compile(r"((?:^|&)account_number=)[0-9 -]*([0-9]{4})")
_CVC = re.compile(r"((?:^|&)(?:cvc|card\[cvc\])=)[^&]*")
_HEADERS = (
    "user-agent",
    "idempotency-key",
    "referer",
    "origin",
    "stripe-version",
    "x-stripe-client-user-agent",
    "paypal-request-id",
    "paypal-mock-response",
    "prefer",
)


class Journal:
    """Requests in the order they were answered. Noting one never waits for another request's transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._unsaved: deque[Json] = deque()

    def note(self, request: Request, response: Response, request_id: str) -> None:
        body = unquote_plus(request.body.decode("utf-8", "replace"))
        self._unsaved.append(
            {
                "request_id": request_id,
                "method": request.method,
                "path": request.path,
                "query": unquote_plus(request.query.decode("utf-8", "replace")),
                "headers": {name: request.headers[name] for name in _HEADERS if name in request.headers},
                "body": _masked(body),
                "status": response.status,
            }
        )

    def save(self) -> None:
        """Write down what was noted; the worker does so all the time."""
        if not self._unsaved:
            return
        with self._store.transaction():
            at = now(self._store)
            while self._unsaved:
                entry = {"at": at} | self._unsaved.popleft()
                self._store.run("INSERT INTO requests (body) VALUES (?)", json.dumps(entry))
            self._store.run("DELETE FROM requests WHERE seq <= (SELECT max(seq) FROM requests) - ?", KEPT)

    def entries(self) -> list[Json]:
        """Oldest first."""
        self.save()
        return [json.loads(row["body"]) for row in self._store.rows("SELECT body FROM requests ORDER BY seq")]

    def forget(self) -> None:
        self.save()
        self._store.run("DELETE FROM requests")


def _masked(body: str) -> str:
    return _NUMBER.sub(r"****\1", _ACCOUNT.sub(r"\1****\2", _CVC.sub(r"\1***", body)))
