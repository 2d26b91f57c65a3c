"""An alert that settling raises says whose money it is, where it lies and how much."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.kernel.errors import NotFound
from chalicelib.operations.domain.alerts import Cause
from chalicelib.payments.ports.processors import Facts, Refunded, RefundStatus
from tests.support.money import Money
from tests.support.processor import AT, came_in
from tests.unit.ledger.test_refunding import OnlyFern

IDS: dict[str, str | int] = {"account": "maya", "payment": "key-1", "intent": "pi_key-1"}
CAPTURED: dict[str, str | int] = {**IDS, "amount_minor": 10000, "currency": "USD"}
TOO_MUCH = (Refunded("re_1", 12000, RefundStatus.SUCCEEDED, AT),)


@pytest.fixture
def money() -> Money:
    made = Money()
    made.open()
    made.charge("c1", 10000)
    made.start("key-1")
    return made


def raised(money: Money, facts: Facts) -> dict[str, Cause]:
    """The causes of what is raised for the practice, by name."""
    money.processor.attempts[facts.session_id] = facts
    money.settling.settle("fern", "stripe", facts)
    return {alert.cause.name.value: alert.cause for alert in money.alerts.all("fern")}


CASES: list[tuple[Callable[[Facts], Facts], str, str, dict[str, str | int]]] = [
    (lambda f: replace(f, amount_minor=9000), "amount_differs", "pi_key-1",
     {**CAPTURED, "amount_minor": 9000, "asked_minor": 10000}),
    (lambda f: replace(f, currency="EUR"), "currency_differs", "pi_key-1", {**CAPTURED, "currency": "EUR"}),
    (lambda f: replace(f, movements=(came_in(f, "txn_1", 100_000_000),)), "money_not_settled", "pi_key-1",
     {**IDS, "code": "amount_invalid"}),
    (lambda f: replace(f, refunds=TOO_MUCH), "refund_above_remainder", "re_1",
     {**IDS, "code": "refund_above_remainder"}),
]  # fmt: skip


@pytest.mark.parametrize(("change", "name", "subject", "told"), CASES)
def test_what_cannot_be_settled_alone_is_told_whole(
    money: Money,
    change: Callable[[Facts], Facts],
    name: str,
    subject: str,
    told: dict[str, str | int],
) -> None:
    cause = raised(money, change(money.processor.take("key-1")))[name]
    assert (cause.subject, dict(cause.facts)) == (subject, told)


def test_a_second_capture_is_told_by_its_own_name_at_the_processor(money: Money) -> None:
    first = money.processor.take("key-1")
    money.settle("key-1")
    cause = raised(money, replace(first, intent_id="pi_second"))["second_capture"]
    assert (cause.subject, dict(cause.facts)) == ("pi_second", {**CAPTURED, "intent": "pi_second"})


def test_captured_money_of_no_payment_is_told_before_it_is_refused(money: Money) -> None:
    stray = replace(money.processor.take("key-1"), payment_id="nothing")
    with pytest.raises(NotFound):
        money.settling.settle("fern", "stripe", stray)
    (alert,) = money.alerts.all("fern")
    assert (alert.cause.name, alert.cause.subject) == ("unknown_money", "pi_key-1")
    assert dict(alert.cause.facts) == {**CAPTURED, "payment": "nothing"}


def test_what_is_looked_at_again_is_asked_of_the_payments_own_processor(money: Money) -> None:
    money.processor.calls.clear()
    money.settling = replace(money.settling, processors=OnlyFern(money.processor))
    raised(money, replace(money.processor.take("key-1"), refunds=TOO_MUCH))
    assert money.processor.calls == [("look", "pi_key-1")]
