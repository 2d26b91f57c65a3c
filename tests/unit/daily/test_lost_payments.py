"""Issue 12, number 3: the full pass adopts by itself what was captured for a payment that a restore lost."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.kernel.outside import ProcessorDenied, ProcessorRefused
from chalicelib.ledger.domain.payments import State
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.operations.services.alerting import Alerting
from chalicelib.payments.ports.movements import MovementsPage
from chalicelib.payments.ports.processors import Decision, Stage
from chalicelib.verification.domain.accounts import audit
from tests.support.ledgers import stored
from tests.support.processor import came_in
from tests.support.restoring import moment, restore
from tests.unit.daily.test_full_pass import Books

KEY, INTENT = "key-1", "pi_key-1"
MAYA = "maya"


@pytest.fixture
def money() -> Books:
    """Maya's payment of 100.00 was begun after the moment to which the table came back."""
    made = Books()
    made.open()
    made.charge("c-maya", 10000)
    before = moment(made.ledgers)
    made.start(KEY)
    restore(made.ledgers, before)
    return made


def kinds(money: Books) -> list[str]:
    return [entry.draft.kind.value for entry in money.ledgers.entries(money.ref(MAYA))]


def rings(money: Books) -> list[str]:
    """What anybody was ever called about."""
    return sorted(alert.cause.name.value for alert in money.alerts.held.values())


def test_it_is_adopted_with_all_that_became_of_it_and_nobody_is_called(money: Books) -> None:
    money.processor.take(KEY)
    money.processor.refund(intent_id=INTENT, refund_id="r1", amount_minor=2500)
    money.processor.dispute(KEY, Decision.OPEN, taken=1000)
    assert money.full_pass.run() == {"steps": 2, "ended": 1, "failed": 0}
    paid = money.payment(KEY)
    assert (paid.state, paid.refunded_minor, paid.disputed_minor) == (State.SUCCEEDED, 2500, 1000)
    entry = next(iter(money.ledgers.entries(money.ref(), first=paid.entry_seq)))
    assert (entry.actor, entry.draft.reference) == ("processor:stripe", INTENT)
    assert rings(money) == []
    assert len(money.documents_queue.sent) == 1
    assert list(audit(stored(money.ledgers, money.ref()))) == []


def test_the_next_night_webhooks_and_reconcile_change_nothing(money: Books) -> None:
    money.processor.take(KEY)
    money.full_pass.run()
    commits = money.ledgers.commits
    money.webhook("evt-1", INTENT)
    money.work_off()
    money.reconciling.reconcile()
    money.clock.advance(days=1)
    money.full_pass.run()
    assert (money.ledgers.commits, money.alerts.held) == (commits, {})


def test_the_call_that_reconcile_made_before_is_closed(money: Books) -> None:
    money.processor.take(KEY)
    money.reconciling.reconcile()
    assert money.alerts.subjects == {INTENT: "unknown_money"}
    money.full_pass.run()
    assert money.alerts.subjects == {}
    assert kinds(money) == ["charge", "payment", "processor_fee"]


def test_on_demand_it_is_adopted_too(money: Books) -> None:
    money.processor.take(KEY)
    since = money.clock.at.fromisoformat("2026-03-01T00:00:00+00:00")
    done = money.full_pass.look_back(money.practice, since=since)
    assert (done["settled"], money.payment(KEY).state) == (1, State.SUCCEEDED)


def test_a_debit_that_is_on_its_way_is_adopted_once_it_has_come(money: Books) -> None:
    """Its row of the books is days older than its money: whoever hears of that calls a person, and the full
    pass looks again at what people were called for."""
    money.processor.become(KEY, Stage.PROCESSING)
    money.full_pass.run()
    assert (kinds(money), rings(money)) == (["charge"], [])
    money.clock.advance(days=5)
    money.processor.take(KEY, captured_at="")
    money.reconciling.reconcile()
    money.processor.movements = lambda *, since, cursor: MovementsPage([], "")  # type: ignore[method-assign]
    money.full_pass.run()
    assert kinds(money) == ["charge", "payment", "processor_fee"]
    assert money.alerts.subjects == {}


def test_a_debit_of_which_no_news_comes_is_adopted_in_the_night_after_it_has_come(money: Books) -> None:
    """Its row of the books is looked at again until then, and calls nobody."""
    facts = money.processor.become(KEY, Stage.PROCESSING)
    money.processor.foreign = [came_in(facts, "txn_key-1", 0)]
    for _ in range(5):
        money.full_pass.run()
        money.clock.advance(days=1)
    money.processor.take(KEY, captured_at="")
    money.processor.movements = lambda *, since, cursor: MovementsPage([], "")  # type: ignore[method-assign]
    assert (kinds(money), rings(money)) == (["charge"], [])
    money.full_pass.run()
    assert (money.payment(KEY).state, rings(money)) == (State.SUCCEEDED, [])


def test_a_debit_that_came_back_is_nobodys(money: Books) -> None:
    money.processor.become(KEY, Stage.FAILED)
    money.full_pass.run()
    assert (kinds(money), rings(money)) == (["charge"], [])


def test_who_adopts_and_dies_before_the_call_is_closed_leaves_that_to_the_next_night(money: Books) -> None:
    money.processor.take(KEY)
    money.reconciling.reconcile()
    called = dict(money.alerts.held)
    money.full_pass.run()
    money.alerts.held = called
    commits = money.ledgers.commits
    money.clock.advance(days=1)
    money.full_pass.run()
    assert (money.alerts.subjects, money.ledgers.commits) == ({}, commits)


def no_account(money: Books) -> None:
    ours = money.processor.attempts["cs_key-1"]
    money.processor.attempts["cs_key-1"] = replace(ours, account_id="elsewhere")


def copied(money: Books) -> None:
    ours = money.processor.attempts["cs_key-1"]
    money.processor.attempts["cs_key-1"] = replace(ours, session_id="")


def typed_in(money: Books) -> None:
    money.cash("by-hand", 10000, method="other", on="2026-03-10", notes=INTENT)


def alike(money: Books) -> None:
    money.cash("by-hand", 10000, on="2026-03-10")


def decided(money: Books) -> None:
    alerting = Alerting(money.alerts, money.clock)
    alert = alerting.raise_alert(money.practice, Cause(AlertName.UNKNOWN_MONEY, INTENT))
    alerting.close(money.practice, alert.cause.id, note="entered at Noah's")


@pytest.mark.parametrize("why", [no_account, copied, typed_in, alike, decided])
def test_where_anything_speaks_against_it_a_person_decides(
    money: Books, why: Callable[[Books], None]
) -> None:
    money.processor.take(KEY)
    why(money)
    before = kinds(money)
    for _ in range(2):
        assert money.full_pass.run()["failed"] == 0
        assert kinds(money) == before
        assert rings(money) == ["unknown_money"]
        assert money.alerts.subjects == ({} if why is decided else {INTENT: "unknown_money"})
        money.clock.advance(days=1)


def test_money_of_one_alert_that_cannot_be_looked_at_keeps_no_row_and_no_other_from_its_turn(
    money: Books,
) -> None:
    alerting = Alerting(money.alerts, money.clock)
    ours = {"account": "maya", "payment": "key-0"}
    alerting.raise_alert(money.practice, Cause(AlertName.UNKNOWN_MONEY, "pi_gone", ours))
    money.processor.hidden["pi_gone"] = ProcessorRefused("resource_missing")
    money.processor.take(KEY)
    assert money.full_pass.run()["failed"] == 0
    assert money.payment(KEY).state is State.SUCCEEDED
    assert money.alerts.subjects == {"pi_gone": "unknown_money"}


def test_keys_that_the_processor_does_not_take_end_the_step(money: Books) -> None:
    alerting = Alerting(money.alerts, money.clock)
    ours = {"account": "maya", "payment": "key-0"}
    alerting.raise_alert(money.practice, Cause(AlertName.UNKNOWN_MONEY, "pi_gone", ours))
    money.processor.hidden["pi_gone"] = ProcessorDenied("invalid_api_key")
    assert money.full_pass.run()["failed"] == 1


def test_money_of_nobody_is_not_asked_for_night_after_night(money: Books) -> None:
    """Without our marks it never becomes a payment of ours."""
    money.processor.foreign = [
        came_in(replace(money.processor.attempts["cs_key-1"], intent_id="pi_f"), "t", 0)
    ]
    money.full_pass.run()
    assert money.alerts.subjects == {"pi_f": "unknown_money"}
    money.processor.foreign = []
    money.clock.advance(days=1)
    looks = money.asked("look")
    money.full_pass.run()
    assert money.asked("look") == looks
