"""A table of its own for each test, and a look at every call to it."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib.platform.dynamo.table import bind, connection
from infra.table import create_table


class Calls:
    """What goes to DynamoDB, and what it is made to answer: `answers` are error responses, first to last."""

    def __init__(self) -> None:
        self.made: list[tuple[str, dict[str, Any]]] = []
        self.answers: list[tuple[str, tuple[str, ...]]] = []

    def __call__(self, real: Any, operation: str, asked: dict[str, Any]) -> Any:
        self.made.append((operation, asked))
        if self.answers and operation == "TransactWriteItems":
            code, reasons = self.answers.pop(0)
            rows = [{"Code": reason, "Message": ""} for reason in reasons]
            answer: Any = {"Error": {"Code": code, "Message": ""}, "CancellationReasons": rows}
            raise ClientError(answer, operation)
        return real(operation, asked)


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    with mock_aws():
        yield boto3.client("dynamodb", region_name="us-east-1")


@pytest.fixture
def table(dynamodb: Any, request: pytest.FixtureRequest) -> str:
    name = f"billfold-test-{abs(hash(request.node.name))}"
    create_table(dynamodb, name)
    return name


@pytest.fixture
def calls(table: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Calls]:
    bind(table, region="us-east-1")
    client, made = connection().client, Calls()
    real = client._make_api_call
    monkeypatch.setattr(client, "_make_api_call", lambda *asked: made(real, *asked))
    yield made
    assert "Scan" not in {operation for operation, _ in made.made}
