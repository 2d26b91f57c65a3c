"""Superbills (insurance reimbursement statements): what was done for a client, and what they paid for it.

There is one for each clinician and stretch of days, under a number of the practice's own. It never changes:
it says what stood when it was issued. What was wrong is put right by another, which says which one it
replaces. Pure.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum

from chalicelib.documents.domain.letterheads import Letterhead
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.document_ids import superbill_id
from chalicelib.kernel.errors import Refused
from chalicelib.practice.domain.notices import Place
from chalicelib.practice.domain.practices import Client, Clinician, Practice, RelationToInsured, Supervisor

MAX_STRETCHES = 4_000  # of an account's superbills: some 240 KB of its one row's 400 KB
TEMPLATE = 2  # version of the page that superbills are drawn on


class SuperbillStatus(StrEnum):
    """VOID: taken back, and nothing stands for it. REPLACED: a later one does."""

    ISSUED = "issued"
    REPLACED = "replaced"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days of service that a superbill covers, both included (YYYY-MM-DD, practice-local)."""

    first: str
    last: str

    def __contains__(self, day: str) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Licensed:
    """A clinician, or who supervises one, as insurers know them. `rendering`: who counts as having given the
    service."""

    name: str
    credentials: str
    npi: str
    license: str
    license_state: str
    rendering: bool

    @staticmethod
    def of(person: Clinician | Supervisor, *, rendering: bool) -> "Licensed":
        return Licensed(
            person.name, person.credentials, person.npi, person.license, person.license_state, rendering
        )


@dataclass(frozen=True, slots=True)
class BillingProvider:
    """Whom the money was paid to. `tax_id` is an EIN, `tax_id_of` whose it is: "" for the practice's own, or
    an independent clinician's name. `npi` is the group's, "" where there is none."""

    letterhead: Letterhead
    tax_id: str
    tax_id_of: str
    npi: str

    @staticmethod
    def of(practice: Practice, clinician: Clinician, locale: str) -> "BillingProvider":
        head = Letterhead.of(practice, Place.SUPERBILL, locale)
        if clinician.address:
            head = replace(head, practice_address=clinician.address)
        own = bool(clinician.tax_id)
        return BillingProvider(
            head, clinician.tax_id or practice.tax_id, clinician.name if own else "", practice.npi
        )


@dataclass(frozen=True, slots=True)
class Insured:
    """The client, by the legal name, and whose policy it is; `insured` is "" where that is the client."""

    name: str
    birth_date: str
    address: str
    reference: str
    member_id: str
    insured: str
    relation: RelationToInsured

    @staticmethod
    def of(client: Client) -> "Insured":
        return Insured(
            client.legal_name or client.name, client.birth_date, client.address, client.external_id,
            client.member_id, client.insured, client.relation_to_insured,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`letter` is what lines point at. `words` are "" where they are not known, or the practice leaves them
    out."""

    letter: str
    code: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class SuperbillLine:
    """One service of one day. `code` is without its modifiers; `pointers` are letters of the diagnoses, the
    line's primary first; `service` is the practice's own name of it, in the language `service_locale`.

    Minor units: `fee_minor` is the whole fee, `paid_minor` the client's money that pays it now,
    `insurance_minor` what insurers have paid of it: what is only expected of them is not paid.
    `adjustments_minor` is what nobody is to pay, and `contractual_minor` what of that an insurer's contract
    forbids to collect. Of the first template, `insurance_minor` has all that was not the client's to pay.
    """

    charge_id: str
    date: str
    place_of_service: str
    code: str
    modifiers: tuple[str, ...]
    pointers: str
    units: int
    service: str
    service_locale: str
    fee_minor: int
    insurance_minor: int
    adjustments_minor: int
    paid_minor: int
    contractual_minor: int = 0


@dataclass(frozen=True, slots=True)
class SuperbillSums:
    """Of all lines, minor units."""

    fee_minor: int
    insurance_minor: int
    adjustments_minor: int
    paid_minor: int

    @staticmethod
    def of(lines: Sequence[SuperbillLine]) -> "SuperbillSums":
        return SuperbillSums(
            sum(line.fee_minor for line in lines),
            sum(line.insurance_minor for line in lines),
            sum(line.adjustments_minor for line in lines),
            sum(line.paid_minor for line in lines),
        )

    @property
    def unpaid_minor(self) -> int:
        """What nobody has paid of it: owed, expected of an insurer, or held by a bank until it decides."""
        return self.fee_minor - self.insurance_minor - self.adjustments_minor - self.paid_minor


@dataclass(frozen=True, slots=True)
class SuperbillPaper:
    """All that is printed beside the superbill's own facts. `replaces`: the number of the one that it puts
    right, 0 of none."""

    billing: BillingProvider
    clinician: Licensed
    supervisor: Licensed | None
    client: Insured
    diagnoses: tuple[Diagnosis, ...]
    lines: tuple[SuperbillLine, ...]
    locale: str
    replaces: int = 0

    @property
    def digest(self) -> str:
        """The same for the same words and sums, whatever was read or written on the way; and whatever fields
        have joined since it was issued, for they are empty in it."""
        text = json.dumps(_given(asdict(self)), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _given(said: object) -> object:
    """Without the fields that are empty, however deep."""
    if isinstance(said, Mapping):
        return {key: _given(held) for key, held in said.items() if held}
    return [_given(held) for held in said] if isinstance(said, tuple) else said


@dataclass(frozen=True, slots=True)
class Superbill:
    """Immutable. Dates are practice-local (YYYY-MM-DD); it covers services from `first` to `last`.

    `charge_ids` are its lines' charges. `template` is the version of the page that it is drawn on; `digest`
    is of its paper, which has names, diagnoses and lines.
    """

    number: int
    account_id: str
    clinician_id: str
    currency: str
    first: str
    last: str
    issued_on: str
    issued_at: str
    charge_ids: tuple[str, ...]
    sums: SuperbillSums
    digest: str
    replaces: int = 0
    template: int = 1  # as in Statement

    def ref(self, practice: str) -> AccountRef:
        """Whose it is, in that practice."""
        return AccountRef(practice, self.account_id)

    @property
    def id(self) -> str:
        return superbill_id(self.number)

    @property
    def stretch(self) -> Stretch:
        return Stretch(self.first, self.last)


@dataclass(frozen=True, slots=True)
class SuperbillVoid:
    """Takes a superbill back; `replaced_by` is the number of the one that stands for it, 0 of none."""

    number: int
    account_id: str
    voided_on: str
    voided_at: str
    actor: str
    replaced_by: int = 0
    notes: str = ""

    def ref(self, practice: str) -> AccountRef:
        """Whose it is, in that practice."""
        return AccountRef(practice, self.account_id)


def stretch_key(stretch: Stretch, clinician_id: str) -> str:
    return f"{stretch.first}/{stretch.last}/{clinician_id}"


@dataclass(frozen=True, slots=True)
class Superbilled:
    """What of an account is on superbills. `standing`: stretch and clinician (`stretch_key`) → number;
    `voided`: number → number of the one that replaces it, 0 of none. `version` guards it."""

    standing: Mapping[str, int] = field(default_factory=dict)
    voided: Mapping[str, int] = field(default_factory=dict)
    version: int = 0

    def number(self, stretch: Stretch, clinician_id: str) -> int:
        """Of the superbill that stands for these; 0 of none."""
        return self.standing.get(stretch_key(stretch, clinician_id), 0)

    def latest(self, count: int) -> list[tuple[int, Stretch]]:
        """Those with the highest numbers that stand, the latest first, and their days."""
        stretches = {number: Stretch(*key.split("/")[:2]) for key, number in self.standing.items()}
        return [(number, stretches[number]) for number in sorted(stretches, reverse=True)[:count]]

    def covering(self, given: Iterable[tuple[str, str]]) -> set[int]:
        """The numbers of those that stand for one of these days of service, and its clinician."""
        days = defaultdict[str, list[str]](list)
        for day, clinician_id in given:
            days[clinician_id].append(day)
        found = set[int]()
        for key, number in self.standing.items():
            first, last, clinician_id = key.split("/")
            if any(day in Stretch(first, last) for day in days.get(clinician_id, ())):
                found.add(number)
        return found

    def with_issued(self, superbill: Superbill) -> "Superbilled":
        """Error: Refused too_many_superbills."""
        key = stretch_key(superbill.stretch, superbill.clinician_id)
        standing, voided = {**self.standing, key: superbill.number}, self.voided
        if superbill.replaces:
            voided = {**voided, str(superbill.replaces): superbill.number}
        if len(standing) + len(voided) > MAX_STRETCHES:
            raise Refused("too_many_superbills", limit=MAX_STRETCHES)
        return replace(self, standing=standing, voided=voided)

    def without(self, superbill: Superbill) -> "Superbilled":
        """What stands once it is void, and nothing replaces it."""
        standing = {key: number for key, number in self.standing.items() if number != superbill.number}
        return replace(self, standing=standing, voided={**self.voided, str(superbill.number): 0})


@dataclass(frozen=True, slots=True)
class SuperbillStanding:
    """How a superbill stands; `replaced_by` is a number, 0 of none."""

    superbill: Superbill
    status: SuperbillStatus
    replaced_by: int = 0


def standing(superbill: Superbill, superbilled: Superbilled) -> SuperbillStanding:
    replaced_by = superbilled.voided.get(str(superbill.number))
    if replaced_by is None:
        return SuperbillStanding(superbill, SuperbillStatus.ISSUED)
    status = SuperbillStatus.REPLACED if replaced_by else SuperbillStatus.VOID
    return SuperbillStanding(superbill, status, replaced_by)


@dataclass(frozen=True, slots=True)
class DraftSuperbill:
    """What a superbill will say once it has a number."""

    account_id: str
    clinician_id: str
    currency: str
    stretch: Stretch
    issued_on: str
    issued_at: str
    paper: SuperbillPaper

    def numbered(self, number: int) -> Superbill:
        lines = self.paper.lines
        return Superbill(
            number, self.account_id, self.clinician_id, self.currency, self.stretch.first, self.stretch.last,
            self.issued_on, self.issued_at, tuple(line.charge_id for line in lines), SuperbillSums.of(lines),
            self.paper.digest, self.paper.replaces, template=TEMPLATE,
        )  # fmt: skip

    def replacing(self, number: int) -> "DraftSuperbill":
        return replace(self, paper=replace(self.paper, replaces=number))


def services_on(superbills: Iterable[SuperbillStanding]) -> dict[str, str]:
    """Which superbill each service is on that stands: charge id → document id; the latest of several."""
    found = dict[str, str]()
    for row in sorted(superbills, key=lambda row: row.superbill.number):
        if row.status is SuperbillStatus.ISSUED:
            found.update(dict.fromkeys(row.superbill.charge_ids, row.superbill.id))
    return found
