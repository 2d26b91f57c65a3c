"""PayPal-Request-Id: the latest state of what it made is answered while it lives.

What PayPal does with the id of another request is not published: here the first one's object is answered, and
such uses are counted for tests to see. Nor is it published whether a refused request uses up its id: here it
does not, unless the control API says so.
"""

import json
from dataclasses import dataclass
from typing import Any

from sandbox.paypal.scope import Scope
from sandbox.standin.attempts import Refused
from sandbox.standin.exchange import Json

OTHERS = "request_ids_of_others"
KEEP_REFUSALS = "request_ids_keep_refusals"


@dataclass(frozen=True)
class Known:
    """What an id has done: the object it made, or the refusal it met."""

    ident: str
    refused: Refused | None


def known(scope: Scope, path: str, body: Any, lives_seconds: float) -> Known | None:
    row = scope.store.row(
        "SELECT * FROM idempotency WHERE account = ? AND key = ? AND created > ?",
        scope.account, _key(scope, path), int(scope.now - lives_seconds),
    )  # fmt: skip
    if row is None:
        return None
    if row["fingerprint"] != _mark(body):
        others = scope.setting(OTHERS, [])
        assert isinstance(others, list)
        scope.set_setting(OTHERS, [*others, {"path": path, "request_id": scope.request_id}])
    saved: Json = json.loads(row["body"])
    refused = Refused(saved["name"], row["status"], saved["error"]) if "error" in saved else None
    return Known(saved.get("id", ""), refused)


def remember(scope: Scope, path: str, body: Any, made: Json | Refused) -> None:
    if isinstance(made, Refused):
        if not scope.setting(KEEP_REFUSALS, False):
            return
        status, kept = made.status, {"name": made.name, "error": made.error}
    else:
        status, kept = 200, {"id": made["id"]}
    scope.store.run(
        "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?, NULL, ?)",
        scope.account, _key(scope, path), _mark(body), status, json.dumps(kept), int(scope.now),
    )  # fmt: skip


def _key(scope: Scope, path: str) -> str:
    return f"{path} {scope.request_id}"


def _mark(body: Any) -> str:
    return json.dumps(body, sort_keys=True)
