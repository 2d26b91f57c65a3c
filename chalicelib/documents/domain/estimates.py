"""Good faith estimates: what a self-paying client is told beforehand that care will cost. Pure.

Sources: 45 CFR 149.610 (what an estimate has, and that one for recurring services covers twelve months at
most); 45 CFR 149.620 (a bill of a clinician that is $400 or more above it may be disputed). An estimate never
changes; where fees or services do, another one is issued.
"""

import hashlib
import json
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta

from chalicelib.documents.domain.letterheads import PostedLetterhead, practice_facts
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, Refused
from chalicelib.practice.domain.notices import Place
from chalicelib.practice.domain.practices import Client, Clinician, Coverage, Practice

TEMPLATE = 1  # version of the page that estimates are drawn on
MOST_MONTHS, MOST_LINES, MOST_OFTEN = 12, 40, 400
DISPUTED_MINOR = 40_000  # US cents above the estimate, from which a clinician's bill may be disputed


@dataclass(frozen=True, slots=True)
class EstimateLine:
    """A service that is expected `quantity` times, at `charge_minor` each. `service` is in the practice's own
    words, by which charges are known, and `called` in the client's language, "" where that is the same;
    `clinician_id` is of who gives it."""

    service: str
    clinician_id: str
    quantity: int
    charge_minor: int
    cpt: str = ""
    called: str = ""

    @property
    def name(self) -> str:
        """As the client reads it."""
        return self.called or self.service

    @property
    def total_minor(self) -> int:
        return self.quantity * self.charge_minor


@dataclass(frozen=True, slots=True)
class EstimateProvider:
    """Who gives services of an estimate, as insurers and the law know them."""

    clinician_id: str
    name: str
    npi: str
    tax_id: str
    state: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateLetterhead(PostedLetterhead):
    """The client is called by the legal name."""

    birth_date: str


@dataclass(frozen=True, slots=True)
class EstimatePaper:
    """All that is printed beside the estimate's own facts. The first line is the primary service;
    `scheduled_on` is the day of the first appointment, "" where none is arranged yet."""

    letterhead: EstimateLetterhead
    providers: tuple[EstimateProvider, ...]
    lines: tuple[EstimateLine, ...]
    diagnoses: tuple[str, ...] = ()
    scheduled_on: str = ""

    @property
    def digest(self) -> str:
        """The same whatever fields have joined the letterhead and the lines since it was issued."""
        said = asdict(self)
        head = {key: held for key, held in said["letterhead"].items() if held}
        lines = [
            {key: held for key, held in line.items() if held or key != "called"} for line in said["lines"]
        ]
        text = json.dumps({**said, "letterhead": head, "lines": lines}, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def total_minor(self) -> int:
        return sum(line.total_minor for line in self.lines)

    def total_of(self, clinician_id: str) -> int:
        """What the clinician's services are expected to come to (minor units): bills are held to it."""
        return sum(line.total_minor for line in self.lines if line.clinician_id == clinician_id)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Immutable. `seq` counts the client's estimates; dates are practice-local (YYYY-MM-DD), and it is for
    services from `first_date` to `last_date`. `digest` is of its paper."""

    seq: int
    account_id: str
    currency: str
    issued_on: str
    issued_at: str
    first_date: str
    last_date: str
    total_minor: int
    digest: str
    template: int = 1  # as in Statement

    def ref(self, practice: str) -> AccountRef:
        """Whose it is, in that practice."""
        return AccountRef(practice, self.account_id)

    @property
    def id(self) -> str:
        return f"estimate-{self.seq}"


@dataclass(frozen=True, slots=True)
class EstimateWish:
    """What is to be estimated: for `months` from `first_date` on."""

    lines: tuple[EstimateLine, ...]
    first_date: str
    months: int = MOST_MONTHS
    diagnoses: tuple[str, ...] = ()
    scheduled_on: str = ""


@dataclass(frozen=True, slots=True)
class DraftEstimate:
    """What an estimate will say once it is issued."""

    currency: str
    issued_on: str
    issued_at: str
    first_date: str
    last_date: str
    paper: EstimatePaper

    def numbered(self, account_id: str, seq: int) -> Estimate:
        return Estimate(
            seq, account_id, self.currency, self.issued_on, self.issued_at, self.first_date, self.last_date,
            self.paper.total_minor, self.paper.digest, template=TEMPLATE,
        )  # fmt: skip


def drafted(
    practice: Practice, client: Client, wish: EstimateWish, *, issued_on: str, issued_at: str
) -> DraftEstimate:
    """Errors: Refused estimate_not_self_pay, estimate_incomplete (`missing`: what is); Invalid
    estimate_lines, estimate_quantity, estimate_months, estimate_begun, estimate_clinician."""
    _check(practice, wish, issued_on)
    if client.coverage is not Coverage.SELF_PAY:
        raise Refused("estimate_not_self_pay", "client")
    if missing := ", ".join(dict.fromkeys(_missing(practice, client, wish))):
        raise Refused("estimate_incomplete", missing=missing)
    paper = EstimatePaper(
        _letterhead(practice, client),
        tuple(_provider(practice, clinician) for clinician in _clinicians(practice, wish)),
        tuple(_called(practice, client.locale, line) for line in wish.lines),
        wish.diagnoses,
        wish.scheduled_on,
    )
    last = last_day(wish.first_date, wish.months)
    return DraftEstimate(practice.currency, issued_on, issued_at, wish.first_date, last, paper)


def _called(practice: Practice, locale: str, line: EstimateLine) -> EstimateLine:
    name, _ = practice.service_in(line.service, locale)
    return replace(line, called="" if name == line.service else name)


def last_day(first: str, months: int) -> str:
    """The last of so many months that begin on `first`."""
    begins = date.fromisoformat(first)
    year, month = divmod(begins.year * 12 + begins.month - 1 + months, 12)
    day = min(begins.day, monthrange(year, month + 1)[1])
    ends = date(year, month + 1, day)
    return (ends - timedelta(days=1) if day == begins.day else ends).isoformat()


def _check(practice: Practice, wish: EstimateWish, issued_on: str) -> None:
    if not 1 <= len(wish.lines) <= MOST_LINES:
        raise Invalid("estimate_lines", "line", most=MOST_LINES)
    if not all(1 <= line.quantity <= MOST_OFTEN for line in wish.lines):
        raise Invalid("estimate_quantity", "line", most=MOST_OFTEN)
    if not 1 <= wish.months <= MOST_MONTHS:
        raise Invalid("estimate_months", "months", most=MOST_MONTHS)
    if wish.first_date < issued_on or (wish.scheduled_on and wish.scheduled_on < wish.first_date):
        raise Invalid("estimate_begun", "from" if wish.first_date < issued_on else "visit")
    for line in wish.lines:
        if practice.clinician(line.clinician_id) is None:
            raise Invalid("estimate_clinician", "line", clinician=line.clinician_id)


def _clinicians(practice: Practice, wish: EstimateWish) -> Sequence[Clinician]:
    """Each once, in the order of the lines."""
    ids = dict.fromkeys(line.clinician_id for line in wish.lines)
    return [clinician for id_ in ids if (clinician := practice.clinician(id_))]


def _missing(practice: Practice, client: Client, wish: EstimateWish) -> Iterator[str]:
    """What the law wants on an estimate and nobody has entered, as the files of a practice call it."""
    if not client.birth_date:
        yield "birth_date"
    for clinician in _clinicians(practice, wish):
        provider = _provider(practice, clinician)
        for name, given in (
            ("npi", provider.npi), ("tax_id", provider.tax_id), ("license_state", provider.state),
            ("address", provider.address),
        ):  # fmt: skip
            if not given:
                yield f"{clinician.id}: {name}"


def _provider(practice: Practice, clinician: Clinician) -> EstimateProvider:
    return EstimateProvider(
        clinician.id,
        clinician.name_and_credentials,
        clinician.npi,
        clinician.tax_id or practice.tax_id,
        clinician.license_state,
        clinician.address or practice.address,
    )


def _letterhead(practice: Practice, client: Client) -> EstimateLetterhead:
    return EstimateLetterhead(
        **practice_facts(practice, Place.ESTIMATE, client.locale),
        client_name=client.legal_name or client.name,
        client_address=client.address,
        locale=client.locale,
        birth_date=client.birth_date,
    )
