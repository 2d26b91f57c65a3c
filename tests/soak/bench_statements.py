"""What a statement run costs a client as clients grow: `python -m tests.soak.bench_statements`.

The shipped functions, Typst included, in a process of their own for each number of clients; AWS stands in
another process, at botocore's call, so that what it keeps does not count. Calls, items and bytes are counted
exactly; capacity is what DynamoDB would bill for those bytes. Times mean something only against each other.
"""

import argparse
import json
import multiprocessing
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import ceil
from multiprocessing.connection import Connection
from typing import Any

from chalicelib import bootstrap
from chalicelib.bootstrap import App
from chalicelib.entrypoints import jobs
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.services.posting import ChargeFacts, Posting
from chalicelib.practice.domain.practices import Client
from sandbox.config import REGION
from tests.conftest import TEST_RESOURCES
from tests.soak.environment import forget_accounts, versions
from tests.soak.seam import answering
from tests.soak.store import item_bytes
from tests.support.api import settings_for
from tests.support.clock import FakeClock
from tests.support.cloud import Cloud, Record
from tests.support.practice import PRACTICE

SETTINGS = replace(settings_for(TEST_RESOURCES), region=REGION)
OCTOBER, STATEMENT_DAY = "2026-10-15T12:00:00+00:00", "2026-11-05T12:00:00+00:00"
READ_BYTES, WRITE_BYTES = 4096, 1024  # of one unit
ALLOWED = 0.2
COMPARED = ("calls", "bytes read", "half read units", "items written", "bytes written", "write units")


def books(app: App, clients: int) -> None:
    """Each with two services, one of them insured, and a payment."""
    app.practices.save_practice(replace(PRACTICE, statement_day=5))
    post = Posting(app.ledgers, app.clock)
    for number in range(clients):
        account = f"a{number:07d}"
        client = Client(account, account, f"Client number {number}", f"{account}@example.test", "en")
        app.people.save_client(PRACTICE.id, client)
        post.open_account(AccountRef(PRACTICE.id, account), "USD")
        for name, insurer_minor in (("one", 0), ("two", 9_000)):
            facts = ChargeFacts(f"{account} {name}", "2026-10-15", "Individual session", "ada", 15_000)
            post.charge(AccountRef(PRACTICE.id, account), replace(facts, insurer_minor=insurer_minor))
        post.external_payment(
            AccountRef(PRACTICE.id, account), f"{account} paid", 4_000, method="cash", on="2026-10-15"
        )


def cloud(clients: int, line: Connection) -> None:
    """The other process: AWS with the books in it, until the line is closed."""
    stand_in, app = Cloud(keep=len), App(SETTINGS)
    app.clock = FakeClock(OCTOBER)
    with answering(stand_in.answer):
        books(app, clients)
    line.send("ready")
    while True:
        match line.recv():
            case ["end"]:
                return
            case ["take", queue, count]:
                waiting = stand_in.queues[queue]
                line.send(waiting[:count])
                waiting[:count] = []
            case [service, operation, asked]:
                line.send(stand_in.answer(service, operation, asked))
                stand_in.calls.clear()


@dataclass
class Counted:
    """AWS at the end of a line: what is asked of it, and what DynamoDB would bill."""

    line: Connection
    calls: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)

    def ask(self, *question: object) -> Any:
        self.line.send(list(question))
        return self.line.recv()

    def answer(self, service: str, operation: str, asked: Mapping[str, Any]) -> Any:
        self.calls[f"{service} {operation}"] += 1
        given = self.ask(service, operation, dict(asked))
        if service == "dynamodb":
            self._bill(operation, asked, given)
        if operation == "PutObject":
            self.written["file bytes"] += len(asked["Body"])
        return given

    def _bill(self, operation: str, asked: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        found = [*given.get("Items", []), *([given["Item"]] if given.get("Item") else [])]
        found += [row for rows in given.get("Responses", {}).values() for row in rows]
        if operation in ("GetItem", "Query", "BatchGetItem"):
            size = sum(map(item_bytes, found))
            self.written["bytes read"] += size
            strong = asked.get("ConsistentRead") or operation == "BatchGetItem"
            self.written["half read units"] += max(1, ceil(size / READ_BYTES)) * (2 if strong else 1)
        puts = [part["Put"]["Item"] for part in asked.get("TransactItems", [])]
        puts += [asked["Item"]] if operation == "PutItem" else []
        for put in puts:
            self.written["items written"] += 1
            self.written["bytes written"] += item_bytes(put)
            twice = 2 if operation == "TransactWriteItems" else 1
            self.written["write units"] += twice * ceil(item_bytes(put) / WRITE_BYTES)


def work(counted: Counted) -> None:
    jobs.statements()
    for queue, function, batch in (
        (SETTINGS.issue_queue_url, jobs.issue, 10),
        (SETTINGS.delivery_queue_url, jobs.delivery, 1),
    ):
        while bodies := counted.ask("take", queue, batch):
            records = [Record(number, body) for number, body in enumerate(bodies)]
            assert function(records) == {"batchItemFailures": []}


def one(clients: int) -> dict[str, Any]:
    """A run of so many clients in this process."""
    context = multiprocessing.get_context("spawn")
    line, far = context.Pipe()
    other = context.Process(target=cloud, args=(clients, far), daemon=True)
    other.start()
    assert line.recv() == "ready"
    counted, app = Counted(line), App(SETTINGS)
    app.clock = FakeClock(STATEMENT_DAY)
    bootstrap.use(app)
    with answering(counted.answer):
        began, busy = time.perf_counter(), time.process_time()
        work(counted)
        took, busy = time.perf_counter() - began, time.process_time() - busy
    line.send(["end"])
    other.join(timeout=30)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert counted.calls["sesv2 SendEmail"] == clients
    assert not counted.calls["s3 PutObject"], "a PDF is made when it is opened"
    figures = {"calls": sum(counted.calls.values()), **counted.calls, **counted.written}
    each = {name: count / clients for name, count in figures.items()}
    return {
        "clients": clients,
        "each": each,
        "ms": 1000 * took / clients,
        "cpu_ms": 1000 * busy / clients,
        "peak_mb": peak,
    }


def all_of(sizes: list[int]) -> Iterator[dict[str, Any]]:
    for size in sizes:
        command = [sys.executable, "-m", "tests.soak.bench_statements", "--one", str(size)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        show(found)
        yield found


def show(found: Mapping[str, Any]) -> None:
    each = ", ".join(f"{name} {count:.3f}" for name, count in sorted(found["each"].items()))
    print(
        f"{found['clients']} clients: {found['ms']:.1f} ms each ({found['cpu_ms']:.1f} of processor)", end=""
    )
    print(f", peak {found['peak_mb']:.0f} MB\n  a client: {each}", flush=True)


def main() -> int:
    read = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    read.add_argument("--sizes", default="100,1000,10000")
    read.add_argument("--one", type=int, help="one run, in this process; prints JSON")
    asked = read.parse_args()
    forget_accounts()
    if asked.one:
        print(json.dumps(one(asked.one)))
        return 0
    print(versions())
    first, *rest = all_of([int(size) for size in asked.sizes.split(",")])
    changes = (found["each"][name] / first["each"][name] - 1 for found in rest for name in COMPARED)
    worst = max(changes, key=abs)
    grown = max(found["peak_mb"] for found in rest) / first["peak_mb"]
    print(
        f"largest change of any count a client: {worst:+.1%}; peak memory {grown:.2f} of the smallest run's"
    )
    return 0 if abs(worst) <= ALLOWED and grown <= 1 + ALLOWED else 1


if __name__ == "__main__":
    sys.exit(main())
