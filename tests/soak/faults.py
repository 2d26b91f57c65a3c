"""What goes wrong at a boundary, drawn from the seed; each schedule has its own weather."""

import random
from collections.abc import Mapping
from enum import StrEnum


class Fault(StrEnum):
    NONE = ""
    CRASH_BEFORE = "crash before"
    CRASH_AFTER = "crash after"
    THROTTLED = "throttled"
    CONFLICT = "TransactionConflict"
    CUT = "reply cut"
    CUT_THEN_RETRIED = "reply cut, then retried by the client"
    SILENT_BEFORE = "no answer, nothing happened"
    SILENT_AFTER = "no answer, but it happened"
    LATE = "reply cut, and the write comes later"
    REFUSED = "refused by the processor"
    KEPT_ERROR = "an error that the key keeps"
    KEPT_ERROR_AFTER = "an error that the key keeps, but it happened"


_CRASHES = (Fault.CRASH_BEFORE, Fault.CRASH_AFTER)
_STORE = (Fault.THROTTLED, Fault.CUT, Fault.CUT_THEN_RETRIED)
_PROCESSOR = (Fault.SILENT_BEFORE, Fault.SILENT_AFTER)
_KEPT = (Fault.KEPT_ERROR, Fault.KEPT_ERROR_AFTER)
_KINDS: Mapping[str, tuple[Fault, ...]] = {
    "dynamodb": (*_CRASHES, *_STORE),
    "dynamodb.TransactWriteItems": (*_CRASHES, *_CRASHES, *_STORE, Fault.CONFLICT, Fault.CONFLICT),
    "sqs": (*_CRASHES, *_STORE),
    "files": _CRASHES,
    "mail": _CRASHES,
    "processor": (*_CRASHES, *_PROCESSOR),
    "processor.open": (*_CRASHES, *_PROCESSOR, *_KEPT),
    "processor.charge": (*_CRASHES, *_PROCESSOR, *_KEPT),
    "processor.refund": (*_CRASHES, *_PROCESSOR, *_KEPT),
    # PayPal has taken the call, and is at it for longer than anybody waits.
    "processor.capture": (*_CRASHES, *_PROCESSOR, Fault.LATE, Fault.LATE),
}

# All outside is slow: a write arrives after its caller has given up waiting and looked again. The processor
# takes no payments for a while, either.
STORMS = 0.2  # of the schedules
_STORM: Mapping[str, tuple[Fault, float]] = {
    "dynamodb.TransactWriteItems": (Fault.LATE, 0.3),
    "processor.open": (Fault.REFUSED, 0.5),
    "processor.order": (Fault.REFUSED, 0.3),
    "processor.capture": (Fault.LATE, 0.5),
}

PROCESSOR_WEIGHT = 4  # its calls are few beside the store's


class Faults:
    """At most `budget` faults, each call with `chance`; `planned` ones, by the call's number, besides, and a
    storm's, which `storm` draws."""

    def __init__(
        self,
        seeded: random.Random,
        *,
        chance: float,
        budget: int,
        planned: Mapping[int, Fault] | None = None,
        storm: random.Random | None = None,
    ) -> None:
        self._random = seeded
        self._chance = chance
        self._left = budget
        self._planned = dict(planned or {})
        self._storm = storm
        self.called: list[str] = []
        self.happened: dict[Fault, int] = {}
        self.off = False

    def draw(self, call: str) -> Fault:
        """`call` is "service.Operation"."""
        if self.off:
            return Fault.NONE
        self.called.append(call)
        fault = self._planned.get(len(self.called), Fault.NONE) or self._stormy(call)
        chance = self._chance * (PROCESSOR_WEIGHT if call.startswith("processor") else 1)
        if not fault and self._left > 0 and self._random.random() < chance:
            kinds = _KINDS.get(call) or _KINDS[call.partition(".")[0]]
            fault = self._random.choice(kinds)
            self._left -= 1
        if fault:
            self.happened[fault] = self.happened.get(fault, 0) + 1
        return fault

    def _stormy(self, call: str) -> Fault:
        fault, chance = _STORM.get(call, (Fault.NONE, 0.0))
        return fault if self._storm and self._storm.random() < chance else Fault.NONE
