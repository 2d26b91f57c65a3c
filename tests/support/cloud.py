"""AWS in this process, as far as a statement run needs it: table, queues, bucket, mail, the app's key.

Stands at botocore's call (tests/soak/seam.py), so that everything above it is what is shipped.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.entrypoints import jobs
from tests.soak.store import Store

Answer = dict[str, Any]


class Killed(BaseException):
    """The process is gone: nothing in it catches this."""


class Record:
    """One SQS record, as Chalice gives it to a job."""

    def __init__(self, number: int, body: str) -> None:
        self.number, self.body = number, body

    def to_dict(self) -> dict[str, str]:
        return {"messageId": f"m{self.number}", "body": self.body}


class Cloud:
    """`calls` names every call made, e.g. "sesv2 SendEmail"; the process dies before or after the one `at`.

    `files` holds what `keep` makes of each file: a long run need not remember its PDFs.
    """

    def __init__(self, *, keep: Callable[[bytes], Any] = bytes) -> None:
        self.store, self.keep = Store(), keep
        self.queues: dict[str, list[str]] = defaultdict(list)
        self.files: dict[str, Any] = {}
        self.mails: list[str] = []
        self.calls: list[str] = []
        self.at, self.after = -1, False

    def answer(self, service: str, operation: str, asked: Mapping[str, Any]) -> Answer:
        place = len(self.calls)
        self.calls.append(f"{service} {operation}")
        if place == self.at and not self.after:
            raise Killed
        done = self._answer(service, operation, asked)
        if place == self.at:
            raise Killed
        return done

    def _answer(self, service: str, operation: str, asked: Mapping[str, Any]) -> Answer:
        if service == "dynamodb":
            return self.store.call(operation, asked)
        act: Callable[[Mapping[str, Any]], Answer] = getattr(self, f"_{operation}")
        return act(asked)

    def _SendMessage(self, asked: Mapping[str, Any]) -> Answer:
        self.queues[asked["QueueUrl"]].append(asked["MessageBody"])
        return {"MessageId": "m"}

    def _SendMessageBatch(self, asked: Mapping[str, Any]) -> Answer:
        self.queues[asked["QueueUrl"]] += [entry["MessageBody"] for entry in asked["Entries"]]
        return {"Successful": []}

    def _GetQueueAttributes(self, asked: Mapping[str, Any]) -> Answer:
        waiting = len(self.queues[asked["QueueUrl"]])
        return {"Attributes": {"ApproximateNumberOfMessages": str(waiting)}}

    def _GetAccount(self, asked: Mapping[str, Any]) -> Answer:
        return {"SendQuota": {"Max24HourSend": 50_000.0, "SentLast24Hours": float(len(self.mails))}}

    def _PutObject(self, asked: Mapping[str, Any]) -> Answer:
        if asked["Key"] in self.files:
            raise ClientError({"Error": {"Code": "PreconditionFailed", "Message": ""}}, "PutObject")
        self.files[asked["Key"]] = self.keep(asked["Body"])
        return {}

    def _HeadObject(self, asked: Mapping[str, Any]) -> Answer:
        if asked["Key"] not in self.files:
            raise ClientError({"Error": {"Code": "404", "Message": ""}}, "HeadObject")
        return {}

    def _ListObjectsV2(self, asked: Mapping[str, Any]) -> Answer:
        return {"Contents": [{"Key": key} for key in self.files if key.startswith(asked["Prefix"])]}

    def _SendEmail(self, asked: Mapping[str, Any]) -> Answer:
        self.mails.append(asked["Destination"]["ToAddresses"][0])
        return {"MessageId": f"mail-{len(self.mails)}"}

    def _GetParameter(self, asked: Mapping[str, Any]) -> Answer:
        key = "5e" * 32
        return {"Parameter": {"Value": f"1:{key}" if asked["Name"].endswith("/token-key") else key}}

    def work_off(self, queue_url: str, work: Callable[[Iterable[Any]], Answer], *, batch: int) -> None:
        """As Lambda does: what a function did not report as failed is gone, the rest comes back once more."""
        waiting, queue = len(self.queues[queue_url]), self.queues[queue_url]
        while waiting > 0:
            records = [Record(number, body) for number, body in enumerate(queue[:batch])]
            waiting -= len(records)
            failed = {failure["itemIdentifier"] for failure in work(records)["batchItemFailures"]}
            back = [record.body for record in records if f"m{record.number}" in failed]
            queue[: len(records)] = []
            queue += back


def run(cloud: Cloud, *, issue_queue: str, delivery_queue: str) -> dict[str, int]:
    """The three functions in turn: the schedule's, and the queues' with their batch sizes."""
    done = jobs.statements()
    cloud.work_off(issue_queue, jobs.issue, batch=10)
    cloud.work_off(delivery_queue, jobs.delivery, batch=1)
    return done


def items(cloud: Cloud, kind: str) -> list[dict[str, Any]]:
    """The plain values of every item of a kind."""
    rows = (row for row in cloud.store.items.values() if row["kind"] == {"S": kind})
    return [{name: next(iter(value.values())) for name, value in row.items()} for row in rows]


def body(item: Mapping[str, Any]) -> Any:
    """What an item keeps as JSON."""
    return json.loads(item["body"])
