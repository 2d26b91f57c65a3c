"""Which items a payment pays, what it gets when they changed, and what a refund takes back."""

import pytest

from chalicelib.kernel.errors import Invalid
from chalicelib.ledger.domain.allocation import Allocation, Share, allocate, refit, take_back
from chalicelib.ledger.domain.entries import OpenItem

OLD = OpenItem("b-old", "ada", "2026-01-01", 100)
SAME_DAY = OpenItem("a-old", "ada", "2026-01-01", 100)
NEW = OpenItem("c-new", "ada", "2026-02-01", 100)
ITEMS = [NEW, OLD, SAME_DAY]
OPEN = {item.charge_id: item for item in ITEMS}


def of(allocation: Allocation) -> tuple[dict[str, int], int]:
    return {s.charge_id: s.amount_minor for s in allocation.shares}, allocation.credit_minor


def test_the_oldest_is_paid_first_and_the_excess_is_credit() -> None:
    assert of(allocate(150, ITEMS)) == ({"a-old": 100, "b-old": 50}, 0)
    assert of(allocate(350, ITEMS)) == ({"a-old": 100, "b-old": 100, "c-new": 100}, 50)
    assert of(allocate(5, [])) == ({}, 5)


def test_one_cent_is_paid_and_nothing_is_no_share() -> None:
    assert allocate(1, ITEMS).shares == (Share("a-old", 1),)
    assert allocate(0, ITEMS) == Allocation(())
    assert refit(Allocation((Share("c-new", 1), Share("gone", 1))), OPEN).shares == (
        Share("c-new", 1), Share("a-old", 1),
    )  # fmt: skip
    assert take_back(2, 1, [Share("c-new", 1)]) == Allocation((Share("c-new", 1),), 1)


def test_only_the_payable_part_of_an_item_is_paid() -> None:
    assert of(allocate(200, ITEMS, {"a-old": 30, "c-new": 40})) == ({"a-old": 30, "c-new": 40}, 130)


def test_unchanged_items_get_exactly_what_was_chosen() -> None:
    wanted = Allocation((Share("c-new", 60),))
    assert refit(wanted, OPEN) == wanted


def test_what_an_item_no_longer_owes_pays_the_oldest_and_only_then_is_credit() -> None:
    wanted = Allocation((Share("gone", 120), Share("c-new", 60)))
    assert of(refit(wanted, OPEN)) == ({"c-new": 60, "a-old": 100, "b-old": 20}, 0)
    more = Allocation((Share("gone", 300), Share("c-new", 60)), 40)
    assert of(refit(more, OPEN)) == ({"c-new": 100, "a-old": 100, "b-old": 100}, 100)
    assert of(refit(more, {})) == ({}, 400)


def test_a_refit_keeps_the_sum_and_never_overpays() -> None:
    for first in range(0, 260, 20):
        wanted = Allocation((Share("c-new", first), Share("gone", 30)), 10)
        made = refit(wanted, OPEN)
        assert made.total_minor == wanted.total_minor
        assert all(s.amount_minor <= OPEN[s.charge_id].owed_minor for s in made.shares)


def test_a_refund_takes_credit_then_the_newest() -> None:
    newest_first = [Share("c-new", 50), Share("b-old", 50), Share("c-new", 20)]
    assert of(take_back(30, 40, newest_first)) == ({}, 30)
    assert of(take_back(100, 40, newest_first)) == ({"c-new": 50, "b-old": 10}, 40)
    assert of(take_back(160, 40, newest_first)) == ({"c-new": 70, "b-old": 50}, 40)


def test_a_refund_of_more_than_there_is_says_how_much_there_is() -> None:
    with pytest.raises(Invalid) as caught:
        take_back(161, 40, [Share("c-new", 50), Share("b-old", 70)])
    assert (caught.value.code, caught.value.details) == ("refund_above_remainder", {"remainder_minor": 160})
