"""Log lines: every id is there, and what an exception says is not."""

import json
import logging
import subprocess
import sys

from chalicelib.entrypoints.logs import JsonLines


def line(record: logging.LogRecord) -> dict[str, object]:
    parsed: dict[str, object] = json.loads(JsonLines().format(record))
    return parsed


def test_extra_fields_are_in_the_line() -> None:
    record = logging.makeLogRecord(
        {"msg": "still stuck", "levelname": "WARNING", "practice": "fern", "id": "p1"}
    )
    found = line(record)
    assert (found["event"], found["level"], found["practice"], found["id"]) == (
        "still stuck", "WARNING", "fern", "p1",
    )  # fmt: skip


def test_an_exception_gives_its_type_and_place_but_not_its_words() -> None:
    try:
        raise ValueError("Maya Lopez, F43.10")
    except ValueError:
        record = logging.makeLogRecord({"msg": "unhandled", "exc_info": sys.exc_info()})
    found = line(record)
    assert found["error"] == "ValueError"
    assert "test_logs.py" in str(found["where"])
    assert "Maya" not in json.dumps(found)


def test_the_apps_own_info_lines_reach_the_log_of_a_process() -> None:
    script = (
        "import logging, app\n"
        "logging.getLogger('billfold.sweeping').info('swept', extra={'inbox': 2})\n"
        "logging.getLogger('other').info('not ours')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    (printed,) = done.stderr.splitlines()
    assert json.loads(printed)["inbox"] == 2
