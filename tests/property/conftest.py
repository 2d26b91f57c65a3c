"""Every run draws new examples from a seed that is printed; BILLFOLD_SEED=<seed> draws the same again."""

import os
import secrets

import pytest

SEED = int(os.environ.get("BILLFOLD_SEED") or secrets.randbelow(2**32))
MORE = int(os.environ.get("BILLFOLD_SOAK") or 1)  # times the examples


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"property tests: BILLFOLD_SEED={SEED}")
