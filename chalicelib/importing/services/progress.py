"""What an import is told by its caller: how to show progress, and how to do many things at once."""

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Progress(Protocol):
    """May be called from several threads."""

    def start(self, phase: str, total: int) -> None:
        """A phase begins: "checking", "writing" or "undoing". `total`: of its rows, accounts or entries."""
        ...

    def advance(self, count: int = 1) -> None: ...


class Together(Protocol):
    """`map`, perhaps on several threads. Accounts do not touch each other, so their order does not matter."""

    def __call__(self, work: Callable[[T], R], items: Iterable[T], /) -> list[R]:
        """Every result, in the order of the items; raises what the first failing item raised."""
        ...


class Silent(Progress):
    def start(self, phase: str, total: int) -> None:
        """Nobody is watching."""

    def advance(self, count: int = 1) -> None:
        """Nobody is watching."""


SILENT = Silent()


def in_turn(work: Callable[[T], R], items: Iterable[T], /) -> list[R]:
    return [work(item) for item in items]
