"""veraPDF, the reference validator of PDF/A and PDF/UA: engine, Java and the bridge from pinned packages."""

import atexit
import json
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

PDF_UA_1 = "PDFUA-1"
PDF_A_2A = "PDFA-2A"


def failures(paths: list[Path], profile: str) -> dict[str, list[str]]:
    """What each file breaks of a profile, as "clause-test: what is wrong"; an empty list where it conforms.

    Java runs in a process of its own, because it cannot be ended within ours. It is started once: that takes
    longer than to look at a document.
    """
    return _validator().failures(paths, profile)


@cache
def _validator() -> "_Validator":
    started = _Validator()
    atexit.register(started.end)
    return started


class _Validator:
    """validate.py at work; it ends with this process."""

    def __init__(self) -> None:
        self._said = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115
        command = [sys.executable, "-m", "tests.verapdf.validate"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said, text=True
        )

    def failures(self, paths: list[Path], profile: str) -> dict[str, list[str]]:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        print(json.dumps([profile, list(map(str, paths))]), file=process.stdin, flush=True)
        answer = process.stdout.readline()
        if not answer:
            _validator.cache_clear()
            self._said.seek(0)
            raise AssertionError(self._said.read())
        found: dict[str, list[str]] = json.loads(answer)
        return found

    def end(self) -> None:
        self._process.communicate()  # it ends with what it reads
        self._said.close()
