"""What goes on a client's superbills, and what is missing for them: from charges, and what is paid of each.

On a superbill is what was held, has a fee and was not taken back. Missed appointments, other fees and
balances brought along are on none. What is not paid yet is on it with 0.00. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.documents.domain.superbills import (
    BillingProvider,
    Diagnosis,
    Insured,
    Licensed,
    Stretch,
    Superbill,
    SuperbillLine,
    SuperbillPaper,
)
from chalicelib.ledger.domain.charges import Charge, ChargeStatus
from chalicelib.ledger.domain.entries import Entry, EntryKind, OpenItem
from chalicelib.ledger.domain.insurance import NOTHING, Answered
from chalicelib.practice.domain.diagnosis_codes import DiagnosisCodes, dotted
from chalicelib.practice.domain.practices import Client, Clinician, Coverage, Practice

MAX_LINES = 400
MAX_DIAGNOSES = 12  # of a claim, as the paper form has letters for
MAX_POINTERS = 4  # of a line of the paper form
_LETTERS = "ABCDEFGHIJKL"
_POSTING = (EntryKind.CHARGE, EntryKind.SERVICE)


class Gap(StrEnum):
    """What a superbill wants and does not have."""

    CLINICIAN = "clinician"
    PRACTICE_ADDRESS = "practice_address"
    PRACTICE_PHONE = "practice_phone"
    TAX_ID = "tax_id"
    NPI = "npi"
    LICENSE = "license"
    SUPERVISOR_NPI = "supervisor_npi"
    SUPERVISOR_LICENSE = "supervisor_license"
    BIRTH_DATE = "birth_date"
    CLIENT_ADDRESS = "client_address"
    CODE = "code"
    DIAGNOSIS = "diagnosis"
    DIAGNOSIS_NOT_BILLABLE = "diagnosis_not_billable"
    PLACE = "place"
    TOO_MANY_DIAGNOSES = "too_many_diagnoses"
    TOO_MANY_LINES = "too_many_lines"


@dataclass(frozen=True, slots=True)
class Missing:
    """`clinician_id` is whose superbill wants it. Of a service, `on` is its day and `charge` what the
    practice calls it."""

    gap: Gap
    clinician_id: str
    on: str = ""
    charge: str = ""


@dataclass(frozen=True, slots=True)
class Billed:
    """A charge as it stands, with what insurers have answered; `going_minor` is what banks hold of what was
    paid until they decide, and what refunds under way will take."""

    charge: Charge
    item: OpenItem
    going_minor: int = 0
    answered: Answered = NOTHING

    @property
    def paid_minor(self) -> int:
        """The client's own money that pays it now, as far as nobody has taken it or asks for it back."""
        return max(0, self.item.paid_minor - self.going_minor)


def for_everyone(client: Client) -> bool:
    """Whether the client's superbills are made with everybody's: somebody may see them, and the practice does
    not bill the insurer itself."""
    seen = client.superbills or client.guarantor_superbills
    return seen and client.coverage is not Coverage.IN_NETWORK


def charged_in(entries: Iterable[Entry], stretch: Stretch) -> list[str]:
    """The ids of the charges that were posted for services of these days, in the order of posting."""
    posted = (entry.draft.opens for entry in entries if entry.draft.kind in _POSTING)
    return [item.charge_id for opens in posted for item in opens if item.called.on in stretch]


def by_clinician(billed: Iterable[Billed], *, only: str = "") -> dict[str, list[Billed]]:
    """What goes on a superbill each, by the services' days; the clinicians by their ids, `only` this one."""
    found = dict[str, list[Billed]]()
    for one in sorted(billed, key=lambda one: (one.charge.clinician_id, one.charge.date, one.charge.id)):
        if _is_care(one) and only in ("", one.charge.clinician_id):
            found.setdefault(one.charge.clinician_id, []).append(one)
    return found


def on_no_other(
    there: Mapping[str, Sequence[Billed]], on_one: Mapping[str, Superbill], stretch: Stretch
) -> tuple[dict[str, list[Billed]], list[int]]:
    """By clinician, what is on no superbill of other days or another clinician, and the numbers of those.

    An insurer who is sent a service twice may pay it twice, and asks for it back. `on_one`: on which
    superbill that stands each service is, by charge id.
    """
    free, elsewhere = dict[str, list[Billed]](), set[int]()
    for clinician_id, billed in there.items():
        for one in billed:
            on = on_one.get(one.charge.id)
            if on is None or (on.stretch, on.clinician_id) == (stretch, clinician_id):
                free.setdefault(clinician_id, []).append(one)
            else:
                elsewhere.add(on.number)
    return free, sorted(elsewhere)


def _is_care(one: Billed) -> bool:
    held = one.charge.status is ChargeStatus.HELD and bool(one.charge.clinician_id)
    return held and not one.item.reversed and one.item.fee_minor > 0


def missing(
    practice: Practice, client: Client, clinician_id: str, billed: Sequence[Billed], codes: DiagnosisCodes
) -> list[Missing]:
    """All that the superbill wants; nothing is issued before it is there."""
    clinician = practice.clinician(clinician_id)
    if clinician is None:
        return [Missing(Gap.CLINICIAN, clinician_id)]
    found = [
        Missing(gap, clinician_id) for gap in (*_provider_gaps(practice, clinician), *_client_gaps(client))
    ]
    for one in billed:
        found += _line_gaps(one.charge, codes)
    if len(diagnosis_codes(one.charge for one in billed)) > MAX_DIAGNOSES:
        found.append(Missing(Gap.TOO_MANY_DIAGNOSES, clinician_id))
    if len(billed) > MAX_LINES:
        found.append(Missing(Gap.TOO_MANY_LINES, clinician_id))
    return found


def _provider_gaps(practice: Practice, clinician: Clinician) -> list[Gap]:
    supervisor = clinician.supervisor
    if supervisor and supervisor.rendering:
        who = [(Gap.SUPERVISOR_NPI, supervisor.npi), (Gap.SUPERVISOR_LICENSE, supervisor.license)]
    else:
        who = [(Gap.NPI, clinician.npi), (Gap.LICENSE, clinician.license)]
    wanted = [
        (Gap.PRACTICE_ADDRESS, clinician.address or practice.address),
        (Gap.PRACTICE_PHONE, practice.phone),
        (Gap.TAX_ID, clinician.tax_id or practice.tax_id),
        *who,
    ]
    return [gap for gap, there in wanted if not there.strip()]


def _client_gaps(client: Client) -> list[Gap]:
    wanted = ((Gap.BIRTH_DATE, client.birth_date), (Gap.CLIENT_ADDRESS, client.address))
    return [gap for gap, there in wanted if not there.strip()]


def _line_gaps(charge: Charge, codes: DiagnosisCodes) -> list[Missing]:
    wanted = ((Gap.CODE, charge.cpt), (Gap.DIAGNOSIS, charge.diagnoses), (Gap.PLACE, charge.place_of_service))
    gaps = [gap for gap, there in wanted if not there]
    if any(codes.fault(code, charge.date) for code in charge.diagnoses[:MAX_POINTERS]):
        gaps.append(Gap.DIAGNOSIS_NOT_BILLABLE)
    return [Missing(gap, charge.clinician_id, charge.date, charge.external_id) for gap in gaps]


def paper(
    practice: Practice,
    client: Client,
    clinician: Clinician,
    billed: Sequence[Billed],
    codes: DiagnosisCodes,
) -> SuperbillPaper:
    """Of services for which nothing is missing."""
    letters = dict(zip(diagnosis_codes(one.charge for one in billed), _LETTERS, strict=False))
    supervisor = clinician.supervisor
    supervised = supervisor is not None and supervisor.rendering
    return SuperbillPaper(
        billing=BillingProvider.of(practice, clinician, client.locale),
        clinician=Licensed.of(clinician, rendering=not supervised),
        supervisor=Licensed.of(supervisor, rendering=supervised) if supervisor else None,
        client=Insured.of(client),
        diagnoses=tuple(
            Diagnosis(letter, code, codes.words(code) if practice.superbill_diagnosis_words else "")
            for code, letter in letters.items()
        ),
        lines=tuple(_line(practice, client.locale, one, letters) for one in billed),
        locale=client.locale,
    )


def diagnosis_codes(charges: Iterable[Charge]) -> list[str]:
    """Each once, as the services first point at them: the first service's primary one is the first."""
    pointed = (code for charge in charges for code in charge.diagnoses[:MAX_POINTERS])
    return list(dict.fromkeys(dotted(code) for code in pointed))


def _line(practice: Practice, locale: str, one: Billed, letters: Mapping[str, str]) -> SuperbillLine:
    charge, item, answered = one.charge, one.item, one.answered
    code, *modifiers = charge.cpt.split("-")
    service, service_locale = practice.service_in(charge.service, locale)
    pointers = dict.fromkeys(letters[dotted(diagnosis)] for diagnosis in charge.diagnoses[:MAX_POINTERS])
    return SuperbillLine(
        charge.id, charge.date, charge.place_of_service, code, tuple(dict.fromkeys(modifiers)),
        "".join(pointers), charge.units, service, service_locale,
        item.fee_minor, answered.paid_minor, item.adjustments_minor + answered.contractual_minor,
        one.paid_minor, answered.contractual_minor,
    )  # fmt: skip
