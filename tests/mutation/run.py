"""Mutation testing of the money modules: `make mutants`. Fails on a survivor that nobody has explained.

mutmut changes one thing at a time in a copy of the code and runs the unit tests that reach it; where all of
them still pass, no test would notice that mistake. What cannot be noticed, because nothing differs, stands in
equivalents.toml with its reason, and an entry that no survivor answers to any more fails the run as well.
"""

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from tests.mutation import survivors, workspace
from tests.mutation.survivors import Change, Count, Results

SEED = "1"  # histories drawn at random are the same each time, and so is what they kill
SURROUNDINGS = {"BILLFOLD_SEED": SEED, "PYTHONHASHSEED": "0", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
EVERY_SECONDS = 60


def mutate(where: Path, modules: Sequence[str], processes: int) -> None:
    """Run mutmut there; its own output goes to mutmut.log."""
    log, patterns = where / "mutmut.log", [f"{module}.*" for module in modules]
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(processes), *patterns]
    surroundings = {**os.environ, **SURROUNDINGS}
    with log.open("w", encoding="utf-8") as output:
        running = subprocess.Popen(
            command, cwd=where, env=surroundings, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            while (status := _waited(running)) is None:
                print(f"  {progress(log)} mutants", flush=True)
        finally:
            running.terminate()
    if status:
        raise SystemExit(log.read_text(encoding="utf-8")[-4000:])


def progress(log: Path) -> str:
    tried = re.findall(r"\d+/\d+", log.read_text(encoding="utf-8", errors="replace"))
    return tried[-1] if tried else "no"


def report(results: Results, modules: Sequence[str]) -> int:
    """Print what came of it; how many changes are wrongly alive, or wrongly listed."""
    explained = survivors.listed()
    asked = {change: why for change, why in explained.items() if _within(change, modules)}
    unexplained = survivors.unexplained(results.survivors, explained)
    stale = survivors.stale(results.survivors, asked)
    for module, count in results.by_module.items():
        if count.tried:
            print(f"  {module:<36} {count.tried:>5} mutants {count.killed:>5} killed")
    total = Count(*(sum(counts) for counts in zip(*results.by_module.values(), strict=True)))
    missing = sum(change in unexplained for change in results.survivors)
    print(
        f"{total.tried} mutants: {total.killed} killed ({total.timed_out} by never ending), "
        f"{total.tried - total.killed - missing} explained, {missing} not explained"
    )
    _show("not explained", unexplained)
    _show("explained, but no survivor", stale)
    return len(unexplained) + len(stale)


def _within(change: Change, modules: Sequence[str]) -> bool:
    return not modules or any(change.where.startswith(f"{module}.") for module in modules)


def _show(title: str, changes: Sequence[Change]) -> None:
    for change in changes:
        print(f"\n{title}:\nwhere = '{change.where}'\nwas = '''{change.was}'''\nnow = '''{change.now}'''")


def _waited(running: "subprocess.Popen[bytes]") -> int | None:
    try:
        return running.wait(EVERY_SECONDS)
    except subprocess.TimeoutExpired:
        return None


def main() -> int:
    read = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    read.add_argument("modules", nargs="*", help="such as chalicelib.kernel.money; all if none")
    read.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    read.add_argument("--keep", type=Path, help="work in this folder, where the next run is quicker")
    asked = read.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="billfold-mutants-") as passing:
        where = asked.keep or Path(passing)
        workspace.make(where, asked.modules)
        mutate(where, asked.modules, asked.processes)
        results = survivors.read(where)
    wrong = report(results, asked.modules) + (0 if asked.modules else results.unrun)
    minutes = (time.monotonic() - started) / 60
    print(
        f"mutmut {version('mutmut')}, Python {platform.python_version()}, {minutes:.1f} minutes, seed {SEED}"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
