"""11.5: each processor's books are compared in rounds of their own, which wait for no other's."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.ledger.domain.payments import State
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.services.daily import Daily
from chalicelib.payments.ports.movements import MovementsPage
from chalicelib.payments.ports.processors import Books, Stage
from chalicelib.payments.services.full_pass import JOB, FullPass, FullPasses
from tests.support.clock import FakeClock
from tests.support.money import Money
from tests.support.orders import Orders
from tests.support.practice import PRACTICE
from tests.support.processor import Several
from tests.support.rounds import MemoryRounds

CARD, ORDER = "key-card", "key-order"


class OrdersInBooks(Orders, Books):
    """The second processor, with books."""

    def movements(self, *, since: datetime, cursor: str) -> MovementsPage:
        self._heard("movements", cursor)()
        taken = (facts for facts in self.attempts.values() if facts.stage is Stage.SUCCEEDED)
        rows = [facts.captured for facts in taken if facts.captured]
        return MovementsPage(rows, "")


class Town(Money):
    """A practice with two processors; at each somebody has paid, and no news of it arrives."""

    orders: OrdersInBooks

    def __init__(self) -> None:
        super().__init__(other=self._made)
        self.practices.save_practice(replace(PRACTICE, processors=("stripe", "paypal")))
        self.rounds, alerting = MemoryRounds(), Alerting(self.alerts, self.clock)
        known = Several({"stripe": self.processor, "paypal": self.orders})
        self.passes = FullPasses([
            FullPass(
                Daily(f"{JOB}-{name}", self.practices, self.rounds, alerting, self.clock), known,
                self.ledgers, self.settling, alerting, self.clock, name, self.adopting,
            )
            for name in known.known
        ])  # fmt: skip
        for key, way in ((CARD, ""), (ORDER, "paypal")):
            self.open(key)
            self.charge(f"c-{key}", 10000, key)
            self.start(key, key, way=way)
        self.processor.take(CARD)
        self.orders.approve("O-1")
        self.orders.complete("O-1")

    def _made(self, clock: FakeClock) -> OrdersInBooks:
        self.orders = OrdersInBooks(clock)
        return self.orders

    def states(self) -> tuple[State, State]:
        card, order = (self.ledgers.payment(self.ref(key), key) for key in (CARD, ORDER))
        assert card
        assert order
        return card.state, order.state


@pytest.fixture
def town() -> Town:
    return Town()


PAID = (State.SUCCEEDED, State.SUCCEEDED)


def test_what_either_has_is_posted_once_with_its_fee(town: Town) -> None:
    assert town.passes.run() == {"steps": 2, "ended": 2, "failed": 0}
    assert town.states() == PAID
    assert town.ledgers.marker(town.practice, "paypal#C-1#succeeded")
    assert town.ledgers.marker(town.practice, "paypal#C-1#fee")
    commits = town.ledgers.commits
    town.clock.advance(minutes=24 * 60)
    assert town.passes.run() == {"steps": 2, "ended": 2, "failed": 0}
    assert (town.ledgers.commits, town.alerts.held) == (commits, {})


def test_one_that_is_away_keeps_the_other_from_nothing(town: Town) -> None:
    town.processor.silent = ["before"]
    assert town.passes.run()["failed"] == 1
    assert town.states() == (State.AWAITING, State.SUCCEEDED)
    assert town.passes.run()["failed"] == 0
    assert town.states() == PAID


def test_on_demand_those_are_read_that_the_practice_has(town: Town) -> None:
    since = town.clock.now() - timedelta(days=1)
    town.passes.look_back(PRACTICE, since=since)
    assert town.states() == (State.SUCCEEDED, State.AWAITING)
    both = replace(PRACTICE, processors=("stripe", "paypal"))
    assert town.passes.look_back(both, since=since)["rows"] == 2
    assert town.states() == PAID


def test_issue_16_no_round_begins_where_the_processor_is_not_had_and_one_that_was_left_is_still_read(
    town: Town,
) -> None:
    """A practice may leave a processor: what it paid there is refunded and disputed for months."""
    town.practices.save_practice(replace(PRACTICE, processors=("stripe",)))
    assert town.passes.run() == {"steps": 1, "ended": 1, "failed": 0}
    town.practices.save_practice(replace(PRACTICE, processors=("stripe", "paypal")))
    assert town.passes.run() == {"steps": 1, "ended": 1, "failed": 0}
    town.practices.save_practice(replace(PRACTICE, processors=("stripe",)))
    town.clock.advance(minutes=24 * 60)
    assert town.passes.run() == {"steps": 2, "ended": 2, "failed": 0}
