"""What `chalice local` says instead of serving an API that could answer nothing."""

import os
import socket
import sys
import threading
from itertools import pairwise
from urllib.parse import urlsplit

from chalicelib.settings import SettingsError, load

_HOW = "start the sandbox with `make run`, then `chalice local --stage local`"
_CONNECT_SECONDS = 2


def check_stage() -> None:
    """End `chalice local` with one sentence where its stage has no settings or the sandbox does not answer.
    A deployed function, and Chalice's other commands, go on. Error: SystemExit."""
    if not _is_chalice_local(sys.argv):
        return
    missing = _missing()
    if not missing:
        return
    sentence = f"billfold: {missing}; {_HOW}."
    if threading.current_thread() is threading.main_thread():
        raise SystemExit(sentence)
    # Where Chalice watches the files, this is another thread, whose end its process would not notice. Ctrl-C
    # would not end it where it was started in the background.
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
    os._exit(1)


def _is_chalice_local(arguments: list[str]) -> bool:
    if not os.environ.get("AWS_CHALICE_CLI_MODE"):  # noqa: TID251 - Chalice's own mark, no setting of ours
        return False
    return any(word == "local" and before != "--stage" for before, word in pairwise(arguments))


def _missing() -> str:
    """What the stage lacks, in words; "" where it lacks nothing."""
    try:
        load()
    except SettingsError as error:
        return str(error)
    address = os.environ.get("AWS_ENDPOINT_URL", "")  # noqa: TID251 - read by AWS's clients, no setting of ours
    return f"nothing answers at {address}" if address and not _answers(address) else ""


def _answers(address: str) -> bool:
    parts = urlsplit(address)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 443), _CONNECT_SECONDS):
            return True
    except OSError:
        return False
