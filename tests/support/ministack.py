"""The local AWS emulator for tests: in memory, on a free port, ended with the test run."""

import contextlib
import functools
import os
import resource
import secrets
import socket
import subprocess
import time
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from infra.table import create_table
from sandbox.config import EMULATOR_PYTHON, REGION, ROOT
from sandbox.resources import make_queue


@dataclass(frozen=True)
class Ministack:
    """A running emulator."""

    url: str
    process: "subprocess.Popen[bytes]" = field(repr=False)

    def client(self, service: str) -> Any:
        """A boto3 client of `service` that talks to this emulator."""
        return boto3.session.Session().client(service, endpoint_url=self.url, region_name=REGION)

    def new_table(self) -> str:
        """Make an empty table with Billfold's keys and indexes; returns its name."""
        name = f"billfold-test-{uuid.uuid4().hex[:12]}"
        create_table(self.client("dynamodb"), name)
        return name

    def new_queue(self, *, visibility_seconds: int = 30, max_receives: int = 8) -> str:
        """Make an empty queue with its dead-letter queue; returns its URL."""
        name = f"billfold-test-{uuid.uuid4().hex[:12]}"
        return make_queue(
            self.client("sqs"), name, visibility_seconds=visibility_seconds, max_receives=max_receives
        )

    def new_bucket(self) -> str:
        """Make an empty bucket; returns its name."""
        name = f"billfold-test-{uuid.uuid4().hex[:12]}"
        self.client("s3").create_bucket(Bucket=name)
        return name


# Below the range from which systems take the ports of outgoing connections: nothing else takes one of these
# between our look and the server's start. Test processes side by side look in different parts of it.
_FIRST_PORT, _PORTS_EACH, _PARTS = 12_000, 1_200, 16


def free_port(*, in_a_row: int = 1) -> int:
    """A port that was free a moment ago; with `in_a_row`, the first of that many."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _PARTS
    first = _FIRST_PORT + worker * _PORTS_EACH
    while True:
        port = first + secrets.randbelow(_PORTS_EACH - in_a_row)
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for offset in range(in_a_row):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port + offset))
            return port


def wait_for_http(url: str, process: "subprocess.Popen[bytes] | None" = None, *, seconds: float = 30) -> None:
    """Return once `url` answers; raise when `process` ends before or the time is up."""
    deadline = time.monotonic() + seconds
    while True:
        if process is not None and process.poll() is not None:
            raise AssertionError(f"the process behind {url} ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@contextlib.contextmanager
def running_ministack(
    state: Path | None = None, mail: Path | None = None, mail_reports: str = "", *, file_bytes: int = 0
) -> Iterator[Ministack]:
    """An emulator for the length of a `with`; `mail_reports` names the queue for what becomes of mail.
    Where `file_bytes` is given, no file of its may become longer."""
    assert EMULATOR_PYTHON.exists(), "the AWS emulator is not installed; run: make setup"
    port = free_port()
    arguments = [str(EMULATOR_PYTHON), "-m", "sandbox.emulator", "--port", str(port), "--also", "events"]
    arguments += ["--state", str(state)] if state else []
    arguments += ["--mail", str(mail)] if mail else []
    reports = f"http://127.0.0.1:{port}/000000000000/{mail_reports}"
    arguments += ["--mail-reports", reports] if mail_reports else []
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    limit = functools.partial(resource.setrlimit, resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    process = subprocess.Popen(
        arguments, cwd=ROOT, env=environment, stdin=subprocess.PIPE, preexec_fn=limit if file_bytes else None
    )
    try:
        wait_for_http(f"http://127.0.0.1:{port}/_ministack/health", process)
        yield Ministack(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.wait(timeout=20)
        assert process.stdin is not None
        process.stdin.close()
