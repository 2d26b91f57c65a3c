"""The documentation as data: its files, links and code blocks."""

import re
import subprocess
import textwrap
from dataclasses import dataclass
from pathlib import Path

from sandbox.config import ROOT

_BLOCK = re.compile(
    r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE
)
_LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)|<img src=\"(?P<image>[^\"]+)\"")
_INLINE = re.compile(r"`[^`\n]+`")


@dataclass(frozen=True)
class Block:
    """A fenced block: what stands behind the fence ("sh", "csv clients.csv"), and its text."""

    info: str
    text: str


def documents() -> list[Path]:
    """Every Markdown file that is, or is about to be, in the repository."""
    return _files("*.md")


def sources() -> list[Path]:
    """Likewise every file of code: programs, templates, settings, the Makefile."""
    kinds = ("py", "sh", "yaml", "yml", "toml", "ts", "tsx", "svelte", "css", "mk")
    return _files("Makefile", *(f"*.{kind}" for kind in kinds))


def _files(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [path for name in listed.stdout.splitlines() if (path := ROOT / name).exists()]


def blocks(document: Path) -> list[Block]:
    text = document.read_text(encoding="utf-8")
    return [Block(m["info"], textwrap.dedent(m["body"])) for m in _BLOCK.finditer(text)]


def code(document: Path) -> list[str]:
    """Inline code, and the lines of blocks: where a document names commands."""
    inline = re.findall(r"`([^`\n]+)`", document.read_text(encoding="utf-8"))
    return [*inline, *(line for block in blocks(document) for line in block.text.splitlines())]


def links(document: Path) -> list[str]:
    """Targets of links and images, outside code."""
    text = _INLINE.sub("", _BLOCK.sub("", document.read_text(encoding="utf-8")))
    return [m["target"] or m["image"] for m in _LINK.finditer(text)]


def anchors(document: Path) -> set[str]:
    """The fragments of its headings, as GitHub makes them."""
    text = _BLOCK.sub("", document.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
