import sys
from collections.abc import Callable

from chalicelib.entrypoints.cli.starting import started


def _load() -> Callable[[], int]:
    from chalicelib.entrypoints.cli.main import main

    return lambda: main(sys.argv[1:])


sys.exit(started(_load))
