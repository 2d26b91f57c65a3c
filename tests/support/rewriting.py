"""Tests are compiled once a run, and so is what the processes import that they start.

pytest compiles each test file with its asserts rewritten, and keeps that for the next process to read.
Processes that start side by side find nothing kept and compile all files, each for itself: 13 s of a
processor. Here each compiles its share before it reads the rest.
"""

import os
import sys
from pathlib import Path

import pytest
from _pytest.assertion import rewrite
from _pytest.assertion.rewrite import assertstate_key

_REWRITTEN = ("test_*.py", "conftest.py")


def keep(config: pytest.Config) -> None:
    """From now on, here and in what is started from here, whatever this process was told. Does this process's
    share of the tests, where it is one of several."""
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    run = getattr(config, "workerinput", None)
    if run is None:
        return
    files = [
        path
        for folder in config.args
        for pattern in _REWRITTEN
        for path in sorted(Path(config.invocation_params.dir, folder).rglob(pattern))
    ]
    for path in files[int(run["workerid"].removeprefix("gw")) :: run["workercount"]]:
        _keep_rewritten(config, path)


def _keep_rewritten(config: pytest.Config, path: Path) -> None:
    folder = rewrite.get_cache_dir(path)
    kept = folder / f"{path.stem}{rewrite.PYC_TAIL}"
    if rewrite.try_makedirs(folder) and rewrite._read_pyc(path, kept) is None:
        source_hash, code = rewrite._rewrite_test(path, config)
        rewrite._write_pyc(config.stash[assertstate_key], code, source_hash, kept)
