"""Time, SQS, Lambda and SES of a statement night, as a model: what they do, and how long it takes them.

Whatever is decided is decided by the shipped code, which runs in greenlets: where it waits, or calls
something outside, the model moves on to what happens next anywhere else. Nothing here knows a statement from
a code.
"""

import heapq
import json
import random
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from botocore.exceptions import ClientError
from greenlet import getcurrent, greenlet

from chalicelib import bootstrap
from chalicelib.platform.ports import Clock, MailQueue

MAX_RECEIVES = 8
VISIBILITY_SECONDS = 360
TIMEOUT_SECONDS = 60
_DAY_SECONDS = 86_400
_IDLE_SECONDS = 300  # after which Lambda is taken to give a container up

Job = Callable[[Sequence[Any]], dict[str, Any]]


class Process(greenlet):
    app: Any


class Hub:
    """What happens next, anywhere. `seconds` since the night began."""

    def __init__(self, seed: int, begun: str) -> None:
        self.chance = random.Random(seed)
        self.seconds, self.begun = 0.0, datetime.fromisoformat(begun).astimezone(UTC)
        self._coming: list[tuple[float, int, Callable[[], object]]] = []
        self._number = 0

    def at(self, seconds: float, act: Callable[[], object]) -> None:
        self._number += 1
        heapq.heappush(self._coming, (seconds, self._number, act))

    def after(self, seconds: float, act: Callable[[], object]) -> None:
        self.at(self.seconds + seconds, act)

    def run(self) -> None:
        self._main = getcurrent()
        while self._coming:
            self.seconds, _, act = heapq.heappop(self._coming)
            act()

    def start(self, app: Any, work: Callable[[], object]) -> None:
        """A process of its own, with its own parts."""
        process = Process(work, parent=self._main)
        process.app = app
        self._resume(process)

    def sleep(self, seconds: float) -> None:
        """Of the process that asks for it."""
        process = getcurrent()
        self.after(seconds, partial(self._resume, process))
        self._main.switch()

    def draw(self, least: float, most: float) -> float:
        return self.chance.uniform(least, most)

    def _resume(self, process: Any) -> None:
        bootstrap.use(process.app)
        process.switch()


class HubClock(Clock):
    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def now(self) -> datetime:
        return self._hub.begun + timedelta(seconds=self._hub.seconds)

    def pause(self, attempt: int) -> None:
        """As the system's clock does."""
        self._hub.sleep(self._hub.draw(0, min(1.0, 0.02 * 2**attempt)))

    def wait(self, seconds: float) -> None:
        self._hub.sleep(seconds)


@dataclass(slots=True)
class Message:
    body: str
    id: str
    receives: int = 0

    def to_dict(self) -> dict[str, str]:
        return {"messageId": self.id}


class HubQueue(MailQueue):
    """At least once, nearly in order; who fails too often is among the dead."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.visible: deque[Message] = deque()
        self.dead: list[Message] = []
        self.hidden = 0  # worked on, or to come later
        self.tell: Callable[[], object] = lambda: None
        self._count = 0

    def send(self, message: Mapping[str, str]) -> None:
        self._count += 1
        self.show(Message(json.dumps(dict(message)), f"m{self._count}"))

    def send_all(self, messages: Sequence[Mapping[str, str]]) -> None:
        for message in messages:
            self.send(message)

    def send_later(self, message: Mapping[str, str], *, least: int, most: int) -> None:
        self._count += 1
        copy = Message(json.dumps(dict(message)), f"m{self._count}")
        self.hidden += 1
        self.hub.after(self.hub.chance.randint(least, most), partial(self._back, copy))

    def waiting(self) -> int:
        return len(self.visible) + self.hidden

    def take(self, most: int) -> list[Message]:
        taken = [self.visible.popleft() for _ in range(min(most, len(self.visible)))]
        for message in taken:
            message.receives += 1
        self.hidden += len(taken)
        return taken

    def settle(self, taken: Sequence[Message], failed: set[str], received_at: float) -> None:
        for message in taken:
            if message.id not in failed:
                self.hidden -= 1
            else:
                back = received_at + VISIBILITY_SECONDS
                self.hub.at(max(back, self.hub.seconds), partial(self._back, message))

    def show(self, message: Message) -> None:
        self.visible.append(message)
        self.tell()

    def _back(self, message: Message) -> None:
        self.hidden -= 1
        if message.receives >= MAX_RECEIVES:
            self.dead.append(message)
        else:
            self.show(message)


@dataclass
class Function:
    """One function and the queue that feeds it. `most`: workers at once, by the seconds since the first."""

    hub: Hub
    queue: HubQueue
    job: Job
    container: Callable[[], Any]
    batch: int
    most: Callable[[float], float]
    running: int = 0
    peak: int = 0
    timeouts: int = 0
    _warm: list[tuple[float, Any]] = field(default_factory=list)
    _first: float | None = None
    _woken: bool = False

    def __post_init__(self) -> None:
        self.queue.tell = self._wake

    def _wake(self) -> None:
        """A poller sees what is there a moment later."""
        if not self._woken:
            self._woken = True
            self.hub.after(self.hub.draw(0.01, 0.2), self._poll)

    def _poll(self) -> None:
        self._woken = False
        self._first = self.hub.seconds if self._first is None else self._first
        while self.queue.visible and self.running < self.most(self.hub.seconds - self._first):
            taken = self.queue.take(self.batch)
            self.running += 1
            self.peak = max(self.peak, self.running)
            warm = self._warm_one()
            app, cold = (warm, 0.0) if warm else (self.container(), self.hub.draw(1.5, 3.0))
            work = partial(self._work, app, taken, self.hub.seconds)
            self.hub.after(cold, partial(self.hub.start, app, work))
        if self.queue.visible:
            self.hub.after(1.0, self._wake)  # all are busy, or Lambda adds workers only so fast

    def _warm_one(self) -> Any:
        while self._warm:
            since, app = self._warm.pop()
            if self.hub.seconds - since < _IDLE_SECONDS:
                return app
        return None

    def _work(self, app: Any, taken: list[Message], received_at: float) -> None:
        begun = self.hub.seconds
        failed = {each["itemIdentifier"] for each in self.job(taken)["batchItemFailures"]}
        self.timeouts += self.hub.seconds - begun > TIMEOUT_SECONDS
        self.queue.settle(taken, failed, received_at)
        self.running -= 1
        self._warm.append((self.hub.seconds, app))
        if self.queue.visible:
            self._poll()


class Ses:
    """So many mails a second, a second's worth of them at once, and so many in any 24 hours."""

    def __init__(self, hub: Hub, rate: float, daily: int, paused: tuple[float, float]) -> None:
        self.hub, self.rate, self.daily, self.paused = hub, rate, daily, paused
        self.took: dict[str, list[float]] = {}  # seconds by address
        self.throttled = self.refused_for_the_day = 0
        self._day: deque[float] = deque()
        self._tokens, self._filled_at = rate, 0.0

    def send_email(self, **request: Any) -> dict[str, str]:
        self.hub.sleep(self.hub.draw(0.05, 0.15))
        self._fill()
        if self._is_paused():
            raise _refused("Sending is paused.", "SendingPausedException")
        if len(self._day) >= self.daily:
            self.refused_for_the_day += 1
            raise _refused("Daily message quota exceeded.")
        if self._tokens < 1:
            self.throttled += 1
            raise _refused("Maximum sending rate exceeded.")
        self._tokens -= 1
        self._day.append(self.hub.seconds)
        [to] = request["Destination"]["ToAddresses"]
        self.took.setdefault(to, []).append(self.hub.seconds)
        return {"MessageId": f"ses-{to}"}

    def get_account(self) -> dict[str, Any]:
        self.hub.sleep(self.hub.draw(0.02, 0.08))
        self._fill()
        quota = {"Max24HourSend": self.daily, "SentLast24Hours": len(self._day)}
        return {"SendQuota": quota, "SendingEnabled": not self._is_paused()}

    def _is_paused(self) -> bool:
        return self.paused[0] * 3600 <= self.hub.seconds < self.paused[1] * 3600

    def _fill(self) -> None:
        now = self.hub.seconds
        self._tokens = min(max(self.rate, 1.0), self._tokens + (now - self._filled_at) * self.rate)
        self._filled_at = now
        while self._day and self._day[0] <= now - _DAY_SECONDS:
            self._day.popleft()


def _refused(message: str, code: str = "TooManyRequestsException") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "SendEmail")
