"""The stand-in's clock: this machine's, moved by what the control API added."""

import time

from sandbox.standin.store import Store

_OFFSET = "clock_offset_seconds"


def now(store: Store) -> float:
    return time.time() + float(store.setting(_OFFSET, 0))


def advance(store: Store, seconds: float) -> None:
    store.set_setting(_OFFSET, float(store.setting(_OFFSET, 0)) + seconds)
