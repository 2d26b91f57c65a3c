"""What a request handler works with: one account's objects, the clock, and the events it causes."""

import hashlib
import json
import secrets
import string
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.paypal.errors import refuse
from sandbox.standin import delivery
from sandbox.standin.clock import now
from sandbox.standin.exchange import Json
from sandbox.standin.store import Store

_ID = string.ascii_uppercase + string.digits
_ACCOUNT = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_id(length: int = 17) -> str:
    return "".join(secrets.choice(_ID) for _ in range(length))


def account_id(text: str) -> str:
    """PayPal's number of an account: 13 characters, the same for the same text."""
    digest = int.from_bytes(hashlib.sha256(text.encode()).digest())
    return "".join(_ACCOUNT[digest >> 5 * place & 31] for place in range(13))


@dataclass
class Scope:
    """One request (or job) of one account. All of it runs inside one transaction of the store.

    `request_id` is its PayPal-Request-Id, `raw` its body as it came.
    """

    store: Store
    account: str
    origin: str
    request_id: str = ""
    raw: str = ""

    @property
    def now(self) -> float:
        return now(self.store)

    @property
    def time(self) -> str:
        """This instant as PayPal writes it."""
        return written(self.now)

    @property
    def merchant_id(self) -> str:
        return account_id(f"merchant {self.account}")

    def setting(self, name: str, default: object) -> object:
        """What the control API has set for this account."""
        return self.store.setting(f"{name}:{self.account}", default)

    def set_setting(self, name: str, value: object) -> None:
        self.store.set_setting(f"{name}:{self.account}", value)

    def link(self, path: str, rel: str = "self", method: str = "GET") -> Json:
        return {"href": self.origin + path, "rel": rel, "method": method}

    def save(self, kind: str, ident: str, shown: Json, private: Json | None = None) -> Json:
        """Keep what is shown of an object and, when given, what is not."""
        body = {"object": kind, "id": ident, "created": int(self.now), "shown": shown}
        self.store.save(self.account, body, private)
        return shown

    def find(self, kind: str, ident: str) -> Json | None:
        found = self.store.load(self.account, kind, ident)
        return found[0]["shown"] if found else None

    def private(self, kind: str, ident: str) -> Json:
        found = self.store.load(self.account, kind, ident)
        return found[1] if found else {}

    def require(self, kind: str, ident: str) -> Json:
        """The object; another account's is answered like an absent one. Error: resource_missing."""
        found = self.find(kind, ident)
        if found is None:
            raise refuse("resource_missing", thing=kind)
        return found

    def every(self, kind: str, **private: str) -> list[Json]:
        """Objects of a kind, oldest first: all, or those whose private fields are so."""
        sql = "SELECT body FROM objects WHERE account = ? AND type = ?"
        sql += "".join(f" AND json_extract(private, '$.{name}') = ?" for name in private)
        rows = self.store.rows(f"{sql} ORDER BY seq", self.account, kind, *private.values())
        return [json.loads(row["body"])["shown"] for row in rows]

    def later(self, seconds: float, kind: str, subject: str) -> None:
        """Have a job done once the stand-in's clock has moved on by `seconds`."""
        self.store.run(
            "INSERT INTO jobs (account, due, kind, subject) VALUES (?, ?, ?, ?)",
            self.account, self.now + seconds, kind, subject,
        )  # fmt: skip

    def emit(self, event_type: str, resource_type: str, resource: Json) -> Json:
        """Record an event about `resource` as it is now, and queue it for each webhook that asked for it."""
        ident = f"WH-{new_id()}-{new_id()}"
        path = f"/v1/notifications/webhooks-events/{ident}"
        event = {
            "id": ident,
            "event_version": "1.0",
            "create_time": self.time,
            "resource_type": resource_type,
            "resource_version": "2.0",
            "event_type": event_type,
            "summary": event_type.lower().replace(".", " "),
            "resource": resource,
            "links": [self.link(path), self.link(f"{path}/resend", "resend", "POST")],
        }
        kept = {"object": "event", "id": ident, "created": int(self.now), "type": event_type, "shown": event}
        self.store.save(self.account, kept)
        for webhook in self.every("webhook"):
            if {"*", event_type} & {each["name"] for each in webhook["event_types"]}:
                delivery.queue(self.store, self.account, event=ident, endpoint=webhook["id"])
        return event


def written(instant: float) -> str:
    return datetime.fromtimestamp(int(instant), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant(text: str) -> float:
    return datetime.fromisoformat(text.upper().replace("Z", "+00:00")).timestamp()
