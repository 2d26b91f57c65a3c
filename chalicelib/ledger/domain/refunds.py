"""Refunds by a processor: their states as data, and what the row of one keeps. Pure.

Only chalicelib/payments/services/refund_states.py moves them.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.instants import instant
from chalicelib.kernel.machines import Machine, Transition
from chalicelib.ledger.domain.payments import Payment


class State(StrEnum):
    """Where a refund stands. ASKED: the processor may have made it, nobody has heard. PENDING: made, and its
    money has not moved. SUCCEEDED: the money went. FAILED: made, and came to nothing; money that had gone
    came back. NOT_MADE: the processor refused it, or never heard of it."""

    ASKED = "asked"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    NOT_MADE = "not_made"


class Event(StrEnum):
    """What is heard of a refund. NEVER_ARRIVED: it is not found, and the processor has forgotten its key."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUSED = "refused"
    NEVER_ARRIVED = "never_arrived"


UNDER_WAY = frozenset({State.ASKED, State.PENDING})
"""States in which the refund's amount is kept for it: nothing else of the payment can be refunded by it."""

# What a processor holds is posted, whatever was believed before: NOT_MADE gives way to it.
MACHINE = Machine(
    tuple(State),
    (
        Transition(State.ASKED, Event.PENDING, State.PENDING),
        Transition(State.ASKED, Event.SUCCEEDED, State.SUCCEEDED),
        Transition(State.ASKED, Event.FAILED, State.FAILED),
        Transition(State.ASKED, Event.REFUSED, State.NOT_MADE),
        Transition(State.ASKED, Event.NEVER_ARRIVED, State.NOT_MADE),
        Transition(State.PENDING, Event.SUCCEEDED, State.SUCCEEDED),
        Transition(State.PENDING, Event.FAILED, State.FAILED),
        Transition(State.SUCCEEDED, Event.FAILED, State.FAILED),
        Transition(State.NOT_MADE, Event.PENDING, State.PENDING),
        Transition(State.NOT_MADE, Event.SUCCEEDED, State.SUCCEEDED),
    ),
)
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What whoever asks for a refund may call it, as the command reads it."""

_PATIENCE = {State.ASKED: timedelta(), State.PENDING: timedelta(hours=6)}


@dataclass(frozen=True, slots=True)
class Refund:
    """`id` is that of whoever asked, or the processor's where it was made there; `actor` is who asked.

    Instants are UTC RFC 3339. `processor_id` is "" until the processor has named it; `entry_seq` 0 until an
    entry says that its money went.
    """

    id: str
    account_id: str
    payment_id: str
    amount_minor: int
    actor: str
    asked_at: str
    updated_at: str
    state: State = State.ASKED
    processor_id: str = ""
    entry_seq: int = 0
    version: int = 1

    def ref(self, practice: str) -> AccountRef:
        """Whose it is, in that practice."""
        return AccountRef(practice, self.account_id)

    @property
    def under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def check_at(self) -> str:
        """The instant from which nobody having heard of a refund under way is worth a look."""
        return instant(datetime.fromisoformat(self.updated_at) + _PATIENCE[self.state])


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a payment to refund, after how many refunds of it. The number tells apart two moments
    at which as much is left: a refund may have been made between them, and an earlier one have failed."""

    remainder_minor: int
    refunds: int

    @staticmethod
    def of(payment: Payment) -> "Left":
        return Left(payment.remainder_minor, payment.refund_count)


def asked(payment: Payment, refund: Refund) -> Payment:
    """The payment with that refund more, whose amount is kept for it."""
    kept_minor = payment.refunding_minor + refund.amount_minor
    return replace(payment, refunding_minor=kept_minor, refund_count=payment.refund_count + 1)


def moved(payment: Payment, refund: Refund, state: State) -> Payment:
    """The payment once that refund of it is in the other state. Error: refund_above_remainder."""
    amount_minor = refund.amount_minor
    gone = (state is State.SUCCEEDED) - (refund.state is State.SUCCEEDED)
    kept = (state in UNDER_WAY) - refund.under_way
    after = payment.refunded(gone * amount_minor)
    return replace(after, refunding_minor=after.refunding_minor + kept * amount_minor)
