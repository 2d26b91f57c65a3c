"""Whether a guest could hear by the clock who is a client: `python -m tests.soak.guest_timing`.

The whole API answers quotes and starts that name a client and a bill of theirs, and such that name nobody's,
by turns in a drawn order; AWS stands in this process, so that what is measured is Billfold's own work.
Mann-Whitney's test says how likely the difference is by chance alone.
"""

import argparse
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from moto import mock_aws

from chalicelib import bootstrap
from sandbox.resources import make_resources
from tests.api.test_guests import client_rows, quote, start
from tests.conftest import TEST_RESOURCES
from tests.soak.environment import forget_accounts, versions
from tests.support.api import World

SIGNIFICANT = 0.01
NAMES = {"known": ("Maya Moss", "Invoice 1"), "unknown": ("Xaya Moss", "Invoice 9")}


@dataclass(frozen=True, slots=True)
class Compared:
    """Nanoseconds by the median; `chance`: how often equal distributions differ as much."""

    known: float
    unknown: float
    chance: float


def measured(world: World, tries: int, chance: random.Random) -> dict[str, dict[str, list[int]]]:
    """Nanoseconds of the processor, by the call and by whom it names."""
    found: dict[str, dict[str, list[int]]] = {
        what: {kind: [] for kind in NAMES} for what in ("quote", "start")
    }
    for number in range(tries):
        for kind in chance.sample(sorted(NAMES), len(NAMES)):
            client, bill = NAMES[kind]
            begun = time.process_time_ns()
            answer = quote(world, client=client, number=bill, amount_minor=500 + number)
            found["quote"][kind].append(time.process_time_ns() - begun)
            assert answer.status == 200, answer.body
            begun = time.process_time_ns()
            answer = start(world, f"a-guests-key-{kind:_<8}-{number:0>12}", client=client, number=bill)
            found["start"][kind].append(time.process_time_ns() - begun)
            assert answer.status == 201, answer.body
            # Else the limits of those that nobody pays are met.
            world.processor.take(world.processor.opened[-1].payment_id)
            world.clock.advance(minutes=10)
    return found


def compared(known: Sequence[int], unknown: Sequence[int]) -> Compared:
    """By ranks, as normal: both are long, and few are equal."""
    ranked = sorted([(value, True) for value in known] + [(value, False) for value in unknown])
    ranks = sum(rank for rank, (_, of_known) in enumerate(ranked, start=1) if of_known)
    n, m = len(known), len(unknown)
    u = ranks - n * (n + 1) / 2
    z = (u - n * m / 2) / (n * m * (n + m + 1) / 12) ** 0.5
    chance = 2 * (1 - statistics.NormalDist().cdf(abs(z)))
    return Compared(statistics.median(known), statistics.median(unknown), chance)


def main() -> int:
    """1 where the difference is significant."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=500)
    parser.add_argument("--seed", default="1")
    options = parser.parse_args()
    forget_accounts()
    with mock_aws():
        make_resources(TEST_RESOURCES)
        world = World(TEST_RESOURCES)
        client_rows(world)
        measured(world, 20, random.Random(options.seed))  # what is made once is made
        found = measured(world, options.tries, random.Random(options.seed))
        bootstrap.use(None)
    print(f"{versions()}; {options.tries} tries of each, seed {options.seed}")
    worst = 1.0
    for what, times in found.items():
        one = compared(times["known"], times["unknown"])
        worst = min(worst, one.chance)
        print(
            f"{what}: {one.known / 1e6:.3f} ms known, {one.unknown / 1e6:.3f} ms unknown by the median;"
            f" chance {one.chance:.3f}"
        )
    return int(worst < SIGNIFICANT)


if __name__ == "__main__":
    sys.exit(main())
