"""Files as a command takes them: read whole at once, and looked at again before anything is written."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from chalicelib.entrypoints.cli.output import Output
from chalicelib.importing.domain.tables.texts import MAX_BYTES
from chalicelib.importing.services.importer import Source
from chalicelib.words.cli.import_report import report_line

T = TypeVar("T")


class FileChanged(Exception):
    """The file was written to while it was read; the text is its name."""


@dataclass(frozen=True)
class Snapshot:
    """A file's bytes as they were in one moment."""

    path: Path
    content: bytes

    def check(self) -> None:
        """Errors: FileChanged, where other bytes are there by now; OSError, where none are."""
        if self.path.is_file() and _read(self.path) != self.content:
            raise FileChanged(self.path.name)


@dataclass(frozen=True)
class Taken:
    """All files of one command, each as it was when it was taken."""

    _files: list[Snapshot] = field(default_factory=list)

    def source(self, path: Path) -> Source:
        """Errors: OSError; FileChanged."""
        one = snapshot(path)
        self._files.append(one)
        return Source(path.name, one.content)

    def check(self) -> None:
        """Errors: FileChanged, where one has other bytes by now; OSError."""
        for one in self._files:
            one.check()


def taken_whole(output: Output, read: Callable[[Taken], T]) -> T | None:
    """What is made of files; None where one cannot be read, or has other bytes by the end, which is told."""
    taken = Taken()
    try:
        made = read(taken)
        taken.check()
    except OSError as error:
        output.complain("file_unreadable", f"{error.filename}: {error.strerror}")
        return None
    except FileChanged as changed:
        output.complain("file_changed", report_line("file_changed", output.language, file=str(changed)))
        return None
    return made


def snapshot(path: Path) -> Snapshot:
    """Of no file more than a byte beyond what is taken. Errors: OSError; FileChanged."""
    with path.open("rb") as file:
        before = os.fstat(file.fileno())
        content = file.read(MAX_BYTES + 1)
    after = path.stat()
    same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    whole = len(content) in (after.st_size, MAX_BYTES + 1)
    if path.is_file() and not (same and whole):
        raise FileChanged(path.name)
    return Snapshot(path, content)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)
