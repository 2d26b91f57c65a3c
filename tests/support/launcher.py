"""The sandbox as `make run` starts it, for tests: on free ports, in a folder of its own."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from sandbox.config import ROOT, SandboxConfig, without_accounts
from tests.support.ministack import free_port
from tests.support.waiting import wait_until


class Launcher:
    """A running `python -m sandbox.run`. Use as a context manager; it is stopped at the end."""

    def __init__(
        self,
        state: Path,
        *,
        port: int | None = None,
        demo: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.config = SandboxConfig(port or free_port(in_a_row=5), state)
        arguments = ["--port", str(self.config.port), "--state", str(state)]
        self._command = [sys.executable, "-m", "sandbox.run", *arguments, *([] if demo else ["--no-demo"])]
        self._environment = {**without_accounts(os.environ), **(environment or {})}
        self.output = ""

    def __enter__(self) -> "Launcher":
        self.process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=60)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line
        self.process.stdout.close()

    def wait_for(self, text: str, *, seconds: float = 60.0) -> None:
        """Return once `text` has been printed; fail when the launcher ends before."""

        def printed() -> bool:
            assert text in self.output or self.process.poll() is None, f"it ended:\n{self.output}"
            return text in self.output

        wait_until(printed, seconds=seconds, what=f"printing {text!r}")

    def wait_until_ready(self) -> None:
        """Return once everything is up."""
        self.wait_for("Billfold is ready")

    def children(self) -> dict[str, int]:
        """The process id of each child by a word of its command."""
        return children_of(self.process.pid)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal, wait for the end and return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


NAMES: Mapping[str, str] = {
    "sandbox.emulator": "aws",
    "sandbox.stripe": "stripe",
    "sandbox.paypal": "paypal",
    "sandbox.web": "web",
    "sandbox.driver": "driver",
    "sandbox.mailbox": "mailbox",
}


def children_of(parent: int) -> dict[str, int]:
    """The sandbox's processes that `parent` started: name → process id."""
    listing = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True
    )
    found = {}
    for line in listing.stdout.splitlines():
        pid, ppid, state, command = line.split(None, 3)
        names = [name for module, name in NAMES.items() if module in command]
        if int(ppid) == parent and names and not state.startswith("Z"):
            found[names[0]] = int(pid)
    return found


def is_running(pid: int) -> bool:
    """Whether the process is there and not merely waiting to be collected."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return state.stdout.strip() != "" and not state.stdout.strip().startswith("Z")


def kill_and_wait_for_another(launcher: Launcher, name: str) -> None:
    """`kill -9` one child; return once the launcher has started it again."""
    pid = launcher.children()[name]
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while launcher.children().get(name, pid) == pid:
        assert time.monotonic() < deadline, f"{name} was not started again:\n{launcher.output}"
        time.sleep(0.05)
