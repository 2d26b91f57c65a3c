"""Replies cut after the commit: microburst in front of the emulator, the shipped adapters behind it.

`python -m tests.soak.cut_replies --cuts 1000`. Threads post payments until so many replies were cut; then the
raw table is read past microburst: every acknowledged payment must be there once, and the sums must be right.
"""

import argparse
import contextlib
import itertools
import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.services.posting import Posting
from chalicelib.ledger.store.ledgers import DynamoLedgers
from chalicelib.platform.clock import SystemClock
from chalicelib.platform.dynamo.table import bind
from sandbox.config import REGION, ROOT
from tests.soak.books import Items, accounts_of, chain, reservations, sums
from tests.soak.environment import forget_accounts, versions
from tests.support.ministack import Ministack, free_port, running_ministack, wait_for_http

MICROBURST = ROOT / ".venv-microburst" / "bin" / "microburst"
PRACTICE, ACCOUNTS, THREADS = "fern", 12, 4
PATIENCE = 50  # calls for one payment; hardly one in forty comes to nothing
CUTS = {
    "service": "dynamodb",
    "operation": "TransactWriteItems",
    "probability": 0.4,
    "response": {"abort_bytes": 1},
}


@contextlib.contextmanager
def cutting(emulator: Ministack, program: Path) -> Iterator[str]:
    """Microburst before the emulator, cutting replies; yields its address."""
    port = free_port()
    command = [str(program), "--upstream", emulator.url, "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for_http(f"{url}/_microburst/health", process)
        body = json.dumps([CUTS]).encode()
        headers = {"Content-Type": "application/json"}
        urllib.request.urlopen(urllib.request.Request(f"{url}/_microburst/rules", body, headers), timeout=5)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def cuts_so_far(url: str) -> int:
    with urllib.request.urlopen(f"{url}/_microburst/metrics", timeout=60) as answer:
        lines = answer.read().decode().splitlines()
    return sum(
        int(float(line.rpartition(" ")[2])) for line in lines if line.startswith("microburst_faults_total{")
    )


class Load:
    """Threads that post payments to shared accounts, each insisting until its payment is acknowledged."""

    def __init__(self) -> None:
        self.post = Posting(DynamoLedgers(), SystemClock(), "soak")
        self.acknowledged: dict[str, tuple[str, int]] = {}
        self.busy = 0
        self.broken: list[str] = []
        self.done = threading.Event()

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """The threads post for the length of a `with`, however it is left."""
        threads = [threading.Thread(target=self._run, args=(worker,)) for worker in range(THREADS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.done.set()
            for thread in threads:
                thread.join()

    def _run(self, worker: int) -> None:
        try:
            for number in itertools.count(1):
                if self.done.is_set():
                    return
                self._insist(f"a{number % ACCOUNTS}", f"p{worker}-{number}", 100 + number % 7)
        except Exception as error:  # a thread that ended unseen would leave only fewer payments to look at
            self.broken.append(f"thread {worker} ended in {error!r}")
            self.done.set()

    def _insist(self, account: str, name: str, amount: int) -> None:
        for _ in range(PATIENCE):
            if self._paid(account, name, amount):
                self.acknowledged[name] = (account, amount)
                return
            self.busy += 1
        raise TimeoutError(f"{name} was not acknowledged in {PATIENCE} calls")

    def _paid(self, account: str, name: str, amount: int) -> bool:
        try:
            self.post.external_payment(
                AccountRef(PRACTICE, account), name, amount, method="cash", on="2026-03-02"
            )
        except Busy:
            return False
        return True


def audit(items: Items, acknowledged: dict[str, tuple[str, int]]) -> list[str]:
    """What is wrong with the raw table, given what was acknowledged."""
    found = list[str]()
    seen: dict[str, tuple[str, int]] = {}
    for account in accounts_of(items):
        found += [*chain(account), *sums(account), *reservations(account)]
        for body in account.bodies():
            if body["reference"] in seen:
                found.append(f"{body['reference']} is there twice")
            seen[body["reference"]] = (account.id, body["postings"][0][2])
    if seen != acknowledged:
        found.append(
            f"{len(acknowledged)} acknowledged, {len(seen)} there, {seen.items() ^ acknowledged.items()}"
        )
    return found


def scanned(emulator: Ministack, table: str) -> dict[tuple[str, str], Any]:
    pages = emulator.client("dynamodb").get_paginator("scan").paginate(TableName=table)
    return {(item["pk"]["S"], item["sk"]["S"]): item for page in pages for item in page["Items"]}


def run(emulator: Ministack, program: Path, cuts: int, minutes: float) -> tuple[int, Load, list[str]]:
    """So many cut replies, or as many as the minutes allow; what was posted; what is wrong."""
    table, deadline = emulator.new_table(), time.monotonic() + minutes * 60
    bind(table, region=REGION, host=emulator.url)
    load = Load()
    for number in range(ACCOUNTS):
        load.post.open_account(AccountRef(PRACTICE, f"a{number}"), "USD")
    with cutting(emulator, program) as url:
        bind(table, region=REGION, host=url)
        with load.running():
            while cuts_so_far(url) < cuts and time.monotonic() < deadline and not load.done.wait(0.5):
                pass
        seen = cuts_so_far(url)
    return seen, load, [*load.broken, *audit(scanned(emulator, table), load.acknowledged)]


def main() -> int:
    read = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    read.add_argument("--cuts", type=int, default=1000)
    read.add_argument("--minutes", type=float, default=15)
    read.add_argument("--microburst", type=Path, default=MICROBURST)
    asked = read.parse_args()
    forget_accounts()
    if not asked.microburst.exists():
        print("microburst is not installed: replies cut after the commit were NOT tried")
        return 2
    started = time.monotonic()
    with running_ministack() as emulator:
        cuts, load, found = run(emulator, asked.microburst, asked.cuts, asked.minutes)
    print(f"{versions()}; {(time.monotonic() - started) / 60:.1f} minutes, {THREADS} threads")
    print(f"{cuts} replies cut after the commit; {len(load.acknowledged)} payments acknowledged")
    print(f"{load.busy} times so little was heard that a payment was asked for anew")
    print("\n".join(found) or "every one is there once, and the sums are right")
    return 1 if found or cuts < asked.cuts else 0


if __name__ == "__main__":
    sys.exit(main())
