"""Idempotency keys: the saved answer is replayed for 24 hours; another request under the key is an error."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.exchange import Response
from sandbox.stripe.scope import Scope, now
from sandbox.stripe.store import Store

LIVES_SECONDS = 24 * 3600
LONGEST_KEY = 255


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
        """Hold a key while its request runs. Raises idempotency_in_use."""
        with self._lock:
            if (account, key) in self._keys:
                raise refuse("idempotency_in_use", key=key)
            self._keys.add((account, key))
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard((account, key))


def replayed(store: Store, scope: Scope, mark: str) -> Response | None:
    """The saved answer, or None. Raises idempotency_other_request."""
    oldest = now(store) - LIVES_SECONDS
    store.run("DELETE FROM idempotency WHERE created < ?", oldest)
    key = scope.idempotency_key
    row = store.row("SELECT * FROM idempotency WHERE account = ? AND key = ?", scope.account, key)
    if row is None:
        return None
    if row["fingerprint"] != mark:
        raise refuse("idempotency_other_request", key=key)
    headers = {"Idempotent-Replayed": "true"} | (
        {"Sandbox-Refusal": row["refusal"]} if row["refusal"] else {}
    )
    return Response(row["status"], row["body"].encode(), headers=headers)


def remember(store: Store, scope: Scope, mark: str, response: Response) -> None:
    store.run(
        "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?, ?, ?)",
        scope.account, scope.idempotency_key, mark, response.status, response.body.decode(),
        response.headers.get("Sandbox-Refusal"), int(now(store)),
    )  # fmt: skip
