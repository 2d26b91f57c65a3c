"""Many tasks in one thread, one of them running at a time; a seeded choice decides who goes on at each call.

The order is a function of the seed alone, so a failure can be replayed.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from greenlet import getcurrent, greenlet

LAST_STEP = 49_999
NEVER = datetime.max.replace(tzinfo=UTC)


def below(seeded: random.Random, count: int) -> int:
    """`seeded.randrange(count)`, draw for draw, without what that checks each time: each step draws twice."""
    bits = count.bit_length()
    drawn = seeded.getrandbits(bits)
    while drawn >= count:
        drawn = seeded.getrandbits(bits)
    return drawn


class Crash(BaseException):
    """The process that ran this request is gone. Not an Exception: nothing in the product may catch it."""


@dataclass(eq=False)
class Task:
    """Something with a call stack of its own. `skew_seconds`: how far its machine's clock is off."""

    name: str
    run: Callable[[], object]
    skew_seconds: float = 0.0
    practice: str = ""
    deadline: datetime = NEVER
    stack: greenlet | None = field(default=None, repr=False)
    ended: bool = False


class Scheduler:
    """`sticky` is how likely the running task goes on although others could."""

    def __init__(self, seeded: random.Random, sticky: float) -> None:
        self._random = seeded
        self._sticky = sticky
        self._ready: list[Task] = []
        self.current: Task | None = None
        self.steps = 0

    def spawn(self, task: Task) -> None:
        self._ready.append(task)

    def run(self) -> None:
        """Until every task has ended. What a task raises is raised here: it is the simulation's own fault."""
        assert self.current is None
        while self._ready:
            assert self.steps < LAST_STEP, (
                f"no end in sight; ready: {[task.name for task in self._ready[:20]]}"
            )
            self._choose()
            self._go_on(getcurrent())  # comes back when the task that runs by then has ended
            self._bury()
        self.current = None

    def pause(self) -> None:
        """Called within a task: let others run. Does nothing outside."""
        task, here = self.current, getcurrent()
        if task is None or task.stack is not here or here.parent is None:
            return
        if self.steps >= LAST_STEP:
            here.parent.switch()  # where that is said: the product could catch it here
        self._choose()
        if self.current is not task:
            self._go_on(here.parent)

    def _choose(self) -> None:
        self.steps += 1
        self.current = self._next()

    def _next(self) -> Task:
        current = self.current
        if current is not None and not current.ended and self._random.random() < self._sticky:
            return current
        return self._ready[below(self._random, len(self._ready))]

    def _go_on(self, parent: greenlet) -> None:
        """Switch to the chosen task, from wherever this is. Where it ends, `parent` goes on."""
        task = self.current
        assert task is not None
        if task.stack is None:
            task.stack = greenlet(task.run, parent)
        task.stack.switch()

    def _bury(self) -> None:
        task = self.current
        assert task is not None
        if task.stack is not None and task.stack.dead:
            task.ended, task.stack = True, None
            self._ready.remove(task)
