"""Requests that change the local AWS, written to a file before they are carried out.

A snapshot of everything is too much to write at each change, and what changed since the last one would be
lost with the process. So each change is first appended to a log, and a start carries out again what the log
has beyond the snapshot, in the same order. A request that was refused is refused again. What cannot be
written is not carried out: a full disk is an error for whoever asks, and nothing acknowledged is lost by it.

Standard library only: it runs inside the emulator's process.
"""

import asyncio
import base64
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sandbox.asgi import App, Header, Message, Receive, Send, ask, once, whole_body
from sandbox.outbox import SES_V2_SEND

# Requests that change nothing: reads by the action's name, and the polls of queues. (What a poll changes, a
# message's visibility, may be lost: it is then delivered again, as SQS promises no less.)
_READ_ACTIONS = ("Get", "Query", "Scan", "BatchGet", "TransactGet", "Describe", "List", "Receive", "Head")
_FULL = b'{"__type": "InternalServerError", "message": "the local AWS could not write this change down"}'


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: bytes
    headers: list[Header]
    body: bytes

    def line(self) -> bytes:
        """One line of the log."""
        headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in self.headers]
        body = base64.b64encode(self.body).decode()
        return json.dumps([self.method, self.path, self.query.decode(), headers, body]).encode() + b"\n"

    @staticmethod
    def of(line: bytes) -> "Asked":
        method, path, query, headers, body = json.loads(line)
        pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return Asked(method, path, query.encode(), pairs, base64.b64decode(body))


class ChangeLog:
    """The log in numbered files, `changes-N`: a snapshot names the first that it does not hold."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # Never on in a file that another process began: its last line may be cut short.
        self._number = max(self._numbers(), default=0) + 1
        self._file: int | None = None
        self.size = 0

    def append(self, line: bytes) -> None:
        """Write it whole, or leave no trace of it. Error: OSError."""
        if self._file is None:
            self._file = self._open(self._number)
        if not os.fstat(self._file).st_nlink:
            raise OSError("the log was removed")
        try:
            written = os.write(self._file, line)
            if written < len(line):  # a full disk takes what still fits
                raise OSError(f"{written} of {len(line)} bytes could be written")
        except OSError:
            os.ftruncate(self._file, self.size)
            raise
        self.size += len(line)

    def begin_next(self) -> int:
        """Go on in a new file; its number. Error: OSError (the old one is still in use)."""
        fresh = self._open(self._number + 1)
        if self._file is not None:
            os.close(self._file)
        self._file, self._number, self.size = fresh, self._number + 1, 0
        return self._number

    def drop_before(self, number: int) -> None:
        """A snapshot has what those files say."""
        for old in self._numbers():
            if old < number:
                self._path(old).unlink(missing_ok=True)

    def since(self, number: int) -> Iterator[Asked]:
        """What was asked since that file began. A last line that a kill cut short was never carried out."""
        for kept in sorted(self._numbers()):
            if kept < number:
                continue
            with self._path(kept).open("rb") as lines:
                yield from (Asked.of(line) for line in lines if line.endswith(b"\n"))

    def _open(self, number: int) -> int:
        return os.open(self._path(number), os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_APPEND, 0o600)

    def _path(self, number: int) -> Path:
        return self._folder / f"changes-{number}"

    def _numbers(self) -> list[int]:
        names = (path.name.removeprefix("changes-") for path in self._folder.glob("changes-*"))
        return [int(name) for name in names if name.isdigit()]


class WriteAhead:
    """The ASGI app with each change written down first, one after the other.

    `changing` is held while a change is carried out: whoever holds it sees none half done.
    """

    def __init__(self, app: App, log: ChangeLog) -> None:
        self._app, self._log = app, log
        self.changing = asyncio.Lock()
        self._refusing = False

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _changes_something(scope):
            return await self._app(scope, receive, send)
        body = await whole_body(receive)
        if body is None:
            return None
        headers = list(scope["headers"])
        asked = Asked(scope["method"], scope["path"], scope["query_string"], headers, body)
        async with self.changing:
            if not self._written(asked):
                return await _refuse(send)
            return await self._app(scope, _then(once(body), receive), send)

    async def carry_out(self, first: int) -> int:
        """Do again what was asked since that file of the log began; how much that was."""
        count = 0
        for asked in self._log.since(first):
            await ask(self._app, asked.method, asked.path, asked.headers, asked.body, query=asked.query)
            count += 1
        return count

    def _written(self, asked: Asked) -> bool:
        try:
            self._log.append(asked.line())
        except OSError as error:
            if not self._refusing:
                print(f"changes are refused, they cannot be kept: {error}", file=sys.stderr, flush=True)
            self._refusing = True
            return False
        self._refusing = False
        return True


def _changes_something(scope: Message) -> bool:
    """Mail does not: what SES was given is kept elsewhere (outbox.py)."""
    if scope["method"] in ("GET", "HEAD") or scope["path"] == SES_V2_SEND:
        return False
    action = dict(scope["headers"]).get(b"x-amz-target", b"").decode("latin-1").rpartition(".")[2]
    return not action.startswith(_READ_ACTIONS)


def _then(first: Receive, rest: Receive) -> Receive:
    """The body, once; afterwards what the connection tells: that whoever asked went away."""
    given = False

    async def receive() -> Message:
        nonlocal given
        if given:
            return await rest()
        given = True
        return await first()

    return receive


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"application/x-amz-json-1.0"), (b"content-length", b"%d" % len(_FULL))]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": _FULL})
