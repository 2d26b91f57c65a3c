"""What a balance and a payment cost as an account's history grows: `python -m tests.soak.bench`.

On the emulator. Capacity is computed from the items' bytes, as DynamoDB bills it (the emulator reports one
figure for all reads). Times are medians of one run: only ratios mean anything, as the machine's speed drifts.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from math import ceil
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
OPEN_ITEMS, ROUNDS, BATCH = 50, 60, 25
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


def median_ms(run: Callable[[int], object]) -> float:
    times = []
    for number in range(ROUNDS):
        started = time.perf_counter()
        run(number)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def measure(emulator: Ministack, sizes: list[int]) -> None:
    table, client = emulator.new_table(), emulator.client("dynamodb")
    bind(table, region=REGION, host=emulator.url)
    ledgers = DynamoLedgers()
    posting = Posting(ledgers, SystemClock(), "bench")
    reads, posts = dict[int, float](), dict[int, float]()
    for size, account, rows in histories(sizes):
        load(client, table, rows)
        stored = item_bytes(rows[-1])
        page = sorted(rows[:-1], key=lambda row: row["gsi1sk"]["S"], reverse=True)[:50]
        page_bytes = sum(item_bytes(row) for row in page)
        reads[size] = median_ms(lambda _, id_=account.id: ledgers.account(PRACTICE, id_))  # type: ignore[misc]
        posts[size] = median_ms(lambda n, id_=account.id: _pay(posting, id_, n))  # type: ignore[misc]
        print(f"{size:>9} entries: balance {reads[size]:.2f} ms, payment {posts[size]:.2f} ms")
        print(f"{'':>9} account item {stored} bytes, {_units(stored)} RRU", end="; ")
        print(f"newest 50 entries {page_bytes} bytes, {_units(page_bytes)} RRU", flush=True)
    first, last = sizes[0], sizes[-1]
    print(f"balance {last} / {first}: {reads[last] / reads[first]:.2f}", end="   ")
    print(f"payment {last} / {first}: {posts[last] / posts[first]:.2f}")


def _pay(posting: Posting, account_id: str, number: int) -> None:
    name = f"{account_id}-p{number}"
    posting.external_payment(PRACTICE, account_id, name, 100, method="cash", on=ON)


def _units(size: int) -> float:
    """Eventually consistent reads: half a unit for every 4 KB begun."""
    return ceil(size / (4 * KILOBYTE)) / 2


def main() -> None:
    read = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    read.add_argument("--sizes", default="100,1000,10000")
    asked = read.parse_args()
    forget_accounts()
    print(versions())
    with running_ministack() as emulator:
        measure(emulator, [int(size) for size in asked.sizes.split(",")])


if __name__ == "__main__":
    main()
