"""The system's clock."""

import random
import time
from datetime import UTC, datetime

from chalicelib.platform.ports import Clock

_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 1.0


class SystemClock(Clock):
    def now(self) -> datetime:
        return datetime.now(UTC)

    def pause(self, attempt: int) -> None:
        longest = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2**attempt)
        time.sleep(random.uniform(0, longest))  # noqa: S311 - full jitter; nothing secret in it

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)
