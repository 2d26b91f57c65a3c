"""The processor's own books, compared row by row: what is missing is settled, what differs is an alert."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.kernel.errors import Refused
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import ProcessorTimeout
from chalicelib.ledger.domain.payments import State
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.services.daily import Daily
from chalicelib.payments.ports.movements import Kind, Movement
from chalicelib.payments.ports.processors import Decision, Processor, Stage
from chalicelib.payments.services.full_pass import JOB, FullPass
from tests.support.money import Money
from tests.support.processor import AT, OneProcessor


class Books(Money):
    """Money, and the full pass over it."""

    def __init__(self) -> None:
        super().__init__()
        alerting = Alerting(self.alerts, self.clock)
        daily = Daily(JOB, self.practices, self.rounds, alerting, self.clock)
        processors = OneProcessor(self.processor)
        self.full_pass = FullPass(
            daily, processors, self.ledgers, self.settling, alerting, self.clock, "stripe", self.adopting
        )

    def paid(self, key: str, account_id: str = "maya") -> None:
        self.start(key, account_id)
        self.processor.take(key)

    def asked(self, call: str) -> int:
        return sum(made == call for made, _ in self.processor.calls)


@pytest.fixture
def money() -> Books:
    made = Books()
    for account_id in ("maya", "noah"):
        made.open(account_id)
        made.charge(f"c-{account_id}", 10000, account_id)
    return made


ENDS = (Decision.WON, Decision.LOST, Decision.OPEN)


def everything(money: Books) -> None:
    """A payment refunded twice in part, and disputes won, lost and open; no news of any arrives."""
    for n, decision in enumerate(ENDS):
        money.open(f"a{n}")
        money.charge(f"c{n}", 5000, f"a{n}")
        money.paid(f"key-{n}", f"a{n}")
        money.processor.dispute(f"key-{n}", decision, id_=f"dp_{n}")
    money.paid("key-9", "noah")
    money.processor.refund(intent_id="pi_key-9", refund_id="r1", amount_minor=2500)
    money.processor.refund(intent_id="pi_key-9", refund_id="r2", amount_minor=1000)


def test_a_week_without_any_news_is_posted_once_and_the_next_round_changes_nothing(money: Books) -> None:
    assert money.full_pass.run()["ended"] == 1
    everything(money)
    money.clock.advance(days=7)
    assert money.full_pass.run()["ended"] == 1
    assert money.account("noah").ledger.balance_minor == 3500
    assert [money.account(f"a{n}").ledger.balance_minor for n in range(3)] == [0, 5000, 0]
    assert [money.payment(f"key-{n}", f"a{n}").disputed_minor for n in range(3)] == [0, 0, 5000]
    commits, looks = money.ledgers.commits, money.asked("look")
    money.clock.advance(days=1)
    assert money.full_pass.run()["ended"] == 1
    assert (money.ledgers.commits, money.asked("look")) == (commits, looks)
    assert money.alerts.held == {}


def test_a_round_looks_back_to_when_the_one_before_began_and_three_days(money: Books) -> None:
    money.full_pass.run()
    money.clock.advance(days=9)
    money.full_pass.run()
    first, second = (since.isoformat()[:10] for since in money.processor.asked)
    assert (first, second) == ("2026-02-08", "2026-03-07")


def test_what_is_in_the_ledger_costs_no_call_but_the_books_own(money: Books) -> None:
    money.paid("key-1")
    money.settle("key-1")
    looks = money.asked("look")
    assert money.full_pass.run()["ended"] == 1
    assert money.asked("look") == looks


def test_a_round_cut_off_goes_on_with_the_page_it_had_come_to(money: Books) -> None:
    everything(money)
    money.processor.page = 3
    money.processor.silent = ["", "", "before"]
    assert money.full_pass.run()["failed"] == 1
    money.processor.silent = []
    assert money.full_pass.run()["ended"] == 1
    pages = [about for call, about in money.processor.calls if call == "movements"]
    assert sorted({int(about or 0) for about in pages}) == [0, 3, 6, 9]
    states = {money.payment(f"key-{n}", f"a{n}").state for n in range(3)}
    assert states == {State.SUCCEEDED}


def test_money_of_nobody_calls_a_person_once_for_each_attempt(money: Books) -> None:
    money.processor.foreign = [
        Movement("txn_1", Kind.PAYMENT, 900, "USD", 56, "ch_1", "pi_foreign", AT),
        Movement("txn_2", Kind.REFUND, -900, "USD", 0, "re_1", "pi_foreign", AT),
        Movement("txn_3", Kind.PAYMENT, 700, "USD", 50, "ch_2", "", AT),
        Movement("txn_4", Kind.PAYMENT, 500, "USD", 45, "ch_3", "", AT),
    ]
    for _ in range(2):
        assert money.full_pass.run()["failed"] == 0
        assert money.alerts.subjects == dict.fromkeys(("pi_foreign", "ch_2", "ch_3"), "unknown_money")
        money.clock.advance(days=1)


def test_an_attempt_with_our_marks_but_of_no_payment_calls_a_person_and_stops_nobody(money: Books) -> None:
    money.start("key-1")
    ours = money.processor.attempts["cs_key-1"]
    money.processor.attempts = {
        "cs_x": replace(ours, payment_id="x", intent_id="pi_x", stage=Stage.SUCCEEDED)
    }
    money.paid("key-2", "noah")
    assert money.full_pass.run() == {"steps": 1, "ended": 1, "failed": 0}
    assert money.alerts.subjects == {"pi_x": "unknown_money"}
    assert money.payment("key-2", "noah").state is State.SUCCEEDED


@pytest.mark.parametrize(
    ("changes", "name"),
    [({"amount_minor": 9999}, "amount_differs"), ({"currency": "EUR"}, "currency_differs")],
)
def test_books_that_say_another_amount_than_the_ledger_call_a_person(
    money: Books, changes: dict[str, object], name: str
) -> None:
    money.paid("key-1")
    money.settle("key-1")
    money.processor.take("key-1", **changes)
    commits = money.ledgers.commits
    money.full_pass.run()
    assert money.alerts.subjects["stripe#pi_key-1#succeeded"] == name
    assert money.ledgers.commits == commits


def test_a_processor_that_does_not_answer_is_asked_again_in_the_same_round(money: Books) -> None:
    money.paid("key-1")
    money.processor.silent = ["before"]
    assert money.full_pass.run() == {"steps": 0, "ended": 0, "failed": 1}
    assert money.full_pass.run() == {"steps": 1, "ended": 1, "failed": 0}
    assert money.payment("key-1").state is State.SUCCEEDED


def test_on_demand_it_looks_back_as_far_as_asked_and_keeps_no_round(money: Books) -> None:
    everything(money)
    since = datetime(2020, 1, 1, tzinfo=UTC)
    assert money.full_pass.look_back(money.practice, since=since)["settled"] == 4
    assert money.full_pass.look_back(money.practice, since=since) == {"rows": 11, "settled": 0, "failed": 0}
    assert set(money.processor.asked) == {since}
    assert money.rounds.latest(money.practice, JOB) is None
    money.processor.silent = ["before"]
    with pytest.raises(ProcessorTimeout):
        money.full_pass.look_back(money.practice, since=since)


def test_a_practice_without_a_processor_keeps_no_other_waiting_and_rings_for_nobody(money: Books) -> None:
    """Its round waits: once a processor is connected, all since then is compared."""

    class Connected(OneProcessor):
        def of(self, practice: str, name: str) -> Processor:
            if practice == "bare":
                raise Refused("payments_disabled")
            return self.processor

    money.paid("key-1")
    money.practices.held = {"bare": money.practices.held["fern"], **money.practices.held}
    full_pass = replace(money.full_pass, processors=Connected(money.processor))
    began = instant(money.clock.now())
    for _ in range(5):
        assert full_pass.run() == {"steps": 1, "ended": 1, "failed": 0}
        money.clock.advance(days=1)
    assert money.payment("key-1").state is State.SUCCEEDED
    assert money.alerts.subjects == {}
    waiting = money.rounds.latest("bare", "full-pass")
    assert waiting is not None
    assert (waiting.begun_at, waiting.ended_at, waiting.tries) == (began, "", 0)
