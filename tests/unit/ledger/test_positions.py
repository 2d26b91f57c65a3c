"""How charges and payments stand: as the account knew them, and read no further than need be."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.allocation import Allocation, Share
from chalicelib.ledger.domain.entries import Entry
from chalicelib.ledger.domain.lookback import Standing
from chalicelib.ledger.services.positions import Positions
from chalicelib.ledger.services.posting import own_id
from tests.support.ledgers import MemoryLedgers
from tests.support.money import Money


class Counted(MemoryLedgers):
    """Notes the first number of every range of entries that is read."""

    def __init__(self) -> None:
        super().__init__()
        self.firsts: list[int] = []

    def entries(self, ref: AccountRef, **bounds: Any) -> Iterator[Entry]:
        self.firsts.append(bounds.get("first", 1))
        return super().entries(ref, **bounds)


@pytest.fixture
def ledgers() -> Counted:
    return Counted()


@pytest.fixture
def money(ledgers: Counted) -> Money:
    made = Money(ledgers=ledgers)
    made.open()
    return made


def taken(money: Money, payment: str, amount: int) -> Allocation:
    made = money.payment(own_id(money.practice, "payment", payment))
    return Positions(money.ledgers).taken(money.practice, money.account(), made, amount)


def reads(money: Money, ledgers: Counted, payment: str, amount: int) -> tuple[Allocation, list[int]]:
    ledgers.firsts.clear()
    return taken(money, payment, amount), ledgers.firsts


def test_a_refund_undoes_what_its_own_payment_paid_though_another_is_newer(money: Money) -> None:
    first = money.charge("c1", 1000)
    money.cash("p1", 1000)
    money.charge("c2", 1000)
    money.cash("p2", 1000)
    assert taken(money, "p1", 600) == Allocation((Share(first, 600),))


def test_the_whole_history_is_read_only_where_the_payments_own_entries_do_not_suffice(
    money: Money, ledgers: Counted
) -> None:
    first = money.charge("c1", 1000)
    money.cash("p1", 1000)
    assert reads(money, ledgers, "p1", 1000) == (Allocation((Share(first, 1000),)), [2])
    money.cash("p2", 500)
    assert reads(money, ledgers, "p1", 1000) == (Allocation((Share(first, 500),), 500), [2])
    money.give_back("r1", "p1", 1000)
    assert reads(money, ledgers, "p2", 500) == (Allocation((Share(first, 500),)), [3, 1])


def test_what_was_posted_since_the_account_was_read_does_not_mix_in(money: Money) -> None:
    charge_id = money.charge("c1", 1000, insurer_minor=300)
    money.cash("p1", 1000)
    account, standing = money.account(), Positions(money.ledgers)
    before = standing.items(money.practice, account, [charge_id])
    money.give_back("r1", "p1", 400)
    assert standing.items(money.practice, account, [charge_id]) == before
    assert before[charge_id].paid_minor == 1000


def test_charges_are_told_open_or_closed_and_unknown_ones_left_out(money: Money) -> None:
    closed = money.charge("c1", 1000)
    money.cash("p1", 1000)
    opened = money.charge("c2", 700)
    standing, account = Positions(money.ledgers), money.account()
    items = standing.items(money.practice, account, [closed, "nothing", opened])
    assert {id_: item.owed_minor for id_, item in items.items()} == {opened: 700, closed: 0}
    assert items[closed].paid_minor == 1000


def test_an_insurer_owes_nothing_for_a_charge_that_is_not_there(money: Money) -> None:
    charge_id = money.charge("c1", 0, insurer_minor=300)
    standing, account = Positions(money.ledgers), money.account()
    assert standing.standing(money.practice, account, charge_id).expected_minor == 300
    assert standing.standing(money.practice, account, "nothing") == Standing(0, 0, 0)


def test_a_charge_that_its_entry_does_not_open_is_left_out(money: Money) -> None:
    posted = money.charge("c1", 1000)
    row = money.ledgers.held_charges["fern", "maya", posted]
    money.ledgers.held_charges["fern", "maya", "stray"] = replace(row, id="stray")
    assert list(Positions(money.ledgers).items("fern", money.account(), ["stray", posted])) == [posted]
