"""Whoever writes a second version of a row has to say how the rows of the first are brought to it."""

import importlib
import pkgutil
from typing import Any

import chalicelib
from chalicelib.backups.store.former_rows import KINDS
from chalicelib.platform.dynamo.codec import Codec


def codecs() -> dict[str, Codec[Any]]:
    """All that the stores have, by where they stand."""
    found = {}
    for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
        if ".store." in module.name:
            for name, value in vars(importlib.import_module(module.name)).items():
                if isinstance(value, Codec):
                    found[f"{module.name}.{name}"] = value
    return found


def test_rows_that_have_a_former_version_are_brought_forward() -> None:
    brought = [kind.codec for kind in KINDS.values()]
    left = [name for name, codec in codecs().items() if codec.former and codec not in brought]
    assert left == [], "name them in former_rows.KINDS, and their partition among those it goes through"


def test_the_stores_are_looked_through() -> None:
    assert "chalicelib.hosting.store.rows.OWNERS" in codecs()
    assert [codec for codec in codecs().values() if codec.former], "those of payments, for one"
