"""What the stand-in was told: for tests that read what a processor learns. Card data is masked."""

import json
import re
from urllib.parse import unquote_plus

from sandbox.stripe.exchange import Request, Response
from sandbox.stripe.scope import now
from sandbox.stripe.store import Store

KEPT = 20_000
_NUMBER = re.compile(r"\b(?:\d[ -]?){9,15}(\d{4})\b")
_CVC = re.compile(r"((?:^|&)(?:cvc|card\[cvc\])=)[^&]*")
_HEADERS = (
    "user-agent",
    "idempotency-key",
    "referer",
    "origin",
    "stripe-version",
    "x-stripe-client-user-agent",
)


def note(store: Store, request: Request, response: Response, request_id: str) -> None:
    body = unquote_plus(request.body.decode("utf-8", "replace"))
    entry = {
        "at": now(store),
        "request_id": request_id,
        "method": request.method,
        "path": request.path,
        "query": unquote_plus(request.query.decode("utf-8", "replace")),
        "headers": {name: request.headers[name] for name in _HEADERS if name in request.headers},
        "body": _NUMBER.sub(r"****\1", _CVC.sub(r"\1***", body)),
        "status": response.status,
    }
    with store.transaction():
        store.run("INSERT INTO requests (body) VALUES (?)", json.dumps(entry))
        store.run("DELETE FROM requests WHERE seq <= (SELECT max(seq) FROM requests) - ?", KEPT)
