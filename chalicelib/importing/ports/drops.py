"""The folder of the bucket into which practices put files, and what looks at them found."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from chalicelib.importing.domain.drops.drop import DropFile, Looked, Place


class FileGone(Exception):
    """Another file stands under its name by now, or none."""


class Drops(Protocol):
    """Every method: error Busy."""

    def places(self) -> Sequence[Place]:
        """Every folder with a file that waits, of practices that there are and of others."""
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

    def looked_at(self) -> Sequence[tuple[str, str]]:
        """Every folder of which a look is kept: its practice, and its `Place.name`."""
        ...

    def look(self, practice: str, name: str) -> Looked | None:
        """The last one at the folder of that `Place.name`."""
        ...

    def keep_look(self, practice: str, looked: Looked) -> None: ...

    def forget_look(self, practice: str, name: str) -> None:
        """Safe to repeat."""
        ...
