"""How much happens in a schedule: most are short, so that many are played; every fifth is long.

What goes wrong, and how often, does not depend on it: each call has its chance in both. Short ones are dense:
tabs, clicks, the office, webhooks, workers and the clock meet over one account, with fewer idle steps between
them. Only long ones have several accounts and practices. docs/results.md has how often each finds a canary.
"""

import random
from dataclasses import dataclass

LONG_ONES = 0.2


@dataclass(frozen=True)
class Size:
    """The most there may be of each; `hurry` is by how much idle wandering is cut."""

    practices: tuple[int, ...]
    accounts: tuple[int, ...]
    tabs: int
    bills: int
    charges: int
    commands: int
    jumps: int
    hurry: int = 1


SHORT = Size((1,), (1,), tabs=3, bills=2, charges=4, commands=6, jumps=2, hurry=3)
LONG = Size((1, 1, 2), (1, 2, 3), tabs=3, bills=3, charges=4, commands=4, jumps=4)


def drawn(seeded: random.Random) -> Size:
    """Most are short."""
    return LONG if seeded.random() < LONG_ONES else SHORT
