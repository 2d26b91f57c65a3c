"""An entry read from its text is the entry that was written, whatever it holds; other texts are refused."""

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.kernel.outside import OtherVersion
from chalicelib.ledger.domain.entries import GENESIS, Draft, Entry, EntryKind, OpenItem
from chalicelib.ledger.domain.entry_text import FIELDS, FORMAT, read, sealed
from tests.support.entries import posted
from tests.support.money import Money

ITEM = OpenItem("c1", "ada", "2026-03-01", 10000, 2000, -5, 70, "Sitzung, 50 min – früh")
DRAFT = Draft(
    EntryKind.REFUND, "2026-03-02",
    (posted("D", "client:paid/c1", "70"), posted("C", "processor:cash", "70")),
    (ITEM,), "ref 1", "p1", 7, "asked for it",
)  # fmt: skip
WHOLE = sealed(Entry(8, DRAFT, "2026-03-02T10:00:00.000Z", "cli", GENESIS))
ITEMS = {
    "owed from its day": replace(ITEM, service_on=ITEM.since),
    "owed since later": replace(ITEM, service_on="2026-01-01"),
    "free": replace(ITEM, fee_minor=0, service_on=ITEM.since, free=True),
    "free since later": replace(ITEM, fee_minor=0, service_on="2026-01-01", free=True),
}


@pytest.mark.parametrize("name", ITEMS)
def test_an_item_is_read_as_it_was_written(name: str) -> None:
    entry = sealed(replace(WHOLE, draft=replace(DRAFT, opens=(ITEMS[name],))))
    assert read(entry.text, entry.hash) == entry


def test_all_that_an_account_comes_to_is_read_as_it_was_written() -> None:
    money = Money()
    money.open()
    money.charge("c1", 12000, insurer_minor=2000)
    money.cash("p1", 15000)
    money.give_back("r1", "p1", 6000)
    money.correcting.reverse(money.ref(), 3, on="2026-03-09", reason="never given")
    for entry in money.ledgers.entries(money.ref()):
        assert read(entry.text, entry.hash) == entry


def test_the_hash_is_the_one_that_stands_beside_it() -> None:
    assert read(WHOLE.text, "other") == replace(WHOLE, hash="other")


@pytest.mark.parametrize("format_", [0, FORMAT + 1, -1, str(FORMAT), True, float(FORMAT), None])
def test_another_format_is_refused_and_named(format_: Any) -> None:
    """`true` is 1 to Python."""
    text = json.dumps([format_, *json.loads(WHOLE.text)[1:]])
    with pytest.raises(OtherVersion) as refused:
        read(text, "")
    assert refused.value.version == format_


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "[1]", "7", WHOLE.text[:-1], WHOLE.text.replace(',"D",', ',"Q",')]
)
def test_what_is_no_entry_is_refused(text: str) -> None:
    with pytest.raises((ValueError, TypeError, LookupError)):
        read(text, "")


def test_a_field_too_few_or_too_many_is_refused() -> None:
    values = json.loads(WHOLE.text)
    assert len(values) == len(FIELDS) + 1
    for wrong in (values[:-1], [*values, ""]):
        with pytest.raises(ValueError, match="zip"):
            read(json.dumps(wrong), "")
