"""What every story has: a world, the product, and a way to ask it something and hear an answer, or none."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.bootstrap import App
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import BillfoldError
from chalicelib.kernel.outside import Busy, ProcessorRefused, ProcessorTimeout
from tests.soak.scheduler import Crash, Task
from tests.soak.world import World

TRIES = 3
_NO_ANSWER = (Crash, Busy, ProcessorTimeout)
_NO = (BillfoldError, ProcessorRefused)


@dataclass(frozen=True)
class Heard:
    """What the one who asked heard: an answer, a refusal by its code, or nothing."""

    answer: Any = None
    refusal: str = ""
    error: BaseException | None = None

    @property
    def nothing(self) -> bool:
        return isinstance(self.error, _NO_ANSWER)


class Story:
    """`plain`: nothing but charges and card payments happens: nobody may pay more than was charged."""

    def __init__(self, world: World, app: App, seeded: random.Random, *, plain: bool) -> None:
        self.world = world
        self.app = app
        self.random = seeded
        self.plain = plain
        self.size = world.size

    def spawn(self, name: str, run: Callable[[], object]) -> None:
        self.world.scheduler.spawn(Task(name, run, skew_seconds=self.random.uniform(-2, 2)))

    def ask(self, practice: str, run: Callable[[], Any]) -> Heard:
        """One request. Whatever is neither an answer nor a typed refusal nor trouble is the product's bug."""
        try:
            return Heard(answer=self.world.request(practice, run))
        except _NO as error:
            return Heard(refusal=error.code, error=error)
        except _NO_ANSWER as error:
            return Heard(error=error)

    def insist(self, practice: str, run: Callable[[], Any]) -> Heard:
        """Ask again while nothing is heard, as people and imports do."""
        heard = Heard(error=Busy())
        for _ in range(TRIES):
            heard = self.ask(practice, run)
            if not heard.nothing:
                break
        return heard

    def told(self, kind: str, ref: AccountRef, name: str, heard: Heard) -> None:
        """Keep what the product said yes or no to; the auditor looks whether it was true."""
        if heard.refusal == "external_id_taken":
            self.world.broken.append(f"{kind} {name} of {ref.account} is called taken: nobody took it")
        if not heard.nothing:
            kept = self.world.refused if heard.refusal else self.world.acknowledged
            kept.append({"kind": kind, "practice": ref.practice, "account": ref.account, "id": name})

    def wander(self, most: int) -> None:
        """Do something else for a while."""
        for _ in range(self.random.randrange(most // self.size.hurry)):
            self.world.pause()
