"""What scripts/billfold runs: the command on the sandbox, which may be stopped while it loads."""

import sys
from collections.abc import Callable

from chalicelib.entrypoints.cli.starting import started


def _load() -> Callable[[], int]:
    from sandbox.demo.command import run

    return run


if __name__ == "__main__":
    sys.exit(started(_load))
