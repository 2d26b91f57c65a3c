"""Export and restore, timed: a practice of so many entries, with all their rows, every balance compared.

`python -m tests.soak.restoring --entries 100000`; part of `make bench`. On the emulator, 1,000 an account.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

from chalicelib.backups.services.backing_up import BackingUp
from chalicelib.backups.store.backups import DynamoBackups
from chalicelib.documents.store.invoices import DynamoInvoices
from chalicelib.documents.store.statements import DynamoStatements
from chalicelib.documents.store.superbills import DynamoSuperbills
from chalicelib.ledger.store.imports import DynamoImports
from chalicelib.ledger.store.items import AccountIndexItem
from chalicelib.ledger.store.ledgers import DynamoLedgers
from chalicelib.platform.clock import SystemClock
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.table import bind
from chalicelib.practice.domain.practices import Client
from chalicelib.practice.services.refiling import Refiling
from chalicelib.practice.store.people import DynamoPeople
from chalicelib.practice.store.practices import DynamoPractices
from chalicelib.verification.services.verifying import Verifying
from sandbox.config import REGION
from tests.soak.environment import forget_accounts, versions
from tests.soak.histories import PRACTICE, History
from tests.soak.loading import imported
from tests.support.clock import FakeClock
from tests.support.ministack import Ministack, running_ministack
from tests.support.practice import PRACTICE as PROFILE
from tests.unit.identity.fakes import FakeKeys

EACH = 1000


def restored(emulator: Ministack, entries: int) -> str:
    """How long it took. Error: AssertionError when anything came back otherwise."""
    histories = [History(EACH, f"client-{number:06d}", whole=True) for number in range(entries // EACH)]
    imported(emulator, "billfold-whole", chain.from_iterable(history.rows() for history in histories))
    ledgers, people, practices = DynamoLedgers(), DynamoPeople(), DynamoPractices()
    backing_up = BackingUp(
        DynamoBackups(SystemClock()),
        ledgers,
        people,
        practices,
        DynamoStatements(),
        DynamoInvoices(),
        DynamoSuperbills(),
        DynamoImports(),
        Refiling(people, FakeKeys()),
        FakeKeys(),
    )
    bind("billfold-whole", region=REGION, host=emulator.url)
    practices.save_practice(replace(PROFILE, id=PRACTICE))
    for history in histories:
        AccountIndexItem(keys.accounts(PRACTICE), history.account.id).save()
        people.save_client(PRACTICE, Client(history.account.id, "", "Client", "", "en"))
    with tempfile.TemporaryDirectory(prefix="billfold-restoring-") as folder:
        file, started = Path(folder) / "practice.jsonl", time.monotonic()
        file.write_text("".join(f"{line}\n" for line in backing_up.export(PRACTICE)), encoding="utf-8")
        exported_s, megabytes = time.monotonic() - started, file.stat().st_size / 1e6
        bind(emulator.new_table(), region=REGION, host=emulator.url)
        assert practices.practice(PRACTICE) is None
        started = time.monotonic()
        backup = backing_up.restore(lambda: _lines(file))
        restored_s = time.monotonic() - started
    for history in histories:
        assert ledgers.account(history.account.ref(PRACTICE)) == history.account
    verified = Verifying(ledgers, people, FakeClock()).verify(PRACTICE)
    assert verified.ok, verified.findings[:5]
    return (
        f"{backup.rows:,} rows, {len(histories)} accounts, {megabytes:.0f} MB: out in {exported_s:.0f} s, "
        f"restored in {restored_s:.0f} s; every account equal, {verified.entries:,} entries verified"
    )


def _lines(file: Path) -> Iterator[str]:
    with file.open(encoding="utf-8") as opened:
        yield from opened


def main() -> None:
    read = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    read.add_argument("--entries", type=int, default=100_000)
    asked = read.parse_args()
    forget_accounts()
    print(versions(), flush=True)
    with running_ministack() as emulator:
        print(restored(emulator, asked.entries))


if __name__ == "__main__":
    main()
