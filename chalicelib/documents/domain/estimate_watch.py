"""What of a client's good faith estimates wants doing: none there, over or nearly, fees that changed, and
charges so far above one that the client may dispute a bill. Pure.

A service belongs to the latest estimate whose days it is of: one that is issued when fees change stands in
the place of the one before from its first day on.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from chalicelib.documents.domain.estimates import DISPUTED_MINOR, Estimate, EstimatePaper
from chalicelib.ledger.domain.charges import Charge

SOON = timedelta(days=30)
Issued = tuple[Estimate, EstimatePaper]
Expected = tuple[str, str, int]
"""A clinician, a service and the fee each time (minor units)."""


class Wants(StrEnum):
    """NONE: there is no estimate. ENDED, ENDING: another year wants another one. FEE: a service was charged
    otherwise than the estimate says. EXCEEDED: a clinician's charges reach what may be disputed."""

    NONE = "none"
    ENDED = "ended"
    ENDING = "ending"
    FEE = "fee"
    EXCEEDED = "exceeded"


@dataclass(frozen=True, slots=True)
class Concern:
    """`estimate` is its number, 0 of none. Of FEE, `clinician_id` and `service` were charged `charged_minor`,
    where `expected_minor` was expected; of EXCEEDED, all that the clinician charged and was expected to."""

    wants: Wants
    estimate: int = 0
    on: str = ""
    clinician_id: str = ""
    service: str = ""
    charged_minor: int = 0
    expected_minor: int = 0


@dataclass(frozen=True, slots=True)
class Care:
    """Services that were held and not taken back. `adjusted` is what their fees were lowered by since, by
    charge, below 0 where one was raised (minor units): so fees are put right. What was written off, or is
    not paid, was charged all the same."""

    charges: Sequence[Charge] = ()
    adjusted: Mapping[str, int] = field(default_factory=dict)


def concerns(issued: Sequence[Issued], care: Care, *, today: str) -> list[Concern]:
    """Of a client who pays for themselves."""
    found = [] if (term := _term(issued, today)) is None else [term]
    given = _by_estimate(issued, care.charges)
    for estimate, paper in issued:
        later = {line for other, newer in issued if other.seq > estimate.seq for line in _expected(newer)}
        found += _fees(paper, given[estimate.seq], later, estimate=estimate, adjusted=care.adjusted)
        found += _exceeded(estimate, paper, given[estimate.seq], care.adjusted)
    return found


@dataclass(frozen=True, slots=True)
class Overrun:
    """What a clinician charged of an estimate's days, where that reached what may be disputed: `concern` is
    EXCEEDED, of the estimate in `of`."""

    of: Issued
    concern: Concern
    charge_ids: frozenset[str]


def overruns(issued: Sequence[Issued], care: Care) -> list[Overrun]:
    """As `concerns`, only those that are EXCEEDED, the latest estimate first."""
    given = _by_estimate(issued, care.charges)
    return [
        Overrun((estimate, paper), concern, _ids(given[estimate.seq], concern.clinician_id))
        for estimate, paper in sorted(issued, key=lambda one: -one[0].seq)
        for concern in _exceeded(estimate, paper, given[estimate.seq], care.adjusted)
    ]


def _ids(charges: Iterable[Charge], clinician_id: str) -> frozenset[str]:
    return frozenset(charge.id for charge in charges if charge.clinician_id == clinician_id)


def fee_of(charge: Charge) -> int:
    """The whole fee (minor units), whoever pays it."""
    return charge.client_minor + charge.insurer_minor


def _term(issued: Sequence[Issued], today: str) -> Concern | None:
    """Of the estimate that lasts longest."""
    if not issued:
        return Concern(Wants.NONE)
    last, _ = max(issued, key=lambda one: (one[0].last_date, one[0].seq))
    if last.last_date < today:
        return Concern(Wants.ENDED, last.seq, last.last_date)
    soon = (date.fromisoformat(today) + SOON).isoformat()
    return Concern(Wants.ENDING, last.seq, last.last_date) if last.last_date <= soon else None


def _by_estimate(issued: Sequence[Issued], charges: Iterable[Charge]) -> Mapping[int, list[Charge]]:
    found = defaultdict[int, list[Charge]](list)
    latest_first = sorted((estimate for estimate, _ in issued), key=lambda estimate: -estimate.seq)
    for charge in charges:
        days = (one for one in latest_first if one.first_date <= charge.date <= one.last_date)
        estimate = next(days, None)
        if estimate:
            found[estimate.seq].append(charge)
    return found


def _fees(
    paper: EstimatePaper,
    charges: Iterable[Charge],
    later: Set[Expected],
    *,
    estimate: Estimate,
    adjusted: Mapping[str, int],
) -> list[Concern]:
    """One a service, of its latest charge: what was charged last is what is charged now. None where a `later`
    estimate expects that, nor of what an adjustment put right or took off."""
    expected = _expected(paper)
    fees = {line[:2]: line[2] for line in expected}
    last = {(c.clinician_id, c.service): c for c in sorted(charges, key=lambda c: (c.date, c.seq))}
    return [
        Concern(
            Wants.FEE, estimate.seq, charge.date, *named, charged_minor=fee_of(charge),
            expected_minor=fees[named] * charge.units,
        )
        for named, charge in last.items()
        if named in fees and not _says_so({*expected, *later}, charge, adjusted.get(charge.id, 0))
    ]  # fmt: skip


def _expected(paper: EstimatePaper) -> list[Expected]:
    return [(line.clinician_id, line.service, line.charge_minor) for line in paper.lines]


def _says_so(expected: Iterable[Expected], charge: Charge, adjusted_minor: int) -> bool:
    named, fees = (charge.clinician_id, charge.service), (fee_of(charge), fee_of(charge) - adjusted_minor)
    return any(
        (clinician, service) == named and each * charge.units in fees for clinician, service, each in expected
    )


def _exceeded(
    estimate: Estimate, paper: EstimatePaper, charges: Iterable[Charge], adjusted: Mapping[str, int]
) -> list[Concern]:
    """By clinician, for a bill is held to what was expected of that one; of nothing where it names none."""
    charged = defaultdict[str, int](int)
    for charge in charges:
        charged[charge.clinician_id] += fee_of(charge) - adjusted.get(charge.id, 0)
    return [
        Concern(
            Wants.EXCEEDED, estimate.seq, clinician_id=clinician_id, charged_minor=minor,
            expected_minor=paper.total_of(clinician_id),
        )
        for clinician_id, minor in sorted(charged.items())
        if minor >= paper.total_of(clinician_id) + DISPUTED_MINOR
    ]  # fmt: skip
