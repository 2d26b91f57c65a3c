"""A running stand-in and a practice's keys to it, for the contract tests."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import stripe

from sandbox.stripe import API_VERSION
from sandbox.stripe.server import Server
from tests.support import receiving

Json = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """An HTTP answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Json:
        found: Json = json.loads(self.body)
        return found

    @property
    def refusal(self) -> str | None:
        """Which row of the stand-in's table of refusals this is."""
        return self.headers.get("sandbox-refusal")

    @property
    def error(self) -> Json:
        error: Json = self.json["error"]
        return error


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))


def send(method: str, url: str, body: bytes | None = None, /, **headers: str) -> Reply:
    """One request, redirects not followed, every status an answer."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    request = urllib.request.Request(url, body, named, method=method)
    try:
        response: HTTPResponse | urllib.error.HTTPError = _OPENER.open(request, timeout=20)
    except urllib.error.HTTPError as error:
        response = error
    with response:
        lower = {name.lower(): text for name, text in response.headers.items()}
        return Reply(response.status or 0, lower, response.read())


def form(params: Json) -> bytes:
    """Nested parameters the way Stripe's clients write them: a[b][0][c]=1."""
    return urlencode(list(_pairs("", params))).encode()


def _pairs(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _pairs(f"{prefix}[{key}]" if prefix else key, inner)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _pairs(f"{prefix}[{place}]", inner)
    else:
        yield prefix, str(value).lower() if isinstance(value, bool) else str(value)


@dataclass
class Practice:
    """One practice at one stand-in: raw requests, Stripe's own client, and the control API."""

    server: Server
    name: str

    @property
    def key(self) -> str:
        return f"sk_test_sandbox_{self.name}"

    @property
    def publishable_key(self) -> str:
        return f"pk_test_sandbox_{self.name}"

    @property
    def client(self) -> stripe.StripeClient:
        return stripe.StripeClient(
            self.key,
            stripe_version=API_VERSION,
            base_addresses={"api": self.server.origin},
            http_client=stripe.RequestsClient(timeout=(3, 10)),
        )

    def api(self, method: str, path: str, params: Json | None = None, **headers: str) -> Reply:
        """A request with the practice's secret key; `params` as form body or query."""
        encoded = form(params or {})
        auth = {"Authorization": f"Bearer {self.key}"}
        if method == "POST":
            content = {"Content-Type": "application/x-www-form-urlencoded"}
            return send("POST", self.server.origin + path, encoded, **(auth | content | headers))
        query = f"?{encoded.decode()}" if params else ""
        return send(method, self.server.origin + path + query, None, **(auth | headers))

    def post(self, path: str, params: Json | None = None, **headers: str) -> Reply:
        return self.api("POST", path, params, **headers)

    def get(self, path: str, params: Json | None = None, **headers: str) -> Reply:
        return self.api("GET", path, params, **headers)

    def made(self, path: str, params: Json | None = None) -> Json:
        """The object a POST made; fails when it was refused."""
        reply = self.post(path, params)
        assert reply.status == 200, reply.json
        return reply.json

    def browser(self, path: str, fields: Json) -> Reply:
        """A form from a browser: no key of the API."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return send("POST", self.server.origin + path, form(fields), **headers)

    def client_call(self, action: str, **fields: str) -> Reply:
        """What stripe.js asks of the stand-in."""
        return self.browser(f"/client/{action}", {"key": self.publishable_key} | fields)

    def control(self, method: str, path: str, body: Json | None = None) -> Json:
        reply = send(method, f"{self.server.origin}/_control/{path}", json.dumps(body or {}).encode())
        assert reply.status == 200, reply.body
        return reply.json

    # --- short ways to what most tests need

    def customer(self, **params: Any) -> str:
        return str(self.made("/v1/customers", params)["id"])

    def paid(self, **params: Any) -> Json:
        """A PaymentIntent of 20 dollars, paid with the card that works unless told otherwise."""
        return self.made("/v1/payment_intents", pay(**params))

    def session(self, **params: Any) -> Json:
        return self.made("/v1/checkout/sessions", checkout(**params))

    def saved_card(self, customer: str, card: str = "pm_card_visa") -> str:
        return str(self.made(f"/v1/payment_methods/{card}/attach", {"customer": customer})["id"])


def pay(**params: Any) -> Json:
    common = {"amount": 2000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    return {**common, "payment_method_types": ["card"], **params}


def line(amount: int = 5000, currency: str = "usd", **more: Any) -> Json:
    product = {"name": "Professional services"}
    return {"price_data": {"currency": currency, "unit_amount": amount, "product_data": product}, **more}


def checkout(**params: Any) -> Json:
    """A session of 50 dollars with the URLs its ui_mode wants. None leaves a parameter out."""
    elements = params.get("ui_mode") == "elements"
    urls = {"return_url": "http://localhost:1/back"} if elements else {"success_url": "http://localhost:1/ok"}
    whole = {"mode": "payment", "line_items": [line()], **urls, **params}
    return {name: value for name, value in whole.items() if value is not None}


CARD = {
    "number": "4242424242424242",
    "expiry": "12/40",
    "cvc": "123",
    "zip": "02139",
    "email": "payer@example.org",
}


BANK = {
    "type": "us_bank_account",
    "holder": "Alex Example",
    "routing_number": "110000000",
    "account_number": "000123456789",
    "email": "payer@example.org",
}


def bank(number: str, **more: str) -> Json:
    """The fields of the hosted page and of the Payment Element's frame, for a bank account."""
    return BANK | {"account_number": number} | more


def debit(**params: Any) -> Json:
    """A PaymentIntent of 20 dollars from the bank account that works, with the payer's mandate."""
    mandate = {"customer_acceptance": {"type": "offline"}}
    common = {"payment_method": "pm_usBankAccount_success", "mandate_data": mandate}
    return pay(**{**common, "payment_method_types": ["us_bank_account"], **params})


def card(number: str, **more: str) -> Json:
    """The fields of the hosted page and of the Payment Element's frame."""
    return CARD | {"number": number} | more


@contextmanager
def running(state: Path | str = ":memory:", *, debit_seconds: float = 60) -> Iterator[Server]:
    """A stand-in in this process, on a free port."""
    server = Server("127.0.0.1", 0, state, debit_seconds=debit_seconds)
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
    def types(self) -> list[str]:
        return [json.loads(body)["type"] for body, _ in self.got]

    @property
    def ids(self) -> list[str]:
        return [json.loads(body)["id"] for body, _ in self.got]

    def signed(self, place: int) -> tuple[bytes, str]:
        """The body that came there, and its signature."""
        body, headers = self.got[place]
        return body, headers["stripe-signature"]


def listening() -> AbstractContextManager[Receiver]:
    return receiving.listening(Receiver(), "/api/webhooks/demo/stripe")
