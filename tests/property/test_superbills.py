"""What a superbill says is paid for a line is the client's money that the ledger's allocations leave on it.

Issue 14: refunds, charge-backs and insurers' money handled.
"""

import contextlib
import random
from collections import Counter
from dataclasses import replace

import pytest

from chalicelib.kernel.errors import BillfoldError
from chalicelib.kernel.outside import ProcessorRefused
from chalicelib.ledger.domain.entries import Part
from chalicelib.payments.ports.processors import RefundStatus
from tests.property.test_disputed_services import Client
from tests.support.seed import SEED
from tests.unit.superbills.world import CODED, WHOLE, Books

RUNS, STEPS = 60, 12


class Insured(Client):
    """And whose insurer pays, and to whom cash is given back."""

    def step(self, number: int) -> None:
        with contextlib.suppress(BillfoldError):
            self.drawn.choice((super().step, super().step, self.insurer_pays, self.give_back))(number)

    def charge(self, number: int) -> None:
        part = self.drawn.choice((0, 4000))
        self.money.charge(f"c{number}", self.drawn.choice((2500, 7000)), insurer_minor=part, **CODED)

    def insurer_pays(self, number: int) -> None:
        self.money.post.insurance_payment(
            self.money.ref(), f"i{number}", charge_external_id=f"c{self.drawn.randrange(number + 1)}",
            paid_minor=self.drawn.choice((1000, 4000, 6000)), contractual_minor=0, to_client_minor=0,
            on="2026-03-05", above_expected=True,
        )  # fmt: skip

    def give_back(self, number: int) -> None:
        self.money.give_back(f"g{number}", f"p{self.drawn.randrange(number + 1)}", 300)


class Waiting(Insured):
    """And whose refunds take days."""

    def __init__(self, drawn: random.Random) -> None:
        super().__init__(drawn)
        self.money.processor.refunds_begin = RefundStatus.PENDING

    def step(self, number: int) -> None:
        with contextlib.suppress(ProcessorRefused):
            super().step(number)

    def refunds_arrive(self) -> None:
        attempts = self.money.processor.attempts
        for key, facts in list(attempts.items()):
            refunds = tuple(replace(refund, status=RefundStatus.SUCCEEDED) for refund in facts.refunds)
            attempts[key] = replace(facts, refunds=refunds)
        for key in self.paid:
            self.money.settle(key)


def paid_by_books(client: Insured) -> Counter[str]:
    """What the books of paid money come to, by charge."""
    paid = Counter[str]()
    for entry in client.money.ledgers.entries(client.money.ref()):
        for posting in entry.draft.postings:
            if posting.book.name == Part.PAID:
                paid[posting.book.charge_id] -= posting.debit_minor
    return +paid


def paid_by_superbills(client: Insured) -> Counter[str]:
    books = Books(client.money)
    plan = books.plan(WHOLE)
    assert plan.missing == []
    lines = (line for draft in plan.drafts for line in draft.paper.lines)
    return +Counter({line.charge_id: line.paid_minor for line in lines})


@pytest.mark.parametrize("run", range(RUNS))
def test_what_is_paid_of_each_line_is_what_allocations_leave_once_banks_have_decided(run: int) -> None:
    print(f"BILLFOLD_SEED={SEED}")
    client = Insured(random.Random(f"{SEED}/{run}"))
    for number in range(STEPS):
        client.step(number)
    told = paid_by_superbills(client)
    client.lose_all()
    assert told == paid_by_superbills(client) == paid_by_books(client)


@pytest.mark.parametrize("run", range(RUNS))
def test_what_refunds_under_way_will_take_is_not_paid(run: int) -> None:
    client = Waiting(random.Random(f"{SEED}/waiting/{run}"))
    for number in range(STEPS):
        client.step(number)
    told = paid_by_superbills(client)
    client.refunds_arrive()
    client.lose_all()
    assert told == paid_by_superbills(client) == paid_by_books(client)


@pytest.mark.parametrize("run", range(RUNS // 3))
def test_nothing_of_a_line_is_paid_beyond_the_fee_or_by_an_insurer(run: int) -> None:
    client = Insured(random.Random(f"{SEED}/fee/{run}"))
    for number in range(STEPS):
        client.step(number)
    lines = [line for draft in Books(client.money).plan(WHOLE).drafts for line in draft.paper.lines]
    for line in lines:
        assert 0 <= line.paid_minor <= line.fee_minor - line.insurance_minor - line.adjustments_minor
