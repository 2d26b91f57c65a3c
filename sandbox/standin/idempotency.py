"""Idempotency keys: the saved answer is replayed while its key lives; another request may not use it."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.standin.clock import now
from sandbox.standin.exchange import Json, Response
from sandbox.standin.store import Store


class KeyInUse(Exception):
    """A request with that key is being answered at this moment."""


class OtherRequest(Exception):
    """The key was another request's."""


def fingerprint(method: str, path: str, params: Json) -> str:
    """The same for the same request, whatever the order of its parameters."""
    text = json.dumps([method, path, params], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


class InUse:
    """The keys of requests being answered at this moment."""

    def __init__(self) -> None:
        self._keys: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    @contextmanager
    def held(self, account: str, key: str) -> Iterator[None]:
        """Hold a key while its request runs. Error: KeyInUse."""
        with self._lock:
            if (account, key) in self._keys:
                raise KeyInUse
            self._keys.add((account, key))
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard((account, key))


def replayed(store: Store, account: str, key: str, mark: str, *, lives_seconds: float) -> Response | None:
    """The saved answer, or None. Error: OtherRequest."""
    store.run("DELETE FROM idempotency WHERE created < ?", now(store) - lives_seconds)
    row = store.row("SELECT * FROM idempotency WHERE account = ? AND key = ?", account, key)
    if row is None:
        return None
    if row["fingerprint"] != mark:
        raise OtherRequest
    headers = {"Sandbox-Refusal": row["refusal"]} if row["refusal"] else {}
    return Response(row["status"], row["body"].encode(), headers=headers)


def remember(store: Store, account: str, key: str, mark: str, response: Response) -> None:
    store.run(
        "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?, ?, ?)",
        account, key, mark, response.status, response.body.decode(),
        response.headers.get("Sandbox-Refusal"), int(now(store)),
    )  # fmt: skip
