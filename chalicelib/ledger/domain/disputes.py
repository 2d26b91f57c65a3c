"""Disputes over captured money: their states as data. Only payments/services/after_capture.py moves them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from chalicelib.kernel.machines import Machine, Transition
from chalicelib.ledger.domain.entries import Entry, EntryKind


class State(StrEnum):
    """Where a dispute stands in the ledger. NONE: nothing of it is with the bank, not yet or not any more."""

    NONE = "none"
    OPEN = "open"
    LOST = "lost"


class Event(StrEnum):
    """A row of the processor's books that takes money, or gives the last of it back; or a bank's decision."""

    WITHDRAWN = "withdrawn"
    REINSTATED = "reinstated"
    LOST = "lost"
    WON = "won"


# Money alone begins and ends a dispute. A decision says whose loss the outstanding money is until it is back:
# the client's when it is lost, nobody's yet while it is open, or won (on appeal, too) and still to come back.
MACHINE = Machine(
    tuple(State),
    (
        Transition(State.NONE, Event.WITHDRAWN, State.OPEN),
        Transition(State.OPEN, Event.LOST, State.LOST),
        Transition(State.LOST, Event.WON, State.OPEN),
        Transition(State.OPEN, Event.REINSTATED, State.NONE),
        Transition(State.LOST, Event.REINSTATED, State.NONE),
    ),
)


@dataclass(frozen=True, slots=True)
class Dispute:
    """One of a payment's disputes as the ledger has it.

    `taken_minor`: what the bank took and has not given back. `decisions`: how many entries decided about it.
    """

    id: str
    taken_minor: int = 0
    lost: bool = False
    decisions: int = 0

    @property
    def state(self) -> State:
        if not self.taken_minor:
            return State.NONE
        return State.LOST if self.lost else State.OPEN

    def moved(self, amount_minor: int) -> "Dispute":
        """After a row of the books: below 0 the bank took that much, above it gave it back."""
        left = self.taken_minor - amount_minor
        return replace(self, taken_minor=left, lost=self.lost and left != 0)

    def decided(self) -> "Dispute":
        """After the decision that is news to it: lost, or lost no more."""
        return replace(self, lost=not self.lost, decisions=self.decisions + 1)


class Turn(StrEnum):
    """What an entry about a dispute means to whoever paid."""

    OPENED = "dispute"
    WON = "dispute_won"
    LOST = "dispute_lost"


_TURNS = {
    EntryKind.DISPUTE_WITHDRAWN: Turn.OPENED,
    EntryKind.DISPUTE_REINSTATED: Turn.WON,
    EntryKind.DISPUTE_DECIDED: Turn.LOST,
}


def turn(kind: EntryKind, effect_minor: int) -> Turn | None:
    """The turn that an entry with that effect on the balance is, None of every other entry. A decision that
    lets less be owed is the one that takes back that the dispute was lost."""
    if kind is EntryKind.DISPUTE_DECIDED and effect_minor < 0:
        return Turn.WON
    return _TURNS.get(kind)


MOVING = frozenset({EntryKind.DISPUTE_WITHDRAWN, EntryKind.DISPUTE_REINSTATED})
_ROW = "/"  # parts a dispute's name from a row's, or from the number of a decision, in an entry's reference


def reference(dispute_id: str, part: str | int) -> str:
    """What an entry about the dispute is named after: itself and a row of the books, or which decision."""
    return f"{dispute_id}{_ROW}{part}"


def subject(reference: str) -> str:
    """The dispute that an entry's reference is of; of any other entry the reference itself."""
    return reference.partition(_ROW)[0]


def fold(entries: Iterable[Entry]) -> tuple[Dispute, ...]:
    """A payment's disputes as its entries have them, by their ids."""
    found = dict[str, Dispute]()
    for entry in entries:
        kind, id_ = entry.draft.kind, subject(entry.draft.reference)
        known = found.get(id_, Dispute(id_))
        if kind in MOVING:
            found[id_] = known.moved(entry.held_minor)
        elif kind is EntryKind.DISPUTE_DECIDED:
            found[id_] = known.decided()
    return tuple(found[id_] for id_ in sorted(found))
