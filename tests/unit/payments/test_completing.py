"""11.5: a processor that takes no money before it is asked to: once, for what is stored, never too late."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.kernel.errors import Refused
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import ProcessorDenied, ProcessorMissing
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.payments.ports.movements import MovementsPage
from chalicelib.payments.ports.processors import (
    Facts,
    ObjectKind,
    Reference,
    Refunded,
    RefundStatus,
    Stage,
)
from tests.support.clock import FakeClock
from tests.support.money import Money, meanwhile
from tests.support.orders import Orders
from tests.support.practice import PRACTICE

KEY, ORDER = "key-1", "O-1"


class Town(Money):
    """One account that owes 100.00 and pays by orders."""

    orders: Orders

    def __init__(self) -> None:
        super().__init__(other=self._made)
        self.practices.save_practice(replace(PRACTICE, processors=("paypal",)))
        self.open()
        self.charge("c1", 10000)

    def _made(self, clock: FakeClock) -> Orders:
        self.orders = Orders(clock)
        return self.orders

    def hear(self) -> Payment:
        """What the worker does when the processor says that something became of the order."""
        facts = self.orders.look(Reference(ObjectKind.SESSION, ORDER))
        assert facts is not None
        return self.settling.settle(self.practice, self.orders.name, facts)

    def held(self) -> bool:
        try:
            self.quote()
        except Refused as refused:
            return refused.code == "item_in_flight"
        return False

    @property
    def completed(self) -> int:
        return [call for call, _ in self.orders.calls].count("complete")


@pytest.fixture
def town() -> Town:
    return Town()


def approved(town: Town) -> None:
    town.start(KEY)
    town.orders.approve(ORDER)


def test_what_the_payer_approved_is_taken_when_they_return(town: Town) -> None:
    approved(town)
    paid = town.check(KEY)
    assert (paid.state, paid.intent_id, paid.fee_minor) == (State.SUCCEEDED, "C-1", 398)
    assert town.account().ledger.balance_minor == 0


def test_what_the_payer_approved_is_taken_when_they_never_return(town: Town) -> None:
    approved(town)
    assert town.hear().state is State.SUCCEEDED
    assert (town.hear().state, town.completed) == (State.SUCCEEDED, 1)


def test_of_two_who_hear_of_an_approval_one_takes_the_money(town: Town) -> None:
    approved(town)
    seen, complete = [], town.orders.complete

    def heard_first(order_id: str) -> Facts:
        seen.append((town.hear().state, town.held()))
        return complete(order_id)

    town.orders.complete = heard_first  # type: ignore[method-assign, assignment]
    assert town.check(KEY).state is State.SUCCEEDED
    assert (seen, town.completed) == ([(State.CAPTURING, True)], 1)


@pytest.mark.parametrize("silent", ["before", "after"])
def test_an_answer_that_is_not_heard_leaves_the_payment_unknown_and_its_items_held(
    town: Town, silent: str
) -> None:
    approved(town)
    town.orders.silent = ["", silent]
    assert town.check(KEY).state is State.UNKNOWN
    assert town.held()
    assert town.check(KEY).state is State.SUCCEEDED
    assert len(town.orders.attempts) == 1
    assert town.account().ledger.balance_minor == 0


def test_who_dies_while_asking_leaves_it_to_whoever_comes_later(town: Town) -> None:
    class Killed(Exception):
        pass

    def killed(_: str) -> None:
        raise Killed

    approved(town)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(town.orders, "complete", killed)
        with pytest.raises(Killed):
            town.check(KEY)
    assert town.payment(KEY).state is State.CAPTURING
    town.clock.advance(seconds=29)
    assert town.check(KEY).state is State.CAPTURING
    town.clock.advance(seconds=1)
    assert town.check(KEY).state is State.SUCCEEDED


def test_a_payer_whose_bank_declines_may_approve_it_another_way(town: Town) -> None:
    approved(town)
    town.orders.declines = True
    declined = town.check(KEY)
    assert (declined.state, declined.next_url) == (State.AWAITING, f"https://orders.example/{ORDER}")
    assert not town.held()
    town.orders.declines = False
    town.orders.approve(ORDER)
    assert town.check(KEY).state is State.SUCCEEDED


def test_a_decline_that_was_not_heard_awaits_the_payer_again(town: Town) -> None:
    approved(town)
    town.orders.declines, town.orders.silent = True, ["", "after"]
    assert town.check(KEY).state is State.UNKNOWN
    assert town.check(KEY).state is State.AWAITING


def test_what_the_processor_refuses_to_take_has_failed(town: Town) -> None:
    approved(town)
    town.orders.refuses = "PAYEE_ACCOUNT_RESTRICTED"
    failed = town.check(KEY)
    assert (failed.state, failed.failure) == (State.FAILED, "PAYEE_ACCOUNT_RESTRICTED")
    assert (town.held(), town.account().reserved) == (False, {})


def test_a_refusal_does_not_hide_that_the_money_was_taken_before(town: Town) -> None:
    approved(town)
    town.orders.silent = ["", "after"]
    town.check(KEY)
    taken = town.orders.attempts[ORDER]
    town.orders.attempts[ORDER] = replace(taken, stage=Stage.APPROVED)  # as a list that lags tells it
    town.orders.refuses = "ORDER_ALREADY_CAPTURED"
    complete = town.orders.complete

    def refused(order_id: str) -> Facts:
        town.orders.attempts[ORDER] = taken
        return complete(order_id)

    town.orders.complete = refused  # type: ignore[method-assign, assignment]
    assert town.check(KEY).state is State.SUCCEEDED


def test_keys_that_are_not_taken_leave_it_unknown(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(_: str) -> None:
        raise ProcessorDenied("AUTHENTICATION_FAILURE")

    approved(town)
    with monkeypatch.context() as revoked:
        revoked.setattr(town.orders, "complete", denied)
        with pytest.raises(ProcessorDenied):
            town.check(KEY)
    assert town.payment(KEY).state is State.UNKNOWN
    assert town.check(KEY).state is State.SUCCEEDED


def test_an_approval_after_the_payment_was_given_up_takes_nothing(town: Town) -> None:
    town.start(KEY)
    assert town.paying.cancel(town.ref("maya"), KEY).payment.state is State.CANCELED
    town.orders.approve(ORDER)
    assert town.hear().state is State.CANCELED
    assert (town.completed, town.orders.attempts[ORDER].stage) == (0, Stage.APPROVED)


def test_a_payment_that_is_being_taken_is_not_given_up(town: Town) -> None:
    approved(town)
    meanwhile(town.orders, "expire", town.hear)
    assert town.paying.cancel(town.ref("maya"), KEY).payment.state is State.SUCCEEDED
    assert town.account().ledger.balance_minor == 0


def test_an_order_that_is_not_stored_is_never_taken(town: Town) -> None:
    """Its id was never heard: another one was opened for the same payment, and that is the one to be paid."""
    town.orders.silent = ["after"]
    assert town.start(KEY).state is State.UNKNOWN
    assert town.orders.approve(ORDER).stage is Stage.APPROVED
    assert town.hear().state is State.UNKNOWN
    assert town.completed == 0


def test_a_lost_order_is_asked_for_again_under_its_key_and_then_forgotten(town: Town) -> None:
    town.orders.silent = ["before", "before"]
    town.start(KEY)
    town.clock.advance(hours=5)
    assert town.check(KEY).state is State.UNKNOWN
    town.clock.advance(minutes=30)
    gone = town.check(KEY)
    assert (gone.state, gone.failure, town.held()) == (State.FAILED, "never_arrived", False)
    assert town.orders.attempts == {}


def test_an_order_that_nobody_approves_ends_by_itself_and_calls_no_person(town: Town) -> None:
    town.start(KEY)
    for _ in range(8):
        town.sweep(after_minutes=60)
    assert (town.payment(KEY).state, town.account().reserved) == (State.EXPIRED, {})
    assert town.settling.alerting.listed(town.practice) == []
    town.orders.approve(ORDER)
    assert (town.hear().state, town.completed) == (State.EXPIRED, 0)


def test_an_order_that_the_processor_has_forgotten_ends_once_it_is_old(town: Town) -> None:
    """Nobody approved it. Its payer was refused every later payment, for the first could not be ended."""
    town.start(KEY)
    town.orders.attempts.clear()
    town.clock.advance(hours=2)
    with pytest.raises(ProcessorMissing):  # as one that is too new is not found either
        town.check(KEY)
    town.clock.advance(hours=1)
    assert (town.check(KEY).state, town.account().reserved) == (State.EXPIRED, {})


def test_an_order_that_the_processor_has_forgotten_makes_way_for_another(town: Town) -> None:
    town.start(KEY)
    town.orders.attempts.clear()
    assert town.start("key-2").state is State.AWAITING
    assert town.payment(KEY).state is State.CANCELED


def test_an_order_that_is_forgotten_after_it_was_asked_for_is_not_taken_for_unpaid(town: Town) -> None:
    approved(town)
    town.orders.silent = ["", "after"]
    assert town.check(KEY).state is State.UNKNOWN
    town.orders.attempts.clear()
    town.clock.advance(hours=4)
    with pytest.raises(ProcessorMissing):
        town.check(KEY)
    assert (town.payment(KEY).state, town.held()) == (State.UNKNOWN, True)
    town.clock.advance(hours=45)
    with pytest.raises(ProcessorMissing):  # nor by one whose books nobody can read
        town.check(KEY)
    vars(town.orders)["movements"] = lambda **_: MovementsPage((), "")  # two nights' have nothing of it
    assert (town.check(KEY).state, town.account().reserved) == (State.EXPIRED, {})


def test_issue_16_what_was_declined_is_asked_for_again_only_once_it_is_approved_again(town: Town) -> None:
    """PayPal goes on calling such an order approved: each look would have it declined anew."""
    approved(town)
    told = replace(town.orders.attempts[ORDER], approved_at=instant(town.clock.now()))
    town.orders.attempts[ORDER], town.orders.declines = told, True
    assert town.check(KEY).state is State.AWAITING
    town.orders.attempts[ORDER] = told
    town.clock.advance(minutes=1)
    assert [town.check(KEY).state, town.hear().state, town.completed] == [State.AWAITING, State.AWAITING, 1]
    town.orders.declines = False
    town.orders.attempts[ORDER] = replace(told, approved_at=instant(town.clock.now()))
    assert (town.hear().state, town.completed) == (State.SUCCEEDED, 2)


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(seconds=30), timedelta(seconds=-30)])
def test_issue_16_an_approval_is_told_from_the_declined_one_by_the_processors_clock_alone(
    town: Town, ahead: timedelta
) -> None:
    """Its instants are whole seconds of a clock that is not ours: an approval in the second of a decline, or
    while our clock was ahead, was taken for the declined one, and its payer's money never."""
    began = town.clock.now()

    def approve(after: timedelta) -> None:
        town.clock.at = began + after + ahead
        at = instant((began + after).replace(microsecond=0))
        town.orders.attempts[ORDER] = replace(town.orders.approve(ORDER), approved_at=at)

    town.start(KEY)
    approve(timedelta(seconds=2))
    town.clock.advance(seconds=2.2)  # as the call takes
    town.orders.declines = True
    assert town.hear().state is State.AWAITING
    town.orders.attempts[ORDER] = replace(town.orders.attempts[ORDER], stage=Stage.APPROVED)
    assert (town.hear().state, town.completed) == (State.AWAITING, 1)
    town.orders.declines = False
    approve(timedelta(seconds=4.9))
    assert (town.hear().state, town.completed) == (State.SUCCEEDED, 2)


def test_issue_16_who_comes_back_from_approving_is_not_looked_for_first(town: Town) -> None:
    approved(town)
    assert town.paying.check(town.ref(), KEY, approved=True).payment.state is State.SUCCEEDED
    assert [call for call, _ in town.orders.calls] == ["open", "complete"]


def test_issue_16_who_only_says_so_has_paid_nothing_and_may_go_on(town: Town) -> None:
    town.start(KEY)
    waiting = town.paying.check(town.ref(), KEY, approved=True).payment
    assert (waiting.state, waiting.next_url) == (State.AWAITING, f"https://orders.example/{ORDER}")
    town.orders.approve(ORDER)
    assert town.check(KEY).state is State.SUCCEEDED


def test_issue_16_a_second_capture_of_one_order_calls_a_person(town: Town) -> None:
    approved(town)
    town.check(KEY)
    taken = town.orders.attempts[ORDER]
    town.orders.attempts[ORDER] = replace(taken, second_captures=("C-9",))
    town.hear()
    assert town.alerts.subjects == {"C-9": "second_capture"}


def test_issue_16_what_is_given_back_of_a_fee_with_a_refund_is_booked_once(town: Town) -> None:
    approved(town)
    town.check(KEY)
    given = Refunded(
        "R-1", 10000, RefundStatus.SUCCEEDED, instant(town.clock.now()), "r", "USD", fee_minor=-98
    )
    town.orders.attempts[ORDER] = replace(town.orders.attempts[ORDER], refunds=(given,))
    town.hear()
    town.hear()
    fees = [entry for entry in town.ledgers.entries(town.ref()) if entry.draft.reference == "R-1"]
    assert sorted(entry.draft.kind.value for entry in fees) == ["processor_fee", "refund"]
