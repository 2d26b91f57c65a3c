"""Refunds and disputes of captured money: whoever brings the news, in whatever order, it is posted once."""

from collections import Counter
from dataclasses import replace

import pytest

from chalicelib.kernel.outside import Busy
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.payments.ports.movements import Kind, Movement
from chalicelib.payments.ports.processors import (
    Decision,
    Disputed,
    Facts,
    RefundStatus,
    Stage,
)
from chalicelib.payments.services.after_capture import beyond
from chalicelib.verification.domain.accounts import audit
from tests.support.ledgers import stored
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
    return [e.draft.kind.value for e in money.ledgers.entries(money.ref(), first=4)]


def refund(money: Money, status: RefundStatus = RefundStatus.SUCCEEDED) -> Facts:
    money.processor.refund(intent_id=f"pi_{KEY}", refund_id="r1", amount_minor=10000)
    return money.processor.refund_becomes(KEY, status)


def test_a_dispute_is_posted_step_by_step_and_each_step_once(money: Money) -> None:
    lost = money.processor.dispute(KEY, Decision.LOST)
    for _ in range(2):
        hear(money, lost)
    assert kinds(money) == ["processor_fee", "dispute_withdrawn", "dispute_decided"]
    assert {key for _, key in money.ledgers.movements if "dp_1" in key} == {
        "stripe#txn_dp_1#fee", "stripe#dp_1/txn_dp_1#withdrawn", "stripe#dp_1/1#decided",
    }  # fmt: skip


def test_old_news_of_a_dispute_changes_nothing(money: Money) -> None:
    opened = money.processor.dispute(KEY)
    hear(money, money.processor.dispute(KEY, Decision.WON))
    hear(money, opened)
    assert kinds(money) == ["processor_fee", "dispute_withdrawn", "dispute_reinstated"]


def stands(money: Money) -> tuple[int, int, int, int]:
    """What the client owes, and of the payment what is disputed, lost and beyond it."""
    paid = money.payment(KEY)
    books = Counter[str]()
    for entry in money.ledgers.entries(money.ref()):
        for posting in entry.draft.postings:
            books[posting.book.name] += posting.debit_minor
    assert books["asset:disputed"] == paid.disputed_minor
    assert books["asset:disputed-excess"] == paid.excess_minor
    assert list(audit(stored(money.ledgers, money.ref()))) == []
    owed_minor = money.account().ledger.balance_minor
    return owed_minor, paid.disputed_minor, paid.lost_minor, paid.excess_minor


def refunded_in_part(money: Money, amount_minor: int = 3000) -> None:
    money.processor.refund(intent_id=f"pi_{KEY}", refund_id="r1", amount_minor=amount_minor)
    money.settle(KEY)


def test_a_whole_payment_disputed_after_a_refund_takes_what_is_left_and_the_rest_stands_apart(
    money: Money,
) -> None:
    refunded_in_part(money)
    hear(money, money.processor.dispute(KEY))
    assert stands(money) == (3000, 7000, 0, 3000)
    assert money.alerts.subjects == {"dp_1": "dispute_above_payment"}
    hear(money, money.processor.dispute(KEY, Decision.LOST))
    assert stands(money) == (10000, 0, 7000, 3000)
    hear(money, money.processor.dispute(KEY, Decision.LOST, back=3000))
    assert stands(money) == (10000, 0, 7000, 0)
    assert money.payment(KEY).remainder_minor == 0


def test_what_a_bank_gave_back_too_much_makes_no_room_for_another_dispute() -> None:
    def disputed(id_: str, at: str, *amounts: int) -> Disputed:
        rows = [Movement(f"{id_}-{n}", Kind.DISPUTE, a, "USD", 0, id_, "", at) for n, a in enumerate(amounts)]
        return Disputed(id_, Decision.OPEN, at, rows)

    generous = disputed("dp_1", "2026-03-01T00:00:00.000Z", -4000, 9000)
    whole = disputed("dp_2", "2026-03-02T00:00:00.000Z", -12000)
    facts = Facts(
        KEY, "maya", Stage.SUCCEEDED, amount_minor=10000, currency="USD", disputes=[generous, whole]
    )
    assert list(beyond(facts)) == [("dp_2", 2000)]


def test_of_a_lost_dispute_only_what_the_bank_keeps_is_owed_again(money: Money) -> None:
    hear(money, money.processor.dispute(KEY, Decision.LOST))
    assert stands(money) == (10000, 0, 10000, 0)
    hear(money, money.processor.dispute(KEY, Decision.LOST, back=7000))
    assert stands(money) == (3000, 0, 3000, 0)
    assert (money.payment(KEY).remainder_minor, money.alerts.held) == (7000, {})


def test_a_lost_dispute_won_on_appeal_is_paid_again_before_and_when_its_money_is_back(money: Money) -> None:
    hear(money, money.processor.dispute(KEY, Decision.LOST))
    hear(money, money.processor.dispute(KEY, Decision.WON, back=0))
    assert stands(money) == (0, 10000, 0, 0)
    assert money.alerts.subjects == {"dp_1": "dispute_not_returned"}
    hear(money, money.processor.dispute(KEY, Decision.WON))
    assert stands(money) == (0, 0, 0, 0)
    assert not any(alert.open for alert in money.alerts.held.values())


def test_an_appeal_that_is_lost_again_is_owed_again(money: Money) -> None:
    for decision in (Decision.LOST, Decision.WON, Decision.LOST):
        hear(money, money.processor.dispute(KEY, decision, back=0))
    assert stands(money) == (10000, 0, 10000, 0)
    assert kinds(money).count("dispute_decided") == 3


@pytest.mark.parametrize("newest", [Decision.WON, Decision.LOST])
def test_a_decision_heard_late_does_not_undo_a_newer_one(money: Money, newest: Decision) -> None:
    older = Decision.LOST if newest is Decision.WON else Decision.WON
    hear(money, money.processor.dispute(KEY, Decision.LOST))
    late = money.processor.dispute(KEY, older, back=0)
    hear(money, late)
    hear(money, money.processor.dispute(KEY, newest, back=0))
    before = stands(money)
    hear(money, late)
    assert stands(money) == before
    assert before == ((0, 10000, 0, 0) if newest is Decision.WON else (10000, 0, 10000, 0))


def test_a_decision_changed_by_another_worker_while_the_processor_was_asked_is_tried_again(
    money: Money,
) -> None:
    """The answer may be older than what the other one has posted, so it decides nothing."""
    hear(money, money.processor.dispute(KEY, Decision.LOST))
    won = money.processor.dispute(KEY, Decision.WON, back=0)

    def another() -> None:
        hear(money, won)  # and the bank decides again
        hear(money, money.processor.dispute(KEY, Decision.LOST))

    meanwhile(money.processor, "look", another)
    with pytest.raises(Busy):
        hear(money, won)
    assert stands(money) == (10000, 0, 10000, 0)


@pytest.mark.parametrize("read", ["account", "marker", "payment"])
def test_the_same_decision_heard_by_two_at_once_is_one(money: Money, read: str) -> None:
    hear(money, money.processor.dispute(KEY))
    lost = money.processor.dispute(KEY, Decision.LOST)
    meanwhile(money.ledgers, read, lambda: hear(money, lost))
    hear(money, lost)
    assert kinds(money) == ["processor_fee", "dispute_withdrawn", "dispute_decided"]


def test_a_dispute_that_was_prevented_ends_and_leaves_the_payment_free_to_refund(money: Money) -> None:
    hear(money, money.processor.dispute(KEY))
    assert money.payment(KEY).remainder_minor == 0
    hear(money, money.processor.dispute(KEY, Decision.WON, status="prevented"))
    assert stands(money) == (0, 0, 0, 0)
    assert (money.payment(KEY).remainder_minor, money.alerts.held) == (10000, {})


def test_an_inquiry_moves_no_money_whatever_becomes_of_it(money: Money) -> None:
    for decision in (Decision.OPEN, Decision.WON, Decision.LOST):
        hear(money, money.processor.dispute(KEY, decision, taken=0))
    assert (kinds(money), money.alerts.held) == ([], {})


def test_a_word_that_nobody_knows_calls_a_person_and_decides_nothing(money: Money) -> None:
    hear(money, money.processor.dispute(KEY, Decision.UNKNOWN, status="appeal_under_review"))
    assert stands(money) == (0, 10000, 0, 0)
    assert money.alerts.subjects == {"dp_1": "dispute_status_unknown"}


def test_several_disputes_of_one_payment_take_no_more_from_it_than_it_was(money: Money) -> None:
    hear(money, money.processor.dispute(KEY, Decision.LOST, taken=6000))
    hear(money, money.processor.dispute(KEY, taken=6000, id_="dp_2"))
    assert stands(money) == (6000, 4000, 6000, 2000)
    assert money.alerts.subjects == {"dp_2": "dispute_above_payment"}
    hear(money, money.processor.dispute(KEY, Decision.WON, taken=6000, id_="dp_2"))
    assert stands(money) == (6000, 0, 6000, 0)


@pytest.mark.parametrize("ids", [("dp_1", "dp_2"), ("dp_2", "dp_1")])
def test_what_one_lost_dispute_gives_back_another_lost_one_takes_at_once(
    money: Money, ids: tuple[str, str]
) -> None:
    """Both took the whole payment: the second's loss was nobody's until the first gave a part back."""
    for id_ in ids:
        hear(money, money.processor.dispute(KEY, Decision.LOST, id_=id_))
    assert stands(money) == (10000, 0, 10000, 10000)
    hear(money, money.processor.dispute(KEY, Decision.LOST, id_=ids[0], back=3300))
    assert stands(money) == (10000, 0, 10000, 6700)


def test_a_refund_that_fails_while_a_dispute_stands_makes_room_for_what_was_beyond(money: Money) -> None:
    refunded_in_part(money)
    hear(money, money.processor.dispute(KEY, Decision.LOST))
    assert stands(money) == (10000, 0, 7000, 3000)
    hear(money, money.processor.refund_becomes(KEY, RefundStatus.FAILED))
    assert stands(money) == (10000, 0, 10000, 0)


def test_a_dispute_of_what_was_refunded_whole_waits_for_room_to_be_lost(money: Money) -> None:
    refunded_in_part(money, 10000)
    hear(money, money.processor.dispute(KEY, Decision.LOST))
    assert stands(money) == (10000, 0, 0, 10000)
    hear(money, money.processor.refund_becomes(KEY, RefundStatus.FAILED))
    assert stands(money) == (10000, 0, 10000, 0)


def test_a_bank_that_gives_back_more_than_it_took_calls_a_person_and_posts_nothing(money: Money) -> None:
    hear(money, money.processor.dispute(KEY, back=10001))
    assert stands(money) == (0, 10000, 0, 0)
    assert money.alerts.subjects == {"dp_1": "money_not_settled"}


def test_what_a_bank_takes_beyond_one_payment_is_no_other_payments_money(money: Money) -> None:
    money.charge("c2", 4000)
    money.start("key-2")
    money.processor.take("key-2")
    money.settle("key-2")
    refunded_in_part(money)
    hear(money, money.processor.dispute(KEY, Decision.LOST))
    assert stands(money) == (10000, 0, 7000, 3000)
    other = money.payment("key-2")
    assert (other.remainder_minor, other.excess_minor) == (4000, 0)


def test_a_refund_that_fails_is_undone_once_whatever_old_news_follows(money: Money) -> None:
    told = [
        refund(money),
        *(money.processor.refund_becomes(KEY, s) for s in (RefundStatus.FAILED, RefundStatus.PENDING)),
    ]
    for facts in (told[0], told[1], *told, told[1]):
        hear(money, facts)
    assert kinds(money) == ["refund", "refund_failure"]
    assert money.payment(KEY).refunded_minor == 0


@pytest.mark.parametrize("status", [s for s in RefundStatus if s is not RefundStatus.SUCCEEDED])
def test_a_refund_that_moved_no_money_is_not_in_the_ledger(money: Money, status: RefundStatus) -> None:
    hear(money, refund(money, status))
    assert kinds(money) == []


def test_a_refund_that_failed_between_two_looks_is_undone_by_both_together_once(money: Money) -> None:
    hear(money, refund(money))
    failed = money.processor.refund_becomes(KEY, RefundStatus.FAILED)
    meanwhile(money.ledgers, "account", lambda: hear(money, failed))
    hear(money, failed)
    assert kinds(money) == ["refund", "refund_failure"]


def test_what_a_person_must_look_at_keeps_nothing_else_from_being_posted(money: Money) -> None:
    contradicted = money.processor.dispute(KEY, back=10001)
    hear(money, replace(contradicted, refunds=refund(money).refunds))
    assert kinds(money)[:1] == ["refund"]
    assert money.alerts.subjects["dp_1"] == "money_not_settled"


@pytest.mark.parametrize("what", ["refund", "withdrawn", "reinstated", "fee"])
def test_what_is_told_in_another_currency_alone_is_not_posted_and_calls_a_person(
    money: Money, what: str
) -> None:
    def told(name: str) -> str:
        return "EUR" if what == name else "USD"

    given = tuple(replace(one, currency=told("refund")) for one in refund(money).refunds)
    facts = money.processor.dispute(KEY, Decision.LOST, back=4000)
    taken, back = facts.disputes[0].movements
    taken = replace(taken, currency=told("withdrawn"), fee_currency=told("fee"))
    back = replace(back, currency=told("reinstated"))
    dispute = replace(facts.disputes[0], movements=(taken, back))
    facts = replace(facts, refunds=given if what == "refund" else (), disputes=(dispute,))
    money.processor.attempts[f"cs_{KEY}"] = facts
    hear(money, facts)
    cause = Cause(AlertName.CURRENCY_DIFFERS, "re_r1" if what == "refund" else "dp_1")
    assert (money.practice, cause.id) in money.alerts.held
    missing = {"refund": "refund", "withdrawn": "dispute_withdrawn", "reinstated": "dispute_reinstated"}
    assert missing.get(what, "processor_fee") not in kinds(money)
