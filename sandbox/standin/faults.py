"""Faults the control API plants: the next API requests fail, before or after they took effect."""

import json
import time
from dataclasses import asdict, dataclass

from sandbox.standin.exchange import Json, Response, json_response
from sandbox.standin.store import Store


@dataclass(frozen=True)
class Fault:
    """kind: status (answer with `status`), timeout (silence for `seconds`, then a closed connection), cut (a
    connection broken after `bytes` of the answer), garbage (`status` with a `body` that is not the
    processor's: html, empty, or half of the answer); a stand-in may have kinds of its own. when: before or
    after the effect. A `saved` status is kept under the idempotency key."""

    kind: str = "status"
    when: str = "before"
    count: int = 1
    status: int = 500
    seconds: float = 30.0
    bytes: int = 1
    saved: bool = False
    method: str = ""
    path: str = ""
    body: str = "html"


def plant(store: Store, fault: Fault) -> None:
    store.run("INSERT INTO faults (remaining, body) VALUES (?, ?)", fault.count, json.dumps(asdict(fault)))


def clear(store: Store) -> None:
    store.run("DELETE FROM faults")


def take(store: Store, method: str, path: str) -> Fault | None:
    """The first planted fault that fits this request; one use of it is spent."""
    for row in store.rows("SELECT * FROM faults WHERE remaining > 0 ORDER BY id"):
        fault = Fault(**json.loads(row["body"]))
        if fault.method in ("", method) and path.startswith(fault.path):
            store.run("UPDATE faults SET remaining = remaining - 1 WHERE id = ?", row["id"])
            return fault
    return None


def strike(fault: Fault, answer: Response | None, path: str, *, error: Json) -> Response:
    """What the client gets instead of `answer` (None: nothing was done); `error` is the body of a status."""
    if fault.kind == "garbage":
        return _garbage(fault, answer, path)
    if fault.kind == "timeout":
        time.sleep(fault.seconds)
        return Response(200, cut_at=0)
    if fault.kind == "cut":
        return Response(200, (answer or Response(200)).body or b"{}", cut_at=fault.bytes if answer else 0)
    return json_response(fault.status, error, Sandbox_Refusal="planted_fault")


def _garbage(fault: Fault, answer: Response | None, path: str) -> Response:
    """What a proxy or a half-dead server says in its place; a redirect leads back to the same path."""
    whole = answer.body if answer else b'{"object": "nothing"}'
    html = b"<html><body>Please wait</body></html>"
    bodies = {"html": html, "empty": b"", "half": whole[: len(whole) // 2]}
    kind = "application/json" if fault.body == "half" else "text/html"
    headers = {"Location": path} if 300 <= fault.status < 400 else {}
    return Response(fault.status, bodies[fault.body], kind, headers)
