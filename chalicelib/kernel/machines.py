"""State machines as data: which events move what from which state to which. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


class Transition(NamedTuple, Generic[S, E]):
    source: S
    event: E
    target: S


@dataclass(frozen=True, slots=True)
class Machine(Generic[S, E]):
    """What a processor's news does to something that it alone decides on.

    A pair that is in no transition is no news: heard before, overtaken, or nothing that moves money.
    """

    states: tuple[S, ...]
    transitions: tuple[Transition[S, E], ...]

    def after(self, state: S, event: E) -> S | None:
        """The next state, or None if the event is no news."""
        found = (t.target for t in self.transitions if (t.source, t.event) == (state, event))
        return next(found, None)
