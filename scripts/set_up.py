"""One step of set-up, whole or done again; two at once wait for each other.

    set_up.py STAMP venv FOLDER [OPTIONS OF PIP] [LOCKS…]     a virtual environment with those packages
    set_up.py STAMP run COMMAND…                              whatever else a step is

STAMP is the file that says that the step was done. A virtual environment holds its own path, so it cannot be
made beside and moved; one that was not finished is removed and made again. What comes into it has the bytes
that a lock names, and nothing is built for it: a build would bring what no lock names. Standard library only.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

LOCK = Path(".set-up.lock")
# In a virtual environment: everything asked for is installed.
WHOLE = "whole"


def main() -> int:
    stamp, kind, *arguments = sys.argv[1:]
    before = _made_at(Path(stamp))
    with LOCK.open("w") as lock:
        _wait_for(lock.fileno())
        if _made_at(Path(stamp)) != before:
            return 0  # another set-up has done it meanwhile
        done = _environment(arguments, lock.fileno()) if kind == "venv" else _run(arguments, lock.fileno())
        if done:
            Path(stamp).parent.mkdir(parents=True, exist_ok=True)
            Path(stamp).touch()
    return 0 if done else 1


def _wait_for(lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print("billfold: another set-up is at work in this folder; waiting for it", file=sys.stderr)
        fcntl.flock(lock, fcntl.LOCK_EX)


def _made_at(stamp: Path) -> "int | None":
    try:
        return stamp.stat().st_mtime_ns
    except FileNotFoundError:
        return None


def _environment(arguments: "list[str]", lock: int) -> bool:
    folder = Path(arguments[0])
    options = [argument for argument in arguments[1:] if argument.startswith("--")]
    files = [argument for argument in arguments[1:] if not argument.startswith("--")]
    whole = folder / WHOLE
    python = folder / "bin" / "python"
    if not (whole.exists() and python.exists() and _run([python, "-c", ""], lock)):
        shutil.rmtree(folder, ignore_errors=True)
        if not _run([sys.executable, "-m", "venv", folder], lock):
            return False
    whole.unlink(missing_ok=True)
    wanted = [part for file in files for part in ("-r", file)]
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = not wanted or _run([*pip, "--require-hashes", "--only-binary=:all:", *options, *wanted], lock)
    if done:
        whole.touch()
    return done


def _run(command: "list[str | Path]", lock: int) -> bool:
    """Whether it worked. It holds the lock, too: where only this program is killed, the next set-up waits."""
    try:
        done = subprocess.run([os.fspath(part) for part in command], check=False, pass_fds=(lock,))
    except OSError as error:
        print(f"billfold: {error}", file=sys.stderr)
        return False
    return done.returncode == 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
