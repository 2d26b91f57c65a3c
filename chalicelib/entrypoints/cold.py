"""What shortens a cold start; imported before the rest of ours. docs/adr/0015-packaging.md has the figures.

A start makes a great many objects and hardly any garbage: until it is over, nothing looks for any. And it
makes more than a hundred dataclasses, whose methods Python writes as text and compiles each time: a quarter
of all the work. `make package` has compiled the same texts before; any other text is compiled as ever.
"""

import dataclasses
import gc
import marshal
import sys
from pathlib import Path

METHODS = Path(__file__).with_name(f"methods.{sys.implementation.cache_tag}")  # only in what is deployed


def _begin() -> None:
    gc.disable()
    if METHODS.is_file():
        compiled = marshal.loads(METHODS.read_bytes())  # noqa: S302 - from our own zip

        def run(text: str, *namespaces: dict[str, object]) -> None:
            exec(compiled.get(text, text), *namespaces)  # noqa: S102 - what dataclasses would do with it

        vars(dataclasses)["exec"] = run


def over() -> None:
    """What is there now stays as long as the process: no later collection walks it again."""
    vars(dataclasses).pop("exec", None)
    gc.freeze()
    gc.enable()


_begin()
