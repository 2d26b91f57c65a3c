"""What moves the practice's money for no payment is in no ledger: it is counted, and a person is told."""

import pytest

from chalicelib.payments.ports.movements import Kind, Movement
from tests.support.processor import AT
from tests.unit.daily.test_full_pass import Books

RESERVE = Movement("txn_5", Kind.OTHER, -40000, "USD", 0, "rsv_1", "", AT, "risk_reserved_funds")


def other(id_: str, category: str, amount_minor: int, currency: str = "USD") -> Movement:
    return Movement(id_, Kind.OTHER, amount_minor, currency, 0, "", "", AT, category)


@pytest.fixture
def money() -> Books:
    made = Books()
    made.open()
    made.processor.foreign = [
        other("txn_1", "tax", -31), other("txn_2", "tax", -12), other("txn_3", "tax", -7, "EUR"),
        other("txn_4", "payout", -90), RESERVE, other("txn_6", "risk_reserved_funds", 40000),
    ]  # fmt: skip
    return made


def test_each_reason_is_counted_and_summed(money: Books) -> None:
    done = money.full_pass.look_back(money.practice, since=money.clock.now())
    assert done == {
        "rows": 6, "settled": 0, "failed": 0,
        "unbooked_tax": 3, "unbooked_minor_tax USD": -43, "unbooked_minor_tax EUR": -7,
        "unbooked_payout": 1, "unbooked_minor_payout USD": -90,
        "unbooked_risk_reserved_funds": 2, "unbooked_minor_risk_reserved_funds USD": 0,
    }  # fmt: skip
    assert money.ledgers.commits == 1  # the account's


def test_routine_calls_a_person_once_and_anything_else_once_a_row(money: Books) -> None:
    for _ in range(2):
        assert money.full_pass.run()["failed"] == 0
        money.clock.advance(days=1)
    subjects = ["tax", "payout", "txn_5", "txn_6"]
    assert money.alerts.subjects == dict.fromkeys(subjects, "money_unbooked")
    facts = next(a.cause.facts for a in money.alerts.all(money.practice) if a.cause.subject == "txn_5")
    assert facts == {
        "category": "risk_reserved_funds", "row": "txn_5", "about": "rsv_1", "amount_minor": -40000,
        "currency": "USD",
    }  # fmt: skip


def test_a_row_of_another_reason_is_not_tried_again(money: Books) -> None:
    money.full_pass.run()
    found = money.rounds.latest(money.practice, "full-pass")
    assert found is not None
    assert (found.carried, bool(found.ended_at)) == ("", True)
