"""Reversals and transfers of credit, by the rules: what each debits and credits, and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.kernel.errors import Refused
from chalicelib.ledger.domain import corrections, drafts, insurance
from chalicelib.ledger.domain.allocation import Allocation, Share
from chalicelib.ledger.domain.entries import INSURER, Draft, EntryKind, OpenItem
from tests.support.entries import entry, refund
from tests.unit.ledger.test_posting_rules import ON, Books, refused, rows

LATER = "2026-03-09"


@pytest.fixture
def books() -> Books:
    return Books()


def reverse(books: Books, seq: int) -> Draft:
    """Undo the entry with that number, by all that is known of its charges."""
    entry = books.entries[seq - 1]
    ids = {p.book.charge_id for p in entry.draft.postings if p.book.charge_id}
    items = {id_: books.item(id_) for id_ in ids}
    postings = [p for e in books.entries for p in e.draft.postings if p.book.charge_id in ids]
    insurer_minor = sum(p.debit_minor for p in postings if p.book.name == INSURER)
    return corrections.reversal(books.ledger, entry, items, insurer_minor=insurer_minor, on=LATER)


def in_use(books: Books, seq: int) -> None:
    refused("entry_in_use", reverse, books, seq)


def test_a_reversal_swaps_the_sides_and_names_its_entry(books: Books) -> None:
    books.charge("c1", 1000)
    books.pay(c1=1000)
    drafted = books.add(reverse(books, 2))
    assert rows(drafted) == ["C processor:cash 1000", "D client:paid/c1 1000"]
    assert (drafted.kind, drafted.reverses, drafted.payment_id) == (EntryKind.REVERSAL, 2, "p")
    assert (drafted.reference, drafted.occurred_on) == ("r", LATER)
    assert books.ledger.balance_minor == 1000


def test_a_charge_that_never_was_leaves_nothing_of_itself(books: Books) -> None:
    books.pay(500)
    before = books.ledger
    books.charge("c1", 3000, 7000)
    drafted = books.add(reverse(books, 2))
    assert rows(drafted) == [
        "C client:fee/c1 10000", "D income:fees 10000", "C insurer/c1 7000", "D client:insurance/c1 7000",
        "C credit 500", "D client:paid/c1 500",
    ]  # fmt: skip
    assert (books.ledger.credit_minor, dict(books.ledger.open)) == (before.credit_minor, {})
    assert books.item("c1") == OpenItem("c1", "ada", "2026-03-01")


def test_what_a_reversal_gives_back_as_credit_pays_what_is_open(books: Books) -> None:
    books.pay(500)
    books.charge("c1", 500)
    books.charge("c2", 800)
    drafted = books.add(reverse(books, 2))
    assert rows(drafted)[-2:] == ["D credit 500", "C client:paid/c2 500"]
    assert (books.ledger.credit_minor, books.ledger.balance_minor) == (0, 300)


def test_every_correction_of_a_charge_can_be_undone(books: Books) -> None:
    books.charge("c1", 3000, 7000)
    item = books.item("c1")
    for draft in (
        lambda: drafts.write_off(books.ledger, books.item("c1"), 400, **ON),
        lambda: drafts.adjustment(books.ledger, books.item("c1"), 300, **ON),
        lambda: drafts.adjustment(books.ledger, books.item("c1"), -300, **ON),
        lambda: insurance.transfer_to_client(books.ledger, books.item("c1"), 900, left_minor=7000, **ON),
        lambda: insurance.payment(books.ledger, books.item("c1"), insurance.Settled(900), **ON),
        lambda: insurance.contractual(books.ledger, books.item("c1"), insurance.Settled(900), **ON),
    ):
        books.add(draft())
        books.add(reverse(books, books.ledger.seq))
        assert books.item("c1") == item
    assert dict(books.ledger.open) == {"c1": item}


def test_an_adjustment_that_freed_money_takes_it_back(books: Books) -> None:
    books.charge("c1", 1000)
    books.pay(c1=1000)
    books.add(drafts.adjustment(books.ledger, books.item("c1"), 300, **ON))
    books.add(reverse(books, 3))
    assert (books.ledger.credit_minor, books.ledger.balance_minor) == (0, 0)
    assert (books.item("c1").paid_minor, books.item("c1").adjustments_minor) == (1000, 0)


def test_money_given_back_that_was_not_is_here_again(books: Books) -> None:
    books.charge("c1", 1000)
    books.pay(200, c1=1000)
    taken = Allocation((Share("c1", 300),), 200)
    items = {"c1": books.item("c1")}
    books.add(refund(books.ledger, taken, items, processor="cash", payment_id="p", **ON))
    drafted = books.add(reverse(books, 3))
    assert rows(drafted) == ["C client:paid/c1 300", "C credit 200", "D processor:cash 500"]
    assert (books.ledger.credit_minor, books.ledger.balance_minor) == (200, -200)


def test_opening_balances_are_undone_while_nothing_rests_on_them(books: Books) -> None:
    books.add(drafts.opening_credit(books.ledger, 700, **ON))
    books.add(reverse(books, 1))
    books.add(drafts.opening_debt(books.ledger, OpenItem("o1", "", "2026-01-01"), 1000, reference="r"))
    books.add(reverse(books, 3))
    assert (books.ledger.credit_minor, dict(books.ledger.open)) == (0, {})


@pytest.mark.parametrize(
    "step",
    [
        lambda b: b.pay(c1=400),
        lambda b: b.add(drafts.write_off(b.ledger, b.item("c1"), 100, **ON)),
        lambda b: b.add(drafts.adjustment(b.ledger, b.item("c1"), -100, **ON)),
        lambda b: b.add(insurance.transfer_to_client(b.ledger, b.item("c1"), 50, left_minor=500, **ON)),
        lambda b: b.add(insurance.payment(b.ledger, b.item("c1"), insurance.Settled(50), **ON)),
    ],
    ids=["paid", "written off", "raised", "left to the client", "paid by the insurer"],
)
def test_a_charge_that_something_rests_on_is_in_use(books: Books, step: Callable[[Books], object]) -> None:
    books.charge("c1", 1000, 500)
    step(books)
    in_use(books, 1)


def test_a_charge_whose_corrections_are_undone_can_be_undone_too(books: Books) -> None:
    books.charge("c1", 1000, 500)
    books.add(drafts.write_off(books.ledger, books.item("c1"), 100, **ON))
    books.add(insurance.payment(books.ledger, books.item("c1"), insurance.Settled(50), **ON))
    books.add(reverse(books, 2))
    books.add(reverse(books, 3))
    books.add(reverse(books, 1))
    assert books.ledger.balance_minor == 0


def test_a_charge_wholly_the_insurers_is_in_use_once_the_insurer_paid(books: Books) -> None:
    books.charge("c1", 0, 500)
    books.add(insurance.payment(books.ledger, books.item("c1"), insurance.Settled(500), **ON))
    in_use(books, 1)


@pytest.mark.parametrize(("client_minor", "insurer_minor"), [(1000, 500), (1000, 0), (0, 500)])
def test_nothing_more_is_posted_to_a_charge_that_was_taken_back(
    books: Books, client_minor: int, insurer_minor: int
) -> None:
    books.charge("c1", client_minor, insurer_minor)
    books.add(reverse(books, 1))
    taken_back, ledger = books.item("c1"), books.ledger
    for amount in (-100, 100):
        refused("charge_reversed", drafts.adjustment, ledger, taken_back, amount, **ON)
    refused("charge_reversed", drafts.write_off, ledger, taken_back, 100, **ON)
    settled = insurance.Settled(100)
    refused("charge_reversed", insurance.payment, ledger, taken_back, settled, **ON)
    refused("charge_reversed", insurance.contractual, ledger, taken_back, settled, **ON)
    for left_minor in (0, 500):
        about: dict[str, Any] = {"left_minor": left_minor, **ON}
        refused("charge_reversed", insurance.transfer_to_client, ledger, taken_back, 100, **about)


def test_the_refusal_names_the_charge(books: Books) -> None:
    books.charge("c1", 1000)
    books.add(reverse(books, 1))
    with pytest.raises(Refused) as caught:
        drafts.adjustment(books.ledger, books.item("c1"), -100, **ON)
    assert (caught.value.field, caught.value.details) == ("charge_id", {"charge_id": "c1"})


def test_a_charge_with_nothing_left_to_pay_is_not_one_that_was_taken_back(books: Books) -> None:
    books.charge("c1", 1000)
    books.add(drafts.write_off(books.ledger, books.item("c1"), 1000, **ON))
    assert not books.item("c1").reversed
    books.add(drafts.adjustment(books.ledger, books.item("c1"), -300, **ON))
    assert books.ledger.balance_minor == 300


def test_credit_that_was_spent_cannot_be_undone(books: Books) -> None:
    books.pay(500)
    books.charge("c1", 500)
    in_use(books, 1)


def test_a_payment_whose_charge_was_lowered_since_takes_the_credit_that_came_of_it(books: Books) -> None:
    books.charge("c1", 1000)
    books.pay(c1=1000)
    books.add(drafts.adjustment(books.ledger, books.item("c1"), 1000, **ON))
    assert books.ledger.credit_minor == 1000
    books.add(reverse(books, 2))
    assert (books.ledger.open, books.ledger.credit_minor) == ({}, 0)


def test_what_was_paid_again_since_becomes_credit_when_nothing_was_given_back_after_all(books: Books) -> None:
    books.charge("c1", 1000)
    books.pay(c1=1000)
    items = {"c1": books.item("c1")}
    taken = Allocation((Share("c1", 300),))
    books.add(refund(books.ledger, taken, items, processor="cash", payment_id="p", **ON))
    books.pay(c1=300)
    books.add(reverse(books, 3))
    assert (books.ledger.open, books.ledger.credit_minor) == ({}, 300)


def test_a_part_left_to_the_client_and_paid_becomes_credit_when_it_is_the_insurers_again(
    books: Books,
) -> None:
    books.charge("c1", 0, 700)
    books.add(insurance.transfer_to_client(books.ledger, books.item("c1"), 300, left_minor=700, **ON))
    books.pay(c1=200)
    books.add(reverse(books, 2))
    assert (books.ledger.open, books.ledger.credit_minor) == ({}, 200)


MONEY: dict[str, Any] = {"processor": "stripe", "payment_id": "p", **ON}


def test_a_reversal_is_final(books: Books) -> None:
    books.charge("c1", 1000)
    books.add(reverse(books, 1))
    refused("reversal_of_reversal", reverse, books, 2)


AFTERMATH = (
    EntryKind.DISPUTE_WITHDRAWN, EntryKind.DISPUTE_REINSTATED, EntryKind.DISPUTE_DECIDED,
    EntryKind.REFUND_FAILURE,
)  # fmt: skip


def test_what_a_processor_did_is_undone_by_the_processor_alone(books: Books) -> None:
    books.charge("c1", 1000)
    books.pay(c1=1000)
    books.add(drafts.processor_fee(books.ledger, 59, **MONEY))
    for kind in AFTERMATH:
        books.add(entry("D processor:stripe 5", "C asset:disputed 5", of="p", kind=kind).draft)
    for seq in range(3, 8):
        refused("reversal_at_processor", reverse, books, seq)


def test_credit_moves_out_of_one_account_and_into_the_other(books: Books) -> None:
    books.pay(700)
    drafted = books.add(corrections.credit_out(books.ledger, 500, **ON))
    assert rows(drafted) == ["D credit 500", "C asset:transfers 500"]
    other = Books()
    other.charge("c9", 300)
    arrived = other.add(corrections.credit_in(other.ledger, 500, **ON))
    assert rows(arrived) == [
        "D asset:transfers 500", "C credit 500", "D credit 300", "C client:paid/c9 300",
    ]  # fmt: skip
    assert (books.ledger.balance_minor, other.ledger.balance_minor) == (-200, -200)
    assert {drafted.kind, arrived.kind} == {EntryKind.CREDIT_TRANSFER}


def test_a_transfer_of_credit_is_undone_by_another_transfer(books: Books) -> None:
    books.pay(700)
    books.add(corrections.credit_out(books.ledger, 500, **ON))
    refused("reversal_of_transfer", reverse, books, 2)


@pytest.mark.parametrize("amount", [0, -1, True, 1.0, "1", 100_000_000])
def test_only_positive_whole_amounts_move(books: Books, amount: Any) -> None:
    refused("amount_invalid", corrections.credit_out, books.ledger, amount, **ON)
    refused("amount_invalid", corrections.credit_in, books.ledger, amount, **ON)


def test_no_more_credit_moves_than_there_is(books: Books) -> None:
    books.pay(700)
    refused("credit_overdrawn", corrections.credit_out, books.ledger, 701, **ON)
