"""Workers that issue the same statements at once, on the emulator: one a client and month, and one chain."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from chalicelib.documents.domain.spans import numbers
from chalicelib.documents.domain.statements import Outcome
from chalicelib.documents.services.statements.issuing import Issuing
from chalicelib.documents.store.statements import DynamoStatements
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.periods import Period
from chalicelib.ledger.services.posting import ChargeFacts, Posting
from chalicelib.ledger.store.ledgers import DynamoLedgers
from chalicelib.platform.dynamo.table import bind
from chalicelib.practice.domain.practices import Client
from sandbox.config import REGION
from tests.support.clock import FakeClock
from tests.support.estimates import noticing
from tests.support.ministack import Ministack
from tests.support.practice import PRACTICE
from tests.support.queue import FakeQueue

pytestmark = [pytest.mark.ministack, pytest.mark.slow]
WORKERS, CLIENTS = 8, 5
OCTOBER, NOVEMBER = Period(2026, 10), Period(2026, 11)


def test_a_month_without_entries_has_its_statement_on_a_store_that_refuses_empty_ranges(
    ministack: Ministack, ministack_table: str
) -> None:
    bind(ministack_table, region=REGION, host=ministack.url)
    ledgers, statements, clock = DynamoLedgers(), DynamoStatements(), FakeClock("2026-12-05T12:00:00+00:00")
    Posting(ledgers, clock).open_account(AccountRef("fern", "quiet"), "USD")
    issuing = Issuing(ledgers, statements, noticing(ledgers), FakeQueue(), clock, "")
    practice, client = replace(PRACTICE, skip_zero_statements=False), Client("quiet", "q", "Q", "", "en")
    for month in (OCTOBER, NOVEMBER):
        assert issuing.issue(practice, month, client).outcome is Outcome.PENDING
        issued = statements.issued(AccountRef("fern", "quiet"), month)
        assert issued is not None
        assert issued.statement.covered == ()


def test_workers_on_the_same_clients_and_on_two_months_make_one_chain(
    ministack: Ministack, ministack_table: str
) -> None:
    bind(ministack_table, region=REGION, host=ministack.url)
    ledgers, statements, clock = DynamoLedgers(), DynamoStatements(), FakeClock("2026-10-15T12:00:00+00:00")
    clients = [Client(f"a{n}", f"a{n}", "Somebody", "", "en") for n in range(CLIENTS)]
    for client in clients:
        post = Posting(ledgers, clock)
        post.open_account(client.ref("fern"), "USD")
        post.charge(
            client.ref("fern"), ChargeFacts(f"fee {client.id}", "2026-10-15", "Session", "ada", 10_000)
        )
    clock.at = clock.at.fromisoformat("2026-12-05T12:00:00+00:00")
    issuing, practice = (
        Issuing(ledgers, statements, noticing(ledgers), FakeQueue(), clock, ""),
        replace(PRACTICE, statement_day=5),
    )

    def work(number: int) -> list[Outcome]:
        months = [OCTOBER, NOVEMBER] if number % 4 else [NOVEMBER, OCTOBER]
        return [issuing.issue(practice, month, client).outcome for client in clients for month in months]

    with ThreadPoolExecutor(WORKERS) as pool:
        found = {outcome for outcomes in pool.map(work, range(WORKERS)) for outcome in outcomes}
    assert found <= {Outcome.PENDING, Outcome.LATER_ISSUED}
    for client in clients:
        page = statements.listed(client.ref("fern"), cursor=None, limit=10)
        chain = [issued.statement for issued in reversed(page.rows)]
        assert chain[-1].period == NOVEMBER
        # Where November came first, October's charge is its balance before.
        before_minor = 0 if chain[0].period == OCTOBER else 10_000
        assert (chain[0].first, chain[0].sums.opening_minor) == (True, before_minor)
        for before, after in itertools.pairwise(chain):
            assert not after.first
            assert after.sums.opening_minor == before.sums.closing_minor
        assert chain[-1].sums.closing_minor == 10_000
        assert [number for issued in chain for number in numbers(issued.covered)] == [1]
