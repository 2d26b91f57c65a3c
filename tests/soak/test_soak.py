"""`make soak` as a whole: what its parts come to, with short commands in the place of the long ones."""

import fcntl
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.config import ROOT
from tests.conftest import OF_THE_RUN
from tests.soak.__main__ import PARTS, Part, Soak, report

# Says that it is there and waits for the other, which it sees only when both run at once.
MEETS = """
import pathlib, time
pathlib.Path({mine!r}).touch()
deadline = time.monotonic() + 30
while not pathlib.Path({other!r}).exists():
    assert time.monotonic() < deadline
    time.sleep(0.01)
"""


def part(name: str, program: str) -> Part:
    return Part(name, (sys.executable, "-c", program))


def test_a_part_that_fails_hides_no_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lane = [part("works", "sum(range(10**6))"), part("fails", "print('why'); exit(3)"), part("after", "")]
    killed = part("killed", "import os; os.kill(os.getpid(), 9)")
    ended = Soak(tmp_path / "logs").run([lane, [killed]])
    told = capsys.readouterr().out
    assert [(one.name, one.status) for one in ended] == [
        ("works", 0), ("fails", 3), ("after", 0), ("killed", -9)
    ]  # fmt: skip
    assert all(one.line() in told for one in ended)
    assert ended[0].processor_minutes > 0
    said = report(ended, 1.5)
    assert "why" in said
    assert said.splitlines()[-1].startswith("4 parts, 2 failed")


def test_lanes_run_side_by_side(tmp_path: Path) -> None:
    one, two = str(tmp_path / "one"), str(tmp_path / "two")
    lanes = [
        [part("one", MEETS.format(mine=one, other=two))],
        [part("two", MEETS.format(mine=two, other=one))],
    ]
    assert [ended.status for ended in Soak(tmp_path / "logs").run(lanes)] == [0, 0]


def test_a_part_that_hangs_is_ended_with_all_it_started_and_the_next_begins(tmp_path: Path) -> None:
    held = tmp_path / "held"
    started = f"import fcntl, signal; fcntl.flock(open({str(held)!r}, 'w'), fcntl.LOCK_EX); signal.pause()"
    hangs = part("hangs", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {started!r}])")
    ended = Soak(tmp_path / "logs", limit_minutes=0.03).run([[hangs, part("next", "")]])
    assert [(one.name, one.status) for one in ended] == [("hangs", -9), ("next", 0)]
    with held.open("w") as free:
        fcntl.flock(free, fcntl.LOCK_EX)  # waits for ever for a process that still holds it


def test_every_long_proof_of_the_makefile_is_a_part() -> None:
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    targets = {line.partition(":")[0] for line in lines if line.startswith(("soak-", "check-infra:"))}
    assert targets == set(PARTS)


def test_issue_12_8_one_part_needs_only_its_own_tools() -> None:
    command = ["make", "--dry-run", "--always-make", "soak", "PARTS=soak-races"]
    asked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "tests.soak soak-races" in asked
    assert [tool for tool in ("microburst", "awscli", "checkov", "/nag") if tool in asked] == []


def test_what_the_parts_are_told_reaches_their_tests() -> None:
    """All other settings of Billfold are taken from a run's environment, and its long form would be short."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    told = re.findall(r"^\t((?:[A-Z_]+=\S+ )+)\$\(BIN\)/pytest", makefile, re.MULTILINE)
    named = {name for line in told for name in re.findall(r"(BILLFOLD_[A-Z_]+)=", line)}
    assert len(named) > 4
    assert named <= OF_THE_RUN
