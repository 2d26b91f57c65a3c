"""What the clock asks of the table while nobody pays: "What it costs at rest" in docs/deploy.md."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

from chalicelib import bootstrap
from chalicelib.bootstrap import App
from chalicelib.entrypoints import jobs
from chalicelib.payments.domain.ways import PROCESSORS
from sandbox.config import REGION
from tests.conftest import TEST_RESOURCES
from tests.soak.seam import answering
from tests.support.anchors import MemoryAnchors
from tests.support.api import settings_for
from tests.support.clock import FakeClock
from tests.support.cloud import Cloud
from tests.support.practice import PRACTICE
from tests.support.processor import FakeProcessor

Asked = Callable[[Callable[[], object]], dict[str, int]]


@pytest.fixture(params=[1, 3], ids=["one practice", "three practices"])
def practices(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def asked(practices: int) -> Iterator[Asked]:
    """Runs a job in a deployment in which today's nightly jobs are done: its calls of DynamoDB."""
    cloud = Cloud()
    app = App(replace(settings_for(TEST_RESOURCES), region=REGION))
    app.clock = FakeClock("2026-03-10T07:00:00+00:00")
    app.processors = SimpleNamespace(of=lambda *_: FakeProcessor())
    app.__dict__["anchors"] = MemoryAnchors()
    bootstrap.use(app)

    def calls(job: Callable[[], object]) -> dict[str, int]:
        cloud.calls.clear()
        job()
        cloud.work_off(app.settings.catch_up_queue_url, jobs.catch_up, batch=1)
        return dict(Counter(name.removeprefix("dynamodb ") for name in cloud.calls))

    with answering(cloud.answer):
        for number in range(practices):
            app.practices.save_practice(replace(PRACTICE, id=f"p{number}"))
        jobs.full_pass()
        jobs.verify()
        calls(jobs.reconcile)
        yield calls
    bootstrap.use(None)


def test_a_sweep_with_nothing_due_asks_each_work_list_once_however_many_practices(asked: Asked) -> None:
    assert asked(jobs.sweep) == {"Query": 44}


def test_reconciling_asks_once_for_the_rounds_of_all_practices_and_hourly_writes_them(
    asked: Asked, practices: int
) -> None:
    """Issue 13, number 1. Two of the queries' nine are work lists, in four shards each. Where nothing is due
    there is no message; an hourly round is one for each practice, ten in a call."""
    at_rest = {"Query": 9, "BatchGetItem": 1}
    assert asked(jobs.reconcile) == at_rest
    bootstrap.app().clock.advance(hours=1)  # type: ignore[attr-defined]
    turns = {"GetItem": practices, "PutItem": practices}
    assert asked(jobs.reconcile) == {**at_rest, **turns, "sqs SendMessageBatch": 1}


def test_an_hour_without_a_statement_day_reads_a_row_a_practice(asked: Asked, practices: int) -> None:
    assert asked(jobs.statements) == {"Query": 5, "GetItem": practices}


def test_once_a_night_each_practice_is_asked_for_good_faith_estimates_that_are_overdue(
    asked: Asked, practices: int
) -> None:
    """Issue 14: between five and six where the practice is, one query more."""
    bootstrap.app().clock.advance(hours=2)  # type: ignore[attr-defined]
    assert asked(jobs.statements) == {"Query": 5 + practices, "GetItem": practices}
    bootstrap.app().clock.advance(hours=1)  # type: ignore[attr-defined]
    assert asked(jobs.statements) == {"Query": 5, "GetItem": practices}


@pytest.mark.parametrize(("job", "rounds"), [(jobs.full_pass, len(PROCESSORS)), (jobs.verify, 1)])
def test_a_nightly_job_that_is_done_for_today_asks_once_for_the_rounds_of_all_practices(
    asked: Asked, job: Callable[[], object], rounds: int
) -> None:
    """A row a practice, and a hundred of them in a call; each processor has rounds of its own."""
    assert asked(job) == {"Query": 1, "BatchGetItem": rounds}
