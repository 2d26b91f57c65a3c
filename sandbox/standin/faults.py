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
    after the effect. A `saved` status is kept under the idempotency key. `exact`: at `path` itself, and at
    nothing below it, where jobs look at what they know."""

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
    exact: bool = False

    def fits(self, method: str, path: str) -> bool:
        there = path == self.path if self.exact else path.startswith(self.path)
        return there and self.method in ("", method)


def plant(store: Store, fault: Fault) -> None:
    store.run("INSERT INTO faults (remaining, body) VALUES (?, ?)", fault.count, json.dumps(asdict(fault)))


def clear(store: Store, method: str = "") -> None:
    """Those of one `method`, or all."""
    store.run("DELETE FROM faults WHERE ? IN ('', json_extract(body, '$.method'))", method)


def take(store: Store, method: str, path: str) -> Fault | None:
    """The first planted fault that fits this request; one use of it is spent."""
    for row in store.rows("SELECT * FROM faults WHERE remaining > 0 ORDER BY id"):
        fault = Fault(**json.loads(row["body"]))
        if fault.fits(method, path):
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
