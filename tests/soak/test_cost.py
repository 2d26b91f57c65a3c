"""Issue 13, number 8: what an operation costs is counted and bounded: a tenth above what was measured.

Without computing, whose time is this machine's. The whole, with the floor beside it: `make cost`.
"""

import logging
from collections.abc import Iterator

import pytest

from chalicelib.hosting.domain import costs
from chalicelib.hosting.domain.prices import DYNAMODB, MILLION, PRICES, dollars
from tests.soak.cost.__main__ import measured, payment, summary
from tests.soak.cost.play import COMPUTING
from tests.soak.cost.standing import counted

Figures = dict[str, dict[str, float]]
# Dollars, without mail and without computing.
BOUNDS = {
    "1,000 payments, all": 1000 * costs.PAYMENT,
    "… of it DynamoDB": 0.0299,
    "… of it reconciling": 0.008,
    "1,000 visits: signing in, opening Billing": 1000 * costs.VISIT,
    "1,000 payments with a saved card, before their receipts": 0.0293,
    "a million statements": MILLION * costs.STATEMENT,
    "1,000 accounts for a month of nights": 1000 * costs.NIGHTS,
    "an idle practice, a month of days": costs.IDLE_PRACTICE,
    "the clock, a month": costs.CLOCK,
}


@pytest.fixture(scope="module")
def figures() -> Iterator[Figures]:
    logging.disable(logging.CRITICAL)
    yield {title: {**counts, COMPUTING: 0.0} for title, counts in measured(quick=True).items()}
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("name", BOUNDS)
def test_13_8_nothing_costs_a_tenth_more_than_was_measured(figures: Figures, name: str) -> None:
    cost = summary(figures)[name]
    assert BOUNDS[name] * 0.9 <= cost <= BOUNDS[name] * 1.1, f"{cost:.4f}: has it changed? See docs/cost.md"


def test_13_8_what_was_promised_of_payments_statements_and_of_an_idle_practice_holds(
    figures: Figures,
) -> None:
    sums = summary(figures)
    assert sums["… of it reconciling"] <= 0.02
    assert sums["an idle practice, a month of days"] <= 0.01
    assert sums["1,000 payments, all"] <= 0.10
    assert sums["… of it DynamoDB"] <= 0.03
    assert sums["a million statements"] <= 14


def test_13_8_a_transaction_counts_twice_its_indexes_once_and_each_row_of_a_batch_by_itself(
    figures: Figures,
) -> None:
    """Settling: twelve in one transaction; two events are put into the inbox, and taken off its list."""
    settling = figures["settling it, by its webhooks"]
    assert {name: settling[name] for name in DYNAMODB} == SETTLING
    assert dollars(payment(figures), *DYNAMODB) > sum(SETTLING[name] * PRICES[name] for name in SETTLING)


SETTLING = {"read units": 6.0, "write units": 16.0, "index units": 8.0}


def test_a_hosts_estimate_has_what_stands_in_the_templates() -> None:
    assert sum(counted().values()) == pytest.approx(costs.STANDING, abs=0.005)
