"""Disputes over captured money: their states as data. Only chalicelib/services/aftermath.py moves them."""

from enum import StrEnum

from chalicelib.domain.states import Machine, Transition


class State(StrEnum):
    """Where a dispute stands in the ledger. NONE: not heard of. WON and LOST are for good."""

    NONE = "none"
    OPENED = "opened"
    WON = "won"
    LOST = "lost"


class Event(StrEnum):
    """How the dispute stands at the bank, as its processor tells it."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


# A dispute heard of only when it is decided is opened first: the money went and came back, or stayed away.
MACHINE = Machine(
    tuple(State),
    (
        *(Transition(State.NONE, event, State.OPENED) for event in Event),
        Transition(State.OPENED, Event.WON, State.WON),
        Transition(State.OPENED, Event.LOST, State.LOST),
    ),
    refused={(State.WON, Event.LOST): "dispute_decided", (State.LOST, Event.WON): "dispute_decided"},
)
