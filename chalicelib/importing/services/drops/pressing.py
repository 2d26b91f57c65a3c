"""The press: what a look showed is planned anew from the same bytes, and posted if it is the same still."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chalicelib.importing.domain.drops.drop import DropFile, DropState, Looked, Place, changed_effects
from chalicelib.importing.domain.drops.settings import RULES
from chalicelib.importing.ports.drops import Drops, FileGone
from chalicelib.importing.services.drops.looking import Looking, Read
from chalicelib.importing.services.importer import Importer
from chalicelib.importing.services.progress import SILENT, Progress
from chalicelib.importing.services.requests import Planned
from chalicelib.kernel.errors import present
from chalicelib.ledger.services.import_register import Register

Changes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """A drop as it is now. With `changes` it would write something else than its look showed, which is kept
    as it is now: nothing is posted, and the next press is for this. `taken_over`: more would be written than
    its look showed, because another import is taken over."""

    place: Place
    looked: Looked
    read: Read
    importer: Importer
    changes: Changes = ()
    taken_over: bool = False

    @property
    def shown(self) -> bool:
        """Whether a look showed what would be written: some, the function could not look at."""
        looked_through = (DropState.WAITING, DropState.ASKED, DropState.NOTHING_NEW)
        return self.looked.state in looked_through and not self.taken_over

    @property
    def planned(self) -> Planned:
        return self.read.planned


@dataclass(frozen=True)
class Pressing:
    drops: Drops
    looking: Looking
    register: Register

    def listed(self, practice: str) -> Sequence[Looked]:
        """Oldest first; those whose files are there, as they were looked at. Error: Busy."""
        return [
            looked
            for looked in self.drops.looks(practice)
            if looked.of(self.drops.files(Place(practice, looked.folder)))
        ]

    def known(self, practice: str, drop_id: str) -> Looked:
        """Errors: NotFound drop_not_found, also where the files are others by now: the next round looks at
        those; Busy."""
        found = next((looked for looked in self.listed(practice) if looked.id == drop_id), None)
        return present(found, "drop_not_found", "dropped")

    def take(
        self, practice: str, looked: Looked, progress: Progress = SILENT, *,
        take_over: bool = False, dry_run: bool = False,
    ) -> Taken:  # fmt: skip
        """Reads the files, and plans as a look does. A dry run keeps no look.

        Errors: NotFound drop_not_found, where the files are others by now; NotFound practice_not_found; Busy.
        """
        place = Place(practice, looked.folder)
        read = self._read(place, looked, progress, take_over=take_over)
        importer, _, _ = self.looking.planning(progress)
        taken = Taken(place, looked, read, importer)
        if not taken.shown:
            return taken
        changes = changed_effects(looked.effects, read.effects)
        if self._pressed(taken) and all(change == "gone" for _, change in changes):
            return taken  # a press that was broken off, or left something out, is finished
        if changes and take_over:
            return replace(taken, taken_over=True)
        if changes and not dry_run:
            looked = self.looking.record(place, read, attempts=looked.attempts)
        return Taken(place, looked, read, importer, changes)

    def finish(self, practice: str, looked: Looked) -> None:
        """Once it is posted, or brings nothing new: its files go to what is done. That it is posted is kept
        first, and what says how rows are read goes last: whatever is left is known for what it is. Safe to
        repeat. Error: Busy."""
        place = Place(practice, looked.folder)
        self.drops.keep_look(practice, replace(looked, state=DropState.POSTED))
        for file in sorted(looked.files, key=_rules_last):
            if not file.setting:
                self.drops.put_away(place, file, looked.id)
        self.looking.forget(practice, place.name)

    def _read(self, place: Place, looked: Looked, progress: Progress, *, take_over: bool) -> Read:
        """The bytes that were looked at, and no others."""
        try:
            read = self.looking.read(place, looked.files, progress, take_over=take_over)
        except FileGone:
            read = None
        same = read is not None and all(
            then.sha256 in ("", now.sha256) for then, now in zip(looked.files, read.files, strict=True)
        )
        return present(read if same else None, "drop_not_found", "dropped")

    def _pressed(self, taken: Taken) -> bool:
        """Whether these rows were begun to be posted, or were posted all or in part, and stand."""
        if taken.planned.plan.begun:
            return True
        known, import_id = self.register.known(taken.place.practice), taken.planned.plan.import_id
        return any(found.id == import_id and not found.undone_at for found in known)


def _rules_last(file: DropFile) -> bool:
    return file.name.endswith(RULES)
