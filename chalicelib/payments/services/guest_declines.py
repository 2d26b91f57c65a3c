"""A card that was declined in a guest's attempt: counted, and the attempt ended where no other may be tried.

A session of the processor's takes one card after another, and stays open: only its news tells of each.
Those of clients who are signed in are bounded by who they are.
"""

from dataclasses import dataclass, replace

from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.payments.ports.processors import Processors, Stage
from chalicelib.payments.services.guest_limits import GuestLimits
from chalicelib.payments.services.settling import Settling


@dataclass(frozen=True)
class GuestDeclines:
    processors: Processors
    settling: Settling
    limits: GuestLimits

    def heard(self, practice: str, payment: Payment, tried: str) -> None:
        """`tried` names the try. Safe to repeat. Errors: ProcessorTimeout, ProcessorRefused, Busy: it is to
        be told again."""
        if not payment.guest or self.limits.declined(practice, payment.id, tried):
            return
        if payment.state is State.AWAITING and payment.session_id:
            facts = self.processors.of(practice, payment.processor).expire(payment.session_id)
            if facts.stage is Stage.CANCELED:  # by us: its payer did not give it up
                facts = replace(facts, stage=Stage.EXPIRED)
            self.settling.settle(practice, payment.processor, facts)
