"""Drafts, whole: what they are, when, of which payment; and how far each rule goes, to the cent."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from chalicelib.ledger.domain import corrections, drafts, insurance
from chalicelib.ledger.domain.allocation import Allocation, Share
from chalicelib.ledger.domain.disputes import Dispute
from chalicelib.ledger.domain.entries import Draft, Entry, EntryKind, OpenItem
from chalicelib.ledger.domain.payments import Payment, State
from tests.support.entries import entry, refund
from tests.support.refusals import Refusal, refusal
from tests.unit.ledger.test_posting_rules import ON, Books, rows
from tests.unit.ledger.test_states import payment

OF: dict[str, Any] = {"on": "2026-03-09", "reference": "dp_1", "payment_id": "p"}


@pytest.fixture
def books() -> Books:
    """c1 of January was charged at 10.00 and paid by card."""
    made = Books()
    made.charge("c1", 1000, since="2026-01-07")
    made.pay(c1=1000)
    return made


def told(draft: Draft) -> tuple[str, str, str, str]:
    return draft.kind.value, draft.occurred_on, draft.reference, draft.payment_id


def test_credit_that_moves_says_when_and_by_which_transfer(books: Books) -> None:
    books.pay(500)
    out = books.add(corrections.credit_out(books.ledger, 500, **ON))
    come = books.add(corrections.credit_in(books.ledger, 500, **ON))
    assert {told(out), told(come)} == {("credit_transfer", "2026-03-05", "r", "")}


def test_only_closed_charges_are_opened_again(books: Books) -> None:
    books.charge("c2", 1000)
    books.pay(c2=400)
    items = {"c1": books.item("c1"), "c2": books.item("c2")}
    taken = Allocation((Share("c1", 100), Share("c2", 100)))
    drafted = refund(books.ledger, taken, items, processor="cash", payment_id="p", **ON)
    assert drafted.opens == (items["c1"],)
    raised = drafts.adjustment(books.ledger, items["c2"], -1, **ON)
    assert raised.opens == ()
    told: Refusal = ("charge_not_open", "charge_id", {"charge_id": "c1"})
    asked: dict[str, Any] = {"processor": "cash", "payment_id": "p", **ON}
    assert refusal(refund, books.ledger, replace(taken, shares=taken.shares[:1]), {}, **asked) == told


@pytest.mark.parametrize(("amount", "freed"), [(599, 0), (600, 0), (601, 1), (1000, 400)])
def test_an_adjustment_frees_what_is_paid_above_what_is_left_to_the_cent(amount: int, freed: int) -> None:
    books = Books()
    books.charge("c1", 1000)
    books.pay(c1=400)
    books.add(drafts.adjustment(books.ledger, books.item("c1"), amount, **ON))
    assert books.ledger.credit_minor == freed
    assert books.ledger.open_minor == max(600 - amount, 0)


def test_what_is_above_a_rules_limit_is_told_with_the_limit(books: Books) -> None:
    books.charge("c2", 300, 700)
    item = books.item("c2")
    left_to_client = partial(insurance.transfer_to_client, left_minor=800)
    limits: tuple[tuple[Callable[..., Draft], int, str, object], ...] = (
        (
            left_to_client,
            701,
            "transfer_above_insurance",
            {"remainder_minor": 700},
        ),
        (drafts.write_off, 301, "write_off_above_owed", {"remainder_minor": 300}),
        (drafts.adjustment, 301, "adjustment_above_fee", {}),
    )
    for rule, amount, code, details in limits:
        assert refusal(rule, books.ledger, item, amount, **ON) == (code, "amount_minor", details)
        rule(books.ledger, item, amount - 1, **ON)
    overdrawn = refusal(corrections.credit_out, books.ledger, 1, **ON)
    assert overdrawn == ("credit_overdrawn", "amount_minor", {"remainder_minor": 0})


def test_a_charge_of_less_than_nothing_is_refused_naming_its_fee() -> None:
    ledger, item = Books().ledger, OpenItem("c1", "ada", "2026-03-01")
    for client_minor, insurer_minor in ((-1, 0), (5, -1), (-1, 5)):
        parts = {"client_minor": client_minor, "insurer_minor": insurer_minor}
        told = refusal(drafts.charge, ledger, item, reference="c1", **parts)
        assert told == ("amount_invalid", "fee", {})


def reversal(*rows: str, of: EntryKind = EntryKind.REVERSAL, seq: int = 2) -> Entry:
    return replace(entry(*rows, kind=of), seq=seq)


def test_a_reversal_is_right_only_if_it_is_the_later_opposite_of_what_may_be_undone() -> None:
    paid = entry("D processor:cash 5", "C credit 5")
    opposite = ("C processor:cash 5", "D credit 5")
    applied = ("D credit 3", "C client:paid/c1 3")
    assert corrections.undoes(reversal(*opposite), paid)
    assert corrections.undoes(reversal(*opposite, *applied), paid)
    assert not corrections.undoes(reversal(*opposite, of=EntryKind.REFUND), paid)
    assert not corrections.undoes(reversal(*opposite), replace(paid, seq=3))
    assert not corrections.undoes(reversal("C processor:cash 4", "D credit 4"), paid)
    fee = entry("D processor:cash 5", "C credit 5", kind=EntryKind.PROCESSOR_FEE)
    assert not corrections.undoes(reversal(*opposite), fee)


def test_the_opposite_of_a_cent_is_a_cent() -> None:
    cent, opposite = entry("D processor:cash 1", "C credit 1"), entry("C processor:cash 1", "D credit 1")
    assert corrections.swapped(cent.draft.postings) == opposite.draft.postings


def test_a_charge_without_an_insurer_is_undone_by_itself() -> None:
    books = Books()
    books.charge("c1", 1000)
    items = {"c1": books.item("c1")}
    undone = corrections.reversal(books.ledger, books.entries[0], items, on="2026-03-09")
    assert rows(undone) == ["C client:fee/c1 1000", "D income:fees 1000"]


def external(**facts: Any) -> Payment:
    return replace(payment(State.SUCCEEDED), flow="external", processor="cash", **facts)


def test_a_payment_undone_says_when(books: Books) -> None:
    received = books.entries[1]
    undone = corrections.payment_without(external(version=3), received, at="2026-03-09")
    assert undone == external(state=State.CANCELED, updated_at="2026-03-09", version=4)
    refund = entry("C processor:cash 30", "D credit 30", kind=EntryKind.REFUND)
    refunded = external(refunded_minor=50, version=3)
    restored = corrections.payment_without(refunded, refund, at="2026-03-09")
    assert restored == external(refunded_minor=20, updated_at="2026-03-09", version=4)


def test_an_entry_that_cannot_be_undone_is_named_by_its_number(books: Books) -> None:
    third = replace(books.entries[1], seq=3)
    for made, code in (
        (payment(State.SUCCEEDED), "reversal_at_processor"),
        (external(refunded_minor=1), "entry_in_use"),
    ):
        assert refusal(corrections.payment_without, made, third, at="") == (code, None, {"seq": 3})
    fee = replace(third, draft=replace(third.draft, kind=EntryKind.PROCESSOR_FEE))
    assert refusal(corrections.check_reversible, fee) == ("reversal_at_processor", None, {"seq": 3})
    items = {"c1": OpenItem("c1", "ada", "2026-01-07", 1000, paid_minor=900)}
    assert refusal(corrections.reversal, books.ledger, third, items, on="") == (
        "entry_in_use",
        None,
        {"seq": 3},
    )


def test_what_is_left_to_refund_is_what_was_neither_given_back_nor_disputed_nor_lost() -> None:
    disputes = (Dispute("dp_1", 20), Dispute("dp_2", 300, lost=True))
    held = external(amount_minor=54_321, refunded_minor=1, disputes=disputes)
    assert held.remainder_minor == 54_000
    assert (held.disputed_minor, held.lost_minor, held.excess_minor) == (20, 300, 0)


def test_what_is_beyond_a_payment_is_charged_to_refunds_then_lost_disputes_then_open_ones() -> None:
    for refunded, left in (
        (0, (300, 100, 0)),
        (400, (100, 0, 300)),
        (500, (0, 0, 400)),
        (150, (300, 50, 50)),
    ):
        disputes = (Dispute("dp_1", 100), Dispute("dp_2", 300, lost=True))
        held = external(amount_minor=500, refunded_minor=refunded, disputes=disputes)
        assert (held.lost_minor, held.disputed_minor, held.excess_minor) == left
        assert held.remainder_minor == 500 - refunded - left[0] - left[1] >= 0
