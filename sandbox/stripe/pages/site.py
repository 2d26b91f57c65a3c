"""Which page answers which address."""

import re
from collections.abc import Callable
from html import escape
from pathlib import Path

from sandbox.standin.exchange import Request, Response
from sandbox.standin.html import ASSETS, page
from sandbox.standin.store import Store
from sandbox.stripe.errors import Json, Refused
from sandbox.stripe.pages import (
    bank_window,
    challenge,
    client,
    deposit,
    frames,
    hosted,
)
from sandbox.stripe.params import read_form
from sandbox.stripe.scope import Scope

SCRIPTS = Path(__file__).parents[1] / "js" / "src"
JAVASCRIPT = "text/javascript; charset=utf-8"
_FILES = {
    "sandbox.css": (ASSETS, "text/css; charset=utf-8"),
    "challenge.js": (SCRIPTS, JAVASCRIPT),
    "bank.js": (SCRIPTS, JAVASCRIPT),
}
# The path Stripe.js has had at js.stripe.com: /v3/stripe.js, then one per release train.
_STRIPE_JS = re.compile(r"/[a-z0-9]+/stripe\.js")

_STRIPE_JS_PARTS = (
    "wire",
    "session",
    "payment-element",
    "address-element",
    "overlay",
    "checkout",
    "intents",
    "stripe",
)
# A frame's script comes with what all of them say to the page.
_FRAME_SCRIPTS = ("frame.js", "address.js", "cvc.js")

View = Callable[[Scope, str, Request, Json], Response]


class Site:
    """Pages over one store. They find their account by the object they are about: its id is unguessable."""

    def __init__(self, store: Store, origin: str) -> None:
        self._store = store
        self._origin = origin
        self._views: list[tuple[re.Pattern[str], View]] = [
            (re.compile(r"/c/pay/(cs_test_\w+)"), hosted.view),
            (re.compile(r"/challenge/((?:pi|seti)_\w+)"), challenge.view),
            (re.compile(r"/verify/((?:pi|seti)_\w+)"), deposit.view),
            (re.compile(r"/receipts/((?:ch|py)_\w+)"), hosted.receipt),
        ]

    def answer(self, request: Request) -> Response | None:
        """None: no page here."""
        if request.path.startswith("/client/"):
            return client.answer(self._store, self._origin, request)
        if request.path.startswith("/frame/"):
            return frames.view(request)
        if request.path == bank_window.PATH:
            return bank_window.view()
        if _STRIPE_JS.fullmatch(request.path):
            return _static(_stripe_js(), JAVASCRIPT)
        name = request.path.removeprefix("/assets/")
        if request.path == f"/assets/{name}" and name in _FRAME_SCRIPTS:
            return _static((SCRIPTS / "talk.js").read_bytes() + (SCRIPTS / name).read_bytes(), JAVASCRIPT)
        if request.path == f"/assets/{name}" and name in _FILES:
            folder, content_type = _FILES[name]
            return _static((folder / name).read_bytes(), content_type)
        return self._viewed(request)

    def _viewed(self, request: Request) -> Response | None:
        for pattern, view in self._views:
            found = pattern.fullmatch(request.path)
            if found:
                return self._in_scope(view, found[1], request)
        return None

    def _in_scope(self, view: View, ident: str, request: Request) -> Response:
        row = self._store.row("SELECT account FROM objects WHERE id = ?", ident)
        if row is None:
            return page("Not found", "<h1>This page does not exist</h1>", status=404)
        scope = Scope(self._store, row["account"], self._origin)
        try:
            with self._store.transaction():
                return view(scope, ident, request, read_form(request.body))
        except Refused as refusal:
            words = f"<h1>Not possible</h1><p>{escape(str(refusal))}</p>"
            answer = page("Not possible", words, status=refusal.status)
            answer.headers["Sandbox-Refusal"] = refusal.name
            return answer


def _stripe_js() -> bytes:
    """One classic script with one scope, as Stripe's is, from the files that make it up."""
    parts = [(SCRIPTS / "stripe" / f"{name}.js").read_text() for name in _STRIPE_JS_PARTS]
    return "\n".join(['"use strict";', "(() => {", *parts, "})();", ""]).encode()


def _static(body: bytes, content_type: str) -> Response:
    headers = {
        "Cache-Control": "no-cache",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(200, body, content_type, headers)
