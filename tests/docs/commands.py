"""The `billfold` commands that the documents print."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from tests.docs.blocks import blocks, code

_COMMAND = re.compile(r"(?:^|/|\()billfold((?: +(?:\"[^\"]*\"|[^\s\"|<>();#]+))+)", re.MULTILINE)
# Made-up practices of the documents: a command that names one is printed to be typed as it is.
_TO_BE_TYPED = re.compile(r"--practice (?:willow|oak|elm)\b")


def commands(text: str) -> Iterator[list[str]]:
    """Their words, without `billfold`."""
    return (shlex.split(found) for found in _COMMAND.findall(text))


def typed(document: Path) -> Iterator[list[str]]:
    """Those that are printed to be typed as they are."""
    for block in blocks(document):
        if block.info == "sh":
            yield from commands(block.text.replace("\\\n", " "))
    for text in code(document):
        if _TO_BE_TYPED.search(text):
            yield from commands(text)
