"""The stand-in as a process: started, killed, started again."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.contract.harness import Practice, pay

ROOT = Path(__file__).parents[2]


def _command(state: Path, port: str) -> list[str]:
    return [sys.executable, "-m", "sandbox.stripe", "--port", port, "--state", str(state)]


@contextmanager
def _process(state: Path) -> Iterator[tuple[subprocess.Popen[str], Practice]]:
    with subprocess.Popen(_command(state, "0"), cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        origin = process.stdout.readline().rpartition(" ")[2].strip()
        try:
            yield process, Practice(cast(Any, SimpleNamespace(origin=origin)), "demo")
        finally:
            process.kill()


def test_state_survives_a_kill(tmp_path: Path) -> None:
    state = tmp_path / "deep" / "stripe.sqlite3"
    with _process(state) as (process, practice):
        reply = practice.post("/v1/payment_intents", pay(), Idempotency_Key="k")
        process.send_signal(signal.SIGKILL)
        assert process.wait(10) == -signal.SIGKILL
    with _process(state) as (_, practice):
        again = practice.post("/v1/payment_intents", pay(), Idempotency_Key="k")
        assert (again.body, again.headers["idempotent-replayed"]) == (reply.body, "true")
        assert len(practice.get("/v1/charges").json["data"]) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stops_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    with _process(tmp_path / "stripe.sqlite3") as (process, practice):
        practice.customer()
        process.send_signal(number)
        assert process.wait(10) == 0


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with _process(tmp_path / "a.sqlite3") as (_, practice):
        port = practice.server.origin.rpartition(":")[2]
        done = subprocess.run(
            _command(tmp_path / "b.sqlite3", port), cwd=ROOT, capture_output=True, text=True, timeout=20
        )
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
        assert f"127.0.0.1:{port}" in done.stderr
