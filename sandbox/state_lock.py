"""One sandbox a state folder: a second one in it, or `make reset` meanwhile, would lose data in silence.

The system releases the lock with the process that holds it, however that ends. Standard library only: `make
reset` runs it with whatever Python there is.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

_FILE = "lock"


class StateInUse(Exception):
    """Another sandbox holds it; the text says which, as that one wrote it."""


@contextlib.contextmanager
def held(state: Path, who: str) -> Iterator[None]:
    """Hold the folder, which is made if need be; `who` is what others are told. Error: StateInUse."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / _FILE).open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            raise StateInUse(file.read().strip() or "another program") from error
        file.seek(0)
        file.truncate()
        file.write(f"{who} (process {os.getpid()})\n")
        file.flush()
        yield
