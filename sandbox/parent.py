"""Ends a process when the process that started it is gone, even by `kill -9`.

The starter holds the other end of standard input; the operating system closes it with the starter. Standard
library only, because the AWS emulator runs this in a virtual environment of its own.
"""

import os
import signal
import sys
import threading
import time

GRACE_SECONDS = 5.0


def end_with_parent() -> None:
    """Start a thread that stops this process (SIGTERM, then hard) once standard input closes."""
    threading.Thread(target=_wait_for_end, name="end-with-parent", daemon=True).start()


def _wait_for_end() -> None:
    # os.read, not sys.stdin: no buffer lock that would be held while the interpreter shuts down.
    while os.read(sys.__stdin__.fileno() if sys.__stdin__ else 0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)
