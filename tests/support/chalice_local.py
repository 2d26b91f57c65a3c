"""`chalice local --stage local` in a folder that is the project but for the stage's environment."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from sandbox.config import ROOT, SandboxConfig, without_accounts
from tests.support.ministack import free_port
from tests.support.waiting import wait_until

_SECONDS = 60


class ChaliceLocal:
    """Running on the sandbox named, or in a stage without settings. Use as a context manager.

    Where `watched`, Chalice watches the app's files, as is its default, and serves in a thread."""

    def __init__(self, folder: Path, config: SandboxConfig | None, *, watched: bool) -> None:
        (folder / ".chalice").mkdir(parents=True)
        for name in ("app.py", "chalicelib"):
            (folder / name).symlink_to(ROOT / name)
        environment = config.app_environment() if config else {}
        stages = {"local": {"environment_variables": environment}}
        (folder / ".chalice" / "config.json").write_text(
            json.dumps({"version": "2.0", "app_name": "billfold", "stages": stages})
        )
        self.port = free_port()
        self.output = ""
        self._folder = folder
        self._command = [
            *(str(Path(sys.executable).with_name("chalice")), "local", "--stage", "local"),
            *("--port", str(self.port), "--autoreload" if watched else "--no-autoreload"),
        ]

    def __enter__(self) -> "ChaliceLocal":
        environment = {**without_accounts(os.environ), "PYTHONUNBUFFERED": "1"}
        self._process = subprocess.Popen(
            self._command,
            cwd=self._folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=_SECONDS)

    @property
    def url(self) -> str:
        """Where the API is served; its paths begin here, without the CDN's /api."""
        return f"http://127.0.0.1:{self.port}"

    def wait_until_ready(self) -> None:
        """Return once it serves; fail when it ends before."""
        wait_until(self._serving, seconds=_SECONDS, what="serving")

    def wait_for_the_end(self) -> None:
        """Return once it has ended by itself and all it said is in `output`."""
        self._process.wait(timeout=_SECONDS)
        self._reader.join(timeout=_SECONDS)

    def _serving(self) -> bool:
        assert self._process.poll() is None, f"it ended:\n{self.output}"
        return "Serving on" in self.output

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.output += line
        self._process.stdout.close()
