"""The whole app in one process: real adapters on moto, a processor in memory, Chalice's own test client."""

import json
from dataclasses import dataclass, replace
from typing import Any

from chalice.test import Client as ChaliceClient

from chalicelib import bootstrap
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.services.posting import ChargeFacts, Posting
from chalicelib.payments.services.turns import Turn
from chalicelib.practice.domain.practices import Client, Grant, Person, Practice
from chalicelib.practice.services.address_hashes import address_hash, person_at
from chalicelib.settings import Settings
from sandbox.resources import Resources
from tests.support.clock import FakeClock
from tests.support.mail import FakeAccount
from tests.support.practice import PRACTICE
from tests.support.processor import FakeProcessor, OneProcessor
from tests.support.queue import FakeQueue, InlineQueue
from tests.support.saving import put_client, put_person, put_practice

ORIGIN = "http://localhost:8000"


def settings_for(names: Resources) -> Settings:
    queue = "https://sqs.us-east-1.amazonaws.com/123456789012/"
    return Settings(
        stage="test", table=names.table, bucket=names.bucket, region="us-east-1",
        anchors_bucket=names.anchors_bucket,
        settle_queue_url=queue + names.settle_queue, documents_queue_url=queue + names.documents_queue,
        issue_queue_url=queue + names.issue_queue, delivery_queue_url=queue + names.delivery_queue,
        catch_up_queue_url=queue + names.catch_up_queue,
        public_url=ORIGIN, mail_from=names.mail_from, secrets_prefix=names.secrets_prefix,
        stripe_api="http://127.0.0.1:9", stripe_js="http://127.0.0.1:9/stripe.js", default_practice="",
    )  # fmt: skip


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: dict[str, str]

    @property
    def code(self) -> str:
        return str(self.body["code"])


class World:
    """`api` speaks HTTP; `app` is what answers; `processor`, `clock` and the queues are a test's to play."""

    def __init__(self, names: Resources) -> None:
        self.app = bootstrap.App(settings_for(names))
        self.clock = self.app.clock = FakeClock()
        self.app.mail_account = FakeAccount()
        self.processor = FakeProcessor()
        self.app.processors = OneProcessor(self.processor)
        self.settle_queue = self.app.settle_queue = FakeQueue()
        self.documents_queue = self.app.documents_queue = FakeQueue()
        self.issue_queue = self.app.issue_queue = FakeQueue()
        self.delivery_queue = self.app.delivery_queue = FakeQueue()
        self.app.catch_up_queue = InlineQueue(lambda message: self.app.turns.take(Turn.parse(message)))
        bootstrap.use(self.app)
        self.post = Posting(self.app.ledgers, self.clock)
        self.practice(PRACTICE)
        from app import app as chalice_app

        self._http = ChaliceClient(chalice_app).http

    def practice(self, practice: Practice) -> None:
        put_practice(self.app.practices, practice)

    def person(self, email: str, *accounts: str, practice: str = PRACTICE.id, relation: str = "self") -> str:
        """Somebody with these accounts (made where absent); the cookie of a new session."""
        for account_id in accounts:
            self.post.open_account(AccountRef(practice, account_id), "USD", external_id=account_id)
            put_client(self.app.people, practice, Client(account_id, account_id, account_id, email, "en"))
        grants = tuple(Grant(account_id, f"Client {account_id}", relation, True) for account_id in accounts)
        known = person_at(self.app.people, self.app.keys, practice, email)
        hashed = address_hash(self.app.keys, practice, email)
        person = Person(known.id if known else self.app.chance.id(), email, "en", grants, (hashed,))
        put_person(self.app.people, practice, person)
        started = self.app.sessions.start(practice, person, replaces=None)
        return f"{self.app.sessions.cookie_name}={started.cookie}"

    def charge(self, account_id: str, external_id: str, client_minor: int, **facts: Any) -> str:
        """Post a fee of Ada's on 2026-03-01; the charge's id."""
        from chalicelib.ledger.services.posting import own_id

        practice = facts.pop("practice", PRACTICE.id)
        made = ChargeFacts(external_id, "2026-03-01", "Individual session", "ada", client_minor)
        self.post.charge(AccountRef(practice, account_id), replace(made, **facts))
        return own_id(practice, "charge", external_id)

    def call(
        self, method: str, path: str, body: object = None, *, cookie: str = "",
        headers: dict[str, str] | None = None,
    ) -> Answer:  # fmt: skip
        sent = {
            "Content-Type": "application/json",
            "Billfold-Request": "1",
            "Origin": ORIGIN,
            "Cookie": cookie,
        }
        raw = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        merged = {name: value for name, value in {**sent, **(headers or {})}.items() if value}
        answer = self._http.request(method, path, headers=merged, body=raw)
        text = answer.body.decode()
        return Answer(answer.status_code, json.loads(text) if text else None, answer.headers)

    def quote(self, account_id: str, cookie: str, **scope: Any) -> Answer:
        return self.call("POST", f"/accounts/{account_id}/quotes", {"scope": scope}, cookie=cookie)

    def pay(self, account_id: str, cookie: str, key: str, **scope: Any) -> Answer:
        """Quote and start a payment of that scope with that Idempotency-Key."""
        offered = self.quote(account_id, cookie, **scope).body
        body = {"scope": scope, "quote": offered["quote"], "amount_minor": offered["amount_minor"]}
        return self.start(account_id, cookie, key, body)

    def start(self, account_id: str, cookie: str, key: str, body: dict[str, Any]) -> Answer:
        headers = {"Idempotency-Key": key} if key else {}
        return self.call("POST", f"/accounts/{account_id}/payments", body, cookie=cookie, headers=headers)

    def billing(self, account_id: str, cookie: str) -> Any:
        return self.call("GET", f"/accounts/{account_id}/billing", cookie=cookie).body
