"""The HTTP server: threads, HTTP/1.1 keep-alive, head and body in one write."""

import logging
import socket
from collections.abc import Collection
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from sandbox import door
from sandbox.standin.exchange import Request, Response, json_response
from sandbox.standin.store import Store
from sandbox.stripe.api import Api
from sandbox.stripe.control import Control
from sandbox.stripe.delivery import deliverer
from sandbox.stripe.errors import error_response
from sandbox.stripe.journal import Journal
from sandbox.stripe.objects.debits import DELAY, SETTLES_AFTER_SECONDS
from sandbox.stripe.pages.site import Site
from sandbox.stripe.refusals import INVALID
from sandbox.stripe.scope import random_text
from sandbox.stripe.worker import Worker

log = logging.getLogger("sandbox.stripe")
LARGEST_BODY = 1_000_000
_FOR_PROGRAMS = ("/v1/", "/_control/")


class Sandbox:
    """Everything behind the sockets: start it, ask it, stop it."""

    def __init__(self, state: Path | str, origin: str) -> None:
        self.store = Store(state)
        self.deliverer = deliverer(self.store, origin)
        self.journal = Journal(self.store)
        self.worker = Worker(self.store, origin, self.deliverer, self.journal)
        self.api = Api(self.store, origin)
        self._site = Site(self.store, origin)
        self._control = Control(self.store, origin, self.deliverer, self.worker, self.journal)

    def answer(self, request: Request) -> Response:
        if request.path.startswith("/_control/"):
            return self._control.answer(request)
        request_id = f"req_{random_text(14)}"
        try:
            response = self._dispatched(request, request_id)
        except Exception:
            log.exception("the stand-in failed at %s %s", request.method, request.path)
            error = {"type": "api_error", "message": "The sandbox itself failed; see its log."}
            response = error_response(500, error, "sandbox_failed")
        self.journal.note(request, response, request_id)
        if request.method != "GET":
            self.worker.wake()
        response.headers |= {"Request-Id": request_id, "Stripe-Version": self.api.version}
        return response

    def _dispatched(self, request: Request, request_id: str) -> Response:
        if request.path.startswith("/v1/"):
            return self.api.answer(request, request_id)
        return self._site.answer(request) or json_response(
            404, {"error": {"type": INVALID, "message": "Not found"}}
        )

    def close(self) -> None:
        self.worker.stop()
        self.journal.save()
        self.store.close()


class _Handler(BaseHTTPRequestHandler):
    """Other sites' pages are kept out: the portal's alone may embed script and frame, and ask /client."""

    protocol_version = "HTTP/1.1"
    server_version = "StripeSandbox"
    sys_version = ""
    server: "Server"

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _serve(self) -> None:
        kept_out = self._kept_out()
        if kept_out is not None:
            self.close_connection = True
            return self._send(Response(kept_out, door.WORDS[kept_out].encode() + b"\n", "text/plain"))
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.close_connection = True
            return self._send(json_response(413, {"error": {"type": INVALID, "message": "Too large"}}))
        path, _, query = self.path.partition("?")
        headers = {name.lower(): text for name, text in self.headers.items()}
        request = Request(self.command, path, query.encode("latin-1"), headers, self.rfile.read(length))
        response = self.server.sandbox.answer(request)
        response.headers |= self._leave_to_read(path)
        return self._send(response)

    def _kept_out(self) -> int | None:
        """Not even the portal's page may ask what is for programs."""
        for_programs = self.path.startswith(_FOR_PROGRAMS)
        pages = () if for_programs else self.server.pages
        return door.refusal(self.command, self.headers.items(), pages=pages, linked=not for_programs)

    def _leave_to_read(self, path: str) -> dict[str, str]:
        """The portal's page reads what it asked of /client; the door let nobody else ask."""
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


class Server(ThreadingHTTPServer):
    """Listens at once; `sandbox` is told its own origin, whatever the port.

    `pages` are the origins whose pages may take payments with it.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        host: str,
        port: int,
        state: Path | str,
        *,
        pages: Collection[str] = (),
        debit_seconds: float = SETTLES_AFTER_SECONDS,
    ) -> None:
        super().__init__((host, port), _Handler)
        self.pages = frozenset(pages)
        self.origin = f"http://{host}:{self.server_address[1]}"
        self.sandbox = Sandbox(state, self.origin)
        self.sandbox.store.set_setting(DELAY, debit_seconds)
        self.sandbox.worker.start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error of ours."""

    def close(self) -> None:
        """Stop listening, finish the background work, close the state."""
        self.server_close()
        self.sandbox.close()
