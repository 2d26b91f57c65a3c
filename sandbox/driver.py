"""Runs the functions that nothing calls over HTTP, as AWS would: `python -m sandbox.driver`.

What there is to run is read from the Chalice app. Queue functions get batches as Lambda's event source
mapping gives them: messages stay hidden while they are worked on, what the function does not report as
failed is deleted, the rest comes back after the queue's visibility time-out and ends among the dead letters.
Functions with a rate run once at the start, too, so that what a crash left behind is seen to at once.
"""

import argparse
import os
import signal
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from chalice.app import Chalice, ScheduledEventConfig, SQSEventConfig
from chalice.local import LambdaContext

from sandbox.logs import log_to_stderr
from sandbox.schedules import parse_schedule

_ACCOUNT = "000000000000"
_LONG_POLL_SECONDS = 5
_RETRY_SECONDS = 0.5
_FUNCTION_TIMEOUT_SECONDS = 60
_MAX_MESSAGES_PER_RECEIVE = 10
# Lambda works on several batches of a queue at once, so that functions had better be ready for it.
_CONSUMERS_PER_QUEUE = 2

Function = Callable[[Mapping[str, Any], Any], Any]


@dataclass(frozen=True)
class QueueFunction:
    """A function and the queue that feeds it."""

    name: str
    queue: str
    batch_size: int
    call: Function


@dataclass(frozen=True)
class ScheduledFunction:
    """A function and its schedule expression."""

    name: str
    expression: str
    call: Function


def queue_functions(app: Chalice) -> list[QueueFunction]:
    """What `@app.on_sqs_message` declared."""
    return [
        QueueFunction(
            source.name,
            source.queue or str(source.queue_arn).rpartition(":")[2],
            min(source.batch_size, _MAX_MESSAGES_PER_RECEIVE),
            app.handler_map[source.name],
        )
        for source in app.event_sources
        if isinstance(source, SQSEventConfig)
    ]


def scheduled_functions(app: Chalice) -> list[ScheduledFunction]:
    """What `@app.schedule` declared."""
    return [
        ScheduledFunction(source.name, _expression(source), app.handler_map[source.name])
        for source in app.event_sources
        if isinstance(source, ScheduledEventConfig)
    ]


def _expression(source: ScheduledEventConfig) -> str:
    declared = source.schedule_expression
    return declared if isinstance(declared, str) else declared.to_string()


class QueueConsumer:
    """One event source mapping: receives from a queue, calls the function, deletes what it took care of."""

    def __init__(self, function: QueueFunction, sqs: Any) -> None:
        self._function, self._sqs = function, sqs
        self._url: str = sqs.get_queue_url(QueueName=function.queue)["QueueUrl"]

    def run_once(self, wait_seconds: int = _LONG_POLL_SECONDS) -> int:
        """Receive one batch, if there is one, and work on it; returns how many messages it had."""
        messages = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=self._function.batch_size,
            WaitTimeSeconds=wait_seconds,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if messages:
            failed = self._failed_ids(messages)
            for message in messages:
                if message["MessageId"] not in failed:
                    self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return len(messages)

    def _failed_ids(self, messages: list[dict[str, Any]]) -> set[str]:
        """The ids that must come back. A function that raises, or names an id it was not given, fails all."""
        everything = {message["MessageId"] for message in messages}
        event = {"Records": [self._record(message) for message in messages]}
        try:
            answer = self._function.call(event, _context(self._function.name))
        except Exception:
            print(f"{self._function.name}: failed with {len(messages)} messages", flush=True)
            traceback.print_exc()
            return everything
        failures = (answer or {}).get("batchItemFailures", []) if isinstance(answer, dict | None) else []
        reported = {failure.get("itemIdentifier") for failure in failures}
        return reported if reported <= everything else everything

    def _record(self, message: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": message.get("MessageAttributes", {}),
            "md5OfBody": message.get("MD5OfBody", ""),
            "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:us-east-1:{_ACCOUNT}:{self._function.queue}",
            "awsRegion": "us-east-1",
        }


def run_scheduled(function: ScheduledFunction) -> None:
    """Call a scheduled function once; what it raises is printed, as it would be logged."""
    try:
        function.call(scheduled_event(function.name), _context(function.name))
    except Exception:
        print(f"{function.name}: failed", flush=True)
        traceback.print_exc()


def scheduled_event(name: str) -> dict[str, Any]:
    """What EventBridge hands to a function at its time."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": _ACCOUNT,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": "us-east-1",
        "resources": [f"arn:aws:events:us-east-1:{_ACCOUNT}:rule/{name}"],
        "detail": {},
    }


def _context(name: str) -> LambdaContext:
    return LambdaContext(name, memory_size=512, max_runtime_ms=_FUNCTION_TIMEOUT_SECONDS * 1000)


def consume_forever(function: QueueFunction) -> None:
    """Work on a queue for ever; an AWS that does not answer is tried again."""
    while True:
        try:
            consumer = QueueConsumer(function, boto3.session.Session().client("sqs"))
            while True:
                consumer.run_once()
        except (BotoCoreError, ClientError) as error:
            print(f"{function.name}: {error}", flush=True)
            time.sleep(_RETRY_SECONDS)


def keep_schedule(function: ScheduledFunction) -> None:
    """Call a function at its times for ever; times missed while it ran are not made up."""
    next_after = parse_schedule(function.expression)
    now = datetime.now(UTC)
    due = now if function.expression.startswith("rate") else next_after(now)
    while True:
        time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))
        due = next_after(datetime.now(UTC))
        run_scheduled(function)


def main() -> None:
    """Run everything the app declares until stopped."""
    argparse.ArgumentParser(prog="python -m sandbox.driver").parse_args()
    log_to_stderr()
    from app import app  # reads its settings from the environment when imported

    def stop(_signal: int, _frame: FrameType | None) -> None:
        # What is being worked on comes back after its visibility time-out, as after a kill.
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    for queue in queue_functions(app):
        print(f"{queue.name}: queue {queue.queue}", flush=True)
        for _ in range(_CONSUMERS_PER_QUEUE):
            threading.Thread(target=consume_forever, args=(queue,), daemon=True).start()
    for scheduled in scheduled_functions(app):
        print(f"{scheduled.name}: {scheduled.expression}", flush=True)
        threading.Thread(target=keep_schedule, args=(scheduled,), daemon=True).start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
