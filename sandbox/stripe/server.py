"""Everything behind the stand-in's port: API, pages, control API, the background thread."""

import logging
from collections.abc import Collection
from pathlib import Path

from sandbox.standin.exchange import Json, Request, Response, json_response
from sandbox.standin.journal import Journal
from sandbox.standin.serving import Serving
from sandbox.standin.store import Store
from sandbox.standin.worker import Worker
from sandbox.stripe.api import Api
from sandbox.stripe.control import Control
from sandbox.stripe.delivery import deliverer
from sandbox.stripe.errors import error_response
from sandbox.stripe.jobs import doer
from sandbox.stripe.objects.debits import DELAY, SETTLES_AFTER_SECONDS
from sandbox.stripe.pages.site import Site
from sandbox.stripe.refusals import INVALID
from sandbox.stripe.scope import random_text

log = logging.getLogger("sandbox.stripe")
_TOO_LARGE: Json = {"error": {"type": INVALID, "message": "Too large"}}


class Sandbox:
    """Everything behind the sockets: start it, ask it, stop it."""

    def __init__(self, state: Path | str, origin: str) -> None:
        self.store = Store(state)
        self.deliverer = deliverer(self.store, origin)
        self.journal = Journal(self.store)
        self.worker = Worker(self.store, doer(self.store, origin), self.deliverer, self.journal, "stripe")
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


class Server(Serving):
    """The stand-in on a port. `pages` are the origins whose pages may take payments with it."""

    def __init__(
        self,
        host: str,
        port: int,
        state: Path | str,
        *,
        pages: Collection[str] = (),
        debit_seconds: float = SETTLES_AFTER_SECONDS,
    ) -> None:
        super().__init__(
            host, port, name="StripeSandbox", for_programs=("/v1/",), too_large=_TOO_LARGE, pages=pages
        )
        self.sandbox = Sandbox(state, self.origin)
        self.answer = self.sandbox.answer
        self.sandbox.store.set_setting(DELAY, debit_seconds)
        self.sandbox.worker.start()

    def close(self) -> None:
        """Stop listening, finish the background work, close the state."""
        self.server_close()
        self.sandbox.close()
