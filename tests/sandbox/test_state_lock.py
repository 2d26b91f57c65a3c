"""One sandbox a state folder; what forgets it waits for none, and says whose it is (issue 12, number 5)."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.config import ROOT, SandboxConfig
from sandbox.data_format import FORMAT, check_format
from sandbox.disk import LOW_BYTES, DiskWatch
from sandbox.state_lock import StateInUse, held


def reset(state: Path, *, make: bool = False) -> "subprocess.CompletedProcess[str]":
    command = (
        ["make", "-s", "reset", f"STATE={state}"]
        if make
        else [sys.executable, "-m", "sandbox.reset", str(state)]
    )
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def run(state: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "sandbox.run", "--port", "19700", "--state", str(state)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_second_sandbox_in_the_same_folder_is_refused_on_whatever_port(tmp_path: Path) -> None:
    with held(tmp_path / "state", "http://localhost:8000"):
        done = run(tmp_path / "state")
    assert done.returncode == 1
    assert "state/ is in use by http://localhost:8000 (process " in done.stderr
    assert f"make run PORT=20700 STATE={tmp_path / 'state'}-20700" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("make", [False, True])
def test_reset_says_whose_the_folder_is_and_removes_nothing(tmp_path: Path, make: bool) -> None:
    state = tmp_path / "state"
    check_format(SandboxConfig(8000, state))
    with held(state, "http://localhost:8000"):
        done = reset(state, make=make)
    assert done.returncode != 0
    assert "is in use by http://localhost:8000" in done.stderr
    assert (state / "format").read_text() == f"{FORMAT}\n"


def test_reset_removes_all_of_it_and_the_next_start_is_fresh(tmp_path: Path) -> None:
    state = tmp_path / "state"
    check_format(SandboxConfig(8000, state))
    (state / "aws" / "s3").mkdir(parents=True)
    assert reset(state).returncode == 0
    assert list(tmp_path.iterdir()) == []
    assert "nothing to forget" in reset(state).stdout
    check_format(SandboxConfig(8000, state))


def test_a_reset_that_was_cut_short_left_nothing_that_a_start_refuses(tmp_path: Path) -> None:
    removed = tmp_path / "state.removed"
    (removed / "aws").mkdir(parents=True)
    check_format(SandboxConfig(8000, tmp_path / "state"))
    assert reset(tmp_path / "state").returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_sandboxs_is_not_removed(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    done = reset(tmp_path)
    assert done.returncode == 1
    assert "is not a sandbox's; nothing was removed" in done.stderr
    assert (tmp_path / "thesis.txt").exists()


def test_clean_does_not_go_on_where_reset_is_refused(tmp_path: Path) -> None:
    with held(tmp_path / "state", "http://localhost:8000"):
        command = ["make", "-s", "--dry-run", "clean", f"STATE={tmp_path / 'state'}"]
        order = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert order.index("sandbox.reset") < order.index("rm -rf")


HOLDER = """
import sys, time
from pathlib import Path
from sandbox.state_lock import held
with held(Path(sys.argv[1]), "http://localhost:8000"):
    print("held", flush=True)
    time.sleep(600)
"""


def test_the_lock_of_a_killed_sandbox_holds_nobody_up(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "state")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(StateInUse), held(tmp_path / "state", "another"):
            pass
        os.kill(holder.pid, signal.SIGKILL)
    with held(tmp_path / "state", "another"):
        pass


def test_a_stamp_that_was_cut_short_is_no_other_version(tmp_path: Path) -> None:
    config = SandboxConfig(8000, tmp_path / "state")
    config.state.mkdir()
    (config.state / "format.new").write_text("")
    check_format(config)
    assert (config.state / "format").read_text() == f"{FORMAT}\n"


def test_the_console_says_once_that_the_disk_is_nearly_full_and_once_that_it_is_not() -> None:
    """Issue 12, number 7."""
    said: list[str] = []
    free = iter([LOW_BYTES, LOW_BYTES - 1, 12_000_000, LOW_BYTES, LOW_BYTES])
    watch = DiskWatch(Path(".billfold"), said.append, lambda _: next(free))
    for _ in range(5):
        watch.check()
    assert ["nearly full" in said[0], said[1]] == [True, "the disk has room again"]
    assert len(said) == 2
    assert "49 MB left" in said[0]
