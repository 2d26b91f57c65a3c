"""The door of the local AWS: no page may ask it for anything, but a link may lead to a signed document.

It answers any Host, and lets every page read (`Access-Control-Allow-Origin: *`); whoever reaches it holds the
practices' keys and books. Standard library only: it runs inside the emulator's process.
"""

from collections.abc import Collection
from fnmatch import fnmatchcase
from urllib.parse import parse_qsl

from sandbox.asgi import App, Message, Receive, Send
from sandbox.door import WORDS, refusal

# What is shown in a tab by a link must not run there: its page would be this origin's, and could ask for all.
_INERT = (b"content-security-policy", b"default-src 'none'; sandbox")
_OURS = [(b"cross-origin-resource-policy", b"same-origin"), (b"x-content-type-options", b"nosniff")]
# By the end of a document's name. A browser shows the one in a viewer of its own, and only keeps the other.
_TYPES = {"pdf": "application/pdf", "zip": "application/zip"}
# What our signed addresses are made of (chalicelib/documents/store/files.py), and nothing else.
_OF_A_SIGNED_ADDRESS = {
    "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders",
    "X-Amz-Signature", "X-Amz-Security-Token", "response-cache-control", "response-content-disposition",
    "response-content-type",
}  # fmt: skip


class Pages(tuple[str, ...]):
    """Origins. In one of them `*` may stand for any name: AWS makes one up for each CDN."""

    def __contains__(self, origin: object) -> bool:
        return any(fnmatchcase(str(origin), page) for page in self)


def guarding(app: App, pages: Collection[str] = ()) -> App:
    """The ASGI app of the emulator behind the door; its answers let no origin in.

    `pages` are origins that may ask: in the deployment test whoever asks the API speaks as the portal does.
    """

    async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await app(scope, receive, send)
        if scope["type"] != "http":  # a websocket: nothing of ours speaks it
            return await send({"type": "websocket.close", "code": 1008})

        async def closed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _without_leave(message.get("headers", []))}
            await send(message)

        status = _refusal(scope, pages)
        return await (app(scope, receive, closed) if status is None else _refuse(closed, status))

    return wrapped


def _refusal(scope: Message, pages: Collection[str]) -> int | None:
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
    linked = _is_signed_document(scope)
    return refusal(scope["method"], headers, pages=pages, linked=linked, scheme=scope["scheme"])


def _is_signed_document(scope: Message) -> bool:
    """A document of S3 by a signed address, and nothing that could be another service's call."""
    asked = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    names = {name for name, _ in asked}
    path = scope["path"]
    expected = _TYPES.get(path.rpartition(".")[2])
    return (
        path.strip("/").count("/") > 0
        and expected is not None
        and not path.startswith("/_")  # no bucket is called so, but what steers the emulator is
        and {"X-Amz-Signature", "X-Amz-Credential"} <= names
        and names <= _OF_A_SIGNED_ADDRESS
        and all(value == expected for name, value in asked if name == "response-content-type")
        and all(value.endswith("/s3/aws4_request") for name, value in asked if name == "X-Amz-Credential")
    )


def _without_leave(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    types = [value.encode() for value in _TYPES.values()]
    is_document = any(n.lower() == b"content-type" and v in types for n, v in headers)
    # A sandbox would keep the browser's PDF viewer out, and let nothing be kept.
    set_here = _OURS if is_document else [*_OURS, _INERT]
    ours = {name for name, _ in set_here}
    kept = [
        (n, v) for n, v in headers if not n.lower().startswith(b"access-control-") and n.lower() not in ours
    ]
    return [*kept, *set_here]


async def _refuse(send: Send, status: int) -> None:
    body = WORDS[status].encode() + b"\n"
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
