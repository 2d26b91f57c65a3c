"""`make lock`: from every requirements*.in, which people edit, the lock beside it, requirements*.txt.

A lock names every package that comes, those that only others need included: each by its exact version, with
the sha256 of every file that PyPI has of it. One lock is for all systems and for Python 3.11 and newer. What
it says stays as long as its input allows it; `make lock ARGS=--upgrade` looks for newer versions, and
ARGS="--upgrade-package idna" for those of one package. docs/adr/0045-locks.md says why it is like this.
Standard library only.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# In this order: what is deployed is decided first, and the environment of the tests takes it as it is.
INPUTS = (
    "requirements-api.in",
    "requirements-documents.in",
    "requirements-signatures.in",
    "requirements-commands.in",
    "requirements.in",
    "requirements-dev.in",
    "infra/deploy/requirements.in",
    "infra/requirements-checkov.in",
    "infra/requirements-nag.in",
    "sandbox/requirements-ministack.in",
    "infra/locks/requirements.in",
    "scripts/requirements-node.in",
    "tests/mutation/requirements-mutmut.in",
    "tests/soak/requirements-awscli.in",
    "tests/soak/requirements-microburst.in",
    "tests/soak/requirements-reportlab.in",
    "tests/soak/peers/requirements-accounting.in",
    "tests/soak/peers/requirements-hordak.in",
)
# Their input names all that is wanted of them; what they ask for beyond it is left out.
ALONE = frozenset({"tests/soak/peers/requirements-accounting.in"})
# One of its packages is published as source only.
BUILT = frozenset({"tests/soak/peers/requirements-hordak.in"})
# Chalice packs with pip and does not take the newest: these say which. Else it is that of the virtual
# environment, which reads the locks.
WITH_PIP = frozenset({"requirements.in", "requirements-dev.in"})
_OPTIONS = (
    "--quiet", "--no-config", "--universal", "--python-version=3.11", "--fork-strategy=fewest",
    "--generate-hashes",
)  # fmt: skip


def lock_of(given: str) -> str:
    """The lock's path for that of its input."""
    return given.removesuffix(".in") + ".txt"


def _options(given: str) -> list[str]:
    alone = ["--no-deps"] if given in ALONE else []
    wheels = [] if given in BUILT else ["--only-binary=:all:"]
    pip = [] if given in WITH_PIP else ["--no-emit-package=pip"]
    return [*_OPTIONS, *alone, *wheels, *pip]


def main(arguments: list[str]) -> int:
    uv = str(Path(sys.executable).with_name("uv"))
    environment = {**os.environ, "UV_CUSTOM_COMPILE_COMMAND": "make lock"}
    for given in INPUTS:
        command = [
            uv,
            "pip",
            "compile",
            *_options(given),
            *arguments,
            given,
            f"--output-file={lock_of(given)}",
        ]
        if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
            print(f"billfold: {given} could not be locked; its lock is as it was", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
