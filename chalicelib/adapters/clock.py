"""The system's clock."""

from datetime import UTC, datetime

from chalicelib.services.ports import Clock


class SystemClock(Clock):
    def now(self) -> datetime:
        return datetime.now(UTC)
