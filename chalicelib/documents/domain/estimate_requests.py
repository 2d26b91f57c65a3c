"""Requests for good faith estimates, and by when the law wants each answered. Pure.

Source: 45 CFR 149.610(b)(1)(vi). Asked for: within three business days. A service that is scheduled three
business days ahead or more: within one business day after the scheduling; ten or more ahead: within three.
Billfold knows of no appointments: the practice tells of them. Days are practice-local (YYYY-MM-DD).
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.business_days import business_day_after, business_days
from chalicelib.kernel.errors import Invalid, Refused

ASKED_WITHIN, SOON_WITHIN, LATER_WITHIN = 3, 1, 3  # business days
SOON_AHEAD, LATER_AHEAD = 3, 10  # business days
MOST_OPEN = 20  # of one client: an estimate answers all of them in one transaction
LONGEST_REASON = 300
_ID_LENGTH = 12
_FAR_AHEAD = timedelta(days=60)  # more than `LATER_AHEAD` business days, whatever holidays they have


class RequestState(StrEnum):
    """WITHDRAWN: no estimate is wanted any more, or the law wants none; staff have said why."""

    OPEN = "open"
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class RequestDays:
    """`asked_on`: the client asked; `scheduled_on` and `service_on`: on that day a service was scheduled for
    the other. "" where that was not so."""

    asked_on: str = ""
    scheduled_on: str = ""
    service_on: str = ""


@dataclass(frozen=True, slots=True)
class EstimateRequest:
    """`due_on` is the last day in time. `noted_by` is who told of it; instants are UTC RFC 3339. Once it has
    ended, `estimate` is the number of the one issued, or `reason` says why it was withdrawn."""

    id: str
    account_id: str
    days: RequestDays
    due_on: str
    noted_at: str
    noted_by: str
    state: RequestState = RequestState.OPEN
    ended_at: str = ""
    ended_by: str = ""
    estimate: int = 0
    reason: str = ""

    def answered(self, estimate: int, *, at: str) -> "EstimateRequest":
        return replace(self, state=RequestState.ISSUED, ended_at=at, estimate=estimate)

    def withdrawn(self, reason: str, *, at: str, actor: str) -> "EstimateRequest":
        """Error: Invalid estimate_request_reason, of none or a long one."""
        said = reason.strip()
        if not 1 <= len(said) <= LONGEST_REASON:
            raise Invalid("estimate_request_reason", "reason", most=LONGEST_REASON)
        return replace(self, state=RequestState.WITHDRAWN, ended_at=at, ended_by=actor, reason=said)


def noted(ref: AccountRef, days: RequestDays, *, today: str, at: str, actor: str) -> EstimateRequest:
    """Errors: Invalid estimate_request_days; Refused estimate_not_wanted."""
    return EstimateRequest(request_id(ref, days), ref.account, days, due_on(days, today=today), at, actor)


def request_id(ref: AccountRef, days: RequestDays, *, again_at: str = "") -> str:
    """The same for the same told again; short enough to type. `again_at`: when the client asked once more,
    after the first of these days had ended."""
    told = (ref.practice, ref.account, days.asked_on, days.scheduled_on, days.service_on)
    said = "\n".join((*told, again_at) if again_at else told)
    return hashlib.sha256(said.encode()).hexdigest()[:_ID_LENGTH]


def due_on(days: RequestDays, *, today: str) -> str:
    """The last day in time; of both that there are, the earlier. Errors: Invalid estimate_request_days, where
    neither is told or a day is still to come; Refused estimate_not_wanted, of a service so soon that the law
    wants no estimate."""
    scheduled = bool(days.scheduled_on)
    out_of_order = scheduled and days.service_on < days.scheduled_on
    neither = not (scheduled or days.asked_on)
    if neither or scheduled != bool(days.service_on) or out_of_order:
        raise Invalid("estimate_request_days", "asked")
    if max(days.asked_on, days.scheduled_on) > today:
        raise Invalid("estimate_request_days", "asked")
    asked = business_day_after(date.fromisoformat(days.asked_on), ASKED_WITHIN) if days.asked_on else None
    found = [day for day in (asked, _after_scheduling(days) if scheduled else None) if day]
    if not found:
        raise Refused("estimate_not_wanted", "service", least=SOON_AHEAD)
    return min(found).isoformat()


def days_left(due: str, *, today: str) -> int:
    """Business days after today up to the last in time: 0 on that day; below 0, so many have passed since."""
    first, last, day = date.fromisoformat(today), date.fromisoformat(due), timedelta(days=1)
    return business_days(first + day, last + day) - business_days(last + day, first + day)


def _after_scheduling(days: RequestDays) -> date | None:
    """None where the service is too soon for the law to want one. Of two ways to count from or to a day that
    is no business day, the one that ends earlier."""
    scheduled, day = date.fromisoformat(days.scheduled_on), timedelta(days=1)
    service = min(date.fromisoformat(days.service_on), scheduled + _FAR_AHEAD)
    ahead = business_days(scheduled, service), business_days(scheduled + day, service + day)
    if max(ahead) < SOON_AHEAD:
        return None
    return business_day_after(scheduled, LATER_WITHIN if min(ahead) >= LATER_AHEAD else SOON_WITHIN)
