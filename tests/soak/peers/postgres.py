"""A PostgreSQL server of our own while it is needed: free port, temporary folder, this machine only."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.ministack import free_port

PROGRAMS = ("pg_ctl", "initdb", "postgres")
SERVANT = "nobody"  # PostgreSQL refuses to run as root


class NoServer(Exception):
    """PostgreSQL cannot be had here; the text says why."""


@contextlib.contextmanager
def running_postgres() -> Iterator[Mapping[str, str]]:
    """Settings (PGHOST and the like) of a fresh server. Error: NoServer."""
    programs, port = _programs(), free_port()
    with tempfile.TemporaryDirectory(prefix="billfold-postgres-") as folder:
        servant = _servant(folder)
        control: list[str | Path] = [programs / "pg_ctl", "-s", "-w", "-D", f"{folder}/data"]
        _run("initdb", [*control, "initdb", "-o", "-U bench -A trust -E UTF8 --no-locale"], servant)
        options = f"-p {port} -h 127.0.0.1 -k {folder}"
        _run("start", [*control, "start", "-l", f"{folder}/log", "-o", options], servant)
        try:
            yield {"PGHOST": "127.0.0.1", "PGPORT": str(port), "PGUSER": "bench", "PGDATABASE": "postgres"}
        finally:
            _run("stop", [*control, "stop", "-m", "fast"], servant)


def _run(name: str, command: Sequence[str | Path], servant: Mapping[str, Any]) -> None:
    ran = subprocess.run(command, **servant, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    if ran.returncode:
        raise NoServer(f"pg_ctl {name} ended with {ran.returncode}")


def _programs() -> Path:
    """Where the server's programs are: in Debian outside of PATH."""
    places = map(Path, os.environ["PATH"].split(os.pathsep))
    for place in (*places, *sorted(Path("/usr/lib/postgresql").glob("*/bin"))):
        if all((place / name).exists() for name in PROGRAMS):
            return place
    raise NoServer("there is no PostgreSQL server on this machine (Debian: apt-get install postgresql)")


def _servant(folder: str) -> dict[str, Any]:
    """As whom to run: ourselves, or, as root, somebody who owns nothing but the folder."""
    if os.geteuid():
        return {"cwd": folder}
    shutil.chown(folder, SERVANT)
    return {"cwd": folder, "user": SERVANT, "extra_groups": []}
