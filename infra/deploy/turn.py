"""One operator at a time: who changes a stage has the parameter `/billfold/<stage>/in-hand` while they do."""

import json
import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.deploy.aws import Aws, AwsError
from infra.deploy.stage import Stage
from infra.deploy.template import DeployError

_HERE = platform.node()
_BOOT = Path("/proc/sys/kernel/random/boot_id")
NAME = "in-hand"


@contextmanager
def in_hand(
    aws: Aws, stage: Stage, who: str, say: Callable[[str], None], *, take_over: bool
) -> Iterator[None]:
    """Error: DeployError where somebody else is at it; nothing was changed.

    A run that was killed leaves the parameter. The next one on the same machine sees that its process is
    gone, and goes on; from another machine it has to be said (`take_over`).
    """
    name = f"{stage.secrets}/{NAME}"
    ours = {
        "who": who, "since": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", "at": _HERE, "boot": _boot(),
        "pid": os.getpid(),
    }  # fmt: skip
    if not _put(aws, name, ours, overwrite=False):
        other = _theirs(aws, name)
        if not other:  # somebody let go of it a moment ago: of those who wait AWS lets one have it
            if not _put(aws, name, ours, overwrite=False):
                raise DeployError(_told(stage, _theirs(aws, name)))
        elif not (take_over or _is_gone(other)):
            raise DeployError(_told(stage, other))
        else:
            if not _taken_over(aws, name, ours, other):
                raise DeployError(_told(stage, _theirs(aws, name)))
            say(f"going on for {other.get('who')}, whose run of {other.get('since')} was broken off")
    try:
        yield
    finally:
        if _theirs(aws, name) == ours:  # else somebody took over
            aws.call("ssm", "delete-parameter", Name=name)


def _told(stage: Stage, other: dict[str, Any]) -> str:
    by, at, since = (other.get(name) for name in ("who", "at", "since"))
    return (
        f"{stage.name} is being changed by {by} at {at}, since {since}. Nothing was changed."
        " If that run is gone, add --take-over"
    )


def _put(aws: Aws, name: str, value: dict[str, Any], *, overwrite: bool) -> int:
    """Its version, 0 where somebody has it; of two at once AWS lets one have it."""
    given = {"Name": name, "Value": json.dumps(value), "Type": "String", "Overwrite": overwrite}
    try:
        return int(aws.call("ssm", "put-parameter", **given).get("Version", 1))
    except AwsError as error:
        if "ParameterAlreadyExists" not in error.text:
            raise
    return 0


def _taken_over(aws: Aws, name: str, ours: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether what was written over is the run that was seen: of two who take over at once the second gets
    nothing, and the first one's is put back."""
    version = _put(aws, name, ours, overwrite=True)
    before = _theirs(aws, f"{name}:{version - 1}") if version > 1 else {}
    if before in ({}, other):
        return True
    _put(aws, name, before, overwrite=True)
    return False


def _theirs(aws: Aws, name: str) -> dict[str, Any]:
    """{} where nobody has it any more."""
    try:
        value = aws.call("ssm", "get-parameter", Name=name)["Parameter"]["Value"]
        return dict(json.loads(value))
    except AwsError as error:
        if "ParameterNotFound" not in error.text:
            raise
    except ValueError:
        pass
    return {}


def _boot() -> str:
    """Another one each time that a machine starts; "" where there is none."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _is_gone(other: dict[str, Any]) -> bool:
    """Whether the run was on this machine, since it was started, and has ended. Two machines may be called
    alike, so that after a new start nobody can tell."""
    if (other.get("at"), other.get("boot")) != (_HERE, _boot()):
        return False
    try:
        os.kill(int(other["pid"]), 0)
    except ProcessLookupError:
        return True
    except (OSError, KeyError, ValueError):
        return False
    return False
