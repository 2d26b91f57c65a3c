"""Starts the sandbox's processes, starts a dead one again and stops them all in order."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.config import ROOT

STOP_SECONDS = 10.0
# A process that dies this soon after its start, this often in a row, will not get better by itself.
QUICK_DEATH_SECONDS = 2.0
MAX_QUICK_DEATHS = 5


class SandboxError(Exception):
    """Something a person has to see to; its text is the one line to show."""


@dataclass(frozen=True)
class ChildSpec:
    """How to start one process. Its output goes to `log`."""

    name: str
    command: Sequence[str]
    log: Path


def own_module(name: str, module: str, *arguments: str, log_folder: Path) -> ChildSpec:
    """A module of this sandbox, run so that it ends with this process."""
    command = (sys.executable, "-m", "sandbox.child", module, *arguments)
    return ChildSpec(name, command, log_folder / f"{name}.log")


@dataclass
class _Child:
    spec: ChildSpec
    process: "subprocess.Popen[bytes]"
    started: float
    quick_deaths: int = 0


class Supervisor:
    """The running children, in the order they were started."""

    def __init__(self, environment: Mapping[str, str], say: Callable[[str], None]) -> None:
        self._environment, self._say = dict(environment), say
        self._children: list[_Child] = []

    def start(self, spec: ChildSpec) -> None:
        """Start a process and look after it from now on."""
        spec.log.parent.mkdir(parents=True, exist_ok=True)
        spec.log.unlink(missing_ok=True)
        self._children.append(_Child(spec, self._spawn(spec), time.monotonic()))

    def pids(self) -> dict[str, int]:
        """The process id of each child, by name."""
        return {child.spec.name: child.process.pid for child in self._children}

    def check(self) -> None:
        """Start again what has died, saying so. Raises SandboxError when one keeps dying."""
        for child in self._children:
            status = child.process.poll()
            if status is not None:
                self._revive(child, status)

    def stop(self) -> None:
        """Stop all, the last started first, so that AWS goes last and saves what the others did."""
        for child in reversed(self._children):
            child.process.terminate()
            try:
                child.process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
            _close_stdin(child.process)
        self._children.clear()

    def _revive(self, child: _Child, status: int) -> None:
        quick = time.monotonic() - child.started < QUICK_DEATH_SECONDS
        child.quick_deaths = child.quick_deaths + 1 if quick else 0
        if child.quick_deaths >= MAX_QUICK_DEATHS:
            raise SandboxError(f"{child.spec.name} keeps ending ({status}); see {child.spec.log}")
        self._say(f"{child.spec.name} ended ({_in_words(status)}); starting it again")
        _close_stdin(child.process)
        child.process, child.started = self._spawn(child.spec), time.monotonic()

    def _spawn(self, spec: ChildSpec) -> "subprocess.Popen[bytes]":
        with spec.log.open("ab") as log:
            return subprocess.Popen(
                list(spec.command),
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.PIPE,  # its end tells the child that this process is gone
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches this process alone, which stops them in order
            )


def _close_stdin(process: "subprocess.Popen[bytes]") -> None:
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()


def _in_words(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"status {status}"
