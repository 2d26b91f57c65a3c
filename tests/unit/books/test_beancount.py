"""The Beancount export: its own checker accepts it, and its balances are the ledger's."""

import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.ledger.domain import beancount
from tests.support.ledgers import MemoryLedgers
from tests.unit.books.test_verify import ledgers, read

__all__ = ["ledgers"]  # the fixture


def checked(path: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("bean-check")), "--no-cache", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def exported(ledgers: MemoryLedgers) -> list[str]:
    account, entries = read(ledgers).account, list(read(ledgers).entries)
    return list(beancount.export("fern", [(account, entries)]))


def test_bean_check_accepts_it_with_the_apis_balances(exported: list[str], tmp_path: Path) -> None:
    path = tmp_path / "fern.beancount"
    path.write_text("\n".join(exported) + "\n")
    result = checked(path)
    assert (result.returncode, result.stderr) == (0, "")
    assert [line for line in exported if " balance " in line] == [
        "2026-01-13 balance Assets:Clients:C-maya  109.00 ~ 0 USD",
        "2026-01-13 balance Liabilities:Credit:C-maya  0.00 ~ 0 USD",
    ]


def test_bean_check_refuses_it_when_one_cent_is_wrong(exported: list[str], tmp_path: Path) -> None:
    path = tmp_path / "fern.beancount"
    path.write_text("\n".join(exported).replace("109.00 ~", "109.01 ~") + "\n")
    assert checked(path).returncode != 0


def test_it_names_nobody(exported: list[str]) -> None:
    assert not [line for line in exported if "Session" in line or 'ada"' in line]
