"""python-accounting on SQLite: `python -m tests.soak.peers.accounting_ledger 100,1000`.

A balance by `closing_balance()`, a payment by a posted ClientReceipt. The library knows one database a
process, and reads the whole ledger of it, so each size has a process and a file of its own. The history is
written in bulk: an invoice and a receipt in turn, fifty invoices open at the end.
"""

import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from tests.soak.peers.measure import report

OPEN, HASH = 50, "0" * 64
BATCH = 50_000
KINDS = ("Transaction", "LineItem", "Ledger", "Ledger")  # the four rows that a posted transaction leaves
COLUMNS = {
    "recyclable": "id, recycled_type, created_at, updated_at",
    "transaction": "id, transaction_date, transaction_no, transaction_type, narration, main_account_amount,"
    "credited, compound, currency_id, account_id, entity_id",
    "line_item": "id, narration, quantity, amount, credited, tax_inclusive, account_id, transaction_id,"
    "entity_id",
    "ledger": "id, transaction_date, entry_type, amount, hash, transaction_id, currency_id, post_account_id,"
    "folio_account_id, line_item_id, entity_id",
}
Row = tuple[str, tuple[Any, ...]]  # table and values


def now() -> datetime:
    """As the library wants it: the machine's own time, without a zone."""
    return datetime.now()  # noqa: DTZ005


def load(path: Path, size: int, ids: dict[str, int]) -> None:
    """Write the rows that posting `size` transactions would have left, their hashes aside."""
    database = sqlite3.connect(path)
    ((first,),) = database.execute("SELECT max(id) + 1 FROM recyclable")
    made = (row for number in range(size) for row in _rows(first, ids, number, size))
    while some := list(islice(made, BATCH)):
        for name, columns in COLUMNS.items():
            values = [value for table, value in some if table == name]
            marks = ",".join("?" * len(columns.split(",")))
            database.executemany(f'INSERT INTO "{name}" ({columns}) VALUES ({marks})', values)
    database.execute("ANALYZE")
    database.commit()
    database.close()


def _rows(first: int, ids: dict[str, int], number: int, size: int) -> Iterator[Row]:
    id_, charge = first + len(KINDS) * number, number % 2 == 0 or number >= size - OPEN
    kind, no = ("CLIENT_INVOICE", "IN") if charge else ("CLIENT_RECEIPT", "RC")
    client, other = ids["client"], ids["fees"] if charge else ids["bank"]
    at, entity, currency, name = str(now()), ids["entity"], ids["currency"], f"{no}01/{number + 1:09d}"
    for row, recycled in enumerate(KINDS, start=id_):
        yield "recyclable", (row, recycled, at, at)
    yield "transaction", (id_, at, name, kind, "Session", 0, not charge, 0, currency, client, entity)
    yield "line_item", (id_ + 1, "Session", 1, 90, charge, 0, other, id_, entity)
    sides = ("DEBIT", "CREDIT") if charge else ("CREDIT", "DEBIT")
    yield "ledger", (id_ + 2, at, sides[0], 90, HASH, id_, currency, client, other, id_ + 1, entity)
    yield "ledger", (id_ + 3, at, sides[1], 90, HASH, id_, currency, other, client, id_ + 1, entity)


def measure(size: int, path: Path) -> None:
    """In a process of its own: make the database, fill it, take the times."""
    from python_accounting.config import config

    config.configure_database(f"sqlite:///{path}")  # before anything imports its engine
    from python_accounting.database.database_init import database_init
    from python_accounting.database.engine import engine
    from python_accounting.database.session import get_session
    from python_accounting.models import Account

    database_init()
    session = get_session(engine)
    ids = _practice(session)
    load(path, size, ids)
    client = session.get(Account, ids["client"])
    assert client.closing_balance(session) == 90 * OPEN
    report(size, partial(client.closing_balance, session), partial(_pay, session, ids))


def _practice(session: Any) -> dict[str, int]:
    from python_accounting.models import Account, Currency, Entity

    def added(thing: Any) -> Any:
        session.add(thing)
        session.commit()
        return thing

    entity = added(Entity(name="practice"))
    currency = added(Currency(name="dollars", code="USD", entity_id=entity.id))
    entity.currency_id = currency.id
    session.commit()
    kinds = {"client": "RECEIVABLE", "bank": "BANK", "fees": "OPERATING_REVENUE"}
    about = {"currency_id": currency.id, "entity_id": entity.id}
    accounts = {
        name: added(Account(name=name, account_type=Account.AccountType[kind], **about)).id
        for name, kind in kinds.items()
    }
    return {**accounts, "currency": currency.id, "entity": entity.id}


def _pay(session: Any, ids: dict[str, int]) -> None:
    from python_accounting.models import LineItem
    from python_accounting.transactions import ClientReceipt

    about = {"narration": "payment", "entity_id": ids["entity"]}
    receipt = ClientReceipt(transaction_date=now(), account_id=ids["client"], **about)
    session.add(receipt)
    session.flush()
    line = LineItem(account_id=ids["bank"], amount=Decimal(1), **about)
    session.add(line)
    session.flush()
    receipt.line_items.add(line)
    session.add(receipt)
    receipt.post(session)


def main() -> None:
    if len(sys.argv) > 2:
        measure(int(sys.argv[1]), Path(sys.argv[2]))
        return
    for size in sys.argv[1].split(","):
        with tempfile.TemporaryDirectory(prefix="billfold-accounting-") as folder:
            command = [sys.executable, "-m", __spec__.name, size, f"{folder}/ledger.db"]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
