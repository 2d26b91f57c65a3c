"""The long proofs in one go, for `make soak`: `python -m tests.soak`, or `python -m tests.soak soak-races …`.

Each part is a target of the Makefile, in a process of its own, with a log of its own in build/soak/. The
schedules need nothing but processors and take what the others leave (nice 19); beside them the other parts,
which wait often, run one after the other. A part that fails stops no other.
Exit status 0 when every part asked for passed.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sandbox.config import ROOT

SCHEDULES = "soak-simulation"
OTHERS = (
    "check-infra", "soak-deploy", "soak-policies", "soak-access", "soak-differential", "soak-races",
    "soak-cuts", "soak-superbills", "soak-files", "soak-tests", "soak-release", "soak-upgrade", "soak-trial",
    "soak-kills",
)  # fmt: skip
PARTS = (SCHEDULES, *OTHERS)
LOGS = ROOT / "build" / "soak"
LIMIT_MINUTES = 60  # of a part: it hangs
SHOWN = 40  # last lines of a failed part's log


@dataclass(frozen=True)
class Part:
    """A command and what it is called."""

    name: str
    command: Sequence[str]


@dataclass(frozen=True)
class Ended:
    """How a part ended: exit status, minutes on the clock and of one processor, and what it printed."""

    name: str
    status: int
    minutes: float
    processor_minutes: float
    log: Path

    def line(self) -> str:
        result = "passed" if self.status == 0 else f"FAILED ({self.status})"
        return (
            f"{self.name:18} {result:12} {self.minutes:6.1f} min {self.processor_minutes:6.1f} of a processor"
        )


class Soak:
    """Lanes of parts side by side; within a lane one after the other. A part over the limit is ended."""

    def __init__(self, logs: Path, *, limit_minutes: float = LIMIT_MINUTES) -> None:
        self._logs, self._limit = logs, limit_minutes * 60
        self._interrupted, self._running = threading.Event(), set[int]()
        logs.mkdir(parents=True, exist_ok=True)

    def run(self, lanes: Sequence[Sequence[Part]]) -> list[Ended]:
        """How each part ended, in the lanes' order; said as it happens, too."""
        with ThreadPoolExecutor(max(len(lanes), 1)) as pool:
            try:
                return [ended for lane in pool.map(self._lane, lanes) for ended in lane]
            except BaseException:
                self._interrupted.set()
                for group in list(self._running):
                    _kill(group)
                raise

    def _lane(self, parts: Sequence[Part]) -> list[Ended]:
        return [self._one(part) for part in parts if not self._interrupted.is_set()]

    def _one(self, part: Part) -> Ended:
        started, log = time.monotonic(), self._logs / f"{part.name}.log"
        with log.open("wb") as output:
            status, processor = self._wait(part.command, output)
        ended = Ended(part.name, status, (time.monotonic() - started) / 60, processor / 60, log)
        print(ended.line(), flush=True)
        return ended

    def _wait(self, command: Sequence[str], output: IO[bytes]) -> tuple[int, float]:
        """Exit status, and the processor time in seconds of the command and all it started."""
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            process_group=0,
        )  # fmt: skip
        self._running.add(process.pid)
        limit = threading.Timer(self._limit, _kill, [process.pid])
        limit.start()
        _, status, used = os.wait4(process.pid, 0)  # process.wait() does not tell what was used
        limit.cancel()
        self._running.discard(process.pid)
        process.returncode = os.waitstatus_to_exitcode(status)
        return process.returncode, used.ru_utime + used.ru_stime


def _kill(group: int) -> None:
    """A part and all that it started: a process group, not a session, across which `nice` may not count."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def report(parts: Sequence[Ended], minutes: float) -> str:
    """The end of every failed part's log, then a line for each part, then all together."""
    failed = [ended for ended in parts if ended.status != 0]
    said = [f"-- {ended.name}, the end of {ended.log}\n{_end(ended.log)}" for ended in failed]
    processor = sum(ended.processor_minutes for ended in parts)
    total = f"{len(parts)} parts, {len(failed)} failed"
    total = f"{total:31} {minutes:6.1f} min {processor:6.1f} of a processor"
    return "\n".join([*said, "", *(ended.line() for ended in parts), total])


def _end(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-SHOWN:])


def made(target: str) -> Part:
    """The target of the Makefile; what make itself was given (SCHEDULES=…) reaches it by the environment."""
    lowly = ("nice", "-n", "19") if target == SCHEDULES else ()
    return Part(target, (*lowly, "make", "--no-print-directory", target))


def main() -> int:
    read = argparse.ArgumentParser(prog="python -m tests.soak", description="The long proofs in one go.")
    read.add_argument("parts", nargs="*", metavar="part", help=f"all, or some of {', '.join(PARTS)}")
    asked = read.parse_args().parts or list(PARTS)
    if unknown := set(asked) - set(PARTS):
        read.error(f"no such part: {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: the parts are ended, too
    started = time.monotonic()
    print(f"load average {os.getloadavg()[0]:.1f}; logs in {LOGS}", flush=True)
    ended = Soak(LOGS).run(
        [[made(name) for name in lane if name in asked] for lane in ((SCHEDULES,), OTHERS)]
    )
    print(report(ended, (time.monotonic() - started) / 60))
    if left_out := [name for name in PARTS if name not in asked]:
        print(f"NOT run: {', '.join(left_out)}")
    return 1 if any(part.status for part in ended) else 0


if __name__ == "__main__":
    sys.exit(main())
