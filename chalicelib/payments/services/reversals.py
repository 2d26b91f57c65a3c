"""Captured money that its processor says was taken back: none of it is refunded before it shows how much.

What shows it, a dispute's row, ends that (after_capture_entries.py); or somebody who has looked there.
"""

from dataclasses import dataclass, replace

from chalicelib.kernel.instants import instant
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.ledger.services.recording import Seen, record_payment
from chalicelib.payments.ports.processors import Facts
from chalicelib.payments.services.movements import MarkedMovements


@dataclass(frozen=True)
class Reversals:
    movements: MarkedMovements

    def heard(self, practice: str, facts: Facts) -> None:
        """Once what the facts show is posted. Safe to repeat. Error: Busy."""
        if not facts.reversed or _shown(facts):
            return

        def decide(held: Seen) -> Change | None:
            payment, account = held.existing, held.account
            if payment.reversal_heard_at:
                return None
            now = instant(self.movements.clock.now())
            after = replace(payment, reversal_heard_at=now, version=payment.version + 1)
            return Change(account, account, payment=after, alone=True)

        ref = facts.ref(practice)
        record_payment(self.movements.ledgers, self.movements.clock, ref, facts.payment_id, decide)


def _shown(facts: Facts) -> bool:
    return any(row.amount_minor < 0 for dispute in facts.disputes for row in dispute.movements)
