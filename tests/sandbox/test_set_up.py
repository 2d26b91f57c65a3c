"""A step of set-up that was cut short is done again, and two at once do not meet (issue 12, number 6)."""

import shutil
import signal
import subprocess
import sys
import tarfile
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from sandbox.config import ROOT
from tests.support.waiting import wait_until

SCRIPT = ROOT / "scripts" / "set_up.py"


def step(folder: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, str(SCRIPT), "stamps/step", *arguments]
    with (folder / "said").open("w") as said:
        return subprocess.Popen(
            command, cwd=folder, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True
        )


def done(folder: Path, *arguments: str) -> int:
    return step(folder, *arguments).wait(timeout=120)


def test_a_step_leaves_its_stamp_only_once_it_has_worked(tmp_path: Path) -> None:
    assert done(tmp_path, "run", "false") == 1
    assert not (tmp_path / "stamps" / "step").exists()
    assert done(tmp_path, "run", "true") == 0
    assert (tmp_path / "stamps" / "step").exists()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an environment that a step made, after a kill in the middle of `python -m venv`: that
    leaves a Python that runs, and no pip."""
    folder = tmp_path_factory.mktemp("made")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "env")], check=True)
    (folder / "wanted.txt").write_text("")
    assert done(folder, "venv", "env", "wanted.txt") == 0
    return folder


@pytest.fixture
def whole(made: Path, tmp_path: Path) -> Path:
    """A copy of that folder: making an environment takes ten times as long."""
    return shutil.copytree(made, tmp_path / "whole", symlinks=True)


def has_pip(folder: Path) -> bool:
    pip = [str(folder / "env" / "bin" / "python"), "-m", "pip", "--version"]
    return subprocess.run(pip, capture_output=True, check=False).returncode == 0


def test_a_virtual_environment_without_pip_is_made_again(made: Path) -> None:
    assert has_pip(made)


def test_packages_that_were_half_installed_are_not_taken_for_whole(whole: Path) -> None:
    (whole / "wanted.txt").write_text("no-such-package-of-billfold==1 --invalid\n")
    assert done(whole, "venv", "env", "wanted.txt") == 1
    half = whole / "env" / "half-installed"
    half.touch()
    (whole / "wanted.txt").write_text("")
    assert done(whole, "venv", "env", "wanted.txt") == 0
    assert not half.exists()


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel with one module, `elm`."""
    folder = tmp_path_factory.mktemp("packages")
    wheel = folder / "elm-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr("elm.py", "")
        packed.writestr("elm-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: elm\nVersion: 1\n")
        packed.writestr(
            "elm-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        packed.writestr("elm-1.dist-info/RECORD", "elm.py,,\n")
    return wheel


def has_elm(folder: Path) -> bool:
    elm = [str(folder / "env" / "bin" / "python"), "-c", "import elm"]
    return subprocess.run(elm, capture_output=True, check=False).returncode == 0


def test_what_comes_into_an_environment_has_the_bytes_that_its_lock_names(whole: Path, package: Path) -> None:
    found = f"--no-index\n--find-links {package.parent}\n"
    (whole / "wanted.txt").write_text(f"{found}elm==1\n")
    assert done(whole, "venv", "env", "wanted.txt") == 1, "no hash"
    (whole / "wanted.txt").write_text(f"{found}elm==1 --hash=sha256:{'0' * 64}\n")
    assert done(whole, "venv", "env", "wanted.txt") == 1, "another's hash"
    assert not has_elm(whole)
    (whole / "wanted.txt").write_text(
        f"{found}elm==1 --hash=sha256:{sha256(package.read_bytes()).hexdigest()}\n"
    )
    assert done(whole, "venv", "env", "wanted.txt") == 0
    assert has_elm(whole)


def test_nothing_is_built_for_an_environment(whole: Path, tmp_path: Path) -> None:
    """A build would fetch what it needs by no lock."""
    source = tmp_path / "elm-1.tar.gz"
    with tarfile.open(source, "w:gz") as packed:
        (tmp_path / "setup.py").write_text("from setuptools import setup; setup(name='elm', version='1')")
        packed.add(tmp_path / "setup.py", "elm-1/setup.py")
    named = f"elm==1 --hash=sha256:{sha256(source.read_bytes()).hexdigest()}"
    (whole / "wanted.txt").write_text(f"--no-index\n--find-links {tmp_path}\n{named}\n")
    assert done(whole, "venv", "env", "wanted.txt") == 1
    said = (whole / "said").read_text()
    assert "No matching distribution found for elm==1" in said
    assert "setuptools" not in said


def test_a_virtual_environment_whose_python_is_gone_is_made_again(whole: Path) -> None:
    (whole / "env" / "bin" / "python").unlink()
    assert done(whole, "venv", "env", "wanted.txt") == 0
    assert has_pip(whole)


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """A step that takes a while, and writes what it does."""
    script = tmp_path / "slow.py"
    script.write_text(
        "import pathlib, time\n"
        "log = pathlib.Path('log').open('a')\n"
        "print('begins', file=log, flush=True)\n"
        "while not pathlib.Path('go').exists(): time.sleep(0.02)\n"
        "print('ends', file=log, flush=True)\n"
    )
    return script


def begun(folder: Path) -> bool:
    return (folder / "log").exists() and "begins" in (folder / "log").read_text()


def test_of_two_at_once_the_second_waits_and_does_nothing_twice(tmp_path: Path, slow: Path) -> None:
    first = step(tmp_path, "run", sys.executable, str(slow))
    wait_until(lambda: begun(tmp_path), what="the first step")
    second = step(tmp_path, "run", sys.executable, str(slow))
    waits = "another set-up is at work"
    wait_until(lambda: waits in (tmp_path / "said").read_text(), what="the second one's word")
    (tmp_path / "go").touch()
    assert [first.wait(timeout=30), second.wait(timeout=30)] == [0, 0]
    assert (tmp_path / "log").read_text() == "begins\nends\n"


def test_a_step_whose_starter_was_killed_is_waited_for_and_done_again(tmp_path: Path, slow: Path) -> None:
    first = step(tmp_path, "run", sys.executable, str(slow))
    wait_until(lambda: begun(tmp_path), what="the first step")
    first.send_signal(signal.SIGKILL)
    first.wait(timeout=30)
    (tmp_path / "go").touch()
    assert not (tmp_path / "stamps" / "step").exists()
    assert done(tmp_path, "run", sys.executable, str(slow)) == 0
    assert (tmp_path / "stamps" / "step").exists()
    assert (tmp_path / "log").read_text() == "begins\nends\n" * 2


def test_every_environment_and_install_of_the_makefile_is_such_a_step() -> None:
    recipes = (ROOT / "Makefile").read_text(encoding="utf-8")
    lines = [line for line in recipes.splitlines() if line.startswith("\t")]
    assert [line for line in lines if "-m venv" in line or "pip install" in line or "touch $@" in line] == []
    assert [line for line in lines if " ci " in line and "$(SET_UP)" not in line] == []
    assert "--cache $(CURDIR)/" in recipes
