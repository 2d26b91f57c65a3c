"""veraPDF, the reference validator of PDF/A and PDF/UA: engine, Java and the bridge from pinned packages."""

import json
import subprocess
import sys
from pathlib import Path

PDF_UA_1 = "PDFUA-1"
PDF_A_2A = "PDFA-2A"


def failures(paths: list[Path], profile: str) -> dict[str, list[str]]:
    """What each file breaks of a profile, as "clause-test: what is wrong"; an empty list where it conforms.

    Java runs in a process of its own, because it cannot be ended within ours.
    """
    command = [sys.executable, "-m", "tests.verapdf.validate", profile, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found
