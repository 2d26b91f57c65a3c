"""What insurers may not take of charges: told as they are entered, and no reason to refuse any."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from chalicelib.importing.domain.problems import Problem, shown
from chalicelib.importing.services.planning import Plan, ordered
from chalicelib.ledger.domain.charges import Charge, ChargeStatus
from chalicelib.practice.domain.diagnosis_codes import DiagnosisCodes
from chalicelib.practice.domain.procedure_codes import Doubt, diagnosis_doubts, procedure_doubts

Codes = Callable[[], DiagnosisCodes]
"""They are unpacked where there is a diagnosis to judge, and not before."""


@dataclass(frozen=True, slots=True)
class _Coded:
    """What of a charge a superbill has."""

    procedure: str
    place: str
    diagnoses: Sequence[str]
    day: str
    status: str

    def doubts(self, codes: Codes) -> Iterator[Doubt]:
        """None of a service that was not held: it is on no superbill."""
        if self.status == ChargeStatus.HELD:
            yield from procedure_doubts(self.procedure, self.place)
            if self.diagnoses:
                yield from diagnosis_doubts(codes(), self.diagnoses, self.day)


def warnings(plan: Plan, codes: Codes) -> tuple[Problem, ...]:
    """At their cells."""
    return ordered(
        row.problem(doubt.field, doubt.code, value=shown(doubt.value))
        for row in plan.charged
        for doubt in _Coded(row.cpt, row.place_of_service, row.diagnoses, row.date, row.status).doubts(codes)
    )


def charge_warnings(charge: Charge, codes: Codes) -> tuple[Problem, ...]:
    coded = _Coded(charge.cpt, charge.place_of_service, charge.diagnoses, charge.date, charge.status)
    found = coded.doubts(codes)
    return tuple(Problem("", 0, doubt.field, doubt.code, {"value": shown(doubt.value)}) for doubt in found)
