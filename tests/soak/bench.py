"""What a balance and a payment cost as one account's history grows: `python -m tests.soak.bench`.

Billfold on the emulator, django-hordak on PostgreSQL and python-accounting on SQLite, in the same run.
Billfold's capacity is computed from the items' bytes, as DynamoDB bills it (the emulator has one figure for
all reads). Times are medians of one run: only ratios mean anything, as the machine's speed drifts.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from math import ceil
from statistics import median

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.services.posting import Posting
from chalicelib.ledger.store.ledgers import DynamoLedgers
from chalicelib.platform.clock import SystemClock
from chalicelib.platform.dynamo.table import bind
from sandbox.config import REGION
from tests.soak.environment import forget_accounts, versions
from tests.soak.histories import ON, PAGE, PRACTICE, History
from tests.soak.loading import imported
from tests.soak.peers.compare import Times, peers
from tests.soak.store import item_bytes
from tests.support.ministack import Ministack, running_ministack

ROUNDS = 100
SIZES = "100,1000,10000,100000,1000000"
TABLE = "billfold-bench"
KILOBYTE = 1024


@dataclass
class Sample:
    """One account's times, in milliseconds."""

    history: History
    reads: list[float] = field(default_factory=list)
    posts: list[float] = field(default_factory=list)

    def line(self) -> str:
        item = item_bytes(self.history.item)
        page = sum(item_bytes(row) for row in self.history.newest)
        return (
            f"{self.history.size:>9} entries: account item {item:,} bytes, {units(item)} RRU; "
            f"newest {PAGE} entries {page:,} bytes, {units(page)} RRU"
        )


def units(size: int) -> float:
    """Eventually consistent reads: half a unit for every 4 KB begun."""
    return ceil(size / (4 * KILOBYTE)) / 2


def measured(emulator: Ministack, sizes: Sequence[int]) -> Times:
    """The sizes take turns, so that what slows the machine slows all of them."""
    samples = [Sample(History(size)) for size in sizes]
    started = time.monotonic()
    imported(emulator, TABLE, chain.from_iterable(sample.history.rows() for sample in samples))
    print(f"{sum(sizes):,} entries made and imported in {time.monotonic() - started:.0f} s", flush=True)
    bind(TABLE, region=REGION, host=emulator.url)
    ledgers = DynamoLedgers()
    posting = Posting(ledgers, SystemClock(), "bench")
    for number in range(ROUNDS):
        for sample in samples:
            ref = sample.history.account.ref(PRACTICE)
            sample.reads.append(taken_ms(partial(ledgers.account, ref)))
            sample.posts.append(taken_ms(partial(_pay, posting, ref, number)))
    print("\n".join(sample.line() for sample in samples))
    return {sample.history.size: (median(sample.reads), median(sample.posts)) for sample in samples}


def taken_ms(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return (time.perf_counter() - started) * 1000


def _pay(posting: Posting, ref: AccountRef, number: int) -> None:
    posting.external_payment(ref, f"{ref.account}-p{number}", 100, method="cash", on=ON)


def table(name: str, times: Times) -> Iterator[str]:
    """A line for each size, and the largest over the smallest."""
    yield name
    for size, (read, post) in times.items():
        yield f"{size:>9} entries: balance {read:9.2f} ms, payment {post:9.2f} ms"
    (first, last) = (times[min(times)], times[max(times)])
    yield f"{max(times)} / {min(times)}: balance {last[0] / first[0]:.2f}, payment {last[1] / first[1]:.2f}"


def main() -> None:
    read = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    read.add_argument("--sizes", default=SIZES)
    read.add_argument("--alone", action="store_true", help="without the other ledgers")
    asked = read.parse_args()
    sizes = [int(size) for size in asked.sizes.split(",")]
    forget_accounts()
    print(versions(), flush=True)
    with running_ministack() as emulator:
        print("\n".join(table("Billfold on the emulator", measured(emulator, sizes))), flush=True)
    for peer in () if asked.alone else peers():
        times = peer.times(sizes)
        lines = [f"{peer.name}: {times}"] if isinstance(times, str) else table(peer.name, times)
        print("\n".join(lines), flush=True)


if __name__ == "__main__":
    main()
