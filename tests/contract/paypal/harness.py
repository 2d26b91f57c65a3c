"""A running PayPal stand-in and a practice's app at it, for the contract tests."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sandbox.paypal.server import Server
from tests.contract.harness import Json, Reply, send
from tests.contract.paypal.published import answer_faults, request_faults
from tests.support import receiving

ORDERS = "/v2/checkout/orders"
WEBHOOKS = "/v1/notifications/webhooks"
SEARCH = "/v1/reporting/transactions"
WHOLE = "return=representation"
_FORM = "application/x-www-form-urlencoded"


def usd(value: str) -> Json:
    return {"currency_code": "USD", "value": value}


def order(value: str = "20.00", currency: str = "USD", **unit: Any) -> Json:
    """What Billfold is to send: one unit, by redirect, nothing about a person. None leaves a field out."""
    context = {
        "brand_name": "Willow Practice",
        "shipping_preference": "NO_SHIPPING",
        "user_action": "PAY_NOW",
        "payment_method_preference": "IMMEDIATE_PAYMENT_REQUIRED",
        "contact_preference": "NO_CONTACT_INFO",
        "return_url": "http://localhost:1/back?kind=paypal",
        "cancel_url": "http://localhost:1/cancelled",
    }
    amount = {"currency_code": currency, "value": value}
    common = {"amount": amount, "description": "Professional services"}
    whole = {name: text for name, text in {**common, **unit}.items() if text is not None}
    return {
        "intent": "CAPTURE",
        "purchase_units": [whole],
        "payment_source": {"paypal": {"experience_context": context}},
    }


def with_context(**changes: Any) -> Json:
    """An order whose experience context is changed; None leaves a field out."""
    body = order()
    context = body["payment_source"]["paypal"]["experience_context"] | changes
    body["payment_source"]["paypal"]["experience_context"] = {
        name: value for name, value in context.items() if value is not None
    }
    return body


def _hold(method: str, path: str, body: Any, reply: Reply) -> None:
    """Every answer of the API, and every request that it takes, is held to what PayPal publishes."""
    if reply.refusal in ("planted_fault", "url_unknown") or not reply.body:
        return
    faults = answer_faults(method, path, reply.status, reply.json)
    if reply.status < 300 and method == "POST":
        asked = json.loads(body) if isinstance(body, bytes) else body
        faults += request_faults(method, path, asked)
    assert faults == [], (method, path, reply.status, faults)


@dataclass
class Practice:
    """One practice's app at one stand-in, and the control API."""

    server: Server
    name: str

    @property
    def origin(self) -> str:
        return self.server.origin

    @cached_property
    def token(self) -> str:
        reply = self.ask_token()
        assert reply.status == 200, reply.json
        return str(reply.json["access_token"])

    def app(self) -> tuple[str, str]:
        """Its id and secret."""
        return f"client_sandbox_{self.name}", f"secret_sandbox_{self.name}"

    def ask_token(self, secret: str = "", grant: str = "client_credentials") -> Reply:
        client, own = self.app()
        basic = base64.b64encode(f"{client}:{secret or own}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}", "Content-Type": _FORM}
        return send("POST", f"{self.origin}/v1/oauth2/token", f"grant_type={grant}".encode(), **headers)

    def api(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        named = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"} | headers
        raw = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        reply = send(method, self.origin + path, raw, **named)
        _hold(method, path, body, reply)
        return reply

    def post(self, path: str, body: Any = None, key: str = "", **headers: str) -> Reply:
        """With `key` as PayPal-Request-Id, and the whole answer."""
        named = {"Prefer": WHOLE} | ({"PayPal_Request_Id": key} if key else {}) | headers
        return self.api("POST", path, {} if body is None else body, **named)

    def get(self, path: str, **query: str) -> Reply:
        return self.api("GET", path + (f"?{urlencode(query)}" if query else ""))

    def control(self, path: str, body: Json | None = None, method: str = "POST") -> Json:
        named = {"account": self.name} | (body or {}) if path not in _SHARED else body or {}
        reply = send(method, f"{self.origin}/_control/{path}", json.dumps(named).encode())
        assert reply.status == 200, reply.body
        return reply.json

    def page(self, ident: str, fields: Json | None = None) -> Reply:
        """The approval page, or what a payer sends from it."""
        url = f"{self.origin}/checkoutnow?token={ident}"
        if fields is None:
            return send("GET", url)
        return send("POST", url, urlencode(fields).encode(), Content_Type=_FORM)

    def advance(self, seconds: float) -> None:
        self.__dict__.pop("token", None)
        self.control("clock", {"advance_seconds": seconds})

    # --- short ways to what most tests need

    def created(self, body: Json | None = None, key: str = "create") -> Json:
        reply = self.post(ORDERS, body or order(), key)
        assert reply.status == 201, reply.json
        return reply.json

    def approved(
        self, email: str = "buyer@example.org", body: Json | None = None, key: str = "create"
    ) -> str:
        """The id of an order whose payer said yes."""
        ident = str(self.created(body, key)["id"])
        self.control("orders/approve", {"order": ident, "email": email})
        return ident

    def capture(self, ident: str, key: str = "capture", **headers: str) -> Reply:
        return self.post(f"{ORDERS}/{ident}/capture", None, key, **headers)

    def paid(self, email: str = "buyer@example.org", body: Json | None = None, key: str = "create") -> Json:
        """The capture of an order that was paid."""
        reply = self.capture(self.approved(email, body, key))
        assert reply.status == 201, reply.json
        return only_capture(reply.json)

    def refund(self, capture: str, body: Json | None = None, key: str = "") -> Reply:
        return self.post(f"/v2/payments/captures/{capture}/refund", body, key)

    def dispute(self, capture: str, **more: Any) -> Json:
        return self.control("disputes", {"capture": capture} | more)

    def listen(self, url: str, *names: str) -> Json:
        types = [{"name": name} for name in names or ("*",)]
        reply = self.post(WEBHOOKS, {"url": url, "event_types": types})
        assert reply.status == 201, reply.json
        return reply.json


_SHARED = ("clock", "webhooks", "webhooks/flush", "webhooks/retry", "webhooks/resend", "faults", "requests")


def captures_of(found: Json) -> list[Json]:
    captures: list[Json] = found["purchase_units"][0]["payments"]["captures"]
    return captures


def only_capture(found: Json) -> Json:
    (capture,) = captures_of(found)
    return capture


def issue_of(reply: Reply) -> str:
    return str(reply.json["details"][0]["issue"])


def link(found: Json, rel: str) -> str:
    return str(next(each["href"] for each in found["links"] if each["rel"] == rel))


@contextmanager
def running(state: Path | str = ":memory:") -> Iterator[Server]:
    """A stand-in in this process, on a free port."""
    server = Server("127.0.0.1", 0, state)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.close()
        thread.join()


class Receiver(receiving.Receiver):
    @property
    def events(self) -> list[Json]:
        return [json.loads(body) for body, _ in self.got]

    @property
    def types(self) -> list[str]:
        return [event["event_type"] for event in self.events]


def listening() -> AbstractContextManager[Receiver]:
    return receiving.listening(Receiver(), "/api/webhooks/demo/paypal")
