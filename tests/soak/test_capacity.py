"""Capacity by the bytes of the items, as DynamoDB bills it."""

import json

from tests.soak.bench import OPEN_ITEMS, histories
from tests.soak.store import item_bytes


def test_a_balance_with_fifty_open_items_is_one_read_of_half_a_unit() -> None:
    ((_, account, rows),) = histories([400])
    stored = rows[-1]
    assert len(json.loads(stored["open"]["S"])) == len(account.ledger.open) == OPEN_ITEMS
    assert item_bytes(stored) <= 4096
