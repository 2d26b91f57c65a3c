"""What was read may be old when it is written: whoever is overtaken looks again, and posts nothing twice."""

from dataclasses import replace

import pytest

from chalicelib.ledger.domain.disputes import Event as Decided
from chalicelib.ledger.domain.entries import EntryKind
from chalicelib.ledger.domain.marker_keys import Outcome, at_processor
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.payments import Event, State
from chalicelib.ledger.services.recording import Seen
from chalicelib.payments.ports.processors import Decision, Stage
from chalicelib.payments.services.after_capture_entries import DisputeEntries
from chalicelib.payments.services.notices import RECEIPT
from tests.support.money import Money
from tests.support.practice import PRACTICE
from tests.support.processor import AT

KEY = "key-1"
MARKER = f"stripe#pi_{KEY}#succeeded"


@pytest.fixture
def money() -> Money:
    """Somebody who owes 100.00 and has begun to pay."""
    made = Money()
    made.open()
    made.charge("c1", 10000)
    made.start(KEY)
    return made


def test_an_attempt_that_was_paid_meanwhile_does_not_expire(money: Money) -> None:
    facts = money.processor.attempts[f"cs_{KEY}"]
    seen = money.settling.movements.seen("fern", facts)
    money.processor.take(KEY)
    money.settle(KEY)
    now = money.settling.settled("fern", "stripe", replace(facts, stage=Stage.EXPIRED), seen=seen)
    assert (now.existing.state, money.payment(KEY).state) == (State.SUCCEEDED, State.SUCCEEDED)


def test_what_was_credited_meanwhile_is_not_credited_again(money: Money) -> None:
    facts = money.processor.take(KEY)
    seen = money.settling.movements.seen("fern", facts)
    money.settle(KEY)
    sent = list(money.documents_queue.sent)
    now = money.settling.settled("fern", "stripe", facts, seen=seen)
    assert (now.existing, now.account) == (money.payment(KEY), money.account())
    assert (money.account().ledger.balance_minor, money.documents_queue.sent) == (0, sent)


def test_a_fee_that_another_row_brought_meanwhile_is_not_posted_again(money: Money) -> None:
    taken = money.processor.take(KEY)
    money.settling.settle("fern", "stripe", replace(taken, movements=()))
    seen = money.settling.movements.seen("fern", taken)
    renamed = replace(taken.movements[0], id="txn_other")
    money.settling.settle("fern", "stripe", replace(taken, movements=(renamed,)))
    money.settling.settled("fern", "stripe", taken, seen=seen)
    fees = [
        e.draft.reference
        for e in money.ledgers.entries(money.ref())
        if e.draft.kind is EntryKind.PROCESSOR_FEE
    ]
    assert (fees, money.payment(KEY).fee_minor) == (["txn_other"], 320)


def test_money_whose_fee_stands_already_has_its_receipt_due(money: Money) -> None:
    fee = at_processor("stripe", f"txn_{KEY}", Outcome.FEE)
    money.ledgers.movements["fern", fee] = Marker(fee, "maya", KEY, 1, AT)
    money.processor.take(KEY)
    assert money.settle(KEY).state is State.SUCCEEDED
    assert money.ledgers.movements["fern", MARKER].due == RECEIPT
    assert money.documents_queue.sent == [{"task": RECEIPT, "practice": "fern", "marker": MARKER}]


def test_money_of_a_payment_that_was_lost_is_credited_although_its_fee_stands(money: Money) -> None:
    """A table that came back from before it has the account, and a marker written since."""
    lost = replace(money.payment(KEY), version=0)
    facts = money.processor.take(KEY)
    del money.ledgers.held_payments["fern", "maya", KEY]
    fee = at_processor("stripe", f"txn_{KEY}", Outcome.FEE)
    money.ledgers.movements["fern", fee] = Marker(fee, "maya", KEY, 1, AT)
    seen = Seen(money.account(), None, lost=lost)
    now = money.settling.settled("fern", "stripe", facts, seen=seen)
    assert (now.existing.state, money.payment(KEY).amount_minor) == (State.SUCCEEDED, 10000)
    assert money.account().ledger.balance_minor == 0


def test_nothing_is_due_for_what_else_is_posted(money: Money) -> None:
    money.processor.take(KEY)
    money.processor.dispute(KEY, Decision.LOST)
    money.settle(KEY)
    due = {key for (_, key), marker in money.ledgers.movements.items() if marker.due}
    assert due == {MARKER}


def test_a_decision_of_which_another_was_posted_since_is_nothing(money: Money) -> None:
    money.processor.take(KEY)
    facts = money.processor.dispute(KEY)
    money.settle(KEY)
    make = DisputeEntries(money.settling.movements, "fern", facts.disputes[0]).decision(
        Decided.LOST, decisions=0
    )
    account, payment = money.account(), money.payment(KEY)
    assert make(account, payment) is not None
    money.processor.dispute(KEY, Decision.LOST)
    money.settle(KEY)
    assert make(money.account(), money.payment(KEY)) is None
    again = replace(payment.dispute("dp_1"), decisions=1)
    assert make(account, payment.with_dispute(again)) is None


def test_news_that_money_was_taken_back_is_kept_while_nothing_shows_how_much(money: Money) -> None:
    taken = money.processor.take(KEY, reversed=True)
    assert money.settle(KEY).remainder_minor == 0
    heard = money.payment(KEY).reversal_heard_at
    assert heard == money.clock.now().strftime("%Y-%m-%dT%H:%M:%S.000Z")
    money.clock.advance(hours=1)
    money.settle(KEY)
    assert money.payment(KEY).reversal_heard_at == heard
    disputed = money.processor.dispute(KEY, taken=4000)
    money.settling.settle("fern", "stripe", replace(disputed, reversed=taken.reversed))
    assert (money.payment(KEY).reversal_heard_at, money.payment(KEY).remainder_minor) == ("", 6000)


def test_the_day_of_a_capture_is_told_by_the_practice_that_was_read_with_it(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = money.processor.take(KEY, captured_at="2026-03-11T03:00:00.000Z")
    seen = replace(money.settling.movements.seen("fern", facts), practice=PRACTICE)

    def read(*_: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(money.practices, "practice", read)
    assert money.settling.settled("fern", "stripe", facts, seen=seen).existing.date == "2026-03-10"


def test_a_step_that_the_account_keeps_nothing_of_is_no_write_of_the_account(money: Money) -> None:
    """Else whoever is about to post would have to look again for nothing."""
    movements, alone = money.settling.movements, list[bool]()
    before = money.account().version
    for event in (Event.APPROVED, Event.SUBMITTED):  # its reservation becomes firm, and stays so
        change, now = movements.advance(money.ref(), KEY, lambda _, event=event: (event, {}))  # type: ignore[misc]
        assert (change is not None, now.account) == (True, money.account())
        alone.append(change is not None and change.alone)
    assert (alone, money.account().version) == ([False, True], before + 1)


def test_a_lost_payment_is_written_with_its_account(money: Money) -> None:
    """The account may happen to say already what it is to say; its version shows who writes first."""
    lost = replace(money.payment(KEY), version=0)
    del money.ledgers.held_payments["fern", "maya", KEY]
    seen = Seen(money.account(), None, lost=lost)
    change, _ = money.settling.movements.advance(money.ref(), KEY, lambda _: (Event.APPROVED, {}), seen=seen)
    assert change is not None
    assert (change.alone, money.account().version) == (False, seen.account.version + 1)


@pytest.mark.parametrize(("told", "known", "kept"), [("M Lee", "", "M Lee"), ("", "M Lee", "M Lee")])
def test_whose_card_it_was_is_kept_whoever_knows_it(money: Money, told: str, known: str, kept: str) -> None:
    held = money.payment(KEY)
    money.ledgers.note("fern", replace(held, cardholder=known, version=held.version + 1))
    money.processor.take(KEY, cardholder=told)
    assert money.settle(KEY).cardholder == kept
