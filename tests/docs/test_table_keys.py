"""ADR 3 has every key of the table: what the store modules call their rows stands there."""

import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.table import Item

ROOT = Path(__file__).parents[2]
# A part of a key: capitals before or after a number sign, or the whole of a sort key.
_PART = re.compile(r'"#?([A-Z][A-Z-]*)#|"([A-Z][A-Z-]{2,})"|#([A-Z][A-Z-]*)#?[{"]')
_NO_KEYS = {"NFKD"}  # a form of Unicode


def test_every_key_of_the_table_is_in_the_decision() -> None:
    importlib.import_module("chalicelib.bootstrap")  # which imports every store
    text = (ROOT / "docs" / "adr" / "0003-one-table.md").read_text("utf-8")
    described = set(re.findall(r"[A-Z][A-Z-]*", " ".join(re.findall(r"`([^`]+)`", text))))
    used = {part for module in _stores() for part in _parts(inspect.getsource(module))} - _NO_KEYS
    assert {"ACCT", "MOV", "PAY", "USES", "CARRIED", "DOC", "RUN"} <= used
    assert used <= described, used - described


def _stores() -> list[ModuleType]:
    return [keys, *(sys.modules[name] for name in sorted({row.__module__ for row in _rows(Item)}))]


def _rows(row: type[Item]) -> Iterator[type[Item]]:
    for below in row.__subclasses__():
        yield below
        yield from _rows(below)


def _parts(source: str) -> set[str]:
    return {part for found in _PART.findall(source) for part in found if part}
