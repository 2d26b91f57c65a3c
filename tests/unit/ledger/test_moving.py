"""One movement of money at a processor is posted once: its marker is looked at before anything is drafted."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.payments.ports.processors import Facts
from chalicelib.payments.services.movements import MarkedMovements
from tests.support.money import Money
from tests.support.practice import MAYA
from tests.support.refusals import refusal

KEY = "stripe#pi_key-1#succeeded"


@pytest.fixture
def money() -> Money:
    made = Money()
    made.open()
    made.charge("c1", 10000)
    made.start("key-1")
    made.processor.take("key-1")
    made.settle("key-1")
    return made


@pytest.fixture
def movements(money: Money) -> MarkedMovements:
    return MarkedMovements(money.ledgers, money.practices, money.clock)


def facts(money: Money) -> Facts:
    return money.processor.attempts["cs_key-1"]


def test_nothing_is_drafted_for_a_movement_whose_marker_stands(
    money: Money, movements: MarkedMovements
) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("drafted")

    assert movements.post("fern", facts(money), KEY, never) is None


def test_who_loses_the_race_for_the_marker_has_posted_nothing(
    money: Money, movements: MarkedMovements, monkeypatch: pytest.MonkeyPatch
) -> None:
    (entry,) = money.ledgers.entries(MAYA, first=3, last=3)
    monkeypatch.setattr(money.ledgers, "marker", lambda *_: None)

    def again(_: Any, payment: Any) -> Any:
        return entry.draft, lambda *_: replace(payment, version=payment.version + 1)

    before = money.ledgers.commits
    assert movements.post("fern", facts(money), KEY, again) is None
    assert money.ledgers.commits == before


def test_a_practice_or_payment_that_is_not_there_is_said_so(money: Money, movements: MarkedMovements) -> None:
    assert refusal(movements.local, "other", "2026-03-10T00:00:00.000Z") == ("practice_not_found", None, {})
    stray = replace(facts(money), payment_id="nothing")
    assert refusal(movements.payment, "fern", stray) == ("payment_not_found", None, {})


@pytest.mark.parametrize("ids", [{"account_id": "nobody"}, {"payment_id": "nothing"}])
def test_news_of_an_account_or_payment_that_is_not_there_is_of_no_payment(
    money: Money, movements: MarkedMovements, ids: dict[str, str]
) -> None:
    stray = replace(facts(money), **ids)  # type: ignore[arg-type]
    assert refusal(movements.seen, "fern", stray) == ("payment_not_found", None, {})
