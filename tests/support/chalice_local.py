"""Chalice's commands as after `pip install -r requirements.txt`: a project, and an environment of that."""

import json
import os
import shutil
import subprocess
import sysconfig
import threading
import venv
from importlib import metadata
from pathlib import Path
from typing import Any

from infra.locks.reading import read
from sandbox.config import ROOT, SandboxConfig, without_accounts
from tests.support.ministack import free_port
from tests.support.waiting import wait_until

_SECONDS = 60


class ChaliceLocal:
    """`chalice local --stage local` on the sandbox named, or in a stage without settings. Use as a context
    manager.

    Where `watched`, Chalice watches the app's files, as is its default, and serves in a thread."""

    def __init__(self, folder: Path, config: SandboxConfig | None, *, watched: bool) -> None:
        environment = config.app_environment() if config else {}
        self._folder = project(folder, {"local": {"environment_variables": environment}})
        self.port = free_port()
        self.output = ""
        self._command = [
            *(str(chalice_command(folder)), "local", "--stage", "local"),
            *("--port", str(self.port), "--autoreload" if watched else "--no-autoreload"),
        ]

    def __enter__(self) -> "ChaliceLocal":
        self._process = subprocess.Popen(
            self._command,
            cwd=self._folder,
            env=_environment(),
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


def chalice(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of Chalice that ends by itself, in a project without packages, which would be downloaded."""
    config = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    project(folder, config["stages"])
    for policy in (ROOT / ".chalice").glob("policy-*.json"):
        shutil.copyfile(policy, folder / ".chalice" / policy.name)
    command = [str(chalice_command(folder)), *arguments]
    environment = {**_environment(), "AWS_DEFAULT_REGION": "us-east-1"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=_SECONDS
    )


def project(folder: Path, stages: dict[str, Any]) -> Path:
    """The app as Chalice finds it, in these stages."""
    (folder / ".chalice").mkdir(parents=True)
    for name in ("app.py", "chalicelib"):
        (folder / name).symlink_to(ROOT / name)
    given = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    (folder / ".chalice" / "config.json").write_text(json.dumps({**given, "stages": stages}))
    return folder


def chalice_command(folder: Path) -> Path:
    """Chalice's command in a new environment that has the packages of requirements.txt and no others."""
    made = folder.with_name(f"{folder.name}-environment")
    venv.create(made, with_pip=False)
    paths = sysconfig.get_paths("venv", vars={"base": str(made), "platbase": str(made)})
    packages = Path(paths["purelib"])
    for pin in read(ROOT / "requirements.txt"):
        for name in _top_level(pin.name):
            (packages / name).symlink_to(Path(str(metadata.distribution(pin.name).locate_file(name))))
    command = made / "bin" / "chalice"
    command.write_text(
        f"#!{made / 'bin' / 'python'}\nimport sys\nfrom chalice.cli import main\nsys.exit(main())\n"
    )
    command.chmod(0o755)
    return command


def _top_level(package: str) -> set[str]:
    """What lies of it where packages are; nothing where this machine has no use for it."""
    try:
        files = metadata.distribution(package).files or []
    except metadata.PackageNotFoundError:
        return set()
    return {file.parts[0] for file in files} - {"..", "__pycache__"}


def _environment() -> dict[str, str]:
    return {**without_accounts(os.environ), "PYTHONUNBUFFERED": "1"}
