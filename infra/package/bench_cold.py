"""`make bench-cold`: what a cold start costs, with our zip and with that of `chalice package`.

Each is unpacked and imported by a new Python that, as on Lambda, writes no bytecode and knows no packages but
those of the zip. Rounds take turns, so that a busy machine is equally unfair to all. Instructions are counted
once, by callgrind: it emulates the processor, and its counts hardly differ from run to run.
"""

import argparse
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from infra.package.__main__ import CACHE, ROOT, build
from infra.package.aws_over_tls import aws_over_tls
from infra.package.target import PackageError, of_this_python
from infra.package.template import chalice_package
from infra.table import load_template

_IMPORT = "import sys; sys.path.insert(0, '.'); import app"
_WIRE = f"{_IMPORT}; from chalicelib import bootstrap; wired = bootstrap.app()"
# A call of each of three services: what TLS needs is only then made.
_CALL = f"""{_WIRE}
assert wired.practices.practice("elm") is None
wired.settle_queue.send({{}})
wired.parameters._client().get_parameter(Name="token-key")
"""
_PYTHON = (sys.executable, "-I", "-S", "-B", "-c")
_CALLGRIND = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null")
_COLLECTED = re.compile(r"Collected : (\d+)")
_WHAT = {"import app": _IMPORT, "and the DynamoDB client": _WIRE, "and a call of three services": _CALL}
_NAMED = {"stock": "stock zip", "ours": "make package"}
_MOST_TIME, _MOST_SIZE = 0.45, 0.4


@dataclass(frozen=True, slots=True)
class Start:
    """A way to start: what is run, in the folder where a zip is unpacked, with which environment."""

    name: str
    code: str
    folder: Path
    environment: Mapping[str, str]

    def milliseconds(self) -> float:
        begun = time.perf_counter()
        self._run()
        return (time.perf_counter() - begun) * 1000

    def instructions(self) -> int:
        counted = _COLLECTED.search(self._run(*_CALLGRIND))
        if counted is None:
            raise PackageError("callgrind did not say what it counted")
        return int(counted[1])

    def _run(self, *tool: str) -> str:
        command = [*tool, *_PYTHON, self.code]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stderr


def environment_of_functions() -> Mapping[str, str]:
    """What Lambda gives a function: made-up settings and credentials. Nothing here calls AWS."""
    template = load_template(ROOT / "infra" / "app.yaml")
    settings = template["Globals"]["Function"]["Environment"]["Variables"]
    numbers = {name for name, given in settings.items() if _is_number(template, given)}
    credentials = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_REGION": "us-east-1"}
    return {
        **dict.fromkeys(settings, "https://bench.example"), **dict.fromkeys(numbers, "4"), **credentials,
        "BILLFOLD_STAGE_KIND": "live",
    }  # fmt: skip


def _is_number(template: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    return bool(template["Parameters"].get(given.get("Ref"), {}).get("Type") == "Number")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make bench-cold", description="Time the import of the zips.")
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch, aws_over_tls(Path(scratch)) as aws:
        try:
            sizes = _unpacked(Path(scratch))
        except PackageError as error:
            print(f"billfold: {error}", file=sys.stderr)
            return 1
        starts = _starts(Path(scratch), aws)
        taken = _in_turns(starts, options.rounds)
        counted = _counted(starts)
    _print(taken, counted, sizes)
    return 0


def _unpacked(scratch: Path) -> Mapping[str, int]:
    """Make both zips and unpack them; their sizes in bytes."""
    target = of_this_python(native=True)
    build(scratch / "dist", target, cache=CACHE)
    requirements = (ROOT / "requirements-api.txt").read_text()
    stock = chalice_package(ROOT, scratch / "project", requirements=requirements) / "deployment.zip"
    sizes = {}
    for name, made in (("stock", stock), ("ours", scratch / "dist" / "api.zip")):
        with zipfile.ZipFile(made) as opened:
            opened.extractall(scratch / name)
        sizes[name] = made.stat().st_size
    return sizes


def _starts(scratch: Path, aws: Mapping[str, str]) -> list[Start]:
    environment = {**environment_of_functions(), **aws}
    zips = [
        Start(f"{what}, {_NAMED[name]}", code, scratch / name, environment)
        for what, code in _WHAT.items()
        for name in _NAMED
    ]
    return [Start("python -c pass", "pass", scratch, environment), *zips]


def _in_turns(starts: Sequence[Start], rounds: int) -> Mapping[str, list[float]]:
    taken: dict[str, list[float]] = {start.name: [] for start in starts}
    for start in starts:
        start.milliseconds()  # the files are in memory from here on, as a new machine has just unpacked them
    for turn in range(rounds):
        for start in (*starts[turn % len(starts) :], *starts[: turn % len(starts)]):
            taken[start.name].append(start.milliseconds())
    return taken


def _counted(starts: Sequence[Start]) -> Mapping[str, int]:
    if shutil.which(_CALLGRIND[0]) is None:
        print("billfold: no valgrind here: instructions are not counted")
        return {}
    return {start.name: start.instructions() for start in starts}


def _print(taken: Mapping[str, list[float]], counted: Mapping[str, int], sizes: Mapping[str, int]) -> None:
    packages = ", ".join(f"{name} {version(name)}" for name in ("chalice", "botocore", "pynamodb", "msgspec"))
    print(f"Python {platform.python_version()}, {packages}; {len(next(iter(taken.values())))} rounds\n")
    print(f"{'':40} {'min':>8} {'median':>8} {'max':>8} ms   x bare  instructions")
    bare = statistics.median(next(iter(taken.values())))
    for name, times in taken.items():
        middle = statistics.median(times)
        million = f"{counted[name] / 1e6:>10,.0f} M" if name in counted else ""
        row = (
            f"{name:40} {min(times):8.1f} {middle:8.1f} {max(times):8.1f}    {middle / bare:6.1f}  {million}"
        )
        print(row.rstrip())
    print()
    for what in _WHAT:
        pair = [f"{what}, {_NAMED[name]}" for name in ("ours", "stock")]
        ratio = statistics.median(taken[pair[0]]) / statistics.median(taken[pair[1]])
        counts = f", instructions {counted[pair[0]] / counted[pair[1]]:.3f}" if counted else ""
        print(f"{what}: ours is {ratio:.3f} of stock{counts} (goal: {_MOST_TIME} of the time)")
    size = sizes["ours"] / sizes["stock"]
    print(f"size: {sizes['ours']:,} of {sizes['stock']:,} bytes, {size:.3f} (goal: {_MOST_SIZE})")


if __name__ == "__main__":
    raise SystemExit(main())
