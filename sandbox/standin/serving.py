"""The HTTP server of a stand-in: threads, HTTP/1.1 keep-alive, head and body in one write."""

import socket
from collections.abc import Callable, Collection
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sandbox import door
from sandbox.standin.exchange import Json, Request, Response, json_response

LARGEST_BODY = 1_000_000
CONTROL = "/_control/"


class _Handler(BaseHTTPRequestHandler):
    """Other sites' pages are kept out, but for the origins that the server lets in."""

    protocol_version = "HTTP/1.1"
    sys_version = ""
    server: "Serving"

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def version_string(self) -> str:
        return self.server.name

    def _serve(self) -> None:
        kept_out = self._kept_out()
        if kept_out is not None:
            self.close_connection = True
            return self._send(Response(kept_out, door.WORDS[kept_out].encode() + b"\n", "text/plain"))
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.close_connection = True
            return self._send(json_response(413, self.server.too_large))
        path, _, query = self.path.partition("?")
        headers = {name.lower(): text for name, text in self.headers.items()}
        request = Request(self.command, path, query.encode("latin-1"), headers, self.rfile.read(length))
        response = self.server.answer(request)
        response.headers |= self._leave_to_read(path)
        return self._send(response)

    def _kept_out(self) -> int | None:
        """Not even a page that is let in may ask what is for programs."""
        for_programs = self.path.startswith(self.server.for_programs)
        pages = () if for_programs else self.server.pages
        return door.refusal(self.command, self.headers.items(), pages=pages, linked=not for_programs)

    def _leave_to_read(self, path: str) -> dict[str, str]:
        """A page that is let in reads what it asked of /client; the door let nobody else ask."""
        asking = self.headers.get("Origin", "")
        if not path.startswith("/client/") or asking not in self.server.pages:
            return {}
        return {"Access-Control-Allow-Origin": asking, "Vary": "Origin"}

    do_GET = do_POST = do_DELETE = do_OPTIONS = do_HEAD = do_PUT = do_PATCH = _serve

    def _send(self, response: Response) -> None:
        head = [f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}"]
        head += [f"{name}: {text}" for name, text in response.headers.items()]
        head += [f"Content-Type: {response.content_type}", f"Content-Length: {len(response.body)}"]
        body = b"" if self.command == "HEAD" else response.body
        whole = "\r\n".join([*head, "", ""]).encode("latin-1") + body
        if response.cut_at is None:
            self.wfile.write(whole)
            return
        self.close_connection = True
        if response.cut_at:
            self.wfile.write(whole[: len(whole) - len(body) + min(response.cut_at, len(body) - 1)])

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are kept in the store; the terminal stays quiet."""


class Serving(ThreadingHTTPServer):
    """Listens at once, and tells its own origin, whatever the port.

    `for_programs` are what the paths begin with that no page may ask; `pages` are the origins whose pages
    may ask for the rest. Whoever makes one gives it `answer`.
    """

    daemon_threads = True
    request_queue_size = 128
    answer: Callable[[Request], Response]

    def __init__(
        self,
        host: str,
        port: int,
        *,
        name: str,
        for_programs: tuple[str, ...],
        too_large: Json,
        pages: Collection[str] = (),
    ) -> None:
        super().__init__((host, port), _Handler)
        self.name = name
        self.for_programs = (*for_programs, CONTROL)
        self.too_large = too_large
        self.pages = frozenset(pages)
        self.origin = f"http://{host}:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error of ours."""
