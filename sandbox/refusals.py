"""Keeps what IAM refused: who, and what they were about to do. A line of JSON each, in a file.

A function may well live with a refusal (it tries again later, say) and tell nobody which of its rights was
missing; IAM's answer does. Standard library only: it runs inside the emulator's process.
"""

import json
import re
from pathlib import Path

from sandbox.asgi import App, Message, Receive, Send

# SSM and CloudWatch Logs refuse with 400, all others with 403; the words are the same.
_STATUSES = (400, 403)
_SAID = re.compile(rb"User: (\S+) is not authorized to perform: ([A-Za-z0-9:_-]+)")


def noting_refusals(app: App, file: Path) -> App:
    """The ASGI app of the emulator; a refusal is in `file` before whoever asked hears of it."""

    async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        status, answered = 0, bytearray()

        async def noting_send(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            if status in _STATUSES:
                answered.extend(message.get("body", b""))
                if not message.get("more_body") and (said := _SAID.search(answered)):
                    _note(file, said[1].decode(), said[2].decode())
            await send(message)

        await app(scope, receive, noting_send)

    return wrapped


def _note(file: Path, principal: str, action: str) -> None:
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"principal": principal, "action": action}) + "\n")
