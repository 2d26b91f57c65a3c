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
from tests.docs.blocks import code, documents
from tests.docs.commands import commands, typed

DOCUMENTS = documents()
TESTS = ROOT / "tests"


def name(document: Path) -> str:
    return str(document.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_command_and_option_exists(document: Path) -> None:
    for text in code(document):
        for words in commands(text):
            _walk(parser(), words)


def test_every_command_that_is_printed_to_be_typed_is_whole() -> None:
    found = [words for document in DOCUMENTS for words in typed(document)]
    assert len(found) > 60
    for words in found:
        try:
            parser().parse_args(words)
        except SystemExit:
            pytest.fail(f"billfold {shlex.join(words)}")


def test_every_command_is_run_by_a_test() -> None:
    """Issue 14: a command that is only parsed may end in a traceback once it has written."""
    source = "\n".join(path.read_text("utf-8") for path in TESTS.rglob("*.py"))
    known = list(_leaves(parser(), ()))
    assert len(known) > 40
    assert [words for words in known if not _run(words, source)] == []


@pytest.mark.parametrize(
    "wrong", ["refund-cards", "refund-card --lefts 1.00", "post gift", "alerts --all open"]
)
def test_a_wrong_word_is_noticed(wrong: str) -> None:
    with pytest.raises(AssertionError):
        _walk(parser(), wrong.split())


def _run(words: tuple[str, ...], source: str) -> bool:
    """Its words stand beside each other as a test's arguments, or the last begins a case's list."""
    beside = ", *".join(f'"{re.escape(word)}"' for word in words)
    return re.search(rf'{beside}|\["{re.escape(words[-1])}", "--', source) is not None


def _leaves(known: argparse.ArgumentParser, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    below = _below(known)
    for word, parser_ in below.items():
        yield from _leaves(parser_, (*words, word))
    if not below:
        yield words


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
