"""Refunds: their states as data. Only chalicelib/payments/services/after_capture.py moves them."""

from enum import StrEnum

from chalicelib.kernel.machines import Machine, Transition


class State(StrEnum):
    """Where a refund stands in the ledger.

    PENDING: no money has moved, whether it still may (asked for, waiting) or never will (failed or canceled
    before it moved); there is nothing to post either way. FAILED: the money had gone, and came back.
    """

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Event(StrEnum):
    """What a processor says of a refund; the words are Stripe's."""

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"
    FAILED = "failed"


MACHINE = Machine(
    tuple(State),
    (
        Transition(State.PENDING, Event.SUCCEEDED, State.SUCCEEDED),
        Transition(State.SUCCEEDED, Event.CANCELED, State.FAILED),
        Transition(State.SUCCEEDED, Event.FAILED, State.FAILED),
    ),
)


def heard(status: str) -> Event | None:
    """None for a word that no refund of ours is known to take; it moves nothing."""
    return Event(status) if status in set(Event) else None
