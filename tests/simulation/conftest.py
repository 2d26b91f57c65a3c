"""The shipped adapters over a store in this process, with a boundary at botocore's call."""

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
import pytest

from chalicelib.platform.dynamo.table import bind
from tests.concurrency.auditor import Auditor
from tests.simulation.boundary import Boundary, Fault
from tests.simulation.story import Story
from tests.soak.seam import answering
from tests.support.money import Money
from tests.support.seed import SEED

TABLE = "billfold-test"
SCHEDULES = int(os.environ.get("BILLFOLD_SCHEDULES") or 200)

NewStory = Callable[..., Story]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"simulation: BILLFOLD_SEED={SEED} BILLFOLD_SCHEDULES={SCHEDULES}")


@pytest.fixture
def boundary() -> Iterator[Boundary]:
    """Stands where botocore would go to the network, before a store in this process."""
    counted = Boundary()

    def answer(service: str, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        answered: dict[str, Any] = counted.cross(
            f"{service} {operation}", lambda: counted.store.call(operation, asked)
        )
        return answered

    bind(TABLE, region="us-east-1")
    with answering(answer):
        yield counted


@pytest.fixture
def auditor(boundary: Boundary) -> Auditor:
    return Auditor(boto3.client("dynamodb", region_name="us-east-1"), TABLE, Money.practice)


@pytest.fixture
def new_story(boundary: Boundary) -> NewStory:
    """Begins a story on an empty table; the faults strike from its first call on."""

    def begin(faults: list[Fault], **facts: Any) -> Story:
        boundary.begin()
        story = Story(boundary, **facts)
        story.set_up()
        boundary.faults = faults
        return story

    return begin
