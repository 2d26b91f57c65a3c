"""The HTTP server: threads, HTTP/1.1 keep-alive, head and body in one write."""

import logging
import socket
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from sandbox.stripe.api import Api
from sandbox.stripe.control import Control
from sandbox.stripe.delivery import Deliverer
from sandbox.stripe.exchange import Request, Response, error_response, json_response
from sandbox.stripe.journal import Journal
from sandbox.stripe.objects.debits import DELAY, SETTLES_AFTER_SECONDS
from sandbox.stripe.pages.site import Site
from sandbox.stripe.refusals import INVALID
from sandbox.stripe.scope import random_text
from sandbox.stripe.store import Store
from sandbox.stripe.worker import Worker

log = logging.getLogger("sandbox.stripe")
LARGEST_BODY = 1_000_000


class Sandbox:
    """Everything behind the sockets: start it, ask it, stop it."""

    def __init__(self, state: Path | str, origin: str) -> None:
        self.store = Store(state)
        self.deliverer = Deliverer(self.store, origin)
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
    protocol_version = "HTTP/1.1"
    server_version = "StripeSandbox"
    sys_version = ""
    server: "Server"

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.close_connection = True
            return self._send(json_response(413, {"error": {"type": INVALID, "message": "Too large"}}))
        path, _, query = self.path.partition("?")
        headers = {name.lower(): text for name, text in self.headers.items()}
        request = Request(self.command, path, query.encode("latin-1"), headers, self.rfile.read(length))
        return self._send(self.server.sandbox.answer(request))

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
    """Listens at once; `sandbox` is told its own origin, whatever the port."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, host: str, port: int, state: Path | str, *, debit_seconds: float = SETTLES_AFTER_SECONDS
    ) -> None:
        super().__init__((host, port), _Handler)
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
