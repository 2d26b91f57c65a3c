"""What the control API of every stand-in may do: the clock, webhooks, faults, and what was told."""

import random
from collections.abc import Callable
from typing import TypeAlias

from sandbox.standin import clock, delivery, faults
from sandbox.standin.clock import now
from sandbox.standin.delivery import POLICY, Deliverer
from sandbox.standin.exchange import Json
from sandbox.standin.journal import Journal
from sandbox.standin.store import Store
from sandbox.standin.worker import Worker

Action: TypeAlias = Callable[[Json], Json]


class SharedControl:
    """Actions by method and path under /_control/; each answers what there is to see of its effect."""

    def __init__(self, store: Store, deliverer: Deliverer, journal: Journal, worker: Worker) -> None:
        self._store = store
        self._deliverer = deliverer
        self._journal = journal
        self._worker = worker

    def actions(self) -> dict[tuple[str, str], Action]:
        return {
            ("GET", "clock"): lambda _: {"now": now(self._store)},
            ("POST", "clock"): self._advance,
            ("GET", "webhooks"): lambda _: self._webhooks(),
            ("POST", "webhooks"): self._set_policy,
            ("POST", "webhooks/flush"): self._flush,
            ("POST", "webhooks/retry"): self._retry,
            ("POST", "webhooks/resend"): self._resend,
            ("POST", "faults"): self._plant,
            ("DELETE", "faults"): self._clear_faults,
            ("GET", "requests"): lambda _: {"data": self._journal.entries()},
            ("DELETE", "requests"): self._forget_requests,
        }

    def _advance(self, body: Json) -> Json:
        """{"advance_seconds": n}: jobs that come due are done before this answers."""
        with self._store.transaction():
            clock.advance(self._store, float(body["advance_seconds"]))
        self._worker.run_jobs()
        self._worker.wake()
        return {"now": now(self._store)}

    def _webhooks(self) -> Json:
        return {
            "policy": POLICY | self._store.setting("webhooks", {}),
            "deliveries": delivery.listed(self._store),
        }

    def _set_policy(self, body: Json) -> Json:
        """Any of drop, hold, duplicate, delay_seconds; for events from now on; {} is normal again."""
        unknown = body.keys() - POLICY.keys()
        if unknown:
            raise ValueError(f"unknown: {sorted(unknown)}")
        self._store.set_setting("webhooks", body)
        return POLICY | body

    def _flush(self, body: Json) -> Json:
        """Deliver all pending and held events now, in the order as_sent, reverse or shuffle (with a seed)."""
        states = ("pending", "held", "dropped") if body.get("dropped") else ("pending", "held")
        rows = self._store.rows("SELECT id, state FROM deliveries ORDER BY id")
        ids = [row["id"] for row in rows if row["state"] in states]
        order = body.get("order", "as_sent")
        if order == "reverse":
            ids.reverse()
        elif order == "shuffle":
            random.Random(body["seed"]).shuffle(ids)  # noqa: S311 - a test's shuffle, replayed from its seed
        elif order != "as_sent":
            raise ValueError(f"order: {order}")
        for ident in ids:
            self._store.run(
                "UPDATE deliveries SET state = 'pending' WHERE id = ? AND state = 'dropped'", ident
            )
        return {"delivered": [{"id": ident, "state": self._deliverer.deliver(ident)} for ident in ids]}

    def _retry(self, body: Json) -> Json:
        """Have everything that waits for its back-off tried again at once."""
        count = self._store.run("UPDATE deliveries SET due = 0 WHERE state = 'pending'").rowcount
        self._worker.wake()
        return {"due": count}

    def _resend(self, body: Json) -> Json:
        """{"event": "evt_…"}: send an event again to each endpoint that had it, as the dashboard's Resend."""
        count = self._store.run(
            "INSERT INTO deliveries (account, event, endpoint, due, state) "
            "SELECT DISTINCT account, event, endpoint, 0, 'pending' FROM deliveries WHERE event = ?",
            body["event"],
        ).rowcount
        self._worker.wake()
        return {"queued": count}

    def _plant(self, body: Json) -> Json:
        faults.plant(self._store, faults.Fault(**body))
        return body

    def _clear_faults(self, body: Json) -> Json:
        faults.clear(self._store, method=str(body.get("method", "")))
        return {}

    def _forget_requests(self, body: Json) -> Json:
        self._journal.forget()
        return {}
