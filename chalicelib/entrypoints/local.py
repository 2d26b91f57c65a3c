"""What Chalice's own commands say instead of serving, packing or deploying what could not work."""

import json
import os
import socket
import sys
import threading
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from chalicelib.settings import SettingsError, load

_HOW = (
    "start the sandbox with `make run` and no PORT, where this stage looks for it, then "
    "`chalice local --stage local`"
)
_NO_DEPLOY = (
    "`chalice deploy` would leave out the table, the buckets and the portal; "
    "run `make deploy STAGE=NAME` (docs/deploy.md)"
)
_CONNECT_SECONDS = 2
_CHALICES_OWN_STAGE = "dev"


def check_stage() -> None:
    """End Chalice's command with one sentence: `chalice local` where its stage has no settings or the sandbox
    does not answer, `chalice package` where its stage has no functions, and `chalice deploy`.
    A deployed function, and Chalice's other commands, go on. Error: SystemExit."""
    refused = _refused(sys.argv)
    if not refused:
        return
    sentence = f"billfold: {refused}."
    if threading.current_thread() is threading.main_thread():
        raise SystemExit(sentence)
    # Where Chalice watches the files, this is another thread, whose end its process would not notice. Ctrl-C
    # would not end it where it was started in the background.
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
    os._exit(1)


def _refused(arguments: list[str]) -> str:
    """Why and what to do, in words; "" where the command may go on."""
    if not os.environ.get("AWS_CHALICE_CLI_MODE"):  # noqa: TID251 - Chalice's own mark, no setting of ours
        return ""
    if _is(arguments, "local"):
        return _missing()
    if _is(arguments, "package"):
        return _without_functions(_stage(arguments))
    return _NO_DEPLOY if _is(arguments, "deploy") else ""


def _is(arguments: list[str], command: str) -> bool:
    return any(word == command and before != "--stage" for before, word in pairwise(arguments))


def _stage(arguments: list[str]) -> str:
    apart = [part for word in arguments for part in word.split("=", 1)]
    return next((word for before, word in pairwise(apart) if before == "--stage"), _CHALICES_OWN_STAGE)


def _without_functions(stage: str) -> str:
    """As `_refused`. Chalice runs in the project's folder, whichever it was told."""
    stages = json.loads(Path(".chalice", "config.json").read_text(encoding="utf-8"))["stages"]
    with_functions = [name for name, said in stages.items() if "lambda_functions" in said]
    if stage in with_functions:
        return ""
    return (
        f"the stage {stage} has no functions; run `chalice package --stage {with_functions[0]} FOLDER` with "
        "AWS_DEFAULT_REGION set, or `make package` for what is deployed"
    )


def _missing() -> str:
    """As `_refused`, for `chalice local`."""
    try:
        load()
    except SettingsError as error:
        return f"{error}; {_HOW}"
    address = os.environ.get("AWS_ENDPOINT_URL", "")  # noqa: TID251 - read by AWS's clients, no setting of ours
    return f"nothing answers at {address}; {_HOW}" if address and not _answers(address) else ""


def _answers(address: str) -> bool:
    parts = urlsplit(address)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 443), _CONNECT_SECONDS):
            return True
    except OSError:
        return False
