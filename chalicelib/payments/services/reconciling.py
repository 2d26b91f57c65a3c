"""By the clock: whose turn it is to have its processors asked what news was missed, each by a message.

Of all practices those whose turn it is: where something is under way, or was lately, with every call; else
each hour. Both are read off the table: a message that is lost is put again by the next call.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.kernel.instants import instant
from chalicelib.operations.ports.rounds import Round, Rounds
from chalicelib.operations.ports.work import WorkLists
from chalicelib.payments.services.catching_up import CatchingUp, job
from chalicelib.payments.services.turns import AHEAD, MOST, Turn
from chalicelib.platform.ports import BATCH, BatchQueue, Clock
from chalicelib.practice.ports import Practices

UNDER_WAY = ("payment", "refund")  # kinds of work lists


@dataclass(frozen=True)
class _UnderWay:
    """The practices in which something waits in the work lists. `whole`: whether that is all."""

    practices: frozenset[str]
    whole: bool

    def at(self, practice: str) -> bool:
        return practice in self.practices or not self.whole


@dataclass(frozen=True)
class Reconciling:
    practices: Practices
    work: WorkLists
    rounds: Rounds
    queue: BatchQueue
    catching_up: CatchingUp
    clock: Clock

    def reconcile(self) -> int:
        """Put the turns of all practices whose turn it is into the queue; how many. Safe to repeat, for a
        turn that is put twice is taken once. Error: Busy; some may be in the queue already."""
        due = list(self._due())
        for first in range(0, len(due), BATCH):
            self.queue.send_all([turn.message() for turn in due[first : first + BATCH]])
        return len(due)

    def _due(self) -> Iterator[Turn]:
        under_way, processors = self._under_way(), self.practices.processors()
        known = self._known(processors)
        for practice, names in sorted(processors.items()):
            for name in names:
                latest = known[name].get(practice)
                if under_way.at(practice) or self.catching_up.due(latest):
                    self.catching_up.call_if_dead(practice, name, latest)
                    yield Turn(practice, name, latest.version if latest else 0)

    def _under_way(self) -> _UnderWay:
        before = instant(self.clock.now() + AHEAD)
        lists = [self.work.due(kind, before=before, limit=MOST) for kind in UNDER_WAY]
        practices = frozenset(due.practice for found in lists for due in found)
        return _UnderWay(practices, all(len(found) < MOST for found in lists))

    def _known(self, processors: Mapping[str, Sequence[str]]) -> Mapping[str, Mapping[str, Round]]:
        """The rounds of each processor's practices."""
        names = dict.fromkeys(name for each in processors.values() for name in each)
        return {
            name: self.rounds.latest_of(
                [practice for practice, has in processors.items() if name in has], job(name)
            )
            for name in names
        }
