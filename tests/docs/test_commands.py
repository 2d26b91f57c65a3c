"""Every `billfold` command that a document names is one: its words and options, and all that it needs where
it is printed to be typed."""

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.entrypoints.cli.main import parser
from sandbox.config import ROOT
from tests.docs.blocks import blocks, code, documents

DOCUMENTS = documents()
_COMMAND = re.compile(r"(?:^|/|\()billfold((?: +(?:\"[^\"]*\"|[^\s\"|<>();#]+))+)", re.MULTILINE)
# Made-up practices of the documents: a command that names one is printed to be typed as it is.
_TO_BE_TYPED = re.compile(r"--practice (?:willow|oak|elm)\b")


def name(document: Path) -> str:
    return str(document.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_command_and_option_exists(document: Path) -> None:
    for text in code(document):
        for words in _commands(text):
            _walk(parser(), words)


def test_every_command_that_is_printed_to_be_typed_is_whole() -> None:
    found = [words for document in DOCUMENTS for words in _typed(document)]
    assert len(found) > 60
    for words in found:
        try:
            parser().parse_args(words)
        except SystemExit:
            pytest.fail(f"billfold {shlex.join(words)}")


@pytest.mark.parametrize(
    "wrong", ["refund-cards", "refund-card --lefts 1.00", "post gift", "alerts --all open"]
)
def test_a_wrong_word_is_noticed(wrong: str) -> None:
    with pytest.raises(AssertionError):
        _walk(parser(), wrong.split())


def _typed(document: Path) -> Iterator[list[str]]:
    for block in blocks(document):
        if block.info == "sh":
            yield from _commands(block.text.replace("\\\n", " "))
    for text in code(document):
        if _TO_BE_TYPED.search(text):
            yield from _commands(text)


def _commands(text: str) -> Iterator[list[str]]:
    return (shlex.split(found) for found in _COMMAND.findall(text))


def _walk(known: argparse.ArgumentParser, words: list[str]) -> None:
    """Down the parsers, word by word; options may be left out, and a value may be an ellipsis."""
    rest = list(words)
    while rest:
        word = rest.pop(0)
        below = _below(known)
        if word.startswith("-"):
            option = known._option_string_actions.get(word.partition("=")[0])
            assert option is not None, f"{word} in: billfold {shlex.join(words)}"
            if option.nargs != 0 and "=" not in word and rest:
                rest.pop(0)
        elif below:
            assert word in below, f"{word} in: billfold {shlex.join(words)}"
            known = below[word]


def _below(known: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in known._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}
