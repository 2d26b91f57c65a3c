"""What comes due later: fees, refunds, disputes, debits, expiry."""

import sqlite3
from collections.abc import Callable

from sandbox.standin.store import Store
from sandbox.stripe.objects import charges, checkout_sessions, debit_outcomes, deposit_outcomes, refunds
from sandbox.stripe.scope import Scope

JOBS: dict[str, Callable[[Scope, str], object]] = {
    "settle_charge": charges.settle_later,
    "settle_debit": debit_outcomes.settle_later,
    "deposit_expires": deposit_outcomes.expire_later,
    "deposit_fails": deposit_outcomes.fail_later,
    "refund_fails_later": refunds.fail_later,
    "refund_pending": refunds.succeed_later,
    "expire_session": checkout_sessions.expire_later,
}


def doer(store: Store, origin: str) -> Callable[[sqlite3.Row], None]:
    def do(row: sqlite3.Row) -> None:
        JOBS[row["kind"]](Scope(store, row["account"], origin), row["subject"])

    return do
