"""Refunds and disputes of captured money: whoever brings the news, in whatever order, it is posted once."""

from dataclasses import replace

import pytest

from chalicelib.services.ports import Decision, Facts
from tests.support.money import Money, meanwhile

KEY = "key-1"


@pytest.fixture
def money() -> Money:
    """100.00 charged, paid by card and settled."""
    made = Money()
    made.open()
    made.charge("c1", 10000)
    made.start(KEY)
    made.processor.take(KEY)
    made.settle(KEY)
    return made


def hear(money: Money, facts: Facts) -> None:
    money.settling.settle(money.practice, "stripe", facts)


def kinds(money: Money) -> list[str]:
    return [e.draft.kind.value for e in money.ledgers.entries(money.practice, "maya", first=4)]


def refund(money: Money, status: str = "succeeded") -> Facts:
    money.processor.refund(intent_id=f"pi_{KEY}", refund_id="r1", amount_minor=10000)
    return money.processor.refund_becomes(KEY, status)


def test_a_dispute_is_posted_step_by_step_and_each_step_once(money: Money) -> None:
    lost = money.processor.dispute(KEY, Decision.LOST)
    for _ in range(2):
        hear(money, lost)
    assert kinds(money) == ["processor_fee", "dispute_opened", "dispute_lost"]
    assert {key for _, key in money.ledgers.movements if "dp_1#" in key} == {
        "stripe#txn_dp_1#fee", "stripe#dp_1#opened", "stripe#dp_1#lost",
    }  # fmt: skip


def test_old_news_of_a_dispute_changes_nothing(money: Money) -> None:
    opened = money.processor.dispute(KEY)
    hear(money, money.processor.dispute(KEY, Decision.WON))
    hear(money, opened)
    assert kinds(money) == ["processor_fee", "dispute_opened", "dispute_won"]


@pytest.mark.parametrize("read", ["account", "movement", "payment"])
@pytest.mark.parametrize("first", [Decision.WON, Decision.LOST])
def test_two_decisions_at_once_are_one_and_the_other_is_refused(
    money: Money, first: Decision, read: str
) -> None:
    hear(money, money.processor.dispute(KEY))
    second = Decision.LOST if first is Decision.WON else Decision.WON
    sooner, later = money.processor.dispute(KEY, first), money.processor.dispute(KEY, second)
    meanwhile(money.ledgers, read, lambda: hear(money, sooner))
    hear(money, later)
    assert money.alerts.subjects == {"dp_1": "dispute_decided_twice"}
    assert kinds(money) == ["processor_fee", "dispute_opened", f"dispute_{first.value}"]


def test_a_refund_that_fails_is_undone_once_whatever_old_news_follows(money: Money) -> None:
    told = [
        refund(money),
        *(money.processor.refund_becomes(KEY, s) for s in ("failed", "canceled", "pending")),
    ]
    for facts in (told[0], told[1], *told, told[1]):
        hear(money, facts)
    assert kinds(money) == ["refund", "refund_failure"]
    assert money.payment(KEY).refunded_minor == 0


@pytest.mark.parametrize("status", ["pending", "requires_action", "failed", "canceled", "", "never heard of"])
def test_a_refund_that_moved_no_money_is_not_in_the_ledger(money: Money, status: str) -> None:
    hear(money, refund(money, status))
    assert kinds(money) == []


def test_a_refund_that_failed_between_two_looks_is_undone_by_both_together_once(money: Money) -> None:
    hear(money, refund(money))
    failed = money.processor.refund_becomes(KEY, "failed")
    meanwhile(money.ledgers, "account", lambda: hear(money, failed))
    hear(money, failed)
    assert kinds(money) == ["refund", "refund_failure"]


def test_what_a_person_must_look_at_keeps_nothing_else_from_being_posted(money: Money) -> None:
    hear(money, money.processor.dispute(KEY, Decision.WON))
    contradicted = money.processor.dispute(KEY, Decision.LOST)
    hear(money, replace(contradicted, refunds=refund(money).refunds))
    assert money.alerts.subjects == {"dp_1": "dispute_decided_twice"}
    assert kinds(money)[-1] == "refund"
