"""What a balance and a payment cost as an account's history grows: `python -m tests.soak.bench`.

On the emulator. Capacity is computed from the items' bytes, as DynamoDB bills it (the emulator reports one
figure for all reads). Times are medians of one run: only ratios mean anything, as the machine's speed drifts.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from math import ceil
from statistics import median
from typing import Any

from chalicelib.adapters.clock import SystemClock
from chalicelib.adapters.dynamo.ledger_items import AccountItem, EntryItem
from chalicelib.adapters.dynamo.ledgers import DynamoLedgers
from chalicelib.adapters.dynamo.table import bind
from chalicelib.domain import posting as entries
from chalicelib.domain.accounts import Account
from chalicelib.domain.entries import OpenItem
from chalicelib.domain.ledger import Ledger, post
from chalicelib.services.posting import Posting
from sandbox.config import REGION
from tests.soak.environment import forget_accounts, versions
from tests.soak.store import item_bytes
from tests.support.ministack import Ministack, running_ministack

PRACTICE, ON = "fern", "2026-03-02"
OPEN_ITEMS, ROUNDS, BATCH, PAGE = 50, 100, 25, 50
KILOBYTE = 1024


def histories(sizes: list[int]) -> Iterator[tuple[int, Account, list[dict[str, Any]]]]:
    """Accounts of so many entries, 50 open items each, and the raw items, made by the domain's own rules."""
    for size in sizes:
        account, rows = Account(f"n{size}", Ledger("USD"), version=size), list[dict[str, Any]]()
        for number in range(size):
            account, entry = _next(account, number, size)
            rows.append(EntryItem.of(PRACTICE, account.id, entry).to_dynamodb_dict())
        rows.append(AccountItem.of(PRACTICE, account, account.version).to_dynamodb_dict())
        yield size, account, rows


def _next(account: Account, number: int, size: int) -> tuple[Account, Any]:
    """Charges and cash in turn, and charges that stay open at the end."""
    ledger = account.ledger
    if number < size - OPEN_ITEMS and number % 2:
        draft = entries.write_off(
            ledger, next(iter(ledger.open.values())), 9000, on=ON, reference=f"w{number}"
        )
    else:
        item = OpenItem(f"{number:020x}", "clinician-1", "2026-03-01")
        draft = entries.charge(ledger, item, client_minor=9000, insurer_minor=0, reference=f"c{number}")
    ledger, entry = post(ledger, draft, recorded_at=f"{ON}T12:00:00.000Z", actor="bench")
    return replace(account, ledger=ledger), entry


def load(client: Any, table: str, rows: list[dict[str, Any]]) -> None:
    batches = [rows[at : at + BATCH] for at in range(0, len(rows), BATCH)]

    def put(batch: list[dict[str, Any]]) -> None:
        client.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": row}} for row in batch]})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(put, batches))


@dataclass
class Sample:
    """One account's times, in milliseconds, and bytes."""

    account_id: str
    item_bytes: int
    page_bytes: int
    reads: list[float] = field(default_factory=list)
    posts: list[float] = field(default_factory=list)


def loaded(client: Any, table: str, sizes: list[int]) -> dict[int, Sample]:
    samples = {}
    for size, account, rows in histories(sizes):
        load(client, table, rows)
        page = sorted(rows[:-1], key=lambda row: str(row["gsi1sk"]["S"]), reverse=True)[:PAGE]
        samples[size] = Sample(account.id, item_bytes(rows[-1]), sum(item_bytes(row) for row in page))
    return samples


def taken_ms(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return (time.perf_counter() - started) * 1000


def measure(emulator: Ministack, sizes: list[int]) -> None:
    """The sizes take turns, so that what slows the machine slows all of them."""
    table, client = emulator.new_table(), emulator.client("dynamodb")
    bind(table, region=REGION, host=emulator.url)
    ledgers, samples = DynamoLedgers(), loaded(client, table, sizes)
    posting = Posting(ledgers, SystemClock(), "bench")
    for number in range(ROUNDS):
        for sample in samples.values():
            sample.reads.append(taken_ms(partial(ledgers.account, PRACTICE, sample.account_id)))
            sample.posts.append(taken_ms(partial(_pay, posting, sample.account_id, number)))
    for size, sample in samples.items():
        print(
            f"{size:>9} entries: balance {median(sample.reads):.2f} ms, payment {median(sample.posts):.2f} ms"
        )
        print(f"{'':>9} account item {sample.item_bytes} bytes, {_units(sample.item_bytes)} RRU", end="; ")
        print(f"newest {PAGE} entries {sample.page_bytes} bytes, {_units(sample.page_bytes)} RRU")
    first, last = samples[sizes[0]], samples[sizes[-1]]
    print(f"{sizes[-1]} / {sizes[0]}: balance {median(last.reads) / median(first.reads):.2f}", end=", ")
    print(f"payment {median(last.posts) / median(first.posts):.2f}")


def _pay(posting: Posting, account_id: str, number: int) -> None:
    name = f"{account_id}-p{number}"
    posting.external_payment(PRACTICE, account_id, name, 100, method="cash", on=ON)


def _units(size: int) -> float:
    """Eventually consistent reads: half a unit for every 4 KB begun."""
    return ceil(size / (4 * KILOBYTE)) / 2


def main() -> None:
    read = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    read.add_argument("--sizes", default="100,1000,10000,100000")
    asked = read.parse_args()
    forget_accounts()
    print(versions())
    with running_ministack() as emulator:
        measure(emulator, [int(size) for size in asked.sizes.split(",")])
    print("NOT measured: django-hordak and python-accounting beside it")


if __name__ == "__main__":
    main()
