"""What an ASGI app of the local AWS is made of, and one request asked of it from within.

Standard library only: it runs inside the emulator's process.
"""

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

Header = tuple[bytes, bytes]


async def ask(
    app: App, method: str, path: str, headers: Sequence[Header], body: bytes, *, query: bytes = b""
) -> int:
    """The status that the app answers that request with."""
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": query, "root_path": "",
        "headers": list(headers), "client": ("127.0.0.1", 0), "server": ("127.0.0.1", 0),
    }  # fmt: skip
    status = 500

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]

    await app(scope, once(body), send)
    return status


def once(body: bytes) -> Receive:
    """A request's body that has been read, to be received again."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def whole_body(receive: Receive) -> bytes | None:
    """What the request carries; None where whoever asks went away in the middle."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body.extend(message.get("body", b""))
        if not message.get("more_body", False):
            return bytes(body)
