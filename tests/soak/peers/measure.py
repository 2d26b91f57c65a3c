"""Taking times, alike for every ledger. Standard library only: it runs in each one's environment."""

import json
import time
from collections.abc import Callable
from statistics import median

ROUNDS, SECONDS = 100, 20.0  # of each kind at most, but three at least


def report(size: int, balance: Callable[[], object], pay: Callable[[], object]) -> None:
    """Print [entries, balance in ms, payment in ms]: medians of calls that take turns."""
    reads, posts, started = list[float](), list[float](), time.monotonic()
    while len(reads) < 3 or (len(reads) < ROUNDS and time.monotonic() - started < 2 * SECONDS):
        reads.append(_taken_ms(balance))
        posts.append(_taken_ms(pay))
    print(json.dumps([size, median(reads), median(posts)]), flush=True)


def _taken_ms(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return (time.perf_counter() - started) * 1000
