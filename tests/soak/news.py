"""The processor's list of what happened: newest first, a page at a time, late, doubled, or nothing at all."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.kernel.outside import ProcessorRefused
from chalicelib.payments.ports.processors import Changes, Reference

PAGE = 3
LATENESS = (timedelta(), timedelta(), timedelta(), timedelta(minutes=2), timedelta(minutes=8))
TWICE = 0.1


class NewsList:
    """`prompt`: nothing is listed late. `lost`: nothing is listed at all."""

    def __init__(self, seeded: random.Random, now: Callable[[], datetime]) -> None:
        self.prompt = self.lost = False
        self._random, self._now = seeded, now
        self._rows: list[tuple[datetime, datetime, Reference]] = []  # when it happened, and is listed

    def happened(self, about: Reference) -> None:
        for _ in range(2 if self._random.random() < TWICE else 1):
            late = timedelta() if self.prompt else self._random.choice(LATENESS)
            self._rows.append((self._now().replace(microsecond=0), self._now() + late, about))

    def page(self, since: datetime, cursor: str) -> Changes:
        """A cursor is the number of the row before: one that is not listed is refused."""
        listed = [
            (at, number, about)
            for number, (at, shown, about) in enumerate(self._rows)
            if shown <= self._now() and at >= since.replace(microsecond=0) and not self.lost
        ]
        listed.sort(key=lambda row: row[:2], reverse=True)
        numbers = [number for _, number, _ in listed]
        if cursor and int(cursor) not in numbers:
            raise ProcessorRefused("resource_missing")
        first = numbers.index(int(cursor)) + 1 if cursor else 0
        found = listed[first : first + PAGE]
        more = len(listed) > first + PAGE
        return Changes(tuple(dict.fromkeys(about for *_, about in found)), str(found[-1][1]) if more else "")
