"""State machines as data: which events move what from which state to which. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

from chalicelib.domain.errors import Refused

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


class Transition(NamedTuple, Generic[S, E]):
    source: S
    event: E
    target: S


@dataclass(frozen=True, slots=True)
class Machine(Generic[S, E]):
    """What a processor's news does to something that it alone decides on.

    `states` begin with the one in which nothing is in the ledger yet, and later ones outrank earlier ones.
    `refused` holds the pairs that contradict what is posted, each with its error code. Every other pair
    that is in no transition is no news: heard before, overtaken, or nothing that moves money.
    """

    states: tuple[S, ...]
    transitions: tuple[Transition[S, E], ...]
    refused: Mapping[tuple[S, E], str] = field(default_factory=dict)

    def after(self, state: S, event: E) -> S | None:
        """The next state, or None if the event is no news. Error: what `refused` says of the pair."""
        code = self.refused.get((state, event))
        if code is not None:
            raise Refused(code, state=state.value, event=event.value)
        found = (t.target for t in self.transitions if (t.source, t.event) == (state, event))
        return next(found, None)

    def state(self, stands: Callable[[S], bool]) -> S:
        """Where it is, when `stands` tells of each later state whether its marker is there."""
        first, *later = self.states
        return next((state for state in reversed(later) if stands(state)), first)
