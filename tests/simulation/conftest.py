"""The shipped adapters over a store in this process, with a boundary at botocore's call."""

import os
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.adapters.dynamo.table import bind, connection
from infra.table import create_table
from tests.concurrency.auditor import Auditor
from tests.simulation.boundary import Boundary, Fault
from tests.simulation.story import Story
from tests.support.money import Money

TABLE = "billfold-test"
SEED = int(os.environ.get("BILLFOLD_SEED") or secrets.randbelow(2**32))
SCHEDULES = int(os.environ.get("BILLFOLD_SCHEDULES") or 20)

NewStory = Callable[..., Story]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"simulation: BILLFOLD_SEED={SEED} BILLFOLD_SCHEDULES={SCHEDULES}")


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    with mock_aws():
        bind(TABLE, region="us-east-1")
        yield boto3.client("dynamodb", region_name="us-east-1")


@pytest.fixture
def auditor(dynamodb: Any) -> Auditor:
    return Auditor(dynamodb, TABLE, Money.practice)


@pytest.fixture
def new_story(dynamodb: Any, monkeypatch: pytest.MonkeyPatch) -> NewStory:
    """Begins a story on an empty table; the faults strike from its first call on."""
    client = connection().client
    real = client._make_api_call

    def begin(faults: list[Fault], **facts: Any) -> Story:
        if TABLE in dynamodb.list_tables()["TableNames"]:
            dynamodb.delete_table(TableName=TABLE)
        create_table(dynamodb, TABLE)
        boundary = Boundary()

        def call(operation: str, asked: Any) -> Any:
            if operation == "DescribeTable":
                return real(operation, asked)
            return boundary.cross(f"dynamodb {operation}", lambda: real(operation, asked))

        monkeypatch.setattr(client, "_make_api_call", call)
        story = Story(boundary, **facts)
        story.set_up()
        boundary.faults = faults
        return story

    return begin
