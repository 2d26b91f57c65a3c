"""Fees beside that of the capture: posted once each, the practice's own, and never anything of a client's."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.ledger.domain.entries import Draft, EntryKind
from chalicelib.ledger.domain.payments import State
from chalicelib.payments.domain.return_reasons import ReturnReason
from chalicelib.payments.ports.movements import Kind, Movement
from chalicelib.payments.ports.processors import Decision, Facts, Stage
from chalicelib.payments.services.fees import post_fee
from chalicelib.payments.services.movements import MarkedMovements
from chalicelib.verification.domain.accounts import audit
from tests.support.ledgers import stored
from tests.support.processor import AT, came_in
from tests.unit.daily.test_full_pass import Books

INTENT = "pi_key-1"


@pytest.fixture
def money() -> Books:
    made = Books()
    made.open()
    made.charge("c1", 10000)
    return made


def fees(money: Books, account_id: str = "maya") -> list[tuple[str, int]]:
    """Every fee in the ledger: the row it stands on, and what the practice spent. The books must be sound."""
    entries = list(money.ledgers.entries(money.ref(account_id)))
    assert list(audit(stored(money.ledgers, money.ref(account_id)))) == []
    return [
        (draft.reference, _spent(draft)) for draft in (entry.draft for entry in entries) if _is_fee(draft)
    ]


def _is_fee(draft: Draft) -> bool:
    return draft.kind is EntryKind.PROCESSOR_FEE


def _spent(draft: Draft) -> int:
    assert sorted(p.book.name for p in draft.postings) == ["expense:processor-fees", "processor:stripe"]
    return -sum(p.debit_minor for p in draft.postings if p.book.name == "processor:stripe")


def row(
    id_: str, kind: Kind, amount_minor: int, fee_minor: int, about: str = "re_1", **other: str
) -> Movement:
    intent_id, currency = other.get("intent_id", INTENT), other.get("currency", "USD")
    return Movement(id_, kind, amount_minor, currency, fee_minor, about, intent_id, AT)


def failed(money: Books, *, told: bool) -> Facts:
    """The payer's bank sends the debit back, which costs 4.00; its own fee of 0.80 is given back."""
    money.start("key-1")
    became = money.processor.become("key-1", Stage.PROCESSING)
    money.settle("key-1")
    rows = [
        row("txn_1", Kind.PAYMENT, 10000, 80, "py_1"),
        row("txn_2", Kind.PAYMENT_RETURNED, -10000, 320, "py_1"),
    ]
    costs = tuple(rows) if told else ()
    became = replace(became, stage=Stage.FAILED, return_reason=ReturnReason.ACCOUNT_CLOSED, movements=costs)
    money.processor.attempts["cs_key-1"] = became
    money.processor.foreign = rows
    return became


@pytest.mark.parametrize("told", [True, False], ids=["facts name them", "only the books do"])
def test_what_a_returned_debit_costs_is_posted_and_nothing_is_owed_for_it(money: Books, told: bool) -> None:
    failed(money, told=told)
    for _ in range(2):
        assert money.full_pass.run()["failed"] == 0
        assert fees(money) == [("txn_1", 80), ("txn_2", 320)]
        money.clock.advance(days=1)
    assert money.account().ledger.balance_minor == 10000
    assert (money.payment("key-1").state, money.alerts.held) == (State.FAILED, {})


@pytest.mark.parametrize("stage", [Stage.FAILED, Stage.CANCELED, Stage.EXPIRED])
def test_news_of_a_debit_that_is_over_brings_its_costs_at_once(money: Books, stage: Stage) -> None:
    facts = replace(failed(money, told=True), stage=stage)
    for _ in range(2):
        money.settling.settle(money.practice, "stripe", facts)
        assert fees(money) == [("txn_1", 80), ("txn_2", 320)]


@pytest.mark.parametrize("stage", [Stage.OPEN, Stage.PROCESSING])
def test_the_fee_of_a_debit_that_may_still_succeed_waits_for_its_end(money: Books, stage: Stage) -> None:
    money.start("key-1")
    facts = money.processor.become("key-1", stage)
    submitted = row("txn_1", Kind.PAYMENT, 10000, 80, "py_1")
    money.processor.attempts["cs_key-1"] = replace(facts, movements=(submitted,))
    money.processor.foreign = [submitted]
    money.full_pass.run()
    assert fees(money) == []
    money.processor.take("key-1", movements=(submitted,))
    money.full_pass.run()
    money.clock.advance(days=1)
    money.full_pass.run()
    assert (fees(money), money.payment("key-1").fee_minor) == ([("txn_1", 80)], 80)


def test_the_costs_of_a_first_try_are_posted_though_the_second_try_paid(money: Books) -> None:
    money.paid("key-1")
    money.processor.foreign = [
        row("txn_1", Kind.PAYMENT, 10000, 80, "py_1"),
        row("txn_2", Kind.PAYMENT_RETURNED, -10000, 320, "py_1"),
    ]
    money.full_pass.run()
    assert sorted(fees(money)) == [("txn_1", 80), ("txn_2", 320), ("txn_key-1", 320)]
    assert (money.payment("key-1").fee_minor, money.account().ledger.balance_minor) == (320, 0)


@pytest.mark.parametrize("by", ["news", "books"])
def test_a_fee_given_back_with_a_dispute_that_is_won_lowers_what_the_practice_spent(
    money: Books, by: str
) -> None:
    money.processor.gives_fees_back = True
    money.paid("key-1")
    money.settle("key-1")
    money.processor.dispute("key-1")
    money.settle("key-1")
    money.processor.dispute("key-1", Decision.WON)
    if by == "news":
        money.settle("key-1")
    for _ in range(2):
        money.full_pass.run()
        assert fees(money) == [("txn_key-1", 320), ("txn_dp_1", 1500), ("txn_dp_1_back", -1500)]
        money.clock.advance(days=1)
    assert (money.account().ledger.balance_minor, money.alerts.held) == (0, {})


@pytest.mark.parametrize("fee_minor", [25, -25])
def test_a_fee_beside_a_refund_is_posted_under_the_name_of_its_row(money: Books, fee_minor: int) -> None:
    money.paid("key-1")
    money.processor.foreign = [row("txn_re", Kind.FEE, 0, fee_minor)]
    money.full_pass.run()
    assert fees(money) == [("txn_key-1", 320), ("txn_re", fee_minor)]


def test_a_fee_of_no_payment_is_reported_and_nowhere_posted(money: Books) -> None:
    money.processor.foreign = [
        row("txn_1", Kind.FEE, 0, 700, "", intent_id=""),
        row("txn_2", Kind.FEE, 0, -200, "", intent_id=""),
        row("txn_3", Kind.FEE, 0, 90, "", intent_id="", currency="EUR"),
    ]
    done = money.full_pass.look_back(money.practice, since=datetime(2020, 1, 1, tzinfo=UTC))
    assert (done["bills"], done["bills_minor_USD"], done["bills_minor_EUR"]) == (3, 500, 90)
    assert (fees(money), money.alerts.held) == ([], {})


def test_a_second_captures_fees_are_posted_no_more_than_the_capture(money: Books) -> None:
    money.paid("key-1")
    money.settle("key-1")
    first = money.processor.attempts["cs_key-1"]
    second = replace(first, intent_id="pi_second", movements=(came_in(first, "txn_second", 320),))
    money.processor.attempts["cs_second"] = second
    money.processor.foreign = [row("txn_x", Kind.FEE, 0, 55, intent_id="pi_second")]
    money.full_pass.run()
    assert fees(money) == [("txn_key-1", 320)]
    assert money.alerts.subjects == {"pi_second": "second_capture"}


def test_a_fee_in_another_currency_than_the_accounts_is_a_persons(money: Books) -> None:
    money.paid("key-1")
    money.processor.foreign = [row("txn_eur", Kind.FEE, 0, 55, currency="EUR")]
    money.full_pass.run()
    assert fees(money) == [("txn_key-1", 320)]
    assert money.alerts.subjects == {"txn_eur": "money_not_settled"}
    assert [alert.cause.facts["code"] for alert in money.alerts.all(money.practice)] == ["currency_mixed"]


def test_a_fee_of_a_payment_whose_intent_was_never_heard_of_is_that_payments(money: Books) -> None:
    money.start("key-1")
    assert money.payment("key-1").intent_id == ""
    facts = replace(money.processor.become("key-1", Stage.FAILED), intent_id=INTENT)
    movements = MarkedMovements(money.ledgers, money.practices, money.clock)
    post_fee(movements, money.practice, "stripe", facts, row("txn_9", Kind.PAYMENT_RETURNED, -1, 80))
    assert fees(money) == [("txn_9", 80)]


def test_a_captures_own_fee_is_left_to_settling_while_its_row_is_not_named(money: Books) -> None:
    money.paid("key-1")
    facts = replace(money.processor.attempts["cs_key-1"], movements=())
    movements = MarkedMovements(money.ledgers, money.practices, money.clock)
    post_fee(movements, money.practice, "stripe", facts, row("txn_key-1", Kind.PAYMENT, 10000, 320))
    assert fees(money) == []


def test_a_fee_is_dated_by_its_row(money: Books) -> None:
    money.paid("key-1")
    money.processor.foreign = [replace(row("txn_late", Kind.FEE, 0, 55), at="2026-03-02T03:00:00.000Z")]
    money.full_pass.run()
    drafts: Sequence[Draft] = [e.draft for e in money.ledgers.entries(money.ref())]
    assert [d.occurred_on for d in drafts if d.reference == "txn_late"] == ["2026-03-01"]  # New York's
