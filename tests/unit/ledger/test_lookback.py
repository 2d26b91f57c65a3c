"""What entries tell of the past: which allocations a refund can take back, and how a charge stands."""

from dataclasses import replace

import pytest

from chalicelib.ledger.domain.allocation import Allocation, Share
from chalicelib.ledger.domain.entries import Entry, EntryKind, OpenItem
from chalicelib.ledger.domain.lookback import (
    Standing,
    item_from,
    matched_owed_again,
    owed_again,
    standing,
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


def test_a_charge_stands_as_if_the_answer_had_never_been() -> None:
    def settling(kind: EntryKind, text: str, reference: str) -> Entry:
        return entry(text, kind=kind, reference=reference)

    posted = entry("D insurer/c1 800", "D client:fee/c1 300", kind=EntryKind.CHARGE, reference="a1")
    paid = settling(EntryKind.INSURANCE_PAYMENT, "C insurer/c1 500", "a1")
    lost = settling(EntryKind.CONTRACTUAL_ADJUSTMENT, "C insurer/c1 100", "a1")
    left = entry(
        "D client:insurance/c1 50", "C insurer/c1 50", kind=EntryKind.RESPONSIBILITY_TRANSFER, reference="a1"
    )
    other = settling(EntryKind.INSURANCE_PAYMENT, "C insurer/c2 600", "a1")
    lower = entry("C client:adjustments/c1 20", kind=EntryKind.ADJUSTMENT, reference="a1")
    client_paid = entry("C client:paid/c1 70", kind=EntryKind.PAYMENT, reference="a1")
    more = settling(EntryKind.INSURANCE_PAYMENT, "C insurer/c1 200", "a3")
    back = entry("D insurer/c1 100", kind=EntryKind.REVERSAL, reference="a1")
    entries = numbered(posted, paid, lost, left, other, lower, client_paid)
    assert standing(entries, "c1", besides="a1") == Standing(800, 300, 280)
    for besides in ("a2", ""):
        assert standing(entries, "c1", besides=besides) == Standing(150, 350, 330)
    assert standing(numbered(*entries, more), "c1", besides="a2").expected_minor == -50
    undone = numbered(*entries, replace(back, draft=replace(back.draft, reverses=3)))
    assert standing(undone, "c1", besides="").expected_minor == 250
    assert standing(undone, "c1", besides="a1").expected_minor == 800


WITHDRAWN, REINSTATED = EntryKind.DISPUTE_WITHDRAWN, EntryKind.DISPUTE_REINSTATED


def test_what_was_opened_and_not_paid_again_is_told_newest_first() -> None:
    entries = [
        paying("p", c1=100, c2=200, c3=300),
        giving_back("p", c3=300),
        giving_back("p", WITHDRAWN, c2=200, c1=100),
        entry("C client:paid/c3 120", "C client:paid/c1 100", of="p", kind=REINSTATED),
        giving_back("q", c4=7),
    ]
    assert of(owed_again(entries, "p")) == [("c2", 200), ("c3", 180)]
    opened_again = [*entries, giving_back("p", WITHDRAWN, c3=20)]
    assert of(owed_again(opened_again, "p")) == [("c3", 200), ("c2", 200)]
    assert of(owed_again(entries[:1], "p")) == []


def test_what_was_paid_before_it_was_opened_counts_against_it() -> None:
    """A dispute may give back what a refund then takes."""
    back = entry("C client:paid/c1 70", of="p", kind=REINSTATED)
    assert of(owed_again([back, giving_back("p", c1=100)], "p")) == [("c1", 30)]


def test_of_a_guests_money_that_is_told_which_one_refund_or_dispute_took() -> None:
    came, went = EntryKind.GUEST_PAYMENT, EntryKind.GUEST_PAYMENT_BACK

    def moves(kind: EntryKind, reference: str, *rows: str) -> Entry:
        return entry(*rows, kind=kind, reference=reference)

    entries = [
        moves(went, "dp_1/txn_1", "D client:paid/c1 100", "D client:paid/c2 50"),
        moves(went, "re_1", "D client:paid/c3 30"),
        moves(came, "dp_1/txn_2", "C client:paid/c1 60"),
        moves(EntryKind.REFUND, "dp_1/txn_3", "D client:paid/c4 9"),
    ]
    assert of(matched_owed_again(entries, "dp_1/txn_9")) == [("c2", 50), ("c1", 40)]
    assert of(matched_owed_again(entries, "re_1")) == [("c3", 30)]
