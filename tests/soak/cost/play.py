"""What is played: each operation as browser, Stripe and clock bring it about, with the meter running."""

import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unittest import mock

from chalicelib.entrypoints import jobs
from chalicelib.payments.ports import connections
from chalicelib.payments.ports.processors import Changes
from chalicelib.words.consents import SAVING_VERSION
from tests.conftest import TEST_RESOURCES
from tests.soak.cost.meter import Meter
from tests.soak.cost.wire import on_the_wire
from tests.soak.news import NewsList
from tests.support.anchors import MemoryAnchors
from tests.support.api import World
from tests.support.cloud import Cloud, Record
from tests.support.payers import SavingProcessor
from tests.support.practice import PRACTICE
from tests.support.processor import OneProcessor
from tests.support.references import named

CODE = r"(?<=    )[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b"
# What Stripe tells of a card's payment, where an endpoint asks for it, and the object of each event.
EVENTS = {
    "checkout.session.completed": "cs_{key}",
    "payment_intent.succeeded": "pi_{key}",
    "charge.updated": "pi_{key}",
}
QUEUES = ("settle_queue", "documents_queue", "issue_queue", "delivery_queue", "catch_up_queue")
BATCHES = {"settle": 10, "documents": 5, "issue": 10, "delivery": 1, "catch_up": 1}
COMPUTING = "computing GB-seconds"
PREFIX = "https://sqs.us-east-1.amazonaws.com/123456789012/billfold-test-"


@dataclass(frozen=True)
class Played:
    """What it was billed for, by the names of prices.py; the calls behind it; and GB-seconds of computing, of
    each call of a function."""

    counts: dict[str, float]
    calls: dict[str, float]
    computing: dict[str, list[float]]


class Letters(Cloud):
    """It keeps what is mailed."""

    def __init__(self) -> None:
        super().__init__(keep=len)
        self.letters: list[str] = []

    def _SendEmail(self, asked: Any) -> dict[str, Any]:
        self.letters.append(str(asked["Content"]))
        return super()._SendEmail(asked)


class Play:
    """One practice whose clients pay. `world` is the whole app, with its own adapters of AWS."""

    def __init__(self) -> None:
        self.cloud = Letters()
        self.meter = Meter(self.cloud)
        self._asked = 0

    @contextmanager
    def running(self) -> Iterator["Play"]:
        with on_the_wire(self.meter.answer):
            self.world = World(TEST_RESOURCES)
            self.app = self.world.app
            self.processor = self.world.processor = SavingProcessor()
            self.app.processors = OneProcessor(self.processor)
            for name in QUEUES:
                self.app.__dict__.pop(name, None)  # the real ones
            self.app.__dict__["anchors"] = MemoryAnchors()
            self.events = NewsList(random.Random(1), self.world.clock.now)
            self.events.prompt = True
            self.world.processor.__dict__["changes"] = self._changes
            self.night()
            self.clock_call("reconcile", jobs.reconcile)
            yield self

    def _changes(self, *, since: datetime, cursor: str) -> Changes:
        """Stripe's list, by the clock: the fake's own has everything that ever happened."""
        self.world.processor.calls.append(("changes", cursor))
        return self.events.page(since, cursor)

    # --- with the meter ---------------------------------------------------------------------------

    def played(self, what: Callable[[], object]) -> Played:
        self.meter.counts.clear()
        self.meter.calls.clear()
        self.meter.computing = {}
        what()
        counts = {**self.meter.counts, COMPUTING: sum(map(sum, self.meter.computing.values()))}
        return Played(counts, dict(self.meter.calls), self.meter.computing)

    @contextmanager
    def function(self, name: str) -> Iterator[None]:
        said = self.world.processor.calls
        self._asked = len(said)
        with self.meter.function(name):
            yield
            self.meter.stripe(len(said) - self._asked)

    def http(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        self.meter.counts["gateway requests"] += 1
        with self.function("api_handler"):
            answer = self.world.call(method, path, body, **more)
        assert answer.status < 400, (path, answer.body)
        return answer

    def clock_call(self, name: str, job: Callable[[], object]) -> None:
        with self.function(name):
            job()
        self.work_off()

    def work_off(self, *only: str) -> None:
        """What the queues' functions do until their queues are empty; receiving and deleting are requests."""
        queues = self.cloud.queues
        while found := [url for url in queues if queues[url] and (not only or _function(url) in only)]:
            for url in found:
                function = _function(url)
                taken = queues[url][: BATCHES[function]]
                queues[url][: len(taken)] = []
                self.meter.counts["queue requests"] += 2
                with self.function(function):
                    done = getattr(jobs, function)([Record(n, body) for n, body in enumerate(taken)])
                assert done == {"batchItemFailures": []}, function

    # --- what happens -----------------------------------------------------------------------------

    def client(self, name: str, services: int = 3) -> str:
        """Somebody who owes for so many; their cookie."""
        cookie = self.world.person(f"{name}@example.test", name)
        for number in range(services):
            about = {"service": f"Session {number}", "cpt": "90837"}
            self.world.charge(name, f"{name}-{number}", 12000, **about)
        return cookie

    def sign_in(self, email: str) -> None:
        about = {"practice": PRACTICE.id}
        asked = self.http("POST", "/sign-in/codes", {**about, "email": email})
        self.work_off()
        code = re.search(CODE, self.cloud.letters[-1])
        assert code, self.cloud.letters[-1]
        cookie = "; ".join(each.partition(";")[0] for each in asked.headers["Set-Cookie"])
        self.http("POST", "/sign-in/sessions", {**about, "code": code[0]}, cookie=cookie)

    def billing(self, name: str, cookie: str) -> None:
        """What the page asks for as it opens."""
        self.http("GET", "/session", cookie=cookie)
        self.http("GET", f"/accounts/{name}/billing", cookie=cookie)

    def start(self, name: str, cookie: str, key: str, **with_what: str) -> None:
        """`with_what`: a saved method, or something new."""
        scope = {"type": "balance"}
        offered = self.http("POST", f"/accounts/{name}/quotes", {"scope": scope}, cookie=cookie).body
        body = {"scope": scope, "quote": offered["quote"], "amount_minor": offered["amount_minor"]}
        self.http(
            "POST", f"/accounts/{name}/payments", {**body, **with_what}, cookie=cookie,
            headers={"Idempotency-Key": key},
        )  # fmt: skip

    def add_card(self, cookie: str, key: str) -> str:
        """On Payment Methods, and come back to it; our id of it."""
        wanted = {"way": "card", "consent": SAVING_VERSION}
        self.http("POST", "/set-ups", wanted, cookie=cookie, headers={"Idempotency-Key": key})
        self.processor.fill_in(f"cs_set_{key}")
        return str(self.http("POST", f"/set-ups/{key}/check", {}, cookie=cookie).body["method_id"])

    def methods(self, cookie: str) -> None:
        self.http("GET", "/methods", cookie=cookie)

    def pay(self, key: str) -> None:
        """On Stripe's page."""
        self.world.processor.take(key)
        self.events.happened(named(f"pi_{key}"))

    def webhooks(self, key: str) -> None:
        """All that Stripe tells, each settled as it comes."""
        for name, about in EVENTS.items():
            if name in connections.STRIPE_EVENTS:
                self.meter.counts["gateway requests"] += 1
                with self.function("api_handler"):
                    raw = f"evt_{key}_{name} {name} {about.format(key=key)}".encode()
                    signed = {"stripe-signature": "good"}
                    self.app.receiving.receive(PRACTICE.id, "stripe", signed, raw)
                self.work_off("settle")

    def open_statement(self, name: str, cookie: str, month: str) -> None:
        """The request finds no PDF, has it drawn, and looks again until it is there: twice in all, here. The
        browser then reads the file."""
        path = f"/accounts/{name}/documents/statement-{month}"
        self.meter.counts["gateway requests"] += 1
        self.meter.counts["files read"] += 1
        with mock.patch("chalicelib.documents.services.pdf_links._LOOKS", 1), self.function("api_handler"):
            self.world.call("GET", path, cookie=cookie)
        self.work_off("documents")

    def come_back(self, name: str, cookie: str, key: str) -> None:
        self.http("POST", f"/accounts/{name}/payments/{key}/check", {}, cookie=cookie)

    def reconcile(self, minutes: float = 5) -> None:
        self.world.clock.advance(minutes=minutes)
        self.clock_call("reconcile", jobs.reconcile)

    def night(self) -> None:
        """Both nightly jobs."""
        self.clock_call("full_pass", jobs.full_pass)
        self.clock_call("verify", jobs.verify)


def _function(queue_url: str) -> str:
    return queue_url.removeprefix(PREFIX).replace("-", "_")
