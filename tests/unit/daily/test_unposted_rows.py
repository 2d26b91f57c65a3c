"""A row of the processor's books that is not in the ledger after all of it was settled calls a person."""

from dataclasses import replace

import pytest

from chalicelib.kernel.instants import instant
from chalicelib.payments.ports.movements import Kind, Movement
from chalicelib.payments.ports.processors import Decision, Refunded, RefundStatus, Stage
from tests.support.processor import AT
from tests.unit.daily.test_full_pass import Books, money

__all__ = ["money"]  # the fixture


def in_the_books(money: Books, kind: Kind, amount_minor: int, about: str) -> Movement:
    """A row of payment key-1's that its own objects do not tell of."""
    row = Movement("txn_odd", kind, amount_minor, "USD", 0, about, "pi_key-1", instant(money.clock.now()))
    money.processor.foreign = [row]
    return row


def nights(money: Books, days: int) -> dict[str, str]:
    """What people are called about by then."""
    for _ in range(days):
        money.full_pass.run()
        money.clock.advance(days=1)
    money.full_pass.run()
    return money.alerts.subjects


@pytest.mark.parametrize("kind", [Kind.DISPUTE, Kind.DISPUTE_RETURNED, Kind.REFUND, Kind.REFUND_RETURNED])
def test_a_row_that_settling_leaves_out_calls_a_person_after_a_days_grace(money: Books, kind: Kind) -> None:
    money.paid("key-1")
    money.settle("key-1")
    money.processor.dispute("key-1", Decision.OPEN)
    money.settle("key-1")
    taken = -4000 if kind in (Kind.DISPUTE, Kind.REFUND) else 4000
    in_the_books(money, kind, taken, "dp_1" if "dispute" in kind.value else "re_odd")
    assert nights(money, 0) == {}
    assert nights(money, 2) == {"txn_odd": "money_not_settled"}
    (alert,) = money.alerts.held.values()
    assert alert.cause.facts["code"] == "row_not_posted"
    assert alert.cause.facts["intent"] == "pi_key-1"


def test_a_row_that_settling_catches_up_with_calls_nobody(money: Books) -> None:
    money.paid("key-1")
    money.settle("key-1")
    money.processor.dispute("key-1", Decision.OPEN, taken=0)  # its own list of rows lags
    row = in_the_books(money, Kind.DISPUTE, -10000, "dp_1")
    money.full_pass.run()
    assert money.payment("key-1").disputed_minor == 0
    money.processor.dispute("key-1", Decision.OPEN, row=row.id)
    assert nights(money, 3) == {}
    assert money.payment("key-1").disputed_minor == 10000


@pytest.mark.parametrize(("days", "called"), [(14, {}), (16, {"txn_odd": "money_not_settled"})])
def test_money_on_its_way_may_take_15_days(money: Books, days: int, called: dict[str, str]) -> None:
    money.start("key-1")
    money.processor.attempts["cs_key-1"] = replace(
        money.processor.attempts["cs_key-1"], stage=Stage.PROCESSING
    )
    money.settle("key-1")
    in_the_books(money, Kind.PAYMENT, 10000, "ch_key-1")
    assert nights(money, days) == called
    for alert in money.alerts.held.values():
        assert alert.cause.facts["code"] == "row_pending"


def test_a_pending_refund_may_take_15_days(money: Books) -> None:
    money.paid("key-1")
    money.settle("key-1")
    refund = money.processor.refund(intent_id="pi_key-1", refund_id="r1", amount_minor=2500)
    money.processor.refund_becomes("key-1", RefundStatus.PENDING)
    assert nights(money, 6) == {}
    assert money.payment("key-1").refunded_minor == 0
    money.clock.advance(days=20)
    money.full_pass.run()
    assert money.alerts.subjects == {f"txn_{refund.id}": "money_not_settled"}


def test_a_pair_of_rows_that_cancel_is_no_reason_to_call(money: Books) -> None:
    money.paid("key-1")
    taken = money.processor.attempts["cs_key-1"]
    pair = ("txn_re_odd", "txn_re_odd_back")
    failed = Refunded("re_odd", 900, RefundStatus.FAILED, AT, undone=pair)
    money.processor.attempts["cs_key-1"] = replace(taken, refunds=(failed,))
    money.settle("key-1")
    assert nights(money, 4) == {}
    money.processor.attempts["cs_key-1"] = replace(taken, refunds=(replace(failed, undone=()),))
    assert nights(money, 1) == dict.fromkeys(pair, "money_not_settled")


def test_without_the_check_nothing_would_call(money: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """That the cases above rest on it, and on nothing else."""
    monkeypatch.setattr(type(money.full_pass), "_still_missing", lambda *_: False)
    money.paid("key-1")
    money.settle("key-1")
    in_the_books(money, Kind.REFUND, -4000, "re_odd")
    assert nights(money, 3) == {}
