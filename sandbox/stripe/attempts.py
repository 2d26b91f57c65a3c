"""Doing something wholly or not at all, where a refusal may keep what was done (a decline is recorded)."""

from collections.abc import Callable
from typing import TypeVar

from sandbox.standin.store import Store
from sandbox.stripe.errors import Refused

T = TypeVar("T")


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
