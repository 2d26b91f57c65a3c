"""A clock that tests move."""

from datetime import UTC, datetime, timedelta

from chalicelib.platform.ports import Clock


class FakeClock(Clock):
    def __init__(self, at: str = "2026-03-10T15:00:00+00:00") -> None:
        self.at = datetime.fromisoformat(at).astimezone(UTC)
        self.pauses = 0
        self.tries: list[int] = []  # the attempts that were paused after
        self.waits: list[float] = []  # seconds that were waited for

    def now(self) -> datetime:
        return self.at

    def pause(self, attempt: int) -> None:
        self.pauses += 1
        self.tries.append(attempt)

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)

    def advance(self, **parts: float) -> None:
        self.at += timedelta(**parts)
