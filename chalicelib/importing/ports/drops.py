"""The folder of the bucket into which practices put files, and what looks at them found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.importing.domain.drops.drop import DropFile, Looked, Place


@dataclass(frozen=True, slots=True)
class Standing:
    """`places`: every folder with a file that waits. `looked_at`: every one of which a look is kept, by its
    practice and its `Place.name`. A file in no practice's folder, or in one without a name, has the
    practice ""."""

    places: Sequence[Place]
    looked_at: Sequence[tuple[str, str]]


class FileGone(Exception):
    """Another file stands under its name by now, or none."""


class Drops(Protocol):
    """Every method: error Busy."""

    def standing(self) -> Standing:
        """Of every practice, also of those that there are not."""
        ...

    def files(self, place: Place) -> Sequence[DropFile]:
        """Those of the folder, and its settings, by their names; none where no file waits."""
        ...

    def read(self, place: Place, file: DropFile) -> bytes:
        """Error: FileGone."""
        ...

    def put_away(self, place: Place, file: DropFile, drop_id: str) -> None:
        """To what is done, unless another file stands under its name by now. Safe to repeat."""
        ...

    def looks(self, practice: str) -> Iterator[Looked]:
        """At all its folders, the oldest first."""
        ...

    def look(self, practice: str, name: str) -> Looked | None:
        """The last one at the folder of that `Place.name`; None, too, where it cannot be read."""
        ...

    def keep_look(self, practice: str, looked: Looked) -> None: ...

    def forget_look(self, practice: str, name: str) -> None:
        """Safe to repeat."""
        ...
