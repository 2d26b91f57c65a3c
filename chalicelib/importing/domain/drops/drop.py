"""A drop: the files of one folder, which belong together, and what was found when they were looked at."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from chalicelib.importing.domain.problems import Problem, shown

MAX_FILES = 20
MAX_BYTES = 32 * 1024 * 1024  # of all files of a drop together, for the function's memory
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Place:
    """A practice's folder; `folder` "" is the practice's own, else it may have several parts."""

    practice: str
    folder: str

    @property
    def name(self) -> str:
        """Short, and the same for the same folder. Whoever guesses its name, which may be a client's, can
        tell by this: it is for the bucket, and for no log."""
        return hashlib.sha256(f"{self.practice}\n{self.folder}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class DropFile:
    """As the bucket lists it; `etag` and `modified` change with every upload. `setting`: it stands with the
    practice's settings, which stay when the drop is done. `sha256` is known once it was read."""

    name: str
    etag: str
    size: int
    modified: str
    setting: bool = False
    sha256: str = ""

    @property
    def seen(self) -> tuple[bool, str, str, int, str]:
        return self.setting, self.name, self.etag, self.size, self.modified


class DropState(StrEnum):
    """`asked`: it cannot be posted before a problem is put right or a question answered. `posted`: what is
    left is to put its files away. The last three want somebody at a desk to look: the function could not."""

    LOOKING = "looking"
    WAITING = "waiting"
    ASKED = "asked"
    NOTHING_NEW = "nothing_new"
    POSTED = "posted"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    BROKE_OFF = "broke_off"

    @property
    def at_a_desk(self) -> bool:
        return self in (DropState.TOO_LARGE, DropState.TOO_LONG, DropState.BROKE_OFF)


_NOTHING: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at a drop found. `counts` are of rows and clients; `asked` says where and why; `effects`
    are what posting would write, each by its name, with a digest of its values.

    It holds names of files and values that are quoted in problems: it stays in the bucket.
    """

    id: str
    folder: str
    state: DropState
    at: str
    files: tuple[DropFile, ...]
    attempts: int = 1
    counts: Mapping[str, int] = field(default_factory=lambda: _NOTHING)
    asked: tuple[Problem, ...] = ()
    effects: Mapping[str, str] = field(default_factory=dict)

    def of(self, files: Iterable[DropFile]) -> bool:
        """Whether these are the files that were looked at, and no others; once they are posted, some of
        them."""
        if self.state is DropState.POSTED:
            waiting = {file.seen for file in files if not file.setting}
            return bool(waiting) and waiting <= {file.seen for file in self.files}
        return _seen(self.files) == _seen(files)


def drop_id(place: Place, files: Iterable[DropFile]) -> str:
    """Of these files in this folder: others, or the same ones put there again, are another drop."""
    return hashlib.sha256(repr((place.practice, place.folder, _seen(files))).encode()).hexdigest()[:12]


def changed_effects(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What posting would write otherwise than it would have: its name, with "new", "gone" or "other"."""
    names = sorted(before.keys() | now.keys())
    return tuple((name, _change(name, before, now)) for name in names if before.get(name) != now.get(name))


def _change(name: str, before: Mapping[str, str], now: Mapping[str, str]) -> str:
    return "new" if name not in before else "other" if name in now else "gone"


def too_large(files: Sequence[DropFile]) -> bool:
    """For the function; a command takes more."""
    return len(files) > MAX_FILES or sum(file.size for file in files) > MAX_BYTES


def unreadable_names(files: Iterable[DropFile]) -> tuple[Problem, ...]:
    """Names that cannot be shown as they are."""
    return tuple(
        Problem(shown(file.name), 0, "", "drop_name")
        for file in files
        if not file.name.isprintable() or len(file.name) > _LONGEST_NAME
    )


def _seen(files: Iterable[DropFile]) -> list[tuple[bool, str, str, int, str]]:
    return sorted(file.seen for file in files)
