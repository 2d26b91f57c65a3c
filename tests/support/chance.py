"""Ids and tokens that are different every time, and the same in every run."""

import hashlib

from chalicelib.platform.ports import Chance


class FakeChance(Chance):
    """`name` keeps two of them apart."""

    def __init__(self, name: str = "") -> None:
        self._name = name
        self._count = 0

    def token(self) -> str:
        return self._next()[:43]

    def id(self) -> str:
        return self._next()[:20]

    def _next(self) -> str:
        self._count += 1
        return hashlib.sha256(f"{self._name}{self._count}".encode()).hexdigest()
