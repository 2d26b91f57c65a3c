"""What a request handler works with: one account's objects, the sandbox's clock, and the events it causes."""

import secrets
import string
from dataclasses import dataclass
from typing import Any

from sandbox.standin import delivery
from sandbox.standin.clock import now
from sandbox.standin.store import Store
from sandbox.stripe import API_VERSION, schema
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.rights import Rights

_ALPHABET = string.ascii_letters + string.digits

PREFIXES = {
    "balance_transaction": "txn_", "charge": "ch_", "checkout.session": "cs_test_", "customer": "cus_",
    "dispute": "du_", "event": "evt_", "item": "li_", "payment_intent": "pi_", "payment_method": "pm_",
    "price": "price_", "product": "prod_", "refund": "re_", "setup_intent": "seti_",
    "webhook_endpoint": "we_", "mandate": "mandate_", "setup_attempt": "setatt_",
    "payment_method_domain": "pmd_",
}  # fmt: skip
# What is not paid by card has these at Stripe.
DEBIT_PREFIXES = {"charge": "py_", "refund": "pyr_"}


def random_text(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


@dataclass
class Scope:
    """One request (or job) of one account. All of it runs inside one transaction of the store."""

    store: Store
    account: str
    origin: str
    request_id: str | None = None
    idempotency_key: str | None = None
    rights: Rights | None = None

    @property
    def now(self) -> int:
        return int(now(self.store))

    def new(self, kind: str, *, debit: bool = False, **values: Any) -> Json:
        """A fresh object with id, created and livemode where its schema has them; not saved yet."""
        length = 58 if kind == "checkout.session" else 24
        prefix = DEBIT_PREFIXES[kind] if debit else PREFIXES[kind]
        common = {"id": prefix + random_text(length), "created": self.now, "livemode": False}
        known = schema.document()["components"]["schemas"][kind]["properties"]
        return schema.new(kind, **{key: value for key, value in common.items() if key in known}, **values)

    def automatic_types(self) -> list[str]:
        """What the practice has switched on in its dashboard: cards, unless the control API said more."""
        found: list[str] = self.store.setting(f"types:{self.account}", ["card"])
        return found

    def save(self, body: Json, private: Json | None = None) -> Json:
        self.store.save(self.account, body, private)
        return body

    def find(self, kind: str, ident: str | None) -> Json | None:
        found = self.store.load(self.account, kind, ident) if ident else None
        return found[0] if found else None

    def private(self, kind: str, ident: str) -> Json:
        """What is kept beside an object and never shown: card behaviour, secrets."""
        found = self.store.load(self.account, kind, ident)
        return found[1] if found else {}

    def require(self, kind: str, ident: str, param: str = "id") -> Json:
        """The object, or resource_missing: another account's object is answered like an absent one."""
        found = self.find(kind, ident)
        if found is None:
            raise refuse("resource_missing", param=param, thing=kind.replace(".", " "), id=ident)
        return found

    def later(self, seconds: float, kind: str, subject: str) -> None:
        """Have a job done once the sandbox's clock has moved on by `seconds`."""
        due = now(self.store) + seconds
        self.store.run(
            "INSERT INTO jobs (account, due, kind, subject) VALUES (?, ?, ?, ?)",
            self.account,
            due,
            kind,
            subject,
        )

    def emit(self, event_type: str, body: Json, previous: Json | None = None) -> Json:
        """Record an event about `body` as it is now, and queue it for each endpoint that asked for it."""
        data: Json = {"object": body} | ({"previous_attributes": previous} if previous else {})
        request = {"id": self.request_id, "idempotency_key": self.idempotency_key}
        endpoints = self._listening(event_type)
        event = self.new(
            "event",
            api_version=API_VERSION,
            data=data,
            pending_webhooks=len(endpoints),
            request=request,
            type=event_type,
        )
        self.save(event)
        for endpoint in endpoints:
            delivery.queue(self.store, self.account, event=event["id"], endpoint=endpoint["id"])
        return event

    def _listening(self, event_type: str) -> list[Json]:
        rows = self.store.rows(
            "SELECT id FROM objects WHERE account = ? AND type = 'webhook_endpoint' ORDER BY seq",
            self.account,
        )
        endpoints = [self.require("webhook_endpoint", row["id"]) for row in rows]
        return [
            each
            for each in endpoints
            if each["status"] == "enabled" and {"*", event_type} & set(each["enabled_events"])
        ]
