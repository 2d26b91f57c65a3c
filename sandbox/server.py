"""A small threaded HTTP server for the sandbox's own pages: a function from request to reply.

HTTP/1.1 with keep-alive; head and body leave in one write, or clients that keep connections stall.
"""

import contextlib
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import FrameType

from sandbox import door

# API Gateway's own limit on a request's body.
MAX_BODY_BYTES = 10 * 1024 * 1024
_WRITE_BUFFER_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Request:
    """What came in. `target` is path and query as sent; `path` is the path alone, still percent-encoded."""

    method: str
    target: str
    headers: "Message[str, str]"
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path without the query, still percent-encoded."""
        return _path(self.target)


@dataclass(frozen=True)
class Reply:
    """What goes out. Content-Length, Date and Server are added; a header may appear several times."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)


def _path(target: str) -> str:
    """By hand: urlsplit takes `//x` for a host, and raises for some of them."""
    return target.partition("?")[0].partition("#")[0] or "/"


def text_reply(status: int, text: str, *headers: tuple[str, str]) -> Reply:
    """A reply of one line of plain text."""
    return Reply(status, (("Content-Type", "text/plain; charset=utf-8"), *headers), text.encode() + b"\n")


Application = Callable[[Request], Reply]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "billfold-sandbox"
    sys_version = ""
    wbufsize = _WRITE_BUFFER_BYTES
    disable_nagle_algorithm = True
    timeout = 75  # an idle connection ends
    error_content_type = "text/plain"
    error_message_format = "%(code)d\n"
    application: Application

    def _answer(self) -> None:
        reply = self._refusal() or self.application(self._request())
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        if reply.status not in (204, 304):
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD" and reply.status not in (204, 304):
            self.wfile.write(reply.body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer

    def _request(self) -> Request:
        length = int(self.headers.get("Content-Length") or 0)
        return Request(self.command, self.path, self.headers, self.rfile.read(length) if length else b"")

    def _refusal(self) -> Reply | None:
        """What other sites' pages ask for, and bodies whose length is not known or too large.

        Answered unread, and the connection ends. Links of other sites may lead to any page, as in life.
        """
        length = self.headers.get("Content-Length", "0")
        kept_out = door.refusal(self.command, self.headers.items(), linked=True)
        if kept_out is not None:
            refusal = text_reply(kept_out, door.WORDS[kept_out], ("Connection", "close"))
        elif self.headers.get("Transfer-Encoding") or not length.isdecimal():
            refusal = text_reply(411, "Length required", ("Connection", "close"))
        elif int(length) > MAX_BODY_BYTES:
            refusal = text_reply(413, "Too large", ("Connection", "close"))
        else:
            return None
        self.close_connection = True
        return refusal

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """One line without the query, which could carry what logs must not."""
        print(f"{self.command} {_path(self.path)} {code}", flush=True)

    def handle(self) -> None:
        """Serve the connection; a browser that goes away in the middle is no error."""
        with contextlib.suppress(ConnectionError, TimeoutError):
            super().handle()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def make_server(port: int, application: Application) -> ThreadingHTTPServer:
    """A server on the loopback interface; port 0 takes a free one."""
    handler = type("Handler", (_Handler,), {"application": staticmethod(application)})
    return _Server(("127.0.0.1", port), handler)


def serve(port: int, application: Application) -> None:
    """Serve until SIGTERM or SIGINT."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with make_server(port, application) as server:
        server.serve_forever()
