"""What the nightly check costs of idle accounts, and the memory that it takes, as docs/results.md has it.

`python -m tests.soak.nights bill [accounts entries]` counts, on moto, a night as it was until Issue 13,
number 3, and thirty nights as they are. `python -m tests.soak.nights memory [accounts]` takes one
practice through a night, on stores that make its rows when they are asked.
"""

import resource
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast
from unittest.mock import patch

import boto3
from moto import mock_aws

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.entries import Entry
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.repairs import AccountRow
from chalicelib.ledger.ports.ledgers import AuditedLedgers, Rows
from chalicelib.ledger.store.ledgers import DynamoLedgers
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.services.daily import Daily
from chalicelib.operations.store.rounds import DynamoRounds
from chalicelib.platform.dynamo.table import bind, connection
from chalicelib.practice.domain.practices import Client
from chalicelib.practice.ports import People
from chalicelib.practice.store.people import DynamoPeople
from chalicelib.verification.domain.anchors import Head, anchor_text, parse_part, part_text
from chalicelib.verification.domain.growth import nets, state
from chalicelib.verification.ports import Anchors
from chalicelib.verification.services.anchoring import Anchoring
from chalicelib.verification.services.comparing import Comparing
from chalicelib.verification.services.nightly import JOB, MOST, TURNS, Nightly
from chalicelib.verification.services.verifying import Verifying
from infra.table import create_table
from sandbox.config import REGION
from tests.soak.environment import forget_accounts
from tests.support.anchors import MemoryAnchors
from tests.support.money import Money
from tests.support.reads import asked_of_dynamodb
from tests.support.rounds import MemoryRounds

TABLE = "billfold-nights"
MILLION = 1_000_000
ACCOUNTS, ENTRIES = 60, 24
STEP = 25 * TURNS  # accounts a step, where nothing but the turns is read
# List prices in us-east-1, in dollars: as in docs/results.md.
READ, WRITE, GB_SECOND, PUT, GET = 0.125e-6, 0.625e-6, 0.0000167, 5e-6, 0.4e-6
CALL_SECONDS = 0.005  # of DynamoDB or S3, assumed and not measured
MEMORY_GB, GETS = 1.0, 5  # of the function; reads of S3 for each part that is put


@dataclass
class Spent:
    """`seconds` are of computing, without what stands in for AWS."""

    units: float = 0
    writes: float = 0
    calls: float = 0
    seconds: float = 0

    def minus(self, other: "Spent") -> "Spent":
        return Spent(*(mine - its for mine, its in zip(astuple(self), astuple(other), strict=True)))

    def over(self, count: int) -> "Spent":
        return Spent(*(mine / count for mine in astuple(self)))

    @property
    def dollars(self) -> float:
        seconds = self.seconds + CALL_SECONDS * self.calls
        return self.units * READ + self.writes * WRITE + seconds * MEMORY_GB * GB_SECOND


@contextmanager
def spending(spent: Spent) -> Iterator[None]:
    client, within = connection().client, [0.0]
    real = client._make_api_call

    def timed(operation: str, request: dict[str, Any]) -> Any:
        begun = time.process_time()
        try:
            return real(operation, request)
        finally:
            within[0] += time.process_time() - begun

    begun = time.process_time()
    with patch.object(client, "_make_api_call", timed), asked_of_dynamodb() as made:
        yield
    spent.seconds += time.process_time() - begun - within[0]
    spent.units += made.units
    spent.writes += made.write_units
    spent.calls += len(made.calls)


def bill(count: int, entries: int) -> None:
    forget_accounts()
    with mock_aws():
        create_table(boto3.client("dynamodb", region_name=REGION), TABLE)
        bind(TABLE, region=REGION)
        money, people, anchors = (
            Money(DynamoLedgers(), rounds=DynamoRounds()),
            DynamoPeople(),
            MemoryAnchors(),
        )
        alerting = Alerting(money.alerts, money.clock)
        verifying = Verifying(money.ledgers, people, money.clock)
        glancing = Verifying(DynamoLedgers(strong=False), people, money.clock)
        anchoring = Anchoring(money.ledgers, anchors, alerting)
        daily = Daily(JOB, money.practices, DynamoRounds(), alerting, money.clock)
        comparing = Comparing(verifying, glancing, anchoring)
        nightly = Nightly(daily, comparing, anchoring, money.register, alerting, money.clock)
        nights(money, nightly, 1)
        empty = nights(money, nightly, TURNS)
        for number in range(count):
            _account(money, people, f"account-{number:04d}-of-a-practice-0000-{number:04d}", entries)
        nights(money, nightly, 1)
        before = Spent()
        with spending(before):
            assert verifying.verify(money.practice).ok
            assert not anchoring.compare(money.practice).mismatches
        after = nights(money, nightly, TURNS).minus(empty)
        assert money.alerts.held == {}
    _tell("before, a night", before.over(count))
    _tell("now, thirty nights", after.over(count))
    _tell("a step, with its row and its part", step := empty.over(TURNS))
    steps = TURNS * MILLION / STEP
    now = MILLION * after.over(count).dollars + steps * (step.dollars + PUT + GETS * GET)
    once = MILLION * TURNS * before.over(count).dollars
    print(f"{MILLION:,} accounts of {entries} entries, a month: ${once:.2f} before; ${now:.2f} now")


def nights(money: Money, nightly: Nightly, count: int) -> Spent:
    spent = Spent()
    for _ in range(count):
        money.clock.advance(days=1)
        with spending(spent):
            assert nightly.run()["ended"] == 1
    return spent


def _account(money: Money, people: DynamoPeople, name: str, entries: int) -> None:
    """Services and their payments, each paid in full."""
    money.open(name)
    for number in range(entries // 2):
        money.charge(f"{name}-c{number}", 15_000, name)
        money.cash(f"{name}-p{number}", 15_000, name)
    people.save_client(money.practice, Client(name, "", "Ana Example", "", "en"))


def _tell(what: str, spent: Spent) -> None:
    print(
        f"{what}: {spent.units:.2f} read units, {spent.writes:.3f} write units, {spent.calls:.2f} calls, "
        f"{1000 * spent.seconds:.2f} ms"
    )


# --- memory ---------------------------------------------------------------------------------------


class Made:
    """A practice of any number of accounts, all alike: a service and its payment in part."""

    def __init__(self, count: int) -> None:
        money = Money()
        money.open("a")
        money.charge("c", 15_000, "a")
        money.cash("p", 10_000, "a")
        self.count, self.money = count, money
        row, beside = money.ledgers.account_row(money.ref("a")), money.ledgers.other_rows(money.ref("a"))
        assert row is not None
        assert beside is not None
        self.row: AccountRow = row
        self.beside: Rows = beside
        self.base = money.account("a")
        self.own, self.asked = list(money.ledgers.entries(money.ref("a"))), ""

    def names(self, after: str = "") -> Iterator[str]:
        first = int(after.rpartition("-")[2]) + 1 if after else 0
        return (f"0b8f1c1e-0000-4000-8000-{number:012d}" for number in range(first, self.count))

    def head(self, name: str) -> Head:
        row = self.account_row(AccountRef("fern", name))
        assert row.account is not None
        told = state(row.account, row.balance_minor), nets(self.own)
        return Head(name, len(self.own), self.own[-1].hash, *told)

    # of the ledger
    def account_refs(self, practice: str, *, after: str = "") -> Iterator[AccountRef]:
        return (AccountRef(practice, name) for name in self.names(after))

    def account(self, ref: AccountRef) -> Any:
        return replace(self.base, id=ref.account)

    def account_row(self, ref: AccountRef) -> AccountRow:
        return replace(self.row, account=self.account(ref))

    def account_rows(self, refs: Iterable[AccountRef]) -> Mapping[str, AccountRow]:
        return {ref.account: self.account_row(ref) for ref in refs}

    def entries(self, ref: AccountRef, *, first: int = 1, last: int | None = None) -> Iterator[Entry]:
        self.asked = ref.account
        return iter(self.own[first - 1 : last])

    def other_rows(self, ref: AccountRef) -> Rows:
        payments = [replace(payment, account_id=ref.account) for payment in self.beside.payments]
        charges = {id_: replace(row, account_id=ref.account) for id_, row in self.beside.charges.items()}
        return replace(self.beside, payments=payments, charges=charges)

    def markers(self, practice: str, wanted: Iterable[str]) -> Mapping[str, Marker]:
        """Those of the account whose entries were asked for last: a key does not tell whose it is."""
        return {
            key: replace(self.money.ledgers.movements["fern", key], account_id=self.asked) for key in wanted
        }

    # of people
    def clients(self, practice: str, *, after: str = "") -> Iterator[Client]:
        return (Client(name, name, name, "", "en") for name in self.names(after))

    def accounts_of(self, practice: str, ids: Iterable[str]) -> Mapping[str, str]:
        return {id_: id_ for id_ in ids}


class Files(Anchors):
    """In a folder, as they would lie in S3."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.closed = folder, dict[str, bytes]()

    def put(self, practice: str, day: str, content: bytes) -> None:
        self.closed[day] = content

    def latest(self, practice: str) -> tuple[str, bytes] | None:
        return max(self.closed.items()) if self.closed else None

    def put_part(self, practice: str, day: str, number: int, content: bytes) -> None:
        (self.folder / f"{day}-{number}").write_bytes(content)

    def part(self, practice: str, day: str, number: int) -> bytes | None:
        file = self.folder / f"{day}-{number}"
        return file.read_bytes() if file.exists() else None


def memory(count: int) -> None:
    made, money = Made(count), Money()
    with TemporaryDirectory() as folder:
        anchors = Files(Path(folder))
        _keep(anchors, made, "2026-03-09")
        at_first = _peak()
        ledgers, people = cast(AuditedLedgers, made), cast(People, made)
        alerting = Alerting(money.alerts, money.clock)
        verifying = Verifying(ledgers, people, money.clock)
        anchoring = Anchoring(ledgers, anchors, alerting)
        rounds = MemoryRounds()
        daily = Daily(JOB, money.practices, rounds, alerting, money.clock)
        comparing = Comparing(verifying, verifying, anchoring)
        nightly = Nightly(daily, comparing, anchoring, money.register, alerting, money.clock)
        begun, done = time.process_time(), nightly.run()
        took, found = time.process_time() - begun, len(money.alerts.held)
        size = sum(file.stat().st_size for file in Path(folder).iterdir()) / 2
    kept = rounds.held["fern", JOB]
    print(f"{count:,} accounts: {done}, {took:.0f} s of computing, {found} alerts")
    print(f"{at_first} MB before the night, {_peak()} MB at its peak; {size / 1e6:.1f} MB of anchors")
    print(f"{len(kept.carried)} bytes carried from night to night")


def _keep(anchors: Anchors, made: Made, day: str) -> None:
    names, number, last = made.names(), 0, ""
    while heads := [made.head(name) for _, name in zip(range(MOST), names, strict=False)]:
        content = part_text("fern", day, number, heads, to=heads[-1].account_id, previous=last)
        anchors.put_part("fern", day, number, content)
        last, number = parse_part(content, "fern", day, number).sha256, number + 1
    anchors.put("fern", day, anchor_text("fern", day, previous="", round_=0, parts=number, last=last))


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    what, *numbers = sys.argv[1:]
    if what == "bill":
        bill(*map(int, numbers or (ACCOUNTS, ENTRIES)))
    else:
        memory(*map(int, numbers or (MILLION,)))
