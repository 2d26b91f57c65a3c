"""Says on the console when the disk that keeps a sandbox's state is nearly full, and when it has room again.

What cannot be kept is refused by whatever was to keep it; this is how a person learns why.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

# A snapshot of the demo practice is 3 MB, and two of them stand for a moment.
LOW_BYTES = 50_000_000


class DiskWatch:
    """`free` tells how many bytes there are left for that folder."""

    def __init__(
        self, state: Path, say: Callable[[str], None], free: Callable[[Path], int] | None = None
    ) -> None:
        self._state, self._say = state, say
        self._free = free or (lambda path: shutil.disk_usage(path).free)
        self._low = False

    def check(self) -> None:
        """Say what has changed since the last look, if anything."""
        free_bytes = self._free(self._state)
        low = free_bytes < LOW_BYTES
        if low and not self._low:
            self._say(
                f"the disk is nearly full ({free_bytes // 1_000_000} MB left for {self._state}/): "
                "what cannot be kept is refused, and nothing that was accepted is lost"
            )
        if self._low and not low:
            self._say("the disk has room again")
        self._low = low
