"""A row that cannot be settled calls a person and is tried again; it keeps no other row waiting."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.outside import Busy, ProcessorDenied, ProcessorRefused, ProcessorTimeout, Unreadable
from chalicelib.ledger.domain.payments import State
from chalicelib.payments.ports.movements import Kind, Movement, MovementsPage
from chalicelib.payments.services import unsettled_rows
from chalicelib.payments.services.full_pass import JOB
from chalicelib.payments.services.unsettled_rows import LeftOver
from tests.support.processor import AT
from tests.unit.daily.test_full_pass import Books

PAYMENTS = ("key-1", "key-2", "key-3")


@pytest.fixture
def money() -> Books:
    """Three payments that no news was heard of, a page each of the processor's books."""
    made = Books()
    made.processor.page = 1
    for n, key in enumerate(PAYMENTS):
        made.open(f"a{n}")
        made.charge(f"c{n}", 5000, f"a{n}")
        made.paid(key, f"a{n}")
    return made


def states(money: Books) -> list[State]:
    return [money.payment(key, f"a{n}").state for n, key in enumerate(PAYMENTS)]


def carried(money: Books) -> list[str]:
    found = money.rounds.latest(money.practice, JOB)
    assert found is not None
    return [row.id for row in LeftOver.parse(found.carried)]


BAD = [ProcessorRefused("resource_missing"), Unreadable("account"), Invalid("amount_invalid"), KeyError("id")]


@pytest.mark.parametrize("error", BAD, ids=unsettled_rows.code)
def test_the_rows_after_a_bad_one_are_settled_in_the_same_round(money: Books, error: Exception) -> None:
    money.processor.hidden["pi_key-1"] = error
    assert money.full_pass.run() == {"steps": 3, "ended": 1, "failed": 0}
    assert states(money) == [State.AWAITING, State.SUCCEEDED, State.SUCCEEDED]
    (alert,) = money.alerts.held.values()
    assert (alert.cause.name, alert.cause.subject) == ("money_not_settled", "txn_key-1")
    facts = {
        "intent": "pi_key-1",
        "code": unsettled_rows.code(error),
        "amount_minor": 5000,
        "kind": "payment",
    }
    assert facts.items() <= alert.cause.facts.items()
    assert carried(money) == ["txn_key-1"]


def test_a_bad_row_is_settled_by_the_next_round_however_long_ago_it_was(
    money: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    money.processor.hidden["pi_key-1"] = ProcessorRefused("resource_missing")
    money.full_pass.run()
    del money.processor.hidden["pi_key-1"]
    # The books tell of it no more: they are asked for since a later day.
    monkeypatch.setattr(money.processor, "movements", lambda *, since, cursor: MovementsPage([], ""))
    money.clock.advance(days=40)
    assert money.full_pass.run()["ended"] == 1
    assert (states(money), carried(money)) == ([State.SUCCEEDED] * 3, [])


def test_a_bad_row_calls_a_person_once_and_is_kept_once_while_it_stays_bad(money: Books) -> None:
    money.processor.hidden["pi_key-1"] = ProcessorRefused("resource_missing")
    for _ in range(3):
        assert money.full_pass.run()["failed"] == 0
        assert (carried(money), money.alerts.names) == (["txn_key-1"], ["money_not_settled"])
        money.clock.advance(days=1)


def test_a_row_about_which_a_person_has_decided_is_not_tried_again(money: Books) -> None:
    money.processor.hidden["pi_key-1"] = ProcessorRefused("resource_missing")
    money.full_pass.run()
    ((_, alert_id),) = money.alerts.held
    money.full_pass.alerting.close(money.practice, alert_id, note="posted by hand")
    money.clock.advance(days=1)
    assert money.full_pass.run()["ended"] == 1
    assert (carried(money), money.alerts.names) == ([], [])


OUTAGES: list[Callable[[], Exception]] = [
    lambda: ProcessorTimeout("RateLimitError"),
    lambda: ProcessorDenied("api_key_expired"),
    lambda: Busy("throttled"),
    lambda: OSError("no route to the store"),
]


@pytest.mark.parametrize("outage", OUTAGES, ids=lambda made: type(made()).__name__)
def test_an_outage_is_no_fault_of_the_row_and_the_round_goes_on_there_later(
    money: Books, outage: Callable[[], Exception]
) -> None:
    money.processor.hidden["pi_key-2"] = outage()
    assert money.full_pass.run() == {"steps": 1, "ended": 0, "failed": 1}
    assert (money.alerts.held, carried(money)) == ({}, [])
    del money.processor.hidden["pi_key-2"]
    assert money.full_pass.run() == {"steps": 2, "ended": 1, "failed": 0}
    assert (states(money), money.alerts.held) == ([State.SUCCEEDED] * 3, {})


def test_an_outage_while_bad_rows_are_tried_again_forgets_none_of_them(money: Books) -> None:
    money.processor.hidden["pi_key-1"] = ProcessorRefused("resource_missing")
    money.full_pass.run()
    money.clock.advance(days=1)
    money.processor.hidden["pi_key-1"] = ProcessorTimeout("before")
    assert money.full_pass.run() == {"steps": 0, "ended": 0, "failed": 1}
    assert carried(money) == ["txn_key-1"]


def test_on_demand_bad_rows_are_counted_and_stop_nothing(money: Books) -> None:
    money.processor.hidden["pi_key-1"] = ProcessorRefused("resource_missing")
    since = datetime(2020, 1, 1, tzinfo=UTC)
    done = money.full_pass.look_back(money.practice, since=since)
    assert (done["rows"], done["settled"], done["failed"]) == (3, 2, 1)
    assert money.alerts.subjects == {"txn_key-1": "money_not_settled"}


def test_more_bad_rows_than_there_is_room_for_are_all_known_to_a_person(
    money: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unsettled_rows, "MOST", 2)
    for key in PAYMENTS:
        money.processor.hidden[f"pi_{key}"] = ProcessorRefused("resource_missing")
    assert money.full_pass.run()["ended"] == 1
    assert carried(money) == ["txn_key-1", "txn_key-2"]
    assert set(money.alerts.subjects) == {f"txn_{key}" for key in PAYMENTS}


def test_as_many_rows_as_are_kept_fit_into_one_item_of_the_table() -> None:
    names = [f"{n:_>255}" for n in range(unsettled_rows.MOST)]  # longer than the processor's names are
    rows = [Movement(n, Kind.REFUND_RETURNED, -99_999_999, "USD", 99_999, n, n, AT) for n in names]
    kept = LeftOver().plus(rows)
    assert LeftOver.parse(str(kept)) == kept
    assert len(str(kept).encode()) < 350_000
