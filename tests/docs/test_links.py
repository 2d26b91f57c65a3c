"""Documents point at what is there: files, headings, make targets."""

import re
from pathlib import Path

import pytest

from sandbox.config import ROOT
from tests.docs.blocks import anchors, code, documents, links, sources

DOCUMENTS = documents()
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
_DOCUMENT = re.compile(r"\bdocs/[\w./-]*\.(?:md|json|svg)\b(?:#[\w-]+)?")
_TOLD_TO_MAKE = re.compile(r"(?:`|\brun: )make ([a-z][a-z-]*)")


def name(document: Path) -> str:
    return str(document.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_relative_link_resolves(document: Path) -> None:
    for target in links(document):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, fragment = target.partition("#")
        found = (document.parent / path).resolve() if path else document
        assert found.exists(), target
        assert ROOT in (found, *found.parents), f"{target} leads out of the repository"
        assert not fragment or fragment in anchors(found), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_make_target_exists(document: Path) -> None:
    named = [m for text in code(document) for m in re.findall(r"(?:^|\s)make ([a-z][a-z-]*)", text)]
    assert set(named) <= TARGETS


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_named_path_exists(document: Path) -> None:
    """Paths into the repository's own folders, in code or prose."""
    text = document.read_text(encoding="utf-8")
    folders = "app.py|chalicelib|docs|infra|portal|sandbox|scripts|tests"
    for found in re.findall(rf"`((?:{folders})(?:/[\w.-]+)*/?)`", text):
        places = (ROOT / found, document.parent / found)
        assert any(place.exists() for place in places), found


def test_every_document_named_in_code_exists() -> None:
    """In comments, docstrings and messages of everything that is no document itself."""
    named = [(name(file), d) for file in sources() for d in _DOCUMENT.findall(file.read_text("utf-8"))]
    assert len(named) > 30
    assert not [(where, document) for where, document in named if not _is_there(document)]


def test_every_make_target_named_in_code_exists() -> None:
    named = [(name(file), t) for file in sources() for t in _TOLD_TO_MAKE.findall(file.read_text("utf-8"))]
    assert len(named) > 10
    assert not [(where, target) for where, target in named if target not in TARGETS]


def test_every_decision_is_in_the_list() -> None:
    folder = ROOT / "docs" / "adr"
    listed = {target for target in links(folder / "README.md") if target.startswith("0")}
    assert listed == {path.name for path in folder.glob("0*.md")}


def _is_there(document: str) -> bool:
    path, _, fragment = document.partition("#")
    return (ROOT / path).exists() and (not fragment or fragment in anchors(ROOT / path))
