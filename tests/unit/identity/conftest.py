"""The same tests on in-memory stores and on the DynamoDB adapters."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from chalicelib.identity.store.access import DynamoAccess
from chalicelib.operations.store.claims import DynamoClaims
from chalicelib.platform.dynamo import table
from chalicelib.practice.store.people import DynamoPeople
from chalicelib.practice.store.practices import DynamoPractices
from infra.table import create_table
from sandbox.config import REGION
from tests.unit.identity.world import World

TABLE = "billfold-identity"


@pytest.fixture
def moto_table() -> Iterator[str]:
    """The table alone, bound: these tests need no more of AWS, and making the rest takes most of the time."""
    with mock_aws():
        create_table(boto3.client("dynamodb"), TABLE)
        table.bind(TABLE, region=REGION)
        yield TABLE


@pytest.fixture(params=["memory", "dynamo"])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "memory":
        return World().settle_in()
    request.getfixturevalue("moto_table")
    return World(
        practices=DynamoPractices(), people=DynamoPeople(), access=DynamoAccess(), claims=DynamoClaims()
    ).settle_in()
