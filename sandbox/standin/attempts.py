"""Refusals, and doing something wholly or not at all, where a refusal may keep what was done (a decline)."""

from collections.abc import Callable
from typing import TypeVar

from sandbox.standin.exchange import Json
from sandbox.standin.store import Store

T = TypeVar("T")


class Refused(Exception):
    """A request turned down. `name` is its row in the table of refusals, `error` what the processor
    says; `keeps_effects`: what was written before stays."""

    def __init__(self, name: str, status: int, error: Json, *, keeps_effects: bool = False) -> None:
        super().__init__(error.get("message", name))
        self.name = name
        self.status = status
        self.error = error
        self.keeps_effects = keeps_effects


def attempted(store: Store, action: Callable[[], T]) -> T | Refused:
    """The action's value, or the refusal it met. Without keeps_effects, a refusal undoes everything."""
    try:
        with store.transaction():
            try:
                return action()
            except Refused as refusal:
                if not refusal.keeps_effects:
                    raise
                return refusal
    except Refused as refusal:
        return refusal
