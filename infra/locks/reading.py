"""What a lock says. It is the form that pip reads, as uv writes it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from os.path import normpath
from pathlib import Path

_PIN = re.compile(r"(?P<name>[\w.-]+)(?:\[[\w.,-]+\])?==(?P<version>[^\s;]+)(?: ; (?P<marker>[^\\]+?))? \\\n")
_HASH = re.compile(r"^ {4}--hash=(\S+)", re.MULTILINE)
_VIA = re.compile(r"^ {4}#(?: via| {2}) (.+)", re.MULTILINE)
_SEPARATORS = re.compile(r"[-_.]+")


class LockInvalid(Exception):
    """The text is not a lock; it says which line is not."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One package.

    `hashes` are as pip wants them ("sha256:…"); `wanted_by` has names of packages, and files as "-r FILE";
    `marker` says on which systems it comes, and nothing where it comes on all.
    """

    name: str
    version: str
    hashes: tuple[str, ...]
    wanted_by: tuple[str, ...]
    marker: str


def normal(name: str) -> str:
    """A package's name as PyPI compares it (PEP 503)."""
    return _SEPARATORS.sub("-", name).lower()


def read(lock: Path) -> tuple[Pin, ...]:
    """Every package of a lock, in its order. Error: LockInvalid."""
    return tuple(_pin(block, lock) for block in _blocks(lock.read_text(encoding="utf-8")))


def _blocks(text: str) -> Iterator[str]:
    """A package's line and those below it that are indented."""
    block = ""
    for line in text.splitlines(keepends=True):
        if line[:1].isspace() and line.strip():
            block += line
            continue
        if block:
            yield block
        block = "" if line.startswith("#") or not line.strip() else line
    if block:
        yield block


def _pin(block: str, lock: Path) -> Pin:
    head = _PIN.match(block)
    if head is None:
        raise LockInvalid(f"{lock.name}: not a package with its version and hashes: {block.splitlines()[0]}")
    return Pin(
        normal(head["name"]),
        head["version"],
        tuple(_HASH.findall(block)),
        tuple(sorted(map(_wanted_by, _VIA.findall(block)))),
        head["marker"] or "",
    )


def _wanted_by(said: str) -> str:
    """A file's path without ways back ("a/../b"), a package's name without the extra that wants it."""
    return f"-r {normpath(said[3:])}" if said.startswith("-r ") else said.partition("[")[0]
