"""Loads many items into the emulator quickly: DynamoDB's own ImportTable, from objects in S3."""

import json
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from infra.table import table_properties
from tests.soak.histories import Row
from tests.support.ministack import Ministack

LINES = 20_000  # an object
PATIENCE_SECONDS = 3600


def imported(emulator: Ministack, name: str, rows: Iterable[Row]) -> None:
    """Make the table `name` with these items. Error: AssertionError when one of them was refused."""
    s3, dynamodb, bucket = emulator.client("s3"), emulator.client("dynamodb"), emulator.new_bucket()
    count = 0
    for number, lines in enumerate(_objects(rows)):
        count += len(lines)
        s3.put_object(Bucket=bucket, Key=f"rows/{number:06d}.json", Body="\n".join(lines).encode())
    properties = table_properties()
    taken = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    started = dynamodb.import_table(
        S3BucketSource={"S3Bucket": bucket, "S3KeyPrefix": "rows/"},
        InputFormat="DYNAMODB_JSON",
        TableCreationParameters={"TableName": name, **{key: properties[key] for key in taken}},
    )["ImportTableDescription"]
    done = _finished(dynamodb, started["ImportArn"])
    assert (done["ImportStatus"], done["ImportedItemCount"]) == ("COMPLETED", count), done


def _objects(rows: Iterable[Row]) -> Iterator[list[str]]:
    lines = (json.dumps({"Item": row}, separators=(",", ":")) for row in rows)
    while some := list(islice(lines, LINES)):
        yield some


def _finished(dynamodb: Any, arn: str) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        now: dict[str, Any] = dynamodb.describe_import(ImportArn=arn)["ImportTableDescription"]
        if now["ImportStatus"] != "IN_PROGRESS":
            return now
        time.sleep(0.5)
    raise AssertionError("the import does not end")
