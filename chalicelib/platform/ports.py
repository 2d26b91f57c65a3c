"""Time, chance, keys and queues: passed in, never read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    def pause(self, attempt: int) -> None:
        """Wait a little before trying again: longer with every attempt, and not in step with others."""
        ...


class Chance(Protocol):
    def token(self) -> str:
        """256 random bits, URL-safe."""
        ...

    def id(self) -> str:
        """Another name for a row, 100 random bits: small letters and digits, always of one length."""
        ...


class Keys(Protocol):
    def keyed_hash(self, purpose: str, text: str) -> str:
        """HMAC-SHA-256 under the deployment's key, hex; different purposes never collide."""
        ...

    def lookup_hash(self, purpose: str, text: str) -> str:
        """As `keyed_hash`, for what is looked up by it for years: the lookups' key outlives the others."""
        ...


class Queue(Protocol):
    def send(self, message: Mapping[str, str]) -> None: ...


class BatchQueue(Queue, Protocol):
    def send_all(self, messages: Sequence[Mapping[str, str]]) -> None:
        """Up to ten in one call. Error: Busy; some may be in the queue already."""
        ...
