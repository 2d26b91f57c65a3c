"""A charge that no payment closed says so: taken back, or written off; and no more once that changes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.ledger.domain import drafts, insurance
from chalicelib.ledger.domain.closing import Closing, closing, closings
from chalicelib.ledger.domain.entries import OpenItem
from chalicelib.ledger.domain.history import HistoryRow
from chalicelib.ledger.services.positions import Positions
from chalicelib.ledger.services.posting import own_id
from tests.support.money import Money
from tests.unit.ledger.test_posting_rules import ON, Books

ITEM = OpenItem("c1", "ada", "2026-03-01", fee_minor=1000)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, Closing.NONE),
        ({"fee_minor": 0}, Closing.REVERSED),
        ({"fee_minor": 1}, Closing.NONE),
        ({"paid_minor": 1000}, Closing.NONE),
        ({"insurance_minor": 1000}, Closing.NONE),
        ({"adjustments_minor": 1000}, Closing.WRITTEN_OFF),
        ({"fee_minor": 1, "adjustments_minor": 1}, Closing.WRITTEN_OFF),
        ({"adjustments_minor": 999}, Closing.NONE),
        ({"adjustments_minor": 999, "paid_minor": 1}, Closing.NONE),
        ({"adjustments_minor": 400, "insurance_minor": 600}, Closing.WRITTEN_OFF),
        ({"adjustments_minor": -1, "insurance_minor": 1001}, Closing.NONE),
    ],
)
def test_how_a_charge_was_closed_is_told_by_its_parts(facts: Any, expected: Closing) -> None:
    assert closing(replace(ITEM, **facts)) is expected


def test_only_a_change_of_it_is_told() -> None:
    books = Books()
    books.charge("c1", 1000)
    books.charge("c2", 500)
    half = drafts.write_off(books.ledger, books.item("c1"), 400, **ON)
    assert closings(books.ledger, half) == {}
    books.add(half)
    rest = drafts.write_off(books.ledger, books.item("c1"), 600, **ON)
    assert closings(books.ledger, rest) == {"c1": Closing.WRITTEN_OFF}
    books.add(rest)
    again = drafts.adjustment(books.ledger, books.item("c1"), -1, **ON)
    assert closings(books.ledger, again) == {"c1": Closing.NONE}


def test_what_money_does_changes_it_never() -> None:
    books = Books()
    books.pay(300)
    books.charge("c1", 1000)
    assert closings(books.ledger, drafts.opening_credit(books.ledger, 700, **ON)) == {}
    books.pay(c1=700)
    insured = insurance.payment(books.ledger, books.item("c1"), insurance.Settled(100), **ON)
    assert closings(books.ledger, insured) == {}


@pytest.fixture
def money() -> Money:
    made = Money()
    made.open()
    made.charge("c1", 10000, insurer_minor=2000)
    return made


def told(money: Money, external_id: str = "c1") -> Closing:
    id_ = own_id(money.practice, "charge", external_id)
    seq = money.ledgers.charges(money.ref(), [id_])[id_].seq
    (row,) = [row for row in history(money) if row.entry.seq == seq]
    return row.closing


def history(money: Money) -> Sequence[HistoryRow]:
    whole: dict[str, Any] = {"since": "2026-01-01", "until": "2026-12-31", "cursor": None, "limit": 50}
    return money.ledgers.history(money.ref(), **whole).rows


def lower(money: Money, external_id: str, amount_minor: int) -> None:
    money.post.adjustment(
        money.ref(),
        external_id,
        charge_external_id="c1",
        amount_minor=amount_minor,
        on="2026-03-02",
    )


def write_off(money: Money, external_id: str, amount_minor: int) -> None:
    money.post.write_off(
        money.ref(),
        external_id,
        charge_external_id="c1",
        amount_minor=amount_minor,
        on="2026-03-02",
    )


def test_a_charge_taken_back_says_so(money: Money) -> None:
    money.correcting.reverse(money.ref(), 1, on="2026-03-02")
    assert told(money) is Closing.REVERSED


def test_a_charge_written_off_says_so_until_the_write_off_is_undone(money: Money) -> None:
    write_off(money, "w1", 4000)
    assert told(money) is Closing.NONE
    write_off(money, "w2", 6000)
    assert told(money) is Closing.WRITTEN_OFF
    money.correcting.reverse(money.ref(), 3, on="2026-03-02")
    assert told(money) is Closing.NONE


def test_a_charge_lowered_to_nothing_and_raised_again_is_paid_once_it_is_paid(money: Money) -> None:
    lower(money, "a1", 10000)
    assert told(money) is Closing.WRITTEN_OFF
    lower(money, "a2", -500)
    assert told(money) is Closing.NONE
    money.cash("p1", 500)
    assert (told(money), money.account().ledger.balance_minor) == (Closing.NONE, 0)


def test_a_charge_written_off_of_which_the_insurer_leaves_more_is_open(money: Money) -> None:
    write_off(money, "w1", 10000)
    money.post.insurance_payment(
        money.ref(), "i1", charge_external_id="c1", paid_minor=0, contractual_minor=0,
        to_client_minor=2000, on="2026-03-03",
    )  # fmt: skip
    assert (told(money), money.account().ledger.balance_minor) == (Closing.NONE, 2000)


def test_a_charge_paid_in_part_is_paid_though_the_rest_was_written_off(money: Money) -> None:
    money.cash("p1", 100)
    write_off(money, "w1", 9900)
    assert told(money) is Closing.NONE


def test_a_charges_own_row_never_changes(money: Money) -> None:
    id_ = own_id(money.practice, "charge", "c1")
    before = money.ledgers.charges(money.ref(), [id_])[id_]
    write_off(money, "w1", 10000)
    after = money.ledgers.charges(money.ref(), [id_])[id_]
    assert after == before


def test_nothing_is_read_where_nothing_changes(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = drafts.opening_credit(money.account().ledger, 700, **ON)
    monkeypatch.setattr(money.ledgers, "charges", None)
    assert Positions(money.ledgers).sequels(money.practice, money.account(), draft) == ()
