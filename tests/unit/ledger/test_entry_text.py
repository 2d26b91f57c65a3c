"""Stored entries outlive the code that wrote them: a later format leaves those before it as they are."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.kernel import stored_format
from chalicelib.kernel.outside import OtherVersion, Unreadable
from chalicelib.ledger.domain import entry_text
from chalicelib.ledger.domain.entries import Entry
from chalicelib.ledger.domain.history import HistoryRow
from chalicelib.ledger.store.items import EntryItem
from chalicelib.ledger.store.open_items import packed, unpacked
from chalicelib.verification.domain.accounts import audit
from tests.support.ledgers import stored
from tests.support.money import Money


@pytest.fixture
def money() -> Money:
    return Money()


def rows(money: Money, account_id: str) -> list[dict[str, Any]]:
    """An account's entries as the table keeps them."""
    entries = money.ledgers.entries(money.ref(account_id))
    return [EntryItem.of(money.ref(account_id), HistoryRow(entry)).to_dynamodb_dict() for entry in entries]


def busy(money: Money, account_id: str) -> Money:
    money.open(account_id)
    money.charge(f"{account_id}1", 12000, account_id, insurer_minor=2000, service="Einzeltherapie, 50 min")
    money.cash(f"{account_id}p", 15000, account_id)
    money.give_back(f"{account_id}r", f"{account_id}p", 6000, account_id)
    return money


def read_again(row: dict[str, Any]) -> Entry:
    item = EntryItem()
    item.deserialize(row)
    return item.entry()


def with_channel(monkeypatch: pytest.MonkeyPatch, brought_by: int = 1) -> None:
    """Format 2: an entry says through which channel it came, too."""
    values = entry_text._values

    def more(entry: Entry) -> Mapping[str, object]:
        return {**values(entry), "channel": "console"}

    monkeypatch.setattr(entry_text, "FORMAT", 2)
    monkeypatch.setattr(entry_text, "SINCE", {1: 1, 2: brought_by})
    monkeypatch.setattr(entry_text, "FIELDS", {**entry_text.FIELDS, "channel": 2})
    monkeypatch.setattr(entry_text, "_values", more)


def test_entries_of_format_1_verify_and_read_alike_when_a_format_2_has_a_field_more(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = rows(busy(money, "maya"), "maya")
    entries = [read_again(row) for row in first]
    with_channel(monkeypatch)
    money.charge("maya2", 7000)
    (*old, new) = rows(money, "maya")
    assert old == first
    assert [row["body"]["S"][:3] for row in (*old, new)] == ["[1,", "[1,", "[1,", "[2,"]
    assert new["body"]["S"].endswith(',"console"]')
    assert [read_again(row) for row in old] == entries
    assert read_again(new).draft.reference == "maya2"
    assert list(audit(stored(money.ledgers, money.ref()))) == []


def test_issue_18_an_entry_is_written_in_the_format_before_until_the_deployments_next_is_in_force(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_channel(monkeypatch, brought_by=2)
    monkeypatch.setattr(stored_format, "_source", lambda: 1)
    (*_, before) = rows(busy(money, "maya"), "maya")
    assert before["body"]["S"].startswith("[1,")
    assert not before["body"]["S"].endswith('"console"]')
    monkeypatch.setattr(stored_format, "_source", lambda: 2)
    money.charge("maya2", 7000)
    (*_, after) = rows(money, "maya")
    assert (after["body"]["S"][:3], after["body"]["S"].endswith(',"console"]')) == ("[2,", True)
    assert list(audit(stored(money.ledgers, money.ref()))) == []


def test_an_entry_of_a_format_that_is_not_known_yet_is_refused_by_number_and_format(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as later:
        with_channel(later)
        (row, *_) = rows(busy(money, "maya"), "maya")
    with pytest.raises(Unreadable) as caught:
        read_again(row)
    assert str(caught.value) == "entry 1 (version 2)"


@pytest.mark.parametrize("format_", [0, -1, 1.5, "1", None, True, [1]])
def test_a_text_without_a_format_is_no_entry(money: Money, format_: object) -> None:
    busy(money, "maya")
    entry = next(money.ledgers.entries(money.ref()))
    text = json.dumps([format_, *json.loads(entry.text)[1:]])
    with pytest.raises(OtherVersion):
        entry_text.read(text, entry.hash)


def test_an_entry_of_the_version_before_which_had_no_format_is_refused(money: Money) -> None:
    busy(money, "maya")
    for row in rows(money, "maya"):
        row["body"]["S"] = "[" + row["body"]["S"].removeprefix("[1,")
        with pytest.raises(Unreadable):
            read_again(row)


def test_open_items_carry_the_name_and_the_day_of_their_service_wherever_they_stand(money: Money) -> None:
    busy(money, "maya")
    money.charge("maya2", 7000, date="2026-03-04", service="Einzeltherapie, 50 min")
    items = money.account().ledger.open.values()
    assert {(item.service, item.service_on) for item in items} == {
        ("Einzeltherapie, 50 min", "2026-03-01"), ("Einzeltherapie, 50 min", "2026-03-04"),
    }  # fmt: skip
    assert tuple(unpacked(packed(items))) == tuple(items)
    assert packed(items).count("Einzeltherapie") == 1
