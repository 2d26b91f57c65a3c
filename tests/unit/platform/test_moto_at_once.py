"""What is asked of moto at once is answered as it would be by moto's own way."""

import copy
import random
from typing import Any

import boto3
import pytest

from infra.table import create_table
from sandbox.config import REGION
from sandbox.resources import Resources
from tests.conftest import TEST_RESOURCES
from tests.soak.differential import Sequence, outcome
from tests.support.moto_at_once import CALLED, answered

SEQUENCES = 40
ROW = {"pk": {"S": "P"}, "sk": {"S": "s"}, "kind": {"S": "x"}, "version": {"N": "1"}}


def client(*, at_once: bool, region: str = REGION) -> Any:
    made = boto3.client("dynamodb", region_name=region)
    if not at_once:
        made.meta.events.unregister(CALLED, answered)
    return made


def test_random_calls_are_answered_and_refused_alike(moto_aws: Resources) -> None:
    """A region further the same is asked by moto's own way: as an HTTP request, whose answer is read."""
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    quick, own = client(at_once=True), client(at_once=False, region="us-west-2")
    create_table(own, moto_aws.table)
    seen = set()
    for number in range(SEQUENCES):
        for operation, asked in Sequence(f"{seed}.{number}", moto_aws.table).calls():
            ours = outcome(quick._make_api_call, operation, copy.deepcopy(asked))
            theirs = outcome(own._make_api_call, operation, copy.deepcopy(asked))
            assert ours == theirs, f"{seed}.{number}: {operation} {asked}"
            seen.add((operation, ours[0] if isinstance(ours, tuple) else "ok"))
    assert {name for name, how in seen if how == "ok"} >= {"Query", "UpdateItem", "TransactWriteItems"}
    assert ("TransactWriteItems", "TransactionCanceledException") in seen
    assert _rows(quick, moto_aws.table) == _rows(own, moto_aws.table) != []


def test_what_other_types_hold_comes_back_alike(moto_aws: Resources) -> None:
    row = {
        **ROW, "bytes": {"B": b"\x00\xff"}, "set": {"SS": ["a", "b"]}, "none": {"NULL": True},
        "list": {"L": [{"N": "1.5"}, {"M": {"k": {"BOOL": False}}}]},
    }  # fmt: skip
    quick, own = client(at_once=True), client(at_once=False)
    quick.put_item(TableName=moto_aws.table, Item=row)
    key = {"TableName": moto_aws.table, "Key": {"pk": ROW["pk"], "sk": ROW["sk"]}}
    assert quick.get_item(**key)["Item"] == own.get_item(**key)["Item"] == row


def test_a_transaction_that_fails_late_leaves_what_it_had_updated(moto_aws: Resources) -> None:
    """Rows are not copied before it; the one that it changes is."""
    asked = client(at_once=True)
    asked.put_item(TableName=moto_aws.table, Item=ROW)
    update = {
        "TableName": moto_aws.table, "Key": {"pk": ROW["pk"], "sk": ROW["sk"]},
        "UpdateExpression": "SET #v = :v", "ExpressionAttributeNames": {"#v": "version"},
        "ExpressionAttributeValues": {":v": {"N": "2"}},
    }  # fmt: skip
    never = {
        "TableName": moto_aws.table, "Key": {"pk": {"S": "P"}, "sk": {"S": "none"}},
        "ConditionExpression": "attribute_exists (#p)", "ExpressionAttributeNames": {"#p": "pk"},
    }  # fmt: skip
    with pytest.raises(asked.exceptions.TransactionCanceledException):
        asked.transact_write_items(TransactItems=[{"Update": update}, {"ConditionCheck": never}])
    assert _rows(asked, moto_aws.table) == [ROW]
    asked.transact_write_items(TransactItems=[{"Update": update}])
    assert _rows(asked, moto_aws.table) == [{**ROW, "version": {"N": "2"}}]


@pytest.mark.parametrize("time", ["first", "second"])
def test_every_test_begins_with_the_same_and_nothing_in_it(moto_aws: Resources, time: str) -> None:
    """Each leaves something behind in every service, for the other to find."""
    session = boto3.session.Session(region_name=REGION)
    s3, sqs, ssm = session.client("s3"), session.client("sqs"), session.client("ssm")
    buckets = moto_aws.bucket, moto_aws.anchors_bucket
    url = sqs.get_queue_url(QueueName=moto_aws.settle_queue)["QueueUrl"]
    assert _rows(session.client("dynamodb"), moto_aws.table) == []
    assert [len(s3.list_objects_v2(Bucket=name).get("Contents", ())) for name in buckets] == [0, 0]
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    assert len(ssm.describe_parameters()["Parameters"]) == 2
    session.client("dynamodb").put_item(TableName=moto_aws.table, Item=ROW)
    s3.put_object(Bucket=moto_aws.bucket, Key=time, Body=b"x")
    sqs.send_message(QueueUrl=url, MessageBody=time)
    ssm.put_parameter(Name=f"/{time}", Value="x", Type="String")
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == time
    assert moto_aws == TEST_RESOURCES


def _rows(asked: Any, table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = asked.scan(TableName=table)["Items"]
    return rows
