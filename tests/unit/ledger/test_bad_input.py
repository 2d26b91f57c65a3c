"""Bad input to the ledger: each is refused by its code, and nothing at all is written."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from chalicelib.kernel.errors import BillfoldError
from chalicelib.kernel.money import Money as Amount
from chalicelib.kernel.outside import Conflict
from chalicelib.ledger.domain.entries import CREDIT, INCOME, Draft, EntryKind, Posting, Side, credit, debit
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.ledger.services.recording import entered, record
from chalicelib.payments.domain.quotes import Scope
from chalicelib.payments.ports.processors import Decision
from tests.support.money import Money
from tests.support.practice import MAYA

ON = "2026-03-09"
CARD = "card-0000000000000001"
BAD_AMOUNTS: tuple[Any, ...] = (0, -1, True, 1.5, "100", None, 100_000_000)


@pytest.fixture
def money() -> Money:
    """Maya owes nothing of 100.00: 40.00 came in cash, 60.00 by card. Noah owes 50.00."""
    made = Money()
    made.open()
    made.open("noah")
    made.open("kai", "JPY")
    made.charge("c1", 10000)
    made.cash("p1", 4000)
    made.start(CARD)
    made.processor.take(CARD)
    made.settle(CARD)
    made.charge("n1", 5000, "noah")
    return made


@dataclass(frozen=True)
class Everything:
    """All that is stored."""

    commits: int
    held: tuple[dict[Any, Any], ...]

    @staticmethod
    def of(money: Money) -> "Everything":
        ledgers = money.ledgers
        parts = (
            ledgers.accounts,
            ledgers.rows,
            ledgers.held_charges,
            ledgers.held_payments,
            ledgers.movements,
        )
        return Everything(ledgers.commits, tuple(dict(part) for part in parts))


def refused(money: Money, code: str, command: Callable[[], object], field: str | None = None) -> None:
    before = Everything.of(money)
    with pytest.raises(BillfoldError) as caught:
        command()
    assert caught.value.code == code
    assert field is None or caught.value.field == field
    assert Everything.of(money) == before


def post_raw(money: Money, *postings: Posting) -> None:
    """A command that would post just these lines to Maya's account."""

    def decide(account: Any) -> Change:
        draft = Draft(EntryKind.ADJUSTMENT, ON, postings)
        after, entry = entered(account, draft, at=f"{ON}T12:00:00.000Z", actor="cli")
        return Change(account, after, entry, marker=Marker("import#x#1", "maya", "", entry.seq, ""))

    record(money.ledgers, money.clock, money.ref(), decide)


def test_an_unbalanced_entry(money: Money) -> None:
    refused(
        money, "entry_unbalanced", lambda: post_raw(money, debit(INCOME, 2, "USD"), credit(CREDIT, 1, "USD"))
    )
    refused(
        money, "entry_unbalanced", lambda: post_raw(money, debit(INCOME, 1, "USD"), debit(CREDIT, 1, "USD"))
    )
    refused(money, "entry_incomplete", lambda: post_raw(money, debit(INCOME, 1, "USD")))
    refused(money, "entry_incomplete", lambda: post_raw(money))


def test_mixed_currencies(money: Money) -> None:
    mixed = debit(INCOME, 1, "USD"), credit(CREDIT, 1, "EUR")
    refused(money, "currency_mixed", lambda: post_raw(money, *mixed))
    foreign = debit(INCOME, 1, "EUR"), credit(CREDIT, 1, "EUR")
    refused(money, "currency_mixed", lambda: post_raw(money, *foreign))
    move: dict[str, Any] = {"source": money.ref(), "target": money.ref("kai"), "amount_minor": 1, "on": ON}
    refused(money, "currency_mixed", lambda: money.correcting.transfer_credit("t1", **move), "to")


@pytest.mark.parametrize("amount", BAD_AMOUNTS)
def test_an_amount_that_is_not_a_positive_whole_number(money: Money, amount: Any) -> None:
    maya, noah, on_charge = money.ref(), money.ref("noah"), {"charge_external_id": "c1", "on": ON}
    post, correct = money.post, money.correcting
    commands: tuple[Callable[[], object], ...] = (
        lambda: post.external_payment(maya, "x", amount, method="cash", on=ON),
        lambda: money.give_back("x", "p1", amount),
        lambda: post.write_off(maya, "x", amount_minor=amount, **on_charge),
        lambda: correct.transfer_credit("x", source=maya, target=noah, amount_minor=amount, on=ON),
        lambda: money.paying.quote(noah, Scope("amount", amount_minor=amount)),
        lambda: post_raw(
            money, Posting(INCOME, Side.DEBIT, Amount(amount, "USD")),
            Posting(CREDIT, Side.CREDIT, Amount(amount, "USD")),
        ),
    )  # fmt: skip
    for command in commands[: 5 if amount == 100_000_000 else 6]:
        refused(money, "amount_invalid", command)


@pytest.mark.parametrize("amount", [True, 1.5, "100", None, 100_000_000, -100_000_000])
def test_a_fee_or_a_balance_that_is_no_amount(money: Money, amount: Any) -> None:
    refused(money, "amount_invalid", lambda: money.charge("x", amount), "fee")
    refused(money, "amount_invalid", lambda: money.charge("x", 1, insurer_minor=amount), "fee")
    refused(
        money, "amount_invalid",
        lambda: money.post.opening_balance(money.ref(), "x", amount, on=ON),
    )  # fmt: skip


def test_an_unknown_charge(money: Money) -> None:
    unknown = {"charge_external_id": "c9", "on": ON}
    post = money.post
    parts = {"paid_minor": 1, "contractual_minor": 1, "to_client_minor": 1}
    for command in (
        lambda: post.adjustment(MAYA, "x", amount_minor=1, **unknown),
        lambda: post.write_off(MAYA, "x", amount_minor=1, **unknown),
        lambda: post.insurance_payment(MAYA, "x", **parts, **unknown),  # type: ignore[arg-type]
        lambda: money.cash("x", 1, charge_external_ids=["c9"]),
        lambda: money.cash("x", 1, charge_external_ids=["n1"]),  # somebody else's
    ):
        refused(money, "charge_not_found", command, "charge_id")


def test_a_reversal_of_a_reversal(money: Money) -> None:
    money.correcting.reverse(money.ref("noah"), 1, on=ON)
    refused(money, "reversal_of_reversal", lambda: money.correcting.reverse(money.ref("noah"), 2, on=ON))


def test_a_refund_above_the_remainder(money: Money) -> None:
    refused(money, "refund_above_remainder", lambda: money.give_back("x", "p1", 4001), "amount_minor")
    money.give_back("r1", "p1", 1000)
    refused(money, "refund_above_remainder", lambda: money.give_back("x", "p1", 3001), "amount_minor")


def test_a_refund_above_the_remainder_at_the_processor_is_a_persons_to_look_at(money: Money) -> None:
    """It is a fact there: the ledger keeps what fits, refuses the rest, and says so by name."""
    facts = money.processor.refund(intent_id=f"pi_{CARD}", refund_id="r1", amount_minor=6000)
    seen = money.processor.attempts[f"cs_{CARD}"]
    twice = replace(seen, refunds=(facts, replace(facts, id="re_other", amount_minor=1)))
    money.processor.attempts[f"cs_{CARD}"] = twice
    money.settling.settle(money.practice, "stripe", twice)
    after = Everything.of(money)
    money.settling.settle(money.practice, "stripe", twice)
    assert money.payment(CARD).refunded_minor == 6000
    assert Everything.of(money) == after
    assert money.alerts.names == ["refund_above_remainder"]


def test_a_stale_version(money: Money) -> None:
    """A quote that no longer holds is said to be stale; a write over one is a conflict, decided again."""
    offered, before = money.quote("noah"), money.account("noah")
    money.cash("p2", 100, "noah")
    wish = money.wish("card-0000000000000002", offered)
    refused(money, "quote_stale", lambda: money.paying.start(money.ref("noah"), wish))
    kept = Everything.of(money)
    with pytest.raises(Conflict):
        money.ledgers.commit(money.practice, Change(before, before))
    assert Everything.of(money) == kept


def test_a_loss_of_a_dispute_whose_money_is_back(money: Money) -> None:
    money.settling.settle(money.practice, "stripe", money.processor.dispute(CARD, Decision.WON))
    after = Everything.of(money)
    lost = money.processor.dispute(CARD, Decision.LOST, back=money.payment(CARD).amount_minor)
    money.settling.settle(money.practice, "stripe", lost)
    assert Everything.of(money) == after
    assert money.alerts.names == []
