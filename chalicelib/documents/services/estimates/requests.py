"""Requests for good faith estimates: noted with the day on which the law wants them answered, withdrawn, and
called for once that day is over. Issuing an estimate answers those of its client."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.documents.domain.estimate_requests import (
    MOST_OPEN,
    EstimateRequest,
    RequestDays,
    RequestState,
    noted,
    request_id,
)
from chalicelib.documents.ports.estimate_requests import EstimateRequests
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Refused, present
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.outside import Busy, Conflict
from chalicelib.operations.domain.alerts import BY_ITSELF, AlertName, Cause
from chalicelib.operations.services.alerting import Alerting
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Practice

HOUR = 5  # local: once a night, before anybody works; what an outage hides then is told the night after
_ATTEMPTS = 8


@dataclass(frozen=True)
class RequestClocks:
    requests: EstimateRequests
    alerting: Alerting
    clock: Clock

    def foresee(
        self, practice: Practice, ref: AccountRef, days: RequestDays, *, actor: str, asked_at: str = ""
    ) -> tuple[EstimateRequest, bool]:
        """What `note` would note, and whether it is new. Writes nothing. Errors: as `note`."""
        at = instant(self.clock.now())
        today = local_date(at, practice.timezone)
        made = noted(ref, days, today=today, at=at, actor=actor)
        known = self.requests.request(practice.id, made.id)
        if known and known.ended_at and known.ended_at < asked_at:
            made = replace(made, id=request_id(ref, days, again_at=asked_at))
            known = self.requests.request(practice.id, made.id)
        if known:
            return known, False
        if len(self.requests.open_of_account(ref)) >= MOST_OPEN:
            raise Refused("estimate_requests_many", most=MOST_OPEN)
        return made, True

    def note(
        self, practice: Practice, ref: AccountRef, days: RequestDays, *, actor: str, asked_at: str = ""
    ) -> tuple[EstimateRequest, bool]:
        """The request, and whether it is new: the same days told again are the same request, also where it
        has ended, unless the client is known to have asked since (`asked_at`, UTC RFC 3339). Errors: Invalid
        estimate_request_days; Refused estimate_not_wanted, estimate_requests_many; Busy."""
        for attempt in range(_ATTEMPTS):
            request, new = self.foresee(practice, ref, days, actor=actor, asked_at=asked_at)
            if not new:
                return request, attempt > 0 and request.state is RequestState.OPEN
            try:
                self.requests.note(practice.id, request)
            except (Conflict, Busy):  # Busy may hide that it is noted: the next try sees it
                self.clock.pause(attempt)
            else:
                return request, True
        raise Busy("the practice's requests stay contended")

    def withdraw(self, practice: str, request_id: str, *, reason: str, actor: str) -> EstimateRequest:
        """Withdrawn already, it stays as it is. Errors: NotFound estimate_request_not_found; Invalid
        estimate_request_reason; Refused estimate_request_issued; Busy."""
        for attempt in range(_ATTEMPTS):
            ended, there = self._withdrawn(practice, request_id, reason, actor)
            if there:
                self.over(practice, [ended])
            if there or self._ends(practice, [ended], attempt):
                return ended
        raise Busy("the practice's requests stay contended")

    def would_withdraw(self, practice: str, request_id: str, *, reason: str, actor: str) -> EstimateRequest:
        """What `withdraw` would make of it. Writes nothing. Errors: as there."""
        return self._withdrawn(practice, request_id, reason, actor)[0]

    def _withdrawn(
        self, practice: str, request_id: str, reason: str, actor: str
    ) -> tuple[EstimateRequest, bool]:
        """And whether it is so already."""
        found = present(self.requests.request(practice, request_id), "estimate_request_not_found", "request")
        if found.state is RequestState.ISSUED:
            raise Refused("estimate_request_issued", "request", estimate=found.estimate)
        if found.state is RequestState.WITHDRAWN:
            return found, True
        return found.withdrawn(reason, at=instant(self.clock.now()), actor=actor), False

    def waiting(self, practice: str) -> Sequence[EstimateRequest]:
        """Of all clients, the earliest due first. Errors: Unreadable, Busy."""
        return self.requests.open_of(practice)

    def open_of_account(self, ref: AccountRef) -> Sequence[EstimateRequest]:
        """Those that its next estimate answers. Errors: Unreadable, Busy."""
        return self.requests.open_of_account(ref)

    def answered(self, ref: AccountRef, estimate: int) -> None:
        """By an estimate that was issued before they were noted, and says what another one would say. Of
        those that had ended already the calls end: whoever issued it may have been cut off before. Errors:
        Unreadable, Busy."""
        for attempt in range(_ATTEMPTS):
            at = instant(self.clock.now())
            waiting = [one.answered(estimate, at=at) for one in self.open_of_account(ref)]
            if not waiting or self._ends(ref.practice, waiting, attempt):
                return self._end_calls(ref)
        raise Busy("the practice's requests stay contended")

    def _end_calls(self, ref: AccountRef) -> None:
        """Errors: Unreadable, Busy."""
        for alert in self.alerting.listed(ref.practice):
            cause = alert.cause
            if cause.name is AlertName.ESTIMATE_OVERDUE and cause.facts.get("account") == ref.account:
                found = self.requests.request(ref.practice, cause.subject)
                self.over(ref.practice, [found] if found and found.ended_at else [])

    def over(self, practice: str, ended: Sequence[EstimateRequest]) -> None:
        """What called a person for want of their end closes. Error: Busy."""
        for request in ended:
            note = f"{BY_ITSELF}the request has ended"
            self.alerting.over(practice, _overdue(request), note=note)

    def call_if_overdue(self, practice: Practice) -> int:
        """How many are overdue; a person is called for each, once. Hourly, but it reads only in one hour of
        the night. Errors: Unreadable, Busy."""
        now: datetime = self.clock.now()
        if now.astimezone(ZoneInfo(practice.timezone)).hour != HOUR:
            return 0
        today = local_date(instant(now), practice.timezone)
        found = self.requests.open_of(practice.id, before=today)
        for request in found:
            self.alerting.raise_alert(practice.id, _overdue(request))
        if found:  # what has ended meanwhile found no call to end
            wait = {request.id for request in self.requests.open_of(practice.id, before=today)}
            self.over(practice.id, [request for request in found if request.id not in wait])
        return len(found)

    def _ends(self, practice: str, ended: Sequence[EstimateRequest], attempt: int) -> bool:
        """Where no reply comes they may have ended all the same."""
        try:
            self.requests.end(practice, ended)
        except (Conflict, Busy):
            self.clock.pause(attempt)
            return False
        self.over(practice, ended)
        return True


def _overdue(request: EstimateRequest) -> Cause:
    facts: dict[str, str | int] = {
        "account": request.account_id, "request": request.id, "due_on": request.due_on,
    }  # fmt: skip
    return Cause(AlertName.ESTIMATE_OVERDUE, request.id, facts)
