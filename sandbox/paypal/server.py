"""Everything behind the stand-in's port: API, approval page, control API, the background thread."""

import logging
from html import escape
from pathlib import Path
from urllib.parse import parse_qs

from sandbox.paypal.api import Api
from sandbox.paypal.control import Control
from sandbox.paypal.delivery import deliverer
from sandbox.paypal.errors import Refused, error_body, refuse
from sandbox.paypal.jobs import doer
from sandbox.paypal.objects import orders
from sandbox.paypal.pages import approval
from sandbox.paypal.scope import Scope
from sandbox.standin.exchange import Request, Response, json_response
from sandbox.standin.html import ASSETS, page
from sandbox.standin.journal import Journal
from sandbox.standin.serving import CONTROL, Serving
from sandbox.standin.store import Store
from sandbox.standin.worker import Worker

log = logging.getLogger("sandbox.paypal")
_FOR_PROGRAMS = ("/v1/", "/v2/")
_STYLE = "/assets/sandbox.css"


class Sandbox:
    """Everything behind the sockets: start it, ask it, stop it."""

    def __init__(self, state: Path | str, origin: str) -> None:
        self.store = Store(state)
        self.api = Api(self.store, origin)
        self.journal = Journal(self.store)
        self._origin = origin
        sending = deliverer(self.store, origin)
        self.worker = Worker(self.store, doer(self.store, origin), sending, self.journal, "paypal")
        self._control = Control(self.store, origin, sending, self.worker, self.journal)

    def answer(self, request: Request) -> Response:
        if request.path.startswith(CONTROL):
            return self._control.answer(request)
        try:
            response = self._dispatched(request)
        except Exception:
            log.exception("the stand-in failed at %s %s", request.method, request.path)
            response = json_response(500, error_body(500), Sandbox_Refusal="sandbox_failed")
        self.journal.note(request, response, response.headers.get("Paypal-Debug-Id", ""))
        if request.method != "GET":
            self.worker.wake()
        return response

    def _dispatched(self, request: Request) -> Response:
        if request.path.startswith(_FOR_PROGRAMS):
            return self.api.answer(request)
        if request.path == approval.PATH:
            return self._approval(request)
        if request.path == _STYLE:
            style = (ASSETS / "sandbox.css").read_bytes()
            return Response(200, style, "text/css; charset=utf-8", {"Cache-Control": "no-cache"})
        return json_response(404, error_body(404))

    def _approval(self, request: Request) -> Response:
        """The page finds its account by the order: its id is unguessable."""
        token = parse_qs(request.query.decode("latin-1")).get("token", [""])[0]
        row = self.store.row("SELECT account FROM objects WHERE id = ? AND type = 'order'", token)
        try:
            if row is None:
                raise Refused("resource_missing", 404, {"message": "There is no such payment."})
            scope = Scope(self.store, row["account"], self._origin)
            with self.store.transaction():
                return approval.view(scope, _open(scope, token), request)
        except Refused as refusal:
            answer = page("PayPal", f"<h1>{escape(str(refusal))}</h1>", status=refusal.status)
            answer.headers["Sandbox-Refusal"] = refusal.name
            return answer

    def close(self) -> None:
        self.worker.stop()
        self.journal.save()
        self.store.close()


def _open(scope: Scope, token: str) -> dict[str, object]:
    """The order, while its time lasts. Error: page_order_over."""
    try:
        return orders.live(scope, token)
    except Refused:
        raise refuse("page_order_over") from None


class Server(Serving):
    """The stand-in on a port."""

    def __init__(self, host: str, port: int, state: Path | str) -> None:
        super().__init__(
            host, port, name="PayPalSandbox", for_programs=_FOR_PROGRAMS, too_large=error_body(413)
        )
        self.sandbox = Sandbox(state, self.origin)
        self.answer = self.sandbox.answer
        self.sandbox.worker.start()

    def close(self) -> None:
        """Stop listening, finish the background work, close the state."""
        self.server_close()
        self.sandbox.close()
