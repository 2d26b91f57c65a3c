"""The background thread: does the jobs that are due, delivers events, writes down what was noted."""

import logging
import sqlite3
import threading
from collections.abc import Callable

from sandbox.standin.clock import now
from sandbox.standin.delivery import Deliverer
from sandbox.standin.journal import Journal
from sandbox.standin.store import Store

POLL_SECONDS = 0.1


class Worker:
    """Start and stop the thread; `wake` makes it look at once; `do` does one job, a row of `jobs`."""

    def __init__(
        self,
        store: Store,
        do: Callable[[sqlite3.Row], None],
        deliverer: Deliverer,
        journal: Journal,
        name: str,
    ) -> None:
        self._store = store
        self._do = do
        self._deliverer = deliverer
        self._journal = journal
        self._log = logging.getLogger(f"sandbox.{name}")
        self._woken = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name=f"{name}-worker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._woken.set()
        self._thread.join(timeout=15)

    def wake(self) -> None:
        self._woken.set()

    def run_jobs(self) -> None:
        """Do what is due: each job in one transaction with its removal, so a kill loses none."""
        for row in self._store.rows("SELECT * FROM jobs WHERE due <= ? ORDER BY due, id", now(self._store)):
            with self._store.transaction():
                if self._store.run("DELETE FROM jobs WHERE id = ?", row["id"]).rowcount:
                    self._do(row)

    def _work(self) -> None:
        while not self._stopping:
            self._woken.wait(POLL_SECONDS)
            self._woken.clear()
            try:
                self._journal.save()
                self.run_jobs()
                for ident in self._deliverer.due():
                    if not self._stopping:
                        self._deliverer.deliver(ident)
            except Exception:
                self._log.exception("the stand-in's background work failed; going on")
