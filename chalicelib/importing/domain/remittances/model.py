"""A remittance as an insurer sends it: amounts in minor units, dates YYYY-MM-DD, "" for what it leaves out.

`number` is a segment's, counted from 1 in the file. Names of elements as in X12 835 005010X221A1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class Group(StrEnum):
    """Who bears an adjustment (CAS01)."""

    CONTRACTUAL = "CO"
    PATIENT = "PR"
    OTHER = "OA"
    PAYER = "PI"
    CORRECTION = "CR"


class Level(IntEnum):
    """As which insurer it answers: the first, the one after it, the third."""

    NONE = 0
    PRIMARY = 1
    SECONDARY = 2
    TERTIARY = 3


@dataclass(frozen=True, slots=True)
class Adjustment:
    """By how much less than charged is paid, and why: a code of the Claim Adjustment Reason Codes."""

    group: Group
    reason: str
    amount_minor: int

    def __str__(self) -> str:
        return f"{self.group.value}-{self.reason}"


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """`code` is as it was submitted (SVC06 where the insurer changed it), `decided_code` as it was decided;
    `control` is the practice's own number of the line (REF 6R). `date` of a range is its first day."""

    number: int
    code: str
    modifiers: tuple[str, ...]
    decided_code: str
    charged_minor: int
    paid_minor: int
    units: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    control: str = ""
    date: str = ""

    def of_group(self, *groups: Group) -> int:
        return sum(a.amount_minor for a in self.adjustments if a.group in groups)

    @property
    def difference_minor(self) -> int:
        """Charged, less what is adjusted and paid; nil where the line adds up."""
        return self.charged_minor - self.paid_minor - sum(a.amount_minor for a in self.adjustments)


@dataclass(frozen=True, slots=True)
class Patient:
    last: str = ""
    first: str = ""
    middle: str = ""
    suffix: str = ""
    member_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Claim:
    """`control` is the practice's own number (CLP01), `payer_control` the insurer's (CLP07), `original` the
    insurer's number of the claim before it (REF F8). `status` is CLP02."""

    number: int
    control: str
    status: str
    charged_minor: int
    paid_minor: int
    payer_control: str
    patient: Patient = field(default_factory=Patient)
    original: str = ""
    date: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    lines: tuple[ServiceLine, ...] = ()
    interest_minor: int = 0

    @property
    def reverses(self) -> bool:
        return self.status == "22"

    @property
    def level(self) -> Level:
        """NONE: it answers to no charge."""
        return _LEVELS.get(self.status, Level.NONE)

    @property
    def forwarded(self) -> bool:
        """The insurer sent it on to the next one, who is still to answer."""
        return self.status in ("19", "20", "21", "23")


_LEVELS = {
    "1": Level.PRIMARY, "2": Level.SECONDARY, "3": Level.TERTIARY,
    "19": Level.PRIMARY, "20": Level.SECONDARY, "21": Level.TERTIARY,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """Money between the insurer and the practice that is of no claim: positive where the insurer keeps it."""

    number: int
    reason: str
    reference: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Remittance:
    """One payment (ST to SE). `payer_id` and `trace` name it (TRN03, TRN02). `payee_ids` by their qualifier:
    XX an NPI, FI and TJ an EIN. `amount_minor` is negative for money that the insurer draws (BPR03)."""

    file: str
    number: int
    amount_minor: int
    date: str
    payer_id: str
    trace: str
    payer: str
    payee: str
    handling: str = ""
    payee_ids: Mapping[str, str] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()

    @property
    def difference_minor(self) -> int:
        """The payment, less the claims' and with what is kept besides them; nil where it adds up."""
        claims = sum(claim.paid_minor for claim in self.claims)
        return self.amount_minor - claims + sum(a.amount_minor for a in self.provider_adjustments)
