"""Loads the demo practice into a fresh sandbox, once."""

import os
import subprocess
import sys
from collections.abc import Callable

from sandbox.config import ROOT, SandboxConfig
from sandbox.supervisor import SandboxError


def load_demo_once(config: SandboxConfig, say: Callable[[str], None]) -> None:
    """Run `python -m sandbox.demo` unless it has finished before. Cut off, it is run again and goes on."""
    done = config.state / "demo-loaded"
    if done.exists():
        return
    say("loading the demo practice")
    result = subprocess.run(
        [sys.executable, "-m", "sandbox.demo"],
        cwd=ROOT,
        env=config.child_environment(os.environ),
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if result.returncode != 0:
        raise SandboxError(f"the demo practice could not be loaded (status {result.returncode})")
    done.touch()
