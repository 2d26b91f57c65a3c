"""The nightly check: of every practice what has changed since the night before, the rest in turn, and an
anchor of where each chain stands."""

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, takewhile

from chalicelib.kernel.instants import instant
from chalicelib.ledger.domain.entries import Entry
from chalicelib.ledger.services.import_register import Register
from chalicelib.operations.ports.rounds import Round
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.services.daily import Daily
from chalicelib.platform.ports import Clock
from chalicelib.verification.domain.accounts import credit_moved
from chalicelib.verification.domain.anchors import Head, Part
from chalicelib.verification.domain.findings import Finding
from chalicelib.verification.domain.sums import Share, Sums
from chalicelib.verification.services.anchored import Anchored
from chalicelib.verification.services.anchoring import Anchoring, Parts
from chalicelib.verification.services.comparing import Comparing, Place, Seen
from chalicelib.verification.services.damage import DamageAlerts

log = logging.getLogger("billfold.nightly")
JOB = "verify"
PAGE = 25  # accounts read a step; one, where a call has died in it: it is known which, and each has its time
MOST = 1000  # accounts a step, those included that were only compared
TURNS = 30  # rounds in which every account is read whole once
_ANCHOR = "#anchor"  # the last step's cursor; those before it are the account that was last


@dataclass(frozen=True)
class Nightly:
    daily: Daily
    comparing: Comparing
    anchoring: Anchoring
    register: Register
    alerting: Alerting
    clock: Clock

    def run(self) -> dict[str, int]:
        """The scheduled job. Reads what has changed, and a thirtieth of the rest; writes alerts, anchors and
        how far it has come."""
        return self.daily.run(_Night(self).step)


@dataclass(frozen=True, slots=True)
class _Carried:
    """From step to step: the sums, the parts of the anchor so far, and to which part of the earlier one it
    has come. `old`: kept by a version whose anchors had no parts."""

    sums: Sums
    parts: Parts = field(default_factory=Parts)
    earlier: int = 0
    old: bool = False

    @staticmethod
    def parse(text: str) -> "_Carried":
        found = json.loads(text or "{}")
        parts = Parts(*found.get("parts", ()))
        return _Carried(Sums.parse(text), parts, found.get("earlier", 0), "parts" not in found)

    def __str__(self) -> str:
        told = {"parts": [self.parts.count, self.parts.last], "earlier": self.earlier}
        return json.dumps(json.loads(str(self.sums)) | told, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class _Step:
    """A step: of which round, from where, held to which anchor. `standing`: what a call that died in it
    anchored."""

    practice: str
    found: Round
    carried: _Carried
    earlier: Anchored | None
    standing: Part | None

    @property
    def day(self) -> str:
        return self.found.begun_at[:10]

    def due(self, account_id: str) -> bool:
        """Whether it is read whole though nothing has changed. Turns go by anchors, not by days: a night that
        was missed is nobody's turn."""
        turn = (self.earlier.anchor.round + 1) % TURNS if self.earlier else 0
        return _turn(account_id) == turn or account_id in self.carried.sums.suspected

    def to_pair(self, seen: Seen) -> Sequence[Entry]:
        """The entries whose transfers are paired in this round: the new ones, but for those that the next
        round takes for new; and of older ones what was one-sided."""
        until, suspects = self._until(seen), self.carried.sums.suspects
        return [
            entry
            for entry in seen.entries
            if (entry.seq <= until and self._new(seen, entry)) or entry.draft.reference in suspects
        ]

    def nets(self, seen: Seen) -> Mapping[str, int]:
        """What the account comes to, as far as the next round has it as anchored."""
        anchored = self.standing.heads.get(seen.id) if self.standing else None
        return seen.nets if anchored is None or anchored.nets is None else anchored.nets

    def _until(self, seen: Seen) -> int:
        """The number of the last entry that the next round has as anchored."""
        if self.standing is None:
            return seen.entries[-1].seq if seen.entries else 0
        anchored = self.standing.heads.get(seen.id)
        return anchored.seq if anchored else 0

    def _new(self, seen: Seen, entry: Entry) -> bool:
        """By its number; of an account without an anchor, where others have one, by when it was posted."""
        if seen.was is None and self.earlier is not None:
            return entry.recorded_at >= self.found.since
        return entry.seq > seen.since


def _turn(account_id: str) -> int:
    return int.from_bytes(hashlib.sha256(account_id.encode()).digest()[:4]) % TURNS


@dataclass(frozen=True)
class _Night:
    """One call. `earlier`: the anchor that each practice's round is held to, by when that began."""

    nightly: Nightly
    earlier: dict[tuple[str, str], Anchored | None] = field(default_factory=dict)

    def step(self, practice: str, found: Round) -> Round:
        carried = _Carried.parse(found.carried)
        if found.cursor and carried.old:
            found, carried = replace(found, cursor=""), _Carried(Sums(suspects=carried.sums.suspects))
        if found.cursor == _ANCHOR:
            return self._end(practice, found, carried)
        day, anchoring = found.begun_at[:10], self.nightly.anchoring
        parts, standing = anchoring.standing(practice, day, carried.parts)
        carried = replace(carried, parts=parts)
        return self._look(_Step(practice, found, carried, self._earlier(practice, found), standing))

    def _end(self, practice: str, found: Round, carried: _Carried) -> Round:
        self.nightly.anchoring.put(practice, found.begun_at[:10], carried.parts)
        for left_out in self.nightly.register.under_way(practice):
            log.warning("the check leaves out an import", extra={"practice": practice, "import": left_out.id})
        now = instant(self.nightly.clock.now())
        return replace(found, cursor="", carried=str(carried.sums), ended_at=now)

    def _earlier(self, practice: str, found: Round) -> Anchored | None:
        key = practice, found.begun_at
        if key not in self.earlier:
            self.earlier.clear()
            self.earlier[key] = self.nightly.anchoring.readable(practice)
        return self.earlier[key]

    def _look(self, step: _Step) -> Round:
        """Some accounts on."""
        progress = _Progress(step.found.cursor, step.carried.earlier)
        shares = (
            share for page in self._pages(step, progress) for share in self._shares(step, page, progress)
        )
        sums = step.carried.sums.plus(shares)
        self._call_person(step, progress.findings)
        if progress.ended:
            self._call_person(step, sums.findings)
        parts = self._put(step, progress)
        carried = _Carried(sums.rest if progress.ended else sums, parts, progress.earlier)
        to = step.standing.to if step.standing else progress.to
        return replace(step.found, cursor=_ANCHOR if progress.ended else to, carried=str(carried))

    def _pages(self, step: _Step, progress: "_Progress") -> Iterator[list[Place]]:
        """What a call that died in the step has anchored, no more and no less; else until enough is read."""
        page = PAGE if step.found.tries <= 1 else 1
        places = self.nightly.comparing.places(
            step.practice, step.earlier, after=step.found.cursor, part=progress.earlier,
            damaged=lambda number, why: self._damaged(step, number, why),
        )  # fmt: skip
        if step.standing is not None:
            until = step.standing.to
            places = takewhile(lambda place: place.one.id <= until, places)
        while step.standing or (progress.read < page and progress.count < MOST):
            found = list(islice(places, page))
            yield found
            if len(found) < page:
                progress.ended = step.standing is None
                return

    def _shares(self, step: _Step, page: Sequence[Place], progress: "_Progress") -> Iterator[Share]:
        for place, seen in zip(page, self.nightly.comparing.seen(step.practice, page, step.due), strict=True):
            progress.findings += seen.findings
            progress.heads += self._kept(step, seen)
            progress.to, progress.earlier = seen.id, max(progress.earlier, place.part)
            progress.read, progress.count = progress.read + seen.read, progress.count + 1
            yield Share(seen.id, step.nets(seen), credit_moved(step.to_pair(seen)))

    def _kept(self, step: _Step, seen: Seen) -> Iterator[Head]:
        head = seen.head
        if seen.mismatch is not None and step.earlier is not None:
            head = self.nightly.anchoring.call(step.practice, seen.mismatch, day=step.earlier.anchor.day)
        if head is not None:
            yield head

    def _put(self, step: _Step, progress: "_Progress") -> Parts:
        """Of a step without accounts there is none."""
        parts, standing = step.carried.parts, step.standing
        if standing is not None:
            return Parts(parts.count + 1, standing.sha256)
        if not progress.count:
            return parts
        return self.nightly.anchoring.put_part(step.practice, step.day, parts, progress.heads, to=progress.to)

    def _damaged(self, step: _Step, number: int, why: str) -> None:
        day = step.earlier.anchor.day if step.earlier else ""
        self.nightly.anchoring.call_damaged(step.practice, f"anchor {day} part {number}", why)

    def _call_person(self, step: _Step, findings: Sequence[Finding]) -> None:
        DamageAlerts(self.nightly.alerting).call_person(step.practice, findings, since=step.found.since)


@dataclass(slots=True)
class _Progress:
    """How far a step has come: the last account, the part of the earlier anchor that it is in, what was found
    and what is to be anchored; how many accounts there were, and how many of them were read."""

    to: str
    earlier: int
    findings: list[Finding] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    count: int = 0
    read: int = 0
    ended: bool = False
