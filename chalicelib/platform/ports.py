"""Time, chance, keys and queues: passed in, never read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from chalicelib.kernel.stored_format import InForce


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    def pause(self, attempt: int) -> None:
        """Wait a little before trying again: longer with every attempt, and not in step with others."""
        ...

    def wait(self, seconds: float) -> None:
        """Wait for just so long."""
        ...


class Chance(Protocol):
    def token(self) -> str:
        """256 random bits, URL-safe."""
        ...

    def id(self) -> str:
        """Another name for a row, 100 random bits: small letters and digits, always of one length."""
        ...


class Keys(Protocol):
    """Two keys: one for tokens, of which two versions may be valid at once, and one for lookups."""

    @property
    def versions(self) -> tuple[int, ...]:
        """Of the tokens' key: those that are valid, the newest first."""
        ...

    def keyed_hash(self, purpose: str, text: str, *, version: int | None = None) -> str:
        """HMAC-SHA-256 under that version of the tokens' key (the newest), hex; purposes never collide."""
        ...

    def lookup_hash(self, purpose: str, text: str) -> str:
        """As `keyed_hash`, under the lookups' key: for rows that are found by it for years."""
        ...


class KeyRing(Protocol):
    """The deployment's keys as an operator changes them. Running processes see it within five minutes."""

    @property
    def versions(self) -> tuple[int, ...]:
        """As of `Keys`."""
        ...

    def add_version(self) -> int:
        """Draw a new version of the tokens' key, which is the one in force from now on. Error: Busy."""
        ...

    def drop_version(self, version: int) -> None:
        """Error: Busy."""
        ...

    def next_lookups(self) -> Keys:
        """Under the lookups' key that is to follow: drawn now, or when this was begun before. Error: Busy."""
        ...

    def lookups_under(self, key: str) -> Keys:
        """As the keys that are in force, but for the lookups' key, which is this one (64 hex digits).
        Error: Invalid key_malformed."""
        ...

    def publish_lookups(self, at: int) -> None:
        """It is the one in force from now (epoch seconds) on. Error: Busy."""
        ...

    def lookups_published_at(self) -> int | None:
        """None where none is to follow, or where it is not in force yet. Error: Busy."""
        ...

    def end_lookups(self) -> None:
        """The key before is needed no more. Error: Busy."""
        ...


class Queue(Protocol):
    def send(self, message: Mapping[str, str]) -> None: ...


BATCH = 10  # messages in one call; SQS takes no more


class BatchQueue(Queue, Protocol):
    def send_all(self, messages: Sequence[Mapping[str, str]]) -> None:
        """Up to `BATCH` in one call. Error: Busy; some may be in the queue already."""
        ...


class MailQueue(BatchQueue, Protocol):
    """Of mail, which waits where the mail service does not take it yet."""

    def send_later(self, message: Mapping[str, str], *, least: int, most: int) -> None:
        """It arrives after that many seconds, drawn between the two (at most 900). Error: Busy."""
        ...

    def waiting(self) -> int:
        """About how many messages it holds, those too that are worked on or arrive later. Error: Busy."""
        ...


class Formats(Protocol):
    """What a deployment stores, as its operator says. Running processes see it within five minutes."""

    def in_force(self) -> InForce:
        """Error: Busy."""
        ...

    def put_in_force(self, format_: int, at: int) -> None:
        """Error: Busy."""
        ...

    def note_rows(self, format_: int) -> None:
        """Every row was brought to the format. Error: Busy."""
        ...

    def rows_are_of(self, format_: int) -> bool:
        """Whether every row was brought to the format in force, `format_`. Asks each time. Error: Busy."""
        ...

    def read_by_functions(self) -> tuple[int, ...]:
        """What the release that was deployed last reads; none where no deployment has said. Asks each time.
        Error: Busy."""
        ...
