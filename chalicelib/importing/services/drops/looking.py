"""A look at a drop: the dry run of `billfold import` on files in the bucket. It keeps what it found."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from chalicelib.importing.domain.drops.drop import DropFile, DropState, Looked, Place, drop_id
from chalicelib.importing.ports.drops import Drops
from chalicelib.importing.services.balances import BalanceCheck, Comparison
from chalicelib.importing.services.drops.effects import effects
from chalicelib.importing.services.drops.reading import NotReady, request_of
from chalicelib.importing.services.importer import Importer
from chalicelib.importing.services.planning import Plan
from chalicelib.importing.services.progress import Progress
from chalicelib.importing.services.requests import Planned, Requests
from chalicelib.kernel.errors import present
from chalicelib.kernel.instants import instant
from chalicelib.operations.domain.alerts import BY_ITSELF, AlertName, Cause
from chalicelib.operations.services.alerting import Alerting
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import Practices

MAX_ASKED = 500  # problems that are kept with a look; a command lists them all
Planning = tuple[Importer, Requests, BalanceCheck]


@dataclass(frozen=True, slots=True)
class Read:
    """A drop as it was planned, from the very bytes of `files`. `compared`: with the old system's list of
    balances, None where there is none, or nothing can be posted."""

    files: tuple[DropFile, ...]
    planned: Planned
    compared: Comparison | None = None

    @property
    def effects(self) -> Mapping[str, str]:
        """What the press would do, and what it would leave unlike the list: nothing while there are
        problems, for nobody was shown it then."""
        return {} if self.planned.plan.problems else effects(self.planned.plan, self.compared)


@dataclass(frozen=True)
class Looking:
    """`planning` makes what plans, for whoever wants to see its progress."""

    drops: Drops
    practices: Practices
    planning: Callable[[Progress], Planning]
    alerting: Alerting
    clock: Clock

    def look(
        self, place: Place, files: Sequence[DropFile], progress: Progress, *, attempts: int = 1
    ) -> Looked:
        """Errors: NotFound practice_not_found; FileGone; Busy; what `progress` raises."""
        return self.record(place, self.read(place, files, progress), attempts=attempts)

    def record(self, place: Place, read: Read, *, attempts: int) -> Looked:
        """Keeps what the drop is as it was read. Error: Busy."""
        practice, files = self.practice(place), read.files
        planned, counts = read.planned, _counts(read)
        state = _state(planned)
        made = Looked(
            drop_id(place, files), place.folder, state, instant(self.clock.now()), read.files, attempts,
            counts, planned.plan.problems[:MAX_ASKED], read.effects,
        )  # fmt: skip
        self.keep(practice.id, place, made)
        return made

    def practice(self, place: Place) -> Practice:
        """Error: NotFound practice_not_found."""
        return present(self.practices.practice(place.practice), "practice_not_found", "practice")

    def read(
        self, place: Place, files: Sequence[DropFile], progress: Progress, *, take_over: bool = False
    ) -> Read:
        """`take_over` goes on where another import was broken off.

        Errors: NotFound practice_not_found; FileGone; Busy."""
        practice = self.practice(place)
        _, requests, balances = self.planning(progress)
        content = {file: self.drops.read(place, file) for file in files}
        try:
            planned = requests.planned(practice, replace(request_of(content), take_over=take_over))
        except NotReady as not_ready:
            planned = requests.refused(practice, not_ready.problems)
        plan, listed = planned.plan, planned.listed
        compared = None if listed is None or plan.problems else balances.compare(plan, listed)
        return Read(tuple(_summed(content)), planned, compared)

    def keep(self, practice: str, place: Place, looked: Looked) -> None:
        """What was found, with a call to who has to press or to answer; the one before is over.

        The call comes first: a look that is kept is not looked at again, and nobody would be called."""
        before = self.drops.look(practice, place.name)
        if looked.state not in (DropState.NOTHING_NEW, DropState.LOOKING):
            self.alerting.raise_alert(practice, cause(looked))
        self.drops.keep_look(practice, looked)
        if before is not None and before.id != looked.id:
            self.over(practice, before)

    def forget(self, practice: str, name: str) -> None:
        """The look at a folder, by its `Place.name`, with the call for it. Safe to repeat."""
        looked = self.drops.look(practice, name)
        if looked is not None:
            self.over(practice, looked)
        self.drops.forget_look(practice, name)

    def over(self, practice: str, looked: Looked) -> None:
        self.alerting.over(practice, cause(looked), note=f"{BY_ITSELF}these files wait no more")


def _counts(read: Read) -> Mapping[str, int]:
    counts = plan_counts(read.planned.plan)
    return {**counts, "differences": len(read.compared.differences)} if read.compared else counts


def plan_counts(plan: Plan) -> Mapping[str, int]:
    return {**plan.counts(), "problems": len(plan.problems)}


def cause(looked: Looked) -> Cause:
    """By the drop: other files are another cause."""
    kept = ("rows", "posted", "problems")
    facts: dict[str, str | int] = {name: looked.counts[name] for name in kept if name in looked.counts}
    return Cause(AlertName.IMPORT_DROPPED, looked.id, facts)


def _state(planned: Planned) -> DropState:
    if planned.plan.problems:
        return DropState.ASKED
    return DropState.NOTHING_NEW if planned.plan.empty else DropState.WAITING


def _summed(content: Mapping[DropFile, bytes]) -> list[DropFile]:
    return [replace(file, sha256=hashlib.sha256(bytes_).hexdigest()) for file, bytes_ in content.items()]
