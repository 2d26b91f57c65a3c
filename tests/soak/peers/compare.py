"""Runs the other ledgers, each with its own Python and, where it needs one, a server of its own."""

import contextlib
import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.config import ROOT
from tests.soak.peers.postgres import NoServer, running_postgres

Times = Mapping[int, tuple[float, float]]  # entries: milliseconds for a balance, and for a payment
Started = contextlib.AbstractContextManager[Mapping[str, str]]


@dataclass(frozen=True)
class Peer:
    """`module` prints a line of JSON for each size: [entries, balance in ms, payment in ms]."""

    name: str
    environment: str
    module: str
    server: Callable[[], Started]

    def times(self, sizes: Sequence[int]) -> Times | str:
        """The times, or why there are none."""
        python = ROOT / self.environment / "bin" / "python"
        if not python.exists():
            return f"NOT measured: there is no {self.environment}/ (make bench makes it)"
        try:
            with self.server() as settings:
                return self._run(python, sizes, settings)
        except NoServer as error:
            return f"NOT measured: {error}"

    def _run(self, python: Path, sizes: Sequence[int], settings: Mapping[str, str]) -> Times:
        command = [str(python), "-m", self.module, ",".join(map(str, sizes))]
        ran = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **settings}, check=True, stdout=subprocess.PIPE, text=True
        )
        rows = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("[")]
        return {size: (read, post) for size, read, post in rows}


@contextlib.contextmanager
def _nothing() -> Iterator[Mapping[str, str]]:
    yield {}


def peers() -> tuple[Peer, ...]:
    here = __package__
    return (
        Peer("django-hordak 2.0.0 on PostgreSQL", ".venv-hordak", f"{here}.hordak_ledger", running_postgres),
        Peer("python-accounting 2.0.0 on SQLite", ".venv-accounting", f"{here}.accounting_ledger", _nothing),
    )
