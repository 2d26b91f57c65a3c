"""The shipped adapters on the emulator, whose transactions are atomic; BILLFOLD_RACES says how many races."""

import os
from typing import Any

import pytest

from chalicelib.platform.dynamo.table import bind
from sandbox.config import REGION
from tests.concurrency.auditor import Auditor
from tests.support.ministack import Ministack
from tests.support.money import Money
from tests.support.seed import SEED

RACES = int(os.environ.get("BILLFOLD_RACES") or 42)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"races: BILLFOLD_SEED={SEED} BILLFOLD_RACES={RACES}")


@pytest.fixture
def auditor(ministack: Ministack, ministack_table: str) -> Auditor:
    """Of an empty table to which the adapters are bound."""
    bind(ministack_table, region=REGION, host=ministack.url)
    client: Any = ministack.client("dynamodb")
    return Auditor(client, ministack_table, Money.practice)
