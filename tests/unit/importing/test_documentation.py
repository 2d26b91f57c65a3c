"""What docs/import.md and docs/own-practice.md show is imported here; their tables are held to the code."""

import json
import re
import textwrap
from datetime import date

import pytest

from chalicelib.entrypoints.cli.practice.practice_file import parse
from chalicelib.importing.domain.formats import FORMATS, Column, Format
from chalicelib.importing.domain.problems import BadValue
from chalicelib.importing.domain.values import Terms
from chalicelib.words.errors import WORDS
from chalicelib.words.imports import IMPORTS
from sandbox.config import ROOT
from tests.unit.importing.world import World

IMPORT = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
OWN = (ROOT / "docs" / "own-practice.md").read_text(encoding="utf-8")


def _files(text: str) -> dict[str, str]:
    blocks = re.findall(r"^( *)```csv (\S+)\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    return {name: textwrap.dedent(body) for _, name, body in blocks}


def test_the_examples_import_as_they_are_printed() -> None:
    files = _files(IMPORT)
    assert set(files) == {f"{f.kind}.csv" for f in FORMATS}
    world = World()
    world.load(files)
    assert (world.balance("C-1"), world.balance("C-2")) == (6000, 0)


@pytest.mark.parametrize("format_", FORMATS, ids=lambda f: f.kind)
def test_every_column_is_documented(format_: Format) -> None:
    section = re.search(rf"^### {format_.kind}\.csv$(.*?)(?=^##)", IMPORT, re.DOTALL | re.MULTILINE)
    assert section is not None
    tables = [line for line in section[1].splitlines() if line.startswith("| `")]
    assert {c for line in tables for c in re.findall(r"`([a-z_]+)`", line.split("|")[1])} == {
        column.name for column in format_.columns
    }


@pytest.mark.parametrize("format_", FORMATS, ids=lambda f: f.kind)
def test_how_long_a_text_may_be_is_documented(format_: Format) -> None:
    """Issue 14: names end at 120 characters, and the page said so of no name."""
    (told,) = re.findall(r"^- \*\*Texts\*\* (.*?)(?=^\S|^$)", IMPORT, re.DOTALL | re.MULTILINE)
    for column in format_.columns:
        longest = _longest(column)
        if longest and (column.name.endswith("name") or column.name == "insured"):
            assert f"all names end at {longest} characters" in told
        elif longest:
            assert re.search(rf"`{column.name}` (?:at\s+|\(){longest}\b", told), column.name


def _longest(column: Column) -> object:
    try:
        column.parse("x" * 100_000, Terms("USD", date.max))
    except BadValue as bad:
        return bad.details.get("longest")
    return None


def test_the_newcomers_practice_is_taken_as_it_is_printed() -> None:
    (block,) = re.findall(r"```json\n(.*?)```", OWN, re.DOTALL)
    assert parse(json.dumps(json.loads(block)).encode()).id == "oak"
    World().load(_files(OWN))


def _codes() -> set[str]:
    folder = ROOT / "chalicelib"
    sources = [
        *(folder / "importing").rglob("*.py"),
    ]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    quoted = set(re.findall(r'"([a-z]+(?:_[a-z0-9]+)+)"', text))
    return quoted & set(IMPORTS)


def test_every_word_is_used_and_says_something_in_both_languages() -> None:
    assert _codes() == set(IMPORTS)
    assert not set(IMPORTS) & set(WORDS)
    assert all(english != spanish and english and spanish for english, spanish in IMPORTS.values())
