"""The command's first seconds, while Python loads it: a stop by hand is one line then, too."""

import sys
from collections.abc import Callable

_UNAVAILABLE = 3  # as in output.py, which is not loaded yet
_STOPPED = "stopped. Run the same command again to finish."


def started(load: Callable[[], Callable[[], int]]) -> int:
    """The exit status of what `load` imports and returns."""
    try:
        return load()()
    except KeyboardInterrupt:
        if "--json" in sys.argv[1:]:
            print(f'{{"event": "error", "code": "interrupted", "message": "{_STOPPED}"}}', flush=True)
        else:
            # ^C stands on the terminal's line; what is said of it has one of its own.
            print(f"{chr(10) if sys.stderr.isatty() else ''}billfold: {_STOPPED}", file=sys.stderr)
        return _UNAVAILABLE
