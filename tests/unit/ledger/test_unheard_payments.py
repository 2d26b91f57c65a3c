"""Attempts whose answer was never heard: found and ended when asking again says nothing, not failed."""

import pytest

from chalicelib.kernel.errors import Refused
from chalicelib.kernel.outside import ProcessorDenied
from chalicelib.ledger.domain.payments import State
from chalicelib.operations.domain.alerts import AlertName
from chalicelib.payments.ports.processors import Attempt, Opened, Stage
from tests.support.money import Money

KEY = "key-1"


@pytest.fixture
def money() -> Money:
    made = Money()
    made.open()
    made.charge("c1", 10000)
    return made


def held(money: Money) -> bool:
    """Whether the items of the payment cannot be paid by another."""
    try:
        money.quote()
    except Refused as refused:
        return refused.code == "item_in_flight"
    return False


def test_a_saved_error_is_found_out_by_its_session_which_is_ended(money: Money) -> None:
    """The first check frees the balance, and not the 23 hours for which the key answers with the error."""
    money.processor.saved = {KEY: "after"}
    assert money.start(KEY).state is State.UNKNOWN
    assert held(money)
    assert money.check(KEY).state is State.EXPIRED
    assert money.processor.attempts[f"cs_{KEY}"].stage is Stage.EXPIRED
    assert (held(money), money.account().reserved) == (False, {})
    assert money.start("key-2").state is State.AWAITING


def test_what_was_paid_behind_a_saved_error_is_credited(money: Money) -> None:
    money.processor.saved = {KEY: "after"}
    money.start(KEY)
    money.processor.take(KEY)
    assert money.check(KEY).state is State.SUCCEEDED
    assert money.account().ledger.balance_minor == 0


def test_a_debit_under_way_behind_a_saved_error_holds_its_items(money: Money) -> None:
    money.processor.saved = {KEY: "after"}
    money.start(KEY)
    money.processor.become(KEY, Stage.PROCESSING)
    assert money.check(KEY).state is State.PROCESSING
    assert held(money)


@pytest.mark.parametrize("saved", ["before", "after"])
def test_finding_nothing_proves_nothing_while_the_key_lives(money: Money, saved: str) -> None:
    money.processor.saved, money.processor.lags = {KEY: saved}, True
    money.start(KEY)
    for _ in range(3):
        assert money.check(KEY).state is State.UNKNOWN
        money.clock.advance(hours=7)
    assert held(money)
    money.processor.lags = False
    assert money.check(KEY).state is (State.UNKNOWN if saved == "before" else State.EXPIRED)


def test_a_saved_error_behind_which_nothing_happened_ends_with_its_key(money: Money) -> None:
    money.processor.saved = {KEY: "before"}
    money.start(KEY)
    money.clock.advance(hours=22, minutes=59)
    assert money.check(KEY).state is State.UNKNOWN
    money.clock.advance(minutes=1)
    checked = money.check(KEY)
    assert (checked.state, checked.failure, held(money)) == (State.FAILED, "never_arrived", False)


def test_a_first_silence_is_only_asked_again(money: Money) -> None:
    money.processor.silent = ["after"]
    money.start(KEY)
    assert money.check(KEY).state is State.AWAITING
    assert "find" not in dict(money.processor.calls)


def test_another_accounts_payment_of_the_same_id_hides_nothing(money: Money) -> None:
    """Payers choose the ids of their payments."""
    money.open("noah")
    money.charge("c2", 5000, "noah")
    money.start(KEY, "noah")
    money.processor.saved = {KEY: "after"}
    assert money.start(KEY).state is State.UNKNOWN
    assert money.check(KEY).state is State.EXPIRED
    assert money.payment(KEY, "noah").state is State.AWAITING
    assert money.processor.attempts[f"cs_{KEY}"].stage is Stage.OPEN
    assert money.processor.attempts[f"cs_maya.{KEY}"].stage is Stage.EXPIRED


def test_keys_that_are_not_taken_any_more_say_nothing_of_the_first_call(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    money.processor.silent = ["after"]
    money.start(KEY)

    def denied(attempt: Attempt) -> Opened:
        raise ProcessorDenied("api_key_expired")

    with monkeypatch.context() as revoked:
        revoked.setattr(money.processor, "open", denied)
        with pytest.raises(ProcessorDenied):
            money.check(KEY)
    assert money.payment(KEY).state is State.UNKNOWN
    assert money.check(KEY).state is State.AWAITING


def test_a_refusal_to_open_again_does_not_hide_what_the_first_call_made(money: Money) -> None:
    money.processor.silent = ["after"]
    money.start(KEY)
    money.processor.refuse = "expires_at"
    assert money.check(KEY).state is State.EXPIRED
    assert money.processor.attempts[f"cs_{KEY}"].stage is Stage.EXPIRED


def test_a_search_that_is_not_heard_changes_nothing(money: Money) -> None:
    money.processor.saved = {KEY: "after"}
    money.start(KEY)
    for silent in (["", "before"], ["", "", "before"], ["", "", "after"]):
        money.processor.silent = list(silent)
        assert money.check(KEY).state is State.UNKNOWN
    assert money.check(KEY).state is State.EXPIRED


def raised(money: Money) -> list[tuple[str, str, object]]:
    alerts = money.settling.alerting.listed(money.practice)
    return [(a.cause.name, a.cause.subject, a.cause.facts["state"]) for a in alerts]


def test_a_person_is_called_when_it_stays_unknown_for_an_hour(money: Money) -> None:
    money.processor.saved = {KEY: "before"}
    money.start(KEY)
    money.sweep(after_minutes=58)
    assert raised(money) == []
    for _ in range(3):
        money.sweep(after_minutes=5)
    assert raised(money) == [(AlertName.PAYMENT_STUCK, f"maya {KEY}", "unknown")]


def test_a_person_is_called_too_while_the_processor_does_not_answer_at_all(money: Money) -> None:
    money.processor.saved = {KEY: "before"}
    money.start(KEY)
    money.processor.silent = ["before"] * 10
    money.sweep(after_minutes=61)
    assert raised(money) == []  # it may be the first time that anybody asks
    for _ in range(3):
        money.sweep(after_minutes=10)
    assert raised(money) == [(AlertName.PAYMENT_STUCK, f"maya {KEY}", "unknown")]


def test_nobody_is_called_for_a_debit_that_takes_as_long_as_debits_do(money: Money) -> None:
    money.start(KEY)
    money.processor.become(KEY, Stage.PROCESSING)
    money.settle(KEY)
    for days, alerts in ((2, 0), (3, 0), (9.9, 0), (0.2, 1)):
        money.sweep(after_minutes=days * 24 * 60)
        assert len(raised(money)) == alerts
