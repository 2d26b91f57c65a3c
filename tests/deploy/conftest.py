"""The package, built once for all processes of a run."""

import fcntl
import os
from pathlib import Path

import pytest

from infra.package.__main__ import build
from infra.package.target import of_this_python


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """To be read: it takes half a minute, and whoever comes first builds it."""
    mine = tmp_path_factory.getbasetemp()
    root = mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine
    folder, built = root / "package", root / "package-built"
    with (root / "package-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            build(folder, of_this_python(native=True))
            built.touch()
    return folder
