"""The round of the clock: every folder with files that nobody has looked at yet is looked at."""

import logging
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.importing.domain.drops.drop import DropFile, DropState, Looked, Place, drop_id, too_large
from chalicelib.importing.ports.drops import Drops, FileGone, Standing
from chalicelib.importing.services.drops.looking import Looking
from chalicelib.importing.services.progress import Progress
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy
from chalicelib.platform.ports import Clock

log = logging.getLogger("billfold.drops")
QUIET = timedelta(seconds=30)  # nothing was put there for so long: what belongs together is together
WORKING = timedelta(minutes=13)  # of a call, which Lambda ends after 15
ABANDONED = timedelta(minutes=16)  # a look that began so long ago has been ended from outside
ENOUGH = timedelta(minutes=2)  # a look that begins later than that in a call may be cut short by it
MAX_ATTEMPTS = 3


class TooLong(Exception):
    """The call's time is over."""


@dataclass(frozen=True)
class Deadline(Progress):
    clock: Clock
    until: datetime

    def start(self, phase: str, total: int) -> None:
        self.advance()

    def advance(self, count: int = 1) -> None:
        """Error: TooLong."""
        if self.clock.now() > self.until:
            raise TooLong


@dataclass(frozen=True)
class DropRounds:
    drops: Drops
    looking: Looking
    clock: Clock

    def run(self) -> dict[str, int]:
        """How many folders were looked at, wait for their files, and are of no practice. One that fails holds
        up no other; it is tried again by the next round. Error: NotFound practice_not_found, at the end."""
        began = self.clock.now()
        done = {"looked": 0, "known": 0, "arriving": 0, "failed": 0, "strange": 0}
        standing = self.drops.standing()
        done["failed"] += self._forget_others(standing)
        for place in standing.places:
            try:
                done[self._see_to(place, began)] += 1
            except NotFound:
                done["strange"] += 1
            except (FileGone, Busy) as error:
                _warn(error)
                done["failed"] += 1
            except TooLong:
                break
        if done["strange"]:
            # A person has to look: whose the files are, nobody here knows.
            raise NotFound("practice_not_found", "practice")
        return done

    def _forget_others(self, standing: Standing) -> int:
        """Looks at folders in which no file waits any more: somebody took it out. How many failed."""
        waiting, failed = {(place.practice, place.name) for place in standing.places}, 0
        for practice, name in standing.looked_at:
            if (practice, name) not in waiting:
                try:
                    self.looking.forget(practice, name)
                except Busy as error:
                    _warn(error)
                    failed += 1
        return failed

    def _see_to(self, place: Place, began: datetime) -> str:
        practice = self.looking.practice(place)
        files, before = self.drops.files(place), self.drops.look(practice.id, place.name)
        if not files or (before is not None and before.of(files) and not self._abandoned(before)):
            return "known"
        now = self.clock.now()
        if max(file.modified for file in files) > instant(now - QUIET):
            return "arriving"
        attempts = before.attempts + 1 if before is not None and before.of(files) else 1
        found = self._found(place, files, attempts)
        if found is not None:
            self.looking.keep(practice.id, place, found)
            return "looked"
        self._look(place, files, attempts, began)
        return "looked"

    def _abandoned(self, before: Looked) -> bool:
        since = instant(self.clock.now() - ABANDONED)
        return before.state is DropState.LOOKING and before.at < since

    def _found(self, place: Place, files: Sequence[DropFile], attempts: int) -> Looked | None:
        """What is known without reading them."""
        state = (
            DropState.TOO_LARGE if too_large(files)
            else DropState.BROKE_OFF if attempts > MAX_ATTEMPTS
            else None
        )  # fmt: skip
        return self._mark(place, files, state, attempts) if state else None

    def _look(self, place: Place, files: Sequence[DropFile], attempts: int, began: datetime) -> None:
        """Says first that it looks, so that a call that is killed by these files is not made for ever."""
        mark = self._mark(place, files, DropState.LOOKING, attempts)
        started = self.clock.now()
        self.looking.keep(place.practice, place, mark)
        try:
            self.looking.look(place, files, Deadline(self.clock, began + WORKING), attempts=attempts)
        except TooLong:
            if started - began > ENOUGH:
                # It had not its whole time: the next call begins with it.
                self.drops.forget_look(place.practice, place.name)
                raise
            self.looking.keep(place.practice, place, replace(mark, state=DropState.TOO_LONG))
            raise
        except (FileGone, Busy):
            self.drops.forget_look(place.practice, place.name)
            raise
        except Exception as error:  # a fault of ours: its text may quote a cell, so that it is not logged
            frame = traceback.extract_tb(error.__traceback__)[-1]
            why = {"why": type(error).__name__, "where": f"{frame.filename}:{frame.lineno}"}
            log.error("look broke off", extra={"drop": mark.id, **why})
            self.looking.keep(place.practice, place, replace(mark, state=DropState.BROKE_OFF))

    def _mark(self, place: Place, files: Sequence[DropFile], state: DropState, attempts: int) -> Looked:
        at = instant(self.clock.now())
        return Looked(drop_id(place, files), place.folder, state, at, tuple(files), attempts)


def _warn(error: Exception) -> None:
    """Nothing of the key, in which a client's name may be, nor what one could guess it by."""
    log.warning("drop not looked at", extra={"why": type(error).__name__})
