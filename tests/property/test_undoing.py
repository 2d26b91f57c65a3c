"""Undoing is never a dead end: whatever was entered by hand can be undone, in any order that is allowed.

Issue 8, number 6.
"""

import contextlib
import random
from collections.abc import Callable

import pytest

from chalicelib.kernel.errors import BillfoldError, Refused
from chalicelib.ledger.domain.entries import Entry, EntryKind, Part
from chalicelib.verification.domain.accounts import audit
from tests.support.ledgers import stored
from tests.support.money import Money
from tests.support.seed import SEED

RUNS, COMMANDS = 150, 12
KINDS = frozenset(EntryKind) - {EntryKind.REVERSAL}
DAY = "2026-03-09"


@pytest.fixture
def money() -> Money:
    made = Money()
    made.open()
    return made


def undo(money: Money, seq: int) -> None:
    money.correcting.reverse(money.ref(), seq, on=DAY)


def test_cash_entered_three_times_can_be_undone_oldest_first(money: Money) -> None:
    money.charge("c1", 10000)
    seqs = [money.cash(f"p{n}", 10000).seq for n in range(3)]
    for seq, balance in zip(seqs, (-10000, 0, 10000), strict=True):
        undo(money, seq)
        assert money.account().ledger.balance_minor == balance
    assert list(audit(stored(money.ledgers, money.ref()))) == []


def test_credit_that_paid_a_later_charge_is_taken_back_from_it(money: Money) -> None:
    paid = money.cash("p1", 6000)
    money.charge("c1", 10000)
    assert money.account().ledger.open_minor == 4000
    undo(money, paid.seq)
    assert money.account().ledger.open_minor == 10000


def test_what_was_raised_paid_and_lowered_again_is_credit(money: Money) -> None:
    money.charge("c1", 10000)
    raised = money.post.adjustment(money.ref(), "a1", charge_external_id="c1", amount_minor=-5000, on=DAY)
    money.cash("p1", 15000)
    undo(money, raised.seq)
    assert money.account().ledger.balance_minor == -5000


def command(money: Money, drawn: random.Random, number: int) -> None:
    post, amount = money.post, drawn.choice((500, 2500, 7000))
    about = {"charge_external_id": f"c{drawn.randrange(max(number, 1))}", "on": DAY}
    choices: tuple[Callable[[], object], ...] = (
        lambda: money.charge(f"c{number}", amount),
        lambda: money.charge(f"c{number}", amount, insurer_minor=amount),
        lambda: money.cash(f"p{number}", amount),
        lambda: money.cash(f"p{number}", amount, charge_external_ids=(about["charge_external_id"],)),
        lambda: post.adjustment(
            money.ref(), f"a{number}", amount_minor=drawn.choice((-1, 1)) * amount, **about
        ),
        lambda: post.write_off(money.ref(), f"w{number}", amount_minor=amount, **about),
        lambda: post.insurance_payment(
            money.ref(), f"i{number}", paid_minor=amount, contractual_minor=0,
            to_client_minor=0, above_expected=drawn.random() < 0.5, **about,
        ),
        lambda: money.give_back(f"r{number}", f"p{drawn.randrange(max(number, 1))}", 300),
    )  # fmt: skip
    try:
        drawn.choice(choices)()
    except BillfoldError:
        money.charge(f"c{number}", amount)


def left(money: Money) -> list[int]:
    """The entries that nobody has undone, but for adjustments of a charge that was taken back: it was only
    because they come to nothing together."""
    entries = list(money.ledgers.entries(money.ref()))
    undone = {entry.draft.reverses for entry in entries}
    gone = {about(e, Part.FEE) for e in entries if e.draft.kind is EntryKind.CHARGE and e.seq in undone}
    return [
        e.seq for e in entries
        if e.draft.kind in KINDS and e.seq not in undone and about(e, Part.ADJUSTMENTS) not in gone
    ]  # fmt: skip


def about(entry: Entry, part: Part) -> str:
    return next((p.book.charge_id for p in entry.draft.postings if p.book.name == part), "")


@pytest.mark.parametrize("run", range(RUNS))
def test_everything_entered_by_hand_can_be_undone_in_some_order_from_any_start(
    money: Money, run: int
) -> None:
    print(f"BILLFOLD_SEED={SEED}")
    drawn = random.Random(f"{SEED}/{run}")
    for number in range(COMMANDS):
        command(money, drawn, number)
        if drawn.random() < 0.2 and (seqs := left(money)):
            with contextlib.suppress(Refused):
                undo(money, drawn.choice(seqs))
    while seqs := left(money):
        drawn.shuffle(seqs)
        for seq in seqs:
            try:
                undo(money, seq)
            except Refused:
                continue
            break
        else:
            pytest.fail(f"a dead end with {seqs} left")
        assert list(audit(stored(money.ledgers, money.ref()))) == []
    ledger = money.account().ledger
    assert (ledger.open, ledger.credit_minor) == ({}, 0)
