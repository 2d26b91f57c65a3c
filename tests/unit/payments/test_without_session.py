"""11.5: a payment that the processor knows without a session is found, ends, and is no checkout again."""

from dataclasses import replace

import pytest

from chalicelib.ledger.domain.payments import State
from chalicelib.payments.domain.return_reasons import ReturnReason
from chalicelib.payments.ports.processors import Stage
from tests.support.money import Money

KEY = "key-1"


@pytest.fixture
def money() -> Money:
    """Its one payment was not heard of; there is no session of it."""
    made = Money()
    made.open()
    made.charge("c1", 10000)
    made.processor.silent = ["after"]
    made.start(KEY)
    becomes(made, Stage.PROCESSING)
    return made


def becomes(money: Money, stage: Stage, **changes: object) -> None:
    facts = money.processor.attempts[f"cs_{KEY}"]
    money.processor.attempts[f"cs_{KEY}"] = replace(facts, session_id="", stage=stage, **changes)  # type: ignore[arg-type]


def test_it_is_not_opened_again_however_often_it_is_looked_at(money: Money) -> None:
    money.settle(KEY)
    asked = money.processor.calls.count(("open", KEY))
    for _ in range(3):
        assert money.check(KEY).state is State.PROCESSING
        money.clock.advance(hours=12)
    assert money.processor.calls.count(("open", KEY)) == asked


def test_it_is_credited_when_its_money_comes(money: Money) -> None:
    money.settle(KEY)
    money.processor.take(KEY)
    assert money.check(KEY).state is State.SUCCEEDED


def test_it_ends_when_its_debit_comes_back(money: Money) -> None:
    money.settle(KEY)
    becomes(money, Stage.FAILED, return_reason=ReturnReason.INSUFFICIENT_FUNDS)
    ended = money.check(KEY)
    assert (ended.state, ended.returned, money.account().reserved) == (State.FAILED, True, {})
    assert money.start("key-2").state is State.AWAITING
