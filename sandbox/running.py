"""Says how many functions the local AWS is running: `GET /_sandbox/running` answers {"running": 2}.

AWS tells nobody: that a message is out does not say whether it is worked on or has failed and comes back.
Standard library only: it runs inside the emulator's process.
"""

import json
from collections.abc import Callable

from sandbox.asgi import App, Message, Receive, Send

PATH = "/_sandbox/running"


def telling_what_runs(app: App, count: Callable[[], int]) -> App:
    """The ASGI app of the emulator, answering at that path itself."""

    async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await app(scope, receive, send)
            return
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps({"running": count()}).encode()})

    return wrapped


def count_of_ministack() -> int:
    """Calls, and batches of messages as soon as they are taken; a batch that is called counts twice."""
    from ministack.services import lambda_svc

    calls, _ = lambda_svc.executions_in_flight()
    batches: dict[str, int] = lambda_svc._esm_inflight
    return int(calls) + sum(batches.values())
