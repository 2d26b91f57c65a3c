"""Every processor that the product can speak to, with what a payer and time do there."""

import json
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import ProcessorMissing
from chalicelib.payments.domain.abilities import Flow
from chalicelib.payments.ports.processors import (
    Attempt,
    Charged,
    Facts,
    ObjectKind,
    Opened,
    Processor,
    Redirect,
    Reference,
    SavedMethod,
)
from chalicelib.payments.processors.paypal.client import PayPalProcessor
from chalicelib.payments.processors.paypal.environments import stand_in
from sandbox.paypal import signing
from sandbox.paypal.server import Server as PayPalServer
from sandbox.stripe.delivery import signature
from tests.contract.harness import Practice
from tests.contract.paypal import harness as paypal
from tests.contract.test_adapter import adapter
from tests.support.clock import FakeClock
from tests.support.orders import PAYER_ACTION, Orders
from tests.support.processor import secret_of
from tests.support.waiting import wait_until

Signed = tuple[dict[str, str], bytes]
_CARDS = {
    "good": "pm_card_visa",
    "declined": "pm_card_chargeCustomerFail",
    "payer_needed": "pm_card_authenticationRequired",
}
_CODES = {"good": "", "declined": "INSTRUMENT_DECLINED", "payer_needed": PAYER_ACTION}
PAYMENT, ACCOUNT = "0b8f1c1e-0000-4000-8000-000000000001", "acct"


class House(ABC):
    processor: Processor

    @abstractmethod
    def now(self) -> datetime: ...

    @abstractmethod
    def later(self, wait: timedelta) -> None: ...

    @abstractmethod
    def pay(self, opened: Opened) -> None:
        """The payer does all that they have to."""

    @abstractmethod
    def news(self, opened: Opened) -> Signed:
        """Headers and body of what the processor sends when the payer has done that."""

    @abstractmethod
    def silence(self) -> None:
        """The next call has its effect, and no answer."""

    @abstractmethod
    def saved(self, kind: str) -> SavedMethod:
        """A method that a payer has saved: "good", "declined", or "payer_needed"."""

    @abstractmethod
    def go_on(self, charged: Charged) -> None:
        """The payer does what the charge of their method waits for."""

    @property
    def flow(self) -> Flow:
        """Where this house's payer can be played."""
        flows = self.processor.abilities.flows
        return Flow.INLINE if Flow.INLINE in flows else flows[0]

    def attempt(
        self, payment_id: str = PAYMENT, *, amount_minor: int = 12000, currency: str = "USD", flow: str = ""
    ) -> Attempt:
        page = f"http://localhost:8000/demo/return?payment={payment_id}"
        way, flow = self.processor.abilities.ways[0], flow or self.flow
        return Attempt(
            payment_id, ACCOUNT, amount_minor, currency, flow, (way,), "en", page, page, instant(self.now())
        )

    def session(self, opened: Opened) -> Facts:
        facts = self.processor.look(Reference(ObjectKind.SESSION, opened.session_id))
        assert facts is not None
        return facts


@dataclass
class StripeHouse(House):
    practice: Practice

    def __post_init__(self) -> None:
        self.processor = adapter(self.practice)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def later(self, wait: timedelta) -> None:
        self.practice.control("POST", "clock", {"advance_seconds": wait.total_seconds()})

    def pay(self, opened: Opened) -> None:
        card = {"payment_method": "pm_card_visa", "email": "p@example.org"}
        answer = self.practice.client_call("confirm", client_secret=secret_of(opened), **card)
        assert answer.status == 200, answer.body
        wait_until(lambda: self.session(opened).captured is not None, seconds=10)

    def saved(self, kind: str) -> SavedMethod:
        # To charge is a right that connecting does not ask for yet.
        self.processor = adapter(self.practice, self.practice.key)
        customer = self.practice.customer()
        return SavedMethod(self.practice.saved_card(customer, _CARDS[kind]), customer)

    def go_on(self, charged: Charged) -> None:
        assert isinstance(charged.next, Redirect)
        path = charged.next.url.removeprefix(self.practice.server.origin)
        assert self.practice.browser(path, {"outcome": "complete"}).status < 400

    def news(self, opened: Opened) -> Signed:
        session = {"object": "checkout.session", "id": opened.session_id}
        event = {"id": "evt_1", "type": "checkout.session.completed", "data": {"object": session}}
        raw = json.dumps(event).encode()
        return {"stripe-signature": signature(raw, ["whsec_x"], int(time.time()))}, raw

    def silence(self) -> None:
        self.practice.control("POST", "faults", {"kind": "cut", "when": "after", "count": 1, "bytes": 1})


WEBHOOK = "1JE4291016473214C"


class PayPalHouse(House):
    """Our own PayPal adapter at a stand-in, and the stand-in's clock."""

    def __init__(self, server: PayPalServer, name: str = "demo") -> None:
        self.server, self.practice = server, paypal.Practice(server, name)
        self.practice.control("reporting", {"late_seconds": 0})
        self.ahead = timedelta()
        client, secret = self.practice.app()
        pem = self.practice.control("authority", method="GET")["pem"]
        self.processor = self.paypal = PayPalProcessor(
            client_id=client,
            secret=secret,
            webhook_id=WEBHOOK,
            environment=stand_in(server.origin, pem),
            now=self.now,
        )

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def later(self, wait: timedelta) -> None:
        self.ahead += wait
        self.practice.advance(wait.total_seconds())

    def pay(self, opened: Opened, email: str = "buyer@example.org") -> None:
        self.practice.control("orders/approve", {"order": opened.session_id, "email": email})

    def news(self, opened: Opened) -> Signed:
        event = {"id": "WH-1", "event_type": "CHECKOUT.ORDER.APPROVED", "resource": {"id": opened.session_id}}
        return self.signed(json.dumps(event).encode())

    def signed(self, raw: bytes) -> Signed:
        """Headers and body of a message that the stand-in signed."""
        told = signing.headers(self.server.sandbox.store, self.server.origin, raw, WEBHOOK)
        return {name.lower(): value for name, value in told.items()}, raw

    def silence(self) -> None:
        with suppress(ProcessorMissing):  # the next call is not the one for a token
            self.processor.look(Reference(ObjectKind.SESSION, "NONE"))
        self.practice.control("faults", {"kind": "cut", "when": "after", "count": 1, "bytes": 1})

    def saved(self, kind: str) -> SavedMethod:
        raise NotImplementedError

    def go_on(self, charged: Charged) -> None:
        raise NotImplementedError


class OrdersHouse(House):
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.processor = self.orders = Orders(self.clock)

    def now(self) -> datetime:
        return self.clock.now()

    def later(self, wait: timedelta) -> None:
        self.clock.at += wait

    def pay(self, opened: Opened) -> None:
        self.orders.approve(opened.session_id)

    def saved(self, kind: str) -> SavedMethod:
        method = SavedMethod(f"V-{kind}", f"payer of {kind}")
        self.orders.vault[method] = _CODES[kind]
        return method

    def go_on(self, charged: Charged) -> None:
        self.orders.approve(charged.facts.session_id)
        self.orders.complete(charged.facts.session_id)

    def news(self, opened: Opened) -> Signed:
        raw = f"WH-1 CHECKOUT.ORDER.APPROVED {opened.session_id}".encode()
        return {"paypal-transmission-sig": "good"}, raw

    def silence(self) -> None:
        self.orders.silent = ["after"]
