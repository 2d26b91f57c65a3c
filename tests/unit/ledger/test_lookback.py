"""What entries tell of the past: which allocations a refund can take back, and how a charge stands."""

import pytest

from chalicelib.ledger.domain.allocation import Allocation, Share
from chalicelib.ledger.domain.entries import Entry, EntryKind, OpenItem
from chalicelib.ledger.domain.lookback import (
    insurer_owes,
    item_from,
    taken_back,
    undoable,
    undoable_elsewhere,
)
from tests.support.entries import entry, numbered


def paying(of: str, *, credit: int = 0, **shares: int) -> Entry:
    rows = [f"C client:paid/{charge_id} {amount}" for charge_id, amount in shares.items()]
    return entry(*rows, *([f"C credit {credit}"] if credit else []), of=of)


def giving_back(of: str, kind: EntryKind = EntryKind.REFUND, *, credit: int = 0, **shares: int) -> Entry:
    rows = [f"D client:paid/{charge_id} {amount}" for charge_id, amount in shares.items()]
    return entry(*rows, *([f"D credit {credit}"] if credit else []), of=of, kind=kind)


def using_credit(amount: int, charge_id: str) -> Entry:
    """A charge whose payment by credit is in the same entry."""
    rows = (f"D client:fee/{charge_id} 500", "C income:fees 500")
    return entry(*rows, f"D credit {amount}", f"C client:paid/{charge_id} {amount}", kind=EntryKind.CHARGE)


def of(shares: list[Share]) -> list[tuple[str, int]]:
    return [(share.charge_id, share.amount_minor) for share in shares]


def test_a_refund_undoes_its_own_payments_allocations_the_newest_first() -> None:
    assert of(undoable([paying("p", c1=100, c2=50, c3=20)], "p")) == [("c3", 20), ("c2", 50), ("c1", 100)]


def test_other_payments_since_are_left_alone() -> None:
    entries = [paying("p", c1=100), paying("q", c1=40, c2=70, credit=10), entry("C client:paid/c3 5")]
    assert of(undoable(entries, "p")) == [("c1", 100)]


def test_what_the_payments_credit_paid_later_is_newer() -> None:
    entries = [paying("p", c1=100, credit=50), using_credit(30, "c2"), using_credit(20, "c3")]
    assert of(undoable(entries, "p")) == [("c3", 20), ("c2", 30), ("c1", 100)]


def test_a_refund_that_came_back_has_paid_again() -> None:
    again = entry("C client:paid/c2 40", of="p", kind=EntryKind.REFUND_FAILURE)
    entries = [paying("p", c1=100), giving_back("p", c1=40), again]
    assert of(undoable(entries, "p")) == [("c2", 40), ("c1", 60)]


@pytest.mark.parametrize("kind", [EntryKind.REFUND, EntryKind.DISPUTE_DECIDED, EntryKind.ADJUSTMENT])
def test_what_was_taken_back_already_is_gone_from_the_newest_part_of_its_charge(kind: EntryKind) -> None:
    entries = [paying("p", c1=100, c2=60, credit=40), using_credit(40, "c1"), giving_back("q", kind, c1=70)]
    assert of(undoable(entries, "p")) == [("c2", 60), ("c1", 70)]
    assert of(undoable([*entries, giving_back("q", kind, c1=70, c2=1)], "p")) == [("c2", 59)]


def test_what_lies_elsewhere_is_all_that_is_paid_but_ones_own() -> None:
    entries = [paying("p", c1=100), paying("q", c2=70, c1=30), giving_back("q", c2=20), paying("r", c3=5)]
    assert of(undoable_elsewhere(entries, [Share("c1", 40)])) == [("c3", 5), ("c2", 50), ("c1", 90)]
    assert of(undoable_elsewhere(entries, [])) == [("c3", 5), ("c1", 30), ("c2", 50), ("c1", 100)]


def test_what_a_refund_took_is_told_as_shares_and_credit() -> None:
    assert taken_back(giving_back("p", credit=500, c1=200, c2=1)) == Allocation(
        (Share("c1", 200), Share("c2", 1)), 500
    )
    assert taken_back(giving_back("p", EntryKind.DISPUTE_DECIDED, c1=200)) == Allocation((Share("c1", 200),))


def test_a_charge_is_told_from_the_entry_that_opened_it_on() -> None:
    before = entry("C client:paid/c1 7", "D client:paid/c2 7")
    opening = entry("D client:fee/c1 500", opens="2026-01-01")
    again = entry("D client:fee/c1 50", opens="2026-02-02")
    assert item_from([before], "c1") is None
    assert item_from([opening], "c2") is None
    assert item_from([before, opening, paying("p", c1=20, c2=9)], "c1") == OpenItem(
        "c1", "ada", "2026-01-01", 500, paid_minor=20
    )
    assert item_from([opening, paying("p", c1=500), again], "c1") == OpenItem(
        "c1", "ada", "2026-02-02", 550, paid_minor=500
    )


def test_an_insurer_owes_what_was_expected_less_what_other_answers_settled() -> None:
    def settling(kind: EntryKind, amount: int, reference: str, charge_id: str = "c1") -> Entry:
        return entry(f"C insurer/{charge_id} {amount}", kind=kind, reference=reference)

    expected = entry("D insurer/c1 800", kind=EntryKind.CHARGE, reference="a1")
    paid = settling(EntryKind.INSURANCE_PAYMENT, 500, "a1")
    lost = settling(EntryKind.CONTRACTUAL_ADJUSTMENT, 100, "a1")
    left = settling(EntryKind.RESPONSIBILITY_TRANSFER, 50, "a1")
    other = settling(EntryKind.INSURANCE_PAYMENT, 600, "a1", "c2")
    more = settling(EntryKind.INSURANCE_PAYMENT, 200, "a3")
    entries = numbered(expected, paid, lost, left, other)
    assert insurer_owes(entries, "c1", besides="a1") == 750
    assert insurer_owes(entries, "c1", besides="a2") == 150
    assert insurer_owes(numbered(*entries, more), "c1", besides="a2") == -50
