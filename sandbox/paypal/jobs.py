"""What comes due later: pending captures that end, approvals that nobody used."""

import sqlite3
from collections.abc import Callable

from sandbox.paypal.objects import captures, orders
from sandbox.paypal.scope import Scope
from sandbox.standin.store import Store

JOBS: dict[str, Callable[[Scope, str], object]] = {
    "capture_ends": captures.end_later,
    "approval_lapses": orders.lapse_later,
}


def doer(store: Store, origin: str) -> Callable[[sqlite3.Row], None]:
    def do(row: sqlite3.Row) -> None:
        JOBS[row["kind"]](Scope(store, row["account"], origin), row["subject"])

    return do
