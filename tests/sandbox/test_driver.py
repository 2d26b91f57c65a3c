"""The driver runs queue functions as Lambda's event source mapping does, and loses nothing to a kill."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from chalice.app import Chalice, Rate

from sandbox.config import DUMMY_CREDENTIALS, ROOT
from sandbox.driver import QueueConsumer, QueueFunction, queue_functions, run_scheduled, scheduled_functions
from tests.support.ministack import Ministack
from tests.support.waiting import wait_until

pytestmark = pytest.mark.ministack

Function = Callable[[Mapping[str, Any], Any], Any]


class Bench:
    """A queue on the emulator, a consumer of it, and what its function was given."""

    def __init__(self, ministack: Ministack, *, visibility_seconds: int = 0, max_receives: int = 8) -> None:
        self.sqs = ministack.client("sqs")
        self.url = ministack.new_queue(visibility_seconds=visibility_seconds, max_receives=max_receives)
        self.queue = self.url.rpartition("/")[2]
        self.given: list[list[str]] = []

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body)

    def consumer(self, answer: Function) -> QueueConsumer:
        def call(event: Mapping[str, Any], context: Any) -> Any:
            self.given.append(sorted(record["body"] for record in event["Records"]))
            return answer(event, context)

        return QueueConsumer(QueueFunction("settle", self.queue, 10, call), self.sqs)

    def waiting(self, suffix: str = "") -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes = self.sqs.get_queue_attributes(QueueUrl=f"{self.url}{suffix}", AttributeNames=names)
        return sum(int(value) for value in attributes["Attributes"].values())


def ids_of(event: Mapping[str, Any], *bodies: str) -> list[dict[str, str]]:
    return [{"itemIdentifier": r["messageId"]} for r in event["Records"] if r["body"] in bodies]


def raises(_event: Mapping[str, Any], _context: Any) -> None:
    raise RuntimeError("the function failed")


def test_what_succeeds_is_deleted(ministack: Ministack) -> None:
    bench = Bench(ministack)
    bench.send("a", "b")
    assert bench.consumer(lambda event, context: None).run_once(0) == 2
    assert bench.given == [["a", "b"]]
    assert bench.waiting() == 0


def test_an_empty_queue_calls_nothing(ministack: Ministack) -> None:
    bench = Bench(ministack)
    assert bench.consumer(raises).run_once(0) == 0
    assert bench.given == []


def test_only_the_failures_a_batch_reports_come_back(ministack: Ministack) -> None:
    bench = Bench(ministack)
    bench.send("good", "bad", "fine")
    consumer = bench.consumer(lambda event, context: {"batchItemFailures": ids_of(event, "bad")})
    consumer.run_once(0)
    assert bench.waiting() == 1
    consumer.run_once(0)
    assert bench.given == [["bad", "fine", "good"], ["bad"]]


@pytest.mark.parametrize(
    "answer",
    [
        raises,
        lambda event, context: {"batchItemFailures": [{"itemIdentifier": "no-such-message"}]},
        lambda event, context: {"batchItemFailures": [{"itemIdentifier": ""}]},
    ],
    ids=["raises", "unknown id", "empty id"],
)
def test_a_batch_that_fails_as_a_whole_comes_back_as_a_whole(ministack: Ministack, answer: Function) -> None:
    bench = Bench(ministack)
    bench.send("a", "b")
    bench.consumer(answer).run_once(0)
    assert bench.waiting() == 2


def test_a_message_being_worked_on_is_hidden_from_others(ministack: Ministack) -> None:
    bench = Bench(ministack, visibility_seconds=30)
    bench.send("a")
    other = bench.consumer(lambda event, context: None)
    seen_by_other: list[int] = []

    def during(_event: Mapping[str, Any], _context: Any) -> None:
        seen_by_other.append(other.run_once(0))

    bench.consumer(during).run_once(0)
    assert seen_by_other == [0]
    assert bench.waiting() == 0


def test_what_never_succeeds_ends_among_the_dead_letters(ministack: Ministack) -> None:
    bench = Bench(ministack, max_receives=3)
    bench.send("poison")
    consumer = bench.consumer(raises)
    wait_until(lambda: consumer.run_once(0) == 0 and bench.waiting("-dead") == 1, what="the redrive")
    assert bench.given == [["poison"]] * 3
    assert bench.waiting() == 0


def test_what_the_app_declares_is_what_runs() -> None:
    app = Chalice(app_name="declared")
    runs: list[str] = []

    @app.on_sqs_message(queue="billfold-x-settle", batch_size=5, name="settle")
    def settle(event: Any) -> dict[str, Any]:
        runs.append(next(iter(event)).body)
        return {"batchItemFailures": []}

    @app.schedule("rate(1 minute)", name="sweep")
    def sweep(event: Any) -> None:
        runs.append(event.detail_type)

    @app.schedule(Rate(5, Rate.MINUTES), name="reconcile")
    def reconcile(event: Any) -> None:
        raise RuntimeError("is printed, and nothing else stops")

    [queue] = queue_functions(app)
    assert (queue.name, queue.queue, queue.batch_size) == ("settle", "billfold-x-settle", 5)
    assert queue.call({"Records": [{"body": "m", "receiptHandle": "r"}]}, None) == {"batchItemFailures": []}
    schedules = scheduled_functions(app)
    assert [(s.name, s.expression) for s in schedules] == [
        ("sweep", "rate(1 minute)"),
        ("reconcile", "rate(5 minutes)"),
    ]
    for schedule in schedules:
        run_scheduled(schedule)
    assert runs == ["m", "Scheduled Event"]


APP_THAT_HANGS_ONCE = """
import os, pathlib, threading
from chalice import Chalice
app = Chalice(app_name="hangs")
notes = pathlib.Path(os.environ["NOTES"])

def note(line):
    with notes.open("a") as file:
        file.write(line + "\\n")

@app.on_sqs_message(queue=os.environ["QUEUE"], batch_size=1, name="settle")
def settle(event):
    again = notes.exists() and "begun" in notes.read_text()
    note("begun")
    if not again:
        threading.Event().wait()
    note("done")

@app.schedule("rate(1 minute)", name="sweep")
def sweep(event):
    note("swept")
"""


def driver(folder: Path, environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "sandbox.driver"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **DUMMY_CREDENTIALS, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


def test_a_driver_killed_in_the_middle_of_a_message_gets_it_again(
    ministack: Ministack, tmp_path: Path
) -> None:
    bench = Bench(ministack, visibility_seconds=1)
    notes = tmp_path / "notes"
    (tmp_path / "app.py").write_text(APP_THAT_HANGS_ONCE)
    environment = {"QUEUE": bench.queue, "NOTES": str(notes), "AWS_ENDPOINT_URL": ministack.url}

    def noted(line: str) -> int:
        return notes.read_text().split().count(line) if notes.exists() else 0

    first = driver(tmp_path, environment)
    try:
        wait_until(lambda: noted("swept") == 1, what="the sweep at the start")
        bench.send("pay")
        wait_until(lambda: noted("begun") == 1, what="the first delivery")
    finally:
        first.kill()
        first.wait()
    assert noted("done") == 0
    second = driver(tmp_path, environment)
    try:
        wait_until(lambda: noted("done") == 1 and bench.waiting() == 0, what="the second delivery")
        assert noted("begun") == 2
    finally:
        second.terminate()
        assert second.wait(timeout=10) == 0
