"""The statements' store: the table and its stand-in keep the same conditions, and a run never scans."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.client import BaseClient

from chalicelib.documents.domain.ageing import Ageing
from chalicelib.documents.domain.spans import Span
from chalicelib.documents.domain.statements import (
    Carried,
    Delivery,
    FanOut,
    Noted,
    Outcome,
    Statement,
    Sums,
)
from chalicelib.documents.ports.statements import Statements
from chalicelib.documents.services.statements.issuing import Issuing
from chalicelib.documents.store.estimates import DynamoEstimates
from chalicelib.documents.store.statements import DynamoStatements
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.outside import Conflict
from chalicelib.kernel.periods import Period
from chalicelib.ledger.services.posting import Posting
from chalicelib.ledger.store.ledgers import DynamoLedgers
from chalicelib.operations.store.worklists import DynamoWorkLists
from chalicelib.platform.dynamo import keys, table
from chalicelib.practice.domain.practices import Coverage
from chalicelib.practice.store.people import DynamoPeople
from sandbox.config import REGION
from sandbox.resources import Resources
from tests.support.estimates import noticing, put_estimate
from tests.support.letterheads import posted
from tests.support.practice import MAYA
from tests.support.queue import FakeQueue
from tests.support.saving import put_client
from tests.unit.documents.test_estimates import draft
from tests.unit.statements.world import OCTOBER, STATEMENT_DAY, MemoryStatements, World

AT = "2026-11-05T12:00:00.000Z"
NOVEMBER = Period(2026, 11)
HEAD = posted("Fern Hill", "1 Test Road", "", "", "梅 Núñez", "", "es")
PENDING = Noted("maya", Outcome.PENDING, AT)


@pytest.fixture(params=["memory", "table"])
def store(request: pytest.FixtureRequest) -> Iterator[Statements]:
    if request.param == "memory":
        yield MemoryStatements()
        return
    names: Resources = request.getfixturevalue("moto_aws")
    table.bind(names.table, region=REGION)
    yield DynamoStatements()


def statement(period: Period = OCTOBER) -> Statement:
    sums = Sums(0, 10_000, 0, 0, 0)
    covered = (Span(1, 7), Span(9, 9))
    return Statement(
        "maya", period, "USD", covered, True, 1, sums, Ageing(10_000), 2_500, HEAD, "2026-11-05", AT
    )


def issue(store: Statements, period: Period = OCTOBER, before: Carried | None = None) -> Carried:
    after = Carried(period, 10, (Span(8, 8), Span(10, 10)), 10_000, -2_500)
    store.issue("fern", statement(period), before=before, after=after, noted=PENDING)
    return after


def test_what_is_issued_is_read_back_the_same(store: Statements) -> None:
    assert store.carried(MAYA) is None
    assert store.issued(MAYA, OCTOBER) is None
    after = issue(store)
    found = store.issued(MAYA, OCTOBER)
    assert found is not None
    assert (found.statement, found.delivery) == (statement(), Delivery.PENDING)
    assert store.carried(MAYA) == after
    assert store.issued(AccountRef("oak", "maya"), OCTOBER) is None


def test_a_month_is_issued_once(store: Statements) -> None:
    after = issue(store)
    for before in (None, after):
        with pytest.raises(Conflict):
            issue(store, before=before)


def test_two_months_cannot_both_begin_where_the_same_one_ended(store: Statements) -> None:
    october = issue(store)
    issue(store, NOVEMBER, october)
    with pytest.raises(Conflict):
        issue(store, Period(2026, 12), october)
    assert store.issued(MAYA, Period(2026, 12)) is None


def test_who_read_before_somebody_elses_write_writes_nothing(store: Statements) -> None:
    issue(store)
    first = store.issued(MAYA, OCTOBER)
    assert first is not None
    claimed = store.claim("fern", first, until="2026")
    sent = Noted("maya", Outcome.SENT, AT)
    with pytest.raises(Conflict):
        store.save("fern", first.now(Delivery.SENT), sent)
    with pytest.raises(Conflict):
        store.claim("fern", first, until="2027")
    with pytest.raises(Conflict):
        store.save("fern", first.now(Delivery.SENT))
    assert [noted.outcome for noted in store.noted("fern", OCTOBER)] == [Outcome.PENDING]
    assert store.issued(MAYA, OCTOBER) == claimed
    done = store.save("fern", claimed.now(Delivery.SENT), sent)
    assert store.issued(MAYA, OCTOBER) == done
    assert done.claimed_until == ""
    assert list(store.noted("fern", OCTOBER)) == [sent]


def test_a_fan_out_is_remembered_by_practice_and_month(store: Statements) -> None:
    assert not store.fanned_out("fern", OCTOBER)
    store.mark_fanned_out("fern", OCTOBER, clients=12, at=AT)
    assert store.fanned_out("fern", OCTOBER) == FanOut(12)
    store.mark_fanned_out("fern", NOVEMBER, clients=7, at=AT, after="maya")
    assert store.fanned_out("fern", NOVEMBER) == FanOut(7, "maya")
    store.mark_fanned_out("fern", NOVEMBER, clients=9, at=AT)
    assert store.fanned_out("fern", NOVEMBER) == FanOut(9)
    assert not store.fanned_out("oak", OCTOBER)
    assert list(store.noted("fern", OCTOBER)) == []


def test_a_statement_is_in_the_work_list_while_it_is_pending(moto_aws: Resources) -> None:
    table.bind(moto_aws.table, region=REGION)
    store, work = DynamoStatements(), DynamoWorkLists()
    issue(store)
    (due,) = work.due("statement", before="2027", limit=10)
    work.postpone(due, until="2028")
    assert work.due("statement", before="2027", limit=10) == []
    (due,) = work.due("statement", before="2029", limit=10)
    assert (due.since, due.sweeps) == ("2028", 1)
    assert (due.practice, due.account_id, due.id) == ("fern", "maya", "statement#2026-10")
    found = store.issued(MAYA, OCTOBER)
    assert found is not None
    store.save("fern", found.now(Delivery.PAPER))
    assert work.due("statement", before="2027", limit=10) == []


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ("PAY#p1", "PAY#2026"),
        ("DOC#statement#2026-10", "PAY#2026"),
        ("E#000000000001", "DOC#statement#2026-10"),
        ("DOC#statement#2026-10", "DOC#statement"),
        ("DOC#statement#2026-10", "DOC#superbill#2026-10"),
    ],
)
def test_a_place_in_another_list_is_no_place_in_this_one(moto_aws: Resources, row: str, place: str) -> None:
    table.bind(moto_aws.table, region=REGION)
    cursor = keys.cursor_text({"pk": {"S": "x"}, "sk": {"S": row}, "gsi1sk": {"S": place}})
    with pytest.raises(Invalid, match="cursor_invalid"):
        DynamoStatements().listed(MAYA, cursor=cursor, limit=5)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Of AWS, by operation."""
    made, make = Counter[str](), BaseClient._make_api_call

    def counted(self: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        made[operation] += 1
        return make(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", counted)
    return made


def issuing_on_the_table(moto_aws: Resources, clients: int) -> tuple[World, Issuing]:
    """For clients who pay for themselves, and have no good faith estimate (issue 14, the dispute notice)."""
    table.bind(moto_aws.table, region=REGION)
    world, ledgers, people = World(0), DynamoLedgers(), DynamoPeople()
    world.post, world.people = Posting(ledgers, world.clock), people  # type: ignore[assignment]
    for number in range(clients):
        client = world.client(f"a{number}")
        put_client(people, "fern", replace(client, coverage=Coverage.SELF_PAY))
    world.at(STATEMENT_DAY)
    said = noticing(ledgers, DynamoEstimates())
    return world, Issuing(ledgers, DynamoStatements(), said, FakeQueue(), world.clock, "")


@pytest.mark.parametrize("clients", [4, 16])
def test_on_the_table_a_client_costs_the_same_however_many_there_are_and_nothing_is_scanned(
    moto_aws: Resources, calls: Counter[str], clients: int
) -> None:
    world, issuing = issuing_on_the_table(moto_aws, clients)
    calls.clear()
    for client in list(DynamoPeople().clients("fern")):
        assert issuing.issue(world.practice, OCTOBER, client).outcome is Outcome.PENDING
    a_page_of_clients = 1
    assert calls == {
        "GetItem": 2 * clients, "Query": clients + a_page_of_clients, "TransactWriteItems": clients,
    }  # fmt: skip


def test_14_only_who_has_a_good_faith_estimate_costs_the_reads_that_the_dispute_notice_needs(
    moto_aws: Resources, calls: Counter[str]
) -> None:
    """The estimates, a paper each, the entries and their charges."""
    world, issuing = issuing_on_the_table(moto_aws, 1)
    [client] = DynamoPeople().clients("fern")
    put_estimate(DynamoEstimates(), DynamoLedgers(), "fern", draft(), client.id)
    calls.clear()
    assert issuing.issue(world.practice, OCTOBER, client).outcome is Outcome.PENDING
    assert calls == {"GetItem": 2 + 1, "Query": 1 + 2, "BatchGetItem": 1, "TransactWriteItems": 1}
