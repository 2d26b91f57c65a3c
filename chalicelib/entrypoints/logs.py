"""Logs: one line of JSON an event, with its ids. An exception gives its type and where, never its message.

A message may quote what it choked on, and that may be a name or a diagnosis.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_FRAMES = 8


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        extra = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
            **extra,
        }
        if record.exc_info and record.exc_info[1] is not None:
            line |= _error(record.exc_info[1])
        return json.dumps(line, default=str, ensure_ascii=False)


def configure() -> None:
    """Give the process's own handler (Lambda's, or a new one) this format. Safe to repeat."""
    root = logging.getLogger()
    # Exactly these kinds: handlers of other programs, such as a test runner's, are left as they are.
    own = [h for h in root.handlers if type(h).__name__ in ("StreamHandler", "LambdaLoggerHandler")]
    if not root.handlers:
        own = [logging.StreamHandler()]
        root.addHandler(own[0])
    for handler in own:
        handler.setFormatter(JsonLines())
    logging.getLogger("billfold").setLevel(logging.INFO)


def _error(error: BaseException) -> dict[str, object]:
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return {
        "error": type(error).__name__,
        "where": [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames],
    }
