"""Capacity by the bytes of the items, as DynamoDB bills it."""

import json
from collections import deque

import pytest

from tests.soak.bench import units
from tests.soak.histories import OPEN_ITEMS, PAGE, History
from tests.soak.store import item_bytes


@pytest.fixture(scope="module")
def history() -> History:
    made = History(400)
    deque(made.rows(), maxlen=0)
    return made


def test_a_balance_with_fifty_open_items_is_one_read_of_half_a_unit(history: History) -> None:
    assert len(json.loads(history.item["open"]["S"])[1]) == len(history.account.ledger.open) == OPEN_ITEMS
    assert units(item_bytes(history.item)) == 0.5


def test_a_page_of_fifty_entries_is_three_units_at_most(history: History) -> None:
    assert len(history.newest) == PAGE
    assert units(sum(map(item_bytes, history.newest))) <= 3
