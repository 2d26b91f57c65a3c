"""One schedule's world: store, queues, processor, clock, weather, and the boundary every call crosses."""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from botocore.exceptions import ClientError, ReadTimeoutError

from chalicelib.kernel.outside import ProcessorMissing, ProcessorRefused
from tests.soak.expressions import Unknown
from tests.soak.faults import Fault, Faults
from tests.soak.money_objects import Intent
from tests.soak.paypal_house import PayPalHouse
from tests.soak.paypal_objects import Capture
from tests.soak.processor import LogRow
from tests.soak.queues import MailAccount, Queues
from tests.soak.saving_house import SavingHouse
from tests.soak.scheduler import NEVER, Crash, Scheduler, Task, below
from tests.soak.sizes import LONG, Size
from tests.soak.store import Store, failure

T = TypeVar("T")

START = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
LONGEST_REQUEST = timedelta(seconds=60)
_WHILES = [timedelta(milliseconds=number) for number in range(1, 40)]
_NOTHING_DONE = (Fault.THROTTLED, Fault.CONFLICT, Fault.SILENT_BEFORE, Fault.REFUSED)
LATEST_STEP = 6  # at which a write arrives that nobody waits for any more
SIGNED_FOR = timedelta(minutes=5)  # AWS takes no request whose signature is older


class World:
    """`acknowledged` is what Billfold said yes to. `restored`: the table came back to an earlier moment, and
    what it said yes to since is no more. `foreign` are rows of the processor's books that nobody
    can post: how much they are in the payment's currency is not told."""

    def __init__(
        self, seeded: random.Random, faults: Faults, *, sticky: float, lag: float, size: Size = LONG
    ) -> None:
        self.random = seeded
        self.size = size
        self.faults = faults
        self.scheduler = Scheduler(seeded, sticky)
        self.store = Store(lambda: not faults.off and seeded.random() < lag)
        self.queues = Queues(lambda queue, body, receives: self.on_message(queue, body, receives))
        self.at = START
        self.log: list[LogRow] = []
        self.mails: list[str] = []
        self.houses: dict[str, SavingHouse] = {}
        self.paypals: dict[str, PayPalHouse] = {}
        self.mail_account = MailAccount()
        self.foreign: set[str] = set()
        # Of guests: the payments by which each bill was tried, and whose they claimed; numbers on bills.
        self.bills: dict[str, list[tuple[str, str]]] = {}
        self.claimed: list[tuple[str, str]] = []
        self.numbers: dict[str, list[str]] = {}
        self.ended: set[tuple[str, str]] = set()  # whose links on bills
        self.gone_on: set[tuple[str, str, str]] = set()  # payments after which something may come
        self.restored = False
        self.by_hand: set[tuple[str, str]] = set()  # practice and intent of what only a person can post
        self.acknowledged: list[dict[str, object]] = []
        self.refused: list[dict[str, object]] = []
        self.on_message: Callable[[str, str, int], None] = lambda *_: None
        self.on_event: Callable[[str, str], None] = lambda *_: None
        self.broken: list[str] = []
        self._tokens = 0
        self._events = 0
        self._names = 0

    def now(self) -> datetime:
        task = self.scheduler.current
        return self.at + timedelta(seconds=task.skew_seconds if task else 0)

    def house(self, practice: str) -> SavingHouse:
        if practice not in self.houses:
            self.houses[practice] = SavingHouse(
                practice, self.random, lambda: self.at, self._emit, self.log, self.foreign
            )
        return self.houses[practice]

    def paypal(self, practice: str) -> PayPalHouse:
        if practice not in self.paypals:
            self.paypals[practice] = PayPalHouse(
                practice, self.random, lambda: self.at, lambda of, body: self.on_event(of, body), self.log
            )
        return self.paypals[practice]

    def every_house(self) -> "list[SavingHouse | PayPalHouse]":
        return [*self.houses.values(), *self.paypals.values()]

    def houses_of(self, practice: str) -> "list[SavingHouse | PayPalHouse]":
        paypal = self.paypals.get(practice)
        return [self.house(practice), *([paypal] if paypal else [])]

    def money_of(self, practice: str) -> "list[tuple[SavingHouse | PayPalHouse, Intent | Capture]]":
        """All that was paid there, or may be, at whichever processor."""
        return [(house, each) for house in self.houses_of(practice) for each in house.intents.values()]

    def name(self) -> str:
        """Another one each time."""
        self._names += 1
        return f"{self._names:020d}"

    def pause(self) -> None:
        """Let others run; who comes back too late has been ended by its platform meanwhile."""
        self.at += _WHILES[below(self.random, len(_WHILES))]
        task = self.scheduler.current
        self.scheduler.pause()
        if task is not None and self.at > task.deadline:
            raise Crash("out of time")

    def boundary(self, call: str, effect: Callable[[Fault], T], failing: Callable[[Fault], Exception]) -> T:
        """A call to the outside: others may run before and after it, and everything may go wrong."""
        fault = self.faults.draw(call)
        self.pause()
        answer = self._troubled(fault, call, effect, failing) if fault else effect(fault)
        if self.random.random() < 0.3:
            self.pause()
        return answer

    def _troubled(
        self, fault: Fault, call: str, effect: Callable[[Fault], T], failing: Callable[[Fault], Exception]
    ) -> T:
        """A call with which something goes wrong."""
        if fault is Fault.CRASH_BEFORE:
            raise Crash(call)
        if fault in _NOTHING_DONE:
            raise failing(fault)
        if fault is Fault.LATE:
            self._later(call, effect)
            raise failing(fault)
        answer = effect(fault)
        if fault is Fault.CUT_THEN_RETRIED:
            self.pause()
            answer = effect(fault)
        if fault is Fault.CRASH_AFTER:
            raise Crash(call)
        if fault in (Fault.CUT, Fault.SILENT_AFTER):
            raise failing(fault)
        return answer

    def _later(self, call: str, effect: Callable[[Fault], object]) -> None:
        asked_at = self.at

        def arrive() -> None:
            for _ in range(below(self.random, LATEST_STEP)):
                self.pause()
            if self.at - asked_at < SIGNED_FOR or call.startswith("processor"):
                with suppress(ClientError, ProcessorRefused, ProcessorMissing):  # it is not done any more
                    effect(Fault.LATE)

        self.scheduler.spawn(Task(f"late {call}", arrive))

    def aws(self, service: str, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """What stands where botocore would go to the network."""
        if operation == "TransactWriteItems" and "ClientRequestToken" not in asked:  # botocore makes one too
            self._tokens += 1
            asked = {**asked, "ClientRequestToken": f"token-{self._tokens}"}
        parts: dict[str, Store | Queues | MailAccount] = {
            "dynamodb": self.store, "sqs": self.queues, "sesv2": self.mail_account,
        }  # fmt: skip
        if service not in parts:
            raise Unknown(f"{service}.{operation}")
        self._check_practice(asked)
        part = parts[service]
        return self.boundary(
            f"{service}.{operation}",
            lambda _: part.call(operation, asked),
            lambda fault: _aws_error(operation, asked, fault),
        )

    def request(self, practice: str, run: Callable[[], T]) -> T:
        """Run one request or invocation of the product: it has a deadline, and one practice's keys only."""
        task = self.scheduler.current
        if task is None:
            return run()
        task.deadline = self.at + LONGEST_REQUEST
        task.practice = practice
        try:
            return run()
        finally:
            task.deadline, task.practice = NEVER, ""

    def _check_practice(self, asked: Mapping[str, Any]) -> None:
        """I8: outside of jobs, every key begins with the practice of the request, or is of its own list of
        unmatched money; limits are counted for all."""
        task = self.scheduler.current
        if task is None or not task.practice:
            return
        mine = f"P#{task.practice}"
        known = (f"{mine}#", f"DUE#unmatched#{task.practice}#", "P#*#RATE#")
        for pk in _partitions(asked):
            if pk != mine and not pk.startswith(known):
                self.broken.append(f"I8 {task.name} touched {pk}")

    def _emit(self, practice: str, event_type: str, object_id: str) -> None:
        self._events += 1
        body = {"id": f"evt_{practice}_{self._events}", "type": event_type, "object": object_id}
        self.on_event(practice, json.dumps({**body, "processor": "stripe"}))


def _aws_error(operation: str, asked: Mapping[str, Any], fault: Fault) -> Exception:
    error: Exception = failure(operation, "ThrottlingException")
    if fault in (Fault.CUT, Fault.LATE):
        error = ReadTimeoutError(endpoint_url="http://127.0.0.1")
    elif operation == "TransactWriteItems":
        code = "TransactionConflict" if fault is Fault.CONFLICT else "ThrottlingError"
        reasons = [code] + ["None"] * (len(asked["TransactItems"]) - 1)
        error = failure(operation, "TransactionCanceledException", "", reasons)
    return error


def _partitions(asked: Mapping[str, Any]) -> Iterator[str]:
    if key := asked.get("Key") or asked.get("Item"):
        yield key["pk"]["S"]
    elif "KeyConditionExpression" in asked:
        yield asked["ExpressionAttributeValues"][":0"]["S"]
    else:
        for wanted in asked.get("RequestItems", {}).values():
            yield from (key["pk"]["S"] for key in wanted["Keys"])
        for member in asked.get("TransactItems", ()):
            for part in member.values():
                yield from _partitions(part)
