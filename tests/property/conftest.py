"""Every run draws new examples from a seed that is printed; BILLFOLD_SEED=<seed> draws the same again."""

import os

import pytest

from tests.support.seed import SEED

MORE = int(os.environ.get("BILLFOLD_SOAK") or 1)  # times the examples


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"property tests: BILLFOLD_SEED={SEED}")
