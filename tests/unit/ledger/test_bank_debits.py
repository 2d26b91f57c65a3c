"""Bank debits: with the payer's bank for days, then credited, or returned and nothing was paid."""

from dataclasses import replace

import pytest

from chalicelib.kernel.errors import Refused
from chalicelib.ledger.domain.methods import Method
from chalicelib.ledger.domain.payments import State
from chalicelib.payments.domain.return_reasons import ReturnReason
from chalicelib.payments.ports.processors import Stage
from tests.support.money import Money


@pytest.fixture
def money() -> Money:
    made = Money()
    made.practices.held = {
        id_: replace(practice, bank_debits=True) for id_, practice in made.practices.held.items()
    }
    made.open()
    made.charge("c1", 10000)
    made.charge("c2", 5000, date="2026-03-05")
    return made


def _processing(money: Money, key: str = "key-1") -> str:
    """A payment of the first charge that its bank has; the charge's id."""
    charge_id = money.quote().allocation.shares[0].charge_id
    money.start(key, kind="services", charge_ids=(charge_id,))
    _become(money, key, Stage.PROCESSING)
    assert money.settle(key).state is State.PROCESSING
    return charge_id


def _become(money: Money, key: str, stage: Stage, reason: ReturnReason | None = None) -> None:
    method = Method("bank", last4="6789")
    if stage is Stage.SUCCEEDED:
        money.processor.take(key, method=method)
        return
    facts = money.processor.attempts[f"cs_{key}"]
    money.processor.attempts[f"cs_{key}"] = replace(facts, stage=stage, return_reason=reason, method=method)


def test_what_was_offered_stays_with_the_payment(money: Money) -> None:
    money.processor.silent = ["after"]
    money.start("key-1")
    held = money.practices.held
    money.practices.held = {id_: replace(practice, bank_debits=False) for id_, practice in held.items()}
    money.check("key-1")  # asks with the same key, and so it must ask for the same
    assert money.payment("key-1").ways == ("card", "bank")
    assert [attempt.ways for attempt in money.processor.opened] == [("card", "bank")]


def test_a_practice_that_takes_cards_only_offers_no_bank_debit() -> None:
    money = Money()
    money.open()
    money.charge("c1", 10000)
    money.start("key-1")
    assert [attempt.ways for attempt in money.processor.opened] == [("card",)]


def test_processing_reserves_its_own_items_and_leaves_the_others_payable(money: Money) -> None:
    charge_id = _processing(money)
    assert money.account().ledger.balance_minor == 15000
    assert money.quote().amount_minor == 5000
    with pytest.raises(Refused) as caught:
        money.quote(kind="services", charge_ids=(charge_id,))
    assert caught.value.code == "item_in_flight"
    assert money.start("key-2").state is State.AWAITING
    assert money.payment("key-1").state is State.PROCESSING  # a new attempt does not end it


def test_days_of_processing_neither_expire_it_nor_let_it_be_canceled(money: Money) -> None:
    _processing(money)
    for _ in range(20):
        money.sweep(after_minutes=6 * 60)
    assert money.paying.cancel(money.ref(), "key-1").payment.state is State.PROCESSING
    assert ("expire", "cs_key-1") not in money.processor.calls
    assert money.payment("key-1").state is State.PROCESSING
    assert list(money.account().reserved) == ["key-1"]


@pytest.mark.parametrize("days", [1, 5, 12])
def test_with_every_event_lost_a_debit_of_any_age_is_found_to_be_paid(money: Money, days: int) -> None:
    """Older than what reconcile looks back over: live payments are looked at however old."""
    _processing(money)
    money.clock.advance(minutes=days * 24 * 60)
    _become(money, "key-1", Stage.SUCCEEDED)
    money.sweep(after_minutes=6 * 60 + 1)
    paid = money.payment("key-1")
    assert (paid.state, paid.method) == (State.SUCCEEDED, Method("bank", last4="6789"))
    assert money.account().ledger.balance_minor == 5000
    assert money.account().reserved == {}


@pytest.mark.parametrize("days", [1, 12])
def test_with_every_event_lost_a_debit_of_any_age_is_found_to_be_returned(money: Money, days: int) -> None:
    _processing(money)
    money.clock.advance(minutes=days * 24 * 60)
    _become(money, "key-1", Stage.FAILED, ReturnReason.ACCOUNT_CLOSED)
    money.sweep(after_minutes=6 * 60 + 1)
    assert money.payment("key-1").state is State.FAILED


def test_a_returned_debit_frees_its_items_and_is_told_once(money: Money) -> None:
    _processing(money)
    before = money.account().ledger
    _become(money, "key-1", Stage.FAILED, ReturnReason.INSUFFICIENT_FUNDS)
    for _ in range(3):
        money.settle("key-1")
    payment = money.payment("key-1")
    assert (payment.state, payment.returned, payment.failure) == (State.FAILED, True, "insufficient_funds")
    assert money.account().ledger == before  # no money moved, so nothing is in the ledger
    assert money.quote().amount_minor == 15000
    told = [sent for sent in money.documents_queue.sent if sent["task"] == "returned"]
    assert told == [{"task": "returned", "practice": "fern", "account": "maya", "payment": "key-1"}]


@pytest.mark.parametrize("heard", [True, False])
def test_a_debit_that_nobody_heard_of_until_it_was_returned_is_told_as_well(
    money: Money, heard: bool
) -> None:
    money.processor.silent = [] if heard else ["after"]
    money.start("key-1")
    _become(money, "key-1", Stage.FAILED, ReturnReason.NO_ACCOUNT)
    payment = money.settle("key-1")
    assert (payment.live, payment.returned, payment.failure, payment.notice) == (
        False, True, "no_account", "returned",
    )  # fmt: skip
    assert money.account().reserved == {}


def test_a_debit_that_was_called_off_is_told_too_but_not_blamed_on_the_bank(money: Money) -> None:
    _processing(money)
    _become(money, "key-1", Stage.CANCELED)
    payment = money.settle("key-1")
    assert (payment.state, payment.returned, payment.failure) == (State.FAILED, False, "canceled")
    assert payment.notice == "returned"


def test_a_notice_that_did_not_reach_the_queue_is_sent_by_the_sweep(money: Money) -> None:
    _processing(money)
    _become(money, "key-1", Stage.FAILED, ReturnReason.NO_ACCOUNT)
    money.documents_queue.down = True
    money.settle("key-1")
    money.documents_queue.down = False
    assert money.sweep()["returned"] == 1
    assert money.documents_queue.sent[-1]["task"] == "returned"


def test_a_returned_debit_that_is_paid_after_all_is_credited(money: Money) -> None:
    """Whatever was believed before: when the processor holds the money, the ledger has it."""
    _processing(money)
    _become(money, "key-1", Stage.FAILED, ReturnReason.INSUFFICIENT_FUNDS)
    money.settle("key-1")
    _become(money, "key-1", Stage.SUCCEEDED)
    payment = money.settle("key-1")
    assert (payment.state, payment.returned, payment.failure, payment.notice) == (
        State.SUCCEEDED, False, "", "",
    )  # fmt: skip
    assert money.account().ledger.balance_minor == 5000


def test_a_second_attempt_while_one_is_processing_is_settled_on_its_own(money: Money) -> None:
    _processing(money)
    money.start("key-2")
    money.processor.take("key-2")
    money.settle("key-2")
    assert money.account().ledger.balance_minor == 10000
    _become(money, "key-1", Stage.SUCCEEDED)
    money.settle("key-1")
    assert money.account().ledger.balance_minor == 0
