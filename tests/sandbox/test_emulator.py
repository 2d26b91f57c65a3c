"""The local AWS keeps its state through `kill -9`, and ends with the process that started it."""

import contextlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.config import EMULATOR_PYTHON, ROOT
from sandbox.resources import Resources, make_resources
from tests.conftest import TEST_RESOURCES
from tests.support.launcher import is_running
from tests.support.ministack import Ministack, free_port, running_ministack, wait_for_http
from tests.support.waiting import wait_until

pytestmark = pytest.mark.ministack


def fill(emulator: Ministack, names: Resources) -> None:
    make_resources(names, endpoint_url=emulator.url)
    emulator.client("s3").put_object(Bucket=names.bucket, Key="demo/receipt.pdf", Body=b"%PDF")
    sqs = emulator.client("sqs")
    url = sqs.get_queue_url(QueueName=names.settle_queue)["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="evt_1")
    # Last, so that a snapshot that has it has everything.
    item = {"pk": {"S": "P#demo"}, "sk": {"S": "ACCT"}, "balance": {"N": "1250"}}
    emulator.client("dynamodb").put_item(TableName=names.table, Item=item)


def found(emulator: Ministack, names: Resources) -> dict[str, Any]:
    sqs = emulator.client("sqs")
    url = sqs.get_queue_url(QueueName=names.settle_queue)["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    stored = emulator.client("s3").get_object(Bucket=names.bucket, Key="demo/receipt.pdf")
    key = emulator.client("ssm").get_parameter(Name=f"{names.secrets_prefix}/token-key", WithDecryption=True)
    return {
        "items": emulator.client("dynamodb").scan(TableName=names.table)["Items"],
        "document": stored["Body"].read(),
        "messages": queue["Attributes"]["ApproximateNumberOfMessages"],
        "key": key["Parameter"]["Value"],
    }


def test_nothing_that_was_acknowledged_is_lost_by_a_kill(tmp_path: Path) -> None:
    """Issue 12, number 3."""
    with running_ministack(tmp_path) as emulator:
        fill(emulator, TEST_RESOURCES)
        before = found(emulator, TEST_RESOURCES)
        emulator.process.kill()
    assert not (tmp_path / "current").exists()  # no snapshot was in time
    with running_ministack(tmp_path) as emulator:
        make_resources(TEST_RESOURCES, endpoint_url=emulator.url)  # again, and nothing is made anew
        assert found(emulator, TEST_RESOURCES) == before
    assert before["document"] == b"%PDF"
    assert re.fullmatch(r"1:[0-9a-f]{64}", before["key"])


def test_changes_after_a_snapshot_and_a_second_kill_are_there_in_their_order(tmp_path: Path) -> None:
    with running_ministack(tmp_path) as emulator:
        fill(emulator, TEST_RESOURCES)
    for round_ in range(3):
        with running_ministack(tmp_path) as emulator:
            for number in range(5):
                put_balance(emulator, 10 * round_ + number)
            with pytest.raises(ClientError, match="ConditionalCheckFailed"):
                put_balance(emulator, 999, only_where_absent=True)
            emulator.process.kill()
    with running_ministack(tmp_path) as emulator:
        [item] = found(emulator, TEST_RESOURCES)["items"]
    assert item["balance"] == {"N": "24"}


def test_a_change_that_was_cut_short_by_a_kill_was_never_made(tmp_path: Path) -> None:
    with running_ministack(tmp_path) as emulator:
        fill(emulator, TEST_RESOURCES)
        put_balance(emulator, 7)
        emulator.process.kill()
    [log] = tmp_path.glob("changes-*")
    *whole, last = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(whole) + last[: len(last) // 2])
    with running_ministack(tmp_path) as emulator:
        [item] = found(emulator, TEST_RESOURCES)["items"]
    assert item["balance"] == {"N": "1250"}


def test_the_log_is_gone_once_a_snapshot_has_it(tmp_path: Path) -> None:
    with running_ministack(tmp_path) as emulator:
        fill(emulator, TEST_RESOURCES)
    assert [log.read_bytes() for log in tmp_path.glob("changes-*")] == [b""]


def test_what_a_full_disk_cannot_keep_is_not_acknowledged(tmp_path: Path) -> None:
    """Issue 12, number 7. The limit of a file's size stands for the disk's."""
    with running_ministack(tmp_path) as emulator:
        fill(emulator, TEST_RESOURCES)
    with running_ministack(tmp_path, file_bytes=200_000) as emulator:
        kept = put_until_refused(emulator)
        [item] = found(emulator, TEST_RESOURCES)["items"]
        assert item["balance"] == {"N": str(kept)}  # what was refused was not done, either
        emulator.process.kill()
    with running_ministack(tmp_path) as emulator:
        [item] = found(emulator, TEST_RESOURCES)["items"]
        assert item["balance"] == {"N": str(kept)}
        put_balance(emulator, 5)


def test_a_graceful_stop_saves_the_last_change(tmp_path: Path) -> None:
    with running_ministack(tmp_path) as emulator:
        fill(emulator, TEST_RESOURCES)
    with running_ministack(tmp_path) as emulator:
        assert found(emulator, TEST_RESOURCES)["messages"] == "1"
    assert len(list(tmp_path.glob("state-*"))) == 1


def test_a_half_written_snapshot_is_ignored_and_removed(tmp_path: Path) -> None:
    with running_ministack(tmp_path) as emulator:
        fill(emulator, TEST_RESOURCES)
    torn = tmp_path / "state-9999999999999999999"
    torn.mkdir()
    (torn / "dynamodb.json").write_text('{"payload": {')
    with running_ministack(tmp_path) as emulator:
        assert found(emulator, TEST_RESOURCES)["messages"] == "1"
        assert not torn.exists()


def put_balance(emulator: Ministack, balance: int, *, only_where_absent: bool = False) -> None:
    # Long, so that a log of them soon reaches a limit.
    item = {
        "pk": {"S": "P#demo"},
        "sk": {"S": "ACCT"},
        "balance": {"N": str(balance)},
        "x": {"S": "x" * 5_000},
    }
    if only_where_absent:
        condition = {"ConditionExpression": "attribute_not_exists(pk)"}
        emulator.client("dynamodb").put_item(TableName=TEST_RESOURCES.table, Item=item, **condition)
    else:
        emulator.client("dynamodb").put_item(TableName=TEST_RESOURCES.table, Item=item)


def put_until_refused(emulator: Ministack) -> int:
    """The last balance that was taken."""
    for number in range(1_000):
        with contextlib.suppress(ClientError):
            put_balance(emulator, number)
            continue
        with pytest.raises(ClientError, match="could not write this change down"):
            put_balance(emulator, number)
        assert number > 10
        return number - 1
    raise AssertionError("nothing was refused")


STARTER = """
import subprocess, sys, time
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE)
print(child.pid, flush=True)
time.sleep(600)
"""


def test_the_emulator_ends_when_its_starter_is_killed() -> None:
    port = free_port()
    command = [str(EMULATOR_PYTHON), "-m", "sandbox.emulator", "--port", str(port)]
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, *command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
    )
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    try:
        wait_for_http(f"http://127.0.0.1:{port}/_ministack/health")
    finally:
        starter.kill()
        starter.communicate()
    wait_until(lambda: not is_running(pid), what="the emulator's end")
