"""Many schedules, on all processors: `python -m tests.soak.campaign --schedules 100000 --seed 1 --jobs 2`.

Every schedule has its own seed, "<seed>.<number>". A failure prints it and the command that plays it again:
`python -m tests.soak.campaign --only <seed>.<number>`. Add `--ledger claim-first` (or another canary's name)
to see one found out.
"""

import argparse
import gc
import multiprocessing
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from chalicelib.bootstrap import App
from tests.soak.canaries import CANARIES, OTHERS
from tests.soak.environment import forget_accounts, versions
from tests.soak.schedule import Outcome, run
from tests.soak.stage import product

SHOWN, SYMPTOMS = 20, 12  # failures in full, and kinds of findings; the rest are counted
CHUNK = 200
REPORTED = 5000
SHIPPED = "shipped"
_NAMES = re.compile(r"\d{2}|-\d|['(){}\[\]/#_]")


@dataclass
class Tally:
    """What a campaign came to."""

    schedules: int = 0
    failed: list[Outcome] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    numbers: Counter[str] = field(default_factory=Counter)
    symptoms: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        self.schedules += 1
        self.faults.update({str(fault): count for fault, count in outcome.faults.items()})
        self.numbers.update(
            calls=outcome.calls, writes=outcome.writes, captured=outcome.captured, refunded=outcome.refunded,
            saved=outcome.saved, lost=outcome.lost, guests=outcome.guests, paypal=outcome.paypal,
            matched=outcome.matched,
        )  # fmt: skip
        if outcome.findings:
            self.failed.append(outcome)
            self.symptoms.update({_symptom(finding) for finding in outcome.findings})

    def lines(self) -> Iterator[str]:
        numbers = self.numbers
        yield f"{self.schedules} schedules, {len(self.failed)} failed"
        yield f"{numbers['calls']} steps, {numbers['writes']} writes to the table"
        yield f"{numbers['captured']} payments captured, {numbers['refunded']} refunds"
        yield f"{numbers['saved']} of the payments with what was saved before"
        of_guests = f"{numbers['guests']} of them of guests, {numbers['matched']} matched"
        yield f"{of_guests}; {numbers['paypal']} by PayPal"
        yield f"{numbers['lost']} captured payments lost with a table that came back"
        yield "faults: " + ", ".join(f"{count} {fault}" for fault, count in sorted(self.faults.items()))
        yield from (f"{count} schedules: {symptom}" for symptom, count in self.symptoms.most_common(SYMPTOMS))


def _symptom(finding: str) -> str:
    """A finding without names and numbers: how many schedules show the same."""
    said = finding.removeprefix("in the middle: ").removeprefix("after late news: ")
    return " ".join(word for word in said.split() if not _NAMES.search(word))


def replay(seed: str, ledger: str = SHIPPED) -> str:
    """The one command that plays a schedule again."""
    return f".venv/bin/python -m tests.soak.campaign --only {seed}" + (
        f" --ledger {ledger}" if ledger != SHIPPED else ""
    )


def explained(outcome: Outcome, ledger: str = SHIPPED) -> str:
    """A failed schedule: what was found, and how to see it again."""
    return "\n  ".join(
        [f"schedule {outcome.seed} failed; again: {replay(outcome.seed, ledger)}", *outcome.findings]
    )


def outcomes(seeds: Iterable[str], *, ledger: str = SHIPPED) -> Iterator[Outcome]:
    """Play the schedules of these seeds in this process."""
    app = _product(ledger)
    for seed in seeds:
        yield run(app, seed)


def _product(ledger: str) -> App:
    app = product(CANARIES[ledger]() if ledger in CANARIES else None)
    if ledger in OTHERS:
        OTHERS[ledger](app)
    return app


# A worker of the pool plays nothing else and makes the product once: botocore's client alone takes 75 ms.
_kept_product = cache(_product)


def _seldom_collect() -> None:
    """A schedule leaves few cycles: looking for them after every 700 objects took an eighth of the time."""
    gc.freeze()
    gc.set_threshold(500_000)


def _chunk(asked: tuple[list[str], str]) -> list[Outcome]:
    seeds, ledger = asked
    app = _kept_product(ledger)
    return [run(app, seed) for seed in seeds]


def _spread(seeds: list[str], ledger: str, jobs: int) -> Iterator[Outcome]:
    chunks = [(seeds[at : at + CHUNK], ledger) for at in range(0, len(seeds), CHUNK)]
    with multiprocessing.get_context("spawn").Pool(jobs, _seldom_collect) as pool:
        for chunk in pool.imap_unordered(_chunk, chunks):
            yield from chunk


def main() -> int:
    read = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    read.add_argument("--schedules", type=int, default=1000)
    read.add_argument("--seed", default="1")
    read.add_argument("--first", type=int, default=0, help="number of the first schedule")
    read.add_argument("--jobs", type=int, default=2)
    read.add_argument("--minutes", type=float, default=60, help="stop after this long, and fail")
    read.add_argument("--only", metavar="SEED.NUMBER", help="play this one schedule")
    read.add_argument("--ledger", choices=[SHIPPED, *CANARIES, *OTHERS], default=SHIPPED)
    asked = read.parse_args()
    forget_accounts()
    numbers = range(asked.first, asked.first + asked.schedules)
    seeds = [asked.only] if asked.only else [f"{asked.seed}.{number}" for number in numbers]
    started = time.monotonic()
    tally = Tally()
    played = outcomes(seeds, ledger=asked.ledger) if asked.only else _spread(seeds, asked.ledger, asked.jobs)
    for outcome in played:
        tally.add(outcome)
        if outcome.findings and len(tally.failed) <= SHOWN:
            print(explained(outcome, asked.ledger), flush=True)
        if tally.schedules % REPORTED == 0:
            print(f"{tally.schedules} schedules, {len(tally.failed)} failed", flush=True)
        if time.monotonic() - started > asked.minutes * 60:
            print(f"stopped after {asked.minutes:g} minutes")
            break
    minutes = (time.monotonic() - started) / 60
    print(f"seed {asked.only or asked.seed}, {asked.jobs} processes, {minutes:.1f} minutes; {versions()}")
    print("\n".join(tally.lines()))
    if unplayed := len(seeds) - tally.schedules:
        print(f"NOT played: {unplayed} of {len(seeds)} schedules")
    return 1 if tally.failed or unplayed else 0


if __name__ == "__main__":
    raise SystemExit(main())
