"""The background thread: does the jobs that are due (fees, refunds, disputes, expiry), delivers events."""

import logging
import threading
from collections.abc import Callable

from sandbox.standin.clock import now
from sandbox.standin.delivery import Deliverer
from sandbox.standin.store import Store
from sandbox.stripe.journal import Journal
from sandbox.stripe.objects import charges, checkout_sessions, debit_outcomes, deposit_outcomes, refunds
from sandbox.stripe.scope import Scope

log = logging.getLogger("sandbox.stripe")

JOBS: dict[str, Callable[[Scope, str], object]] = {
    "settle_charge": charges.settle_later,
    "settle_debit": debit_outcomes.settle_later,
    "deposit_expires": deposit_outcomes.expire_later,
    "deposit_fails": deposit_outcomes.fail_later,
    "refund_fails_later": refunds.fail_later,
    "refund_pending": refunds.succeed_later,
    "expire_session": checkout_sessions.expire_later,
}
POLL_SECONDS = 0.1


class Worker:
    """Start and stop the thread; `wake` makes it look at once."""

    def __init__(self, store: Store, origin: str, deliverer: Deliverer, journal: Journal) -> None:
        self._store = store
        self._origin = origin
        self._deliverer = deliverer
        self._journal = journal
        self._woken = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="stripe-worker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._woken.set()
        self._thread.join(timeout=15)

    def wake(self) -> None:
        self._woken.set()

    def _work(self) -> None:
        while not self._stopping:
            self._woken.wait(POLL_SECONDS)
            self._woken.clear()
            try:
                self._journal.save()
                run_jobs(self._store, self._origin)
                for ident in self._deliverer.due():
                    if not self._stopping:
                        self._deliverer.deliver(ident)
            except Exception:
                log.exception("the stand-in's background work failed; going on")


def run_jobs(store: Store, origin: str) -> None:
    """Do what is due: each job in one transaction with its removal, so a kill loses and doubles nothing."""
    for row in store.rows("SELECT * FROM jobs WHERE due <= ? ORDER BY due, id", now(store)):
        with store.transaction():
            if store.run("DELETE FROM jobs WHERE id = ?", row["id"]).rowcount:
                JOBS[row["kind"]](Scope(store, row["account"], origin), row["subject"])
