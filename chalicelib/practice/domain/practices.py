"""A practice (tenant), its clinicians and places, and what it has decided about payments."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple, TypeVar

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Stale

T = TypeVar("T", "Practice", "Client", "Person")

# Part of the portal's addresses; and what tells the practice's keys in the store from all others.
PRACTICE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Who answers for a clinician's work, as superbills name them. `rendering`: insurers take them, and not
    the clinician, for who rendered the service."""

    name: str
    credentials: str = ""
    npi: str = ""
    license: str = ""
    license_state: str = ""
    rendering: bool = False


@dataclass(frozen=True, slots=True)
class Clinician:
    """All from `tax_id` (an EIN) on is for documents; `tax_id` and `address`, where not the practice's."""

    id: str
    name: str
    credentials: str
    payments_enabled: bool
    tax_id: str = ""
    npi: str = ""
    taxonomy: str = ""
    license: str = ""
    license_state: str = ""
    address: str = ""
    supervisor: Supervisor | None = None

    @property
    def name_and_credentials(self) -> str:
        """As documents name who gave a service."""
        return ", ".join(filter(None, (self.name, self.credentials)))


@dataclass(frozen=True, slots=True)
class Location:
    id: str
    name: str
    address: str


LOGOS = "logos/"  # where they lie, within the practice's files


@dataclass(frozen=True, slots=True)
class Logo:
    """A file among those of `practice`, found by the SHA-256 of its bytes: a document that names it keeps it.
    Width and height are pixels or an SVG's units; `text` is what is read out in its place."""

    practice: str
    digest: str
    kind: Literal["png", "svg"]
    width: float
    height: float
    text: str

    @property
    def key(self) -> str:
        """Where it lies, within the practice's files."""
        return f"{LOGOS}{self.digest}.{self.kind}"


class Paper(StrEnum):
    """What documents are printed on; USUAL: what printers hold where the currency is spent."""

    USUAL = ""
    LETTER = "letter"
    A4 = "a4"


class InvoicesBy(StrEnum):
    """When invoices are issued: by a person, or by the clock for each session, day or month."""

    HAND = "by_hand"
    SESSION = "per_session"
    DAY = "daily"
    MONTH = "monthly"


@dataclass(frozen=True, slots=True)
class Practice:
    """`timezone` is an IANA name; `flow` is "inline" or "redirect"; `descriptor` is for card statements.

    `payments_enabled` is the practice's switch; each clinician has one of their own. `bank_debits`: payers
    may pay from a US bank account, too, which takes days and may be returned. `processors` are tried in this
    order for each way to pay.
    `legal_name`, `tax_id` (an EIN), `npi` (the group's), `taxonomy` and `address` are for documents. Last
    month's statements are made on `statement_day` (1 to 28; None: never); `skip_zero_statements`: none where
    nothing is owed and happened.
    `invoice_days`: how many days after its issue an invoice is due. By the clock (`invoices`) only services
    from `invoices_from` (YYYY-MM-DD) on are invoiced: what is older, somebody has billed in another way.
    Last month's superbills are issued on `superbill_day` (1 to 28; None: by hand alone);
    `reminders`: so many days after an invoice's due date its payer is reminded; none before `reminders_from`.
    `superbill_diagnosis_words`: superbills say in words what the diagnoses' codes say.
    `about` and the services of charges are in the practice's `locale`; `about_in` (by language) and
    `service_names` (by the name on the charge, then by language) say the same in other languages.
    `letterhead` is a text of its own below the address on documents, `colour` (#rrggbb) its name's there.
    `saving`: payers may keep cards and bank accounts to pay with again. `security_code_again`: a saved card
    wants its code typed with each payment. `deposits`: a bank account may be verified by a deposit, else at
    once only.
    `notices`: what law wants said, by its id, switched on or off (practice.domain.notices).
    `card_notice_each_time`: what stands beside card forms is acknowledged with each card, else once.
    `notice_pages`: addresses of the practice's own pages with what law wants published, by practice.domain.
    notices.PAGES. `changed_at`: when what it says last changed (UTC RFC 3339); "" where nobody knows.
    `guest_minimum_minor`: the least that somebody without an account may pay; 0 is five dollars.
    `pay_links`: bills have a link by which they are paid without an account, where payments are on.
    `version`, as of clients and people, counts how often it was written: who writes it names the one read.
    """

    id: str
    name: str
    about: str
    timezone: str
    currency: str
    locale: str
    phone: str
    email: str
    website: str
    address: str
    payments_enabled: bool
    flow: str
    limit_minor: int
    descriptor: str
    clinicians: tuple[Clinician, ...]
    locations: tuple[Location, ...]
    statement_day: int | None = None
    skip_zero_statements: bool = True
    bank_debits: bool = False
    processors: tuple[str, ...] = ("stripe",)
    about_in: Mapping[str, str] = field(default_factory=dict)
    service_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    legal_name: str = ""
    tax_id: str = ""
    npi: str = ""
    taxonomy: str = ""
    invoice_days: int = 30
    invoices: InvoicesBy = InvoicesBy.HAND
    invoices_from: str = ""
    superbill_day: int | None = None
    reminders: tuple[int, ...] = ()
    reminders_from: str = ""
    superbill_diagnosis_words: bool = True
    notices: Mapping[str, bool] = field(default_factory=dict)
    letterhead: str = ""
    paper: Paper = Paper.USUAL
    colour: str = ""
    logo: Logo | None = None
    saving: bool = True
    security_code_again: bool = False
    deposits: bool = False
    card_notice_each_time: bool = False
    notice_pages: Mapping[str, str] = field(default_factory=dict)
    changed_at: str = field(default="", compare=False)
    guest_minimum_minor: int = 0
    pay_links: bool = True
    version: int = field(default=0, compare=False)

    def service_in(self, service: str, locale: str) -> tuple[str, str]:
        """A service's name for a reader of that language, and the language it is in."""
        given = self.service_names.get(service, {}).get(locale)
        return (given, locale) if given else (service, self.locale)

    def clinician(self, clinician_id: str) -> Clinician | None:
        return next((c for c in self.clinicians if c.id == clinician_id), None)


def reminders_begun(before: Practice | None, after: Practice, *, today: str) -> Practice:
    """With the day on which its reminders begin: a week after they were switched on, for what was mailed
    before that day asked for money, too, and nobody has noted it."""
    if not after.reminders:
        return after
    if before and before.reminders:
        return replace(after, reminders_from=before.reminders_from)
    begin = date.fromisoformat(today) + timedelta(days=7)
    return replace(after, reminders_from=begin.isoformat())


class RelationToInsured(StrEnum):
    """What the client is to whose policy it is; SELF where nothing else was said."""

    SELF = ""
    SPOUSE = "spouse"
    CHILD = "child"
    OTHER = "other"


class Coverage(StrEnum):
    """Who pays for a client's care, as the practice sees it; UNKNOWN where it has not said."""

    UNKNOWN = ""
    IN_NETWORK = "in_network"
    OUT_OF_NETWORK = "out_of_network"
    SELF_PAY = "self_pay"


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody who receives care. The account has the same id. E-mail "" means paper only.

    The guarantor is kept here too: when another one takes over, the old one's grant has to be found.
    `legal_name` and `preferred_name` where they are others than `name`; `insured` is whose policy `member_id`
    is of, where it is not the client's, and `relation_to_insured` what the client is to them. `paper`: their
    statements and invoices are posted though there is an address to mail to. `link_generation`: another one
    ends the pay links that were printed before. `addresses_given`: digests of what files gave last, by their
    source and column, such as "sp:email".
    """

    id: str
    external_id: str
    name: str
    email: str
    locale: str
    address: str = ""
    birth_date: str = ""
    superbills: bool = True
    guarantor_email: str = ""
    guarantor_name: str = ""
    guarantor_superbills: bool = False
    legal_name: str = ""
    preferred_name: str = ""
    member_id: str = ""
    insured: str = ""
    relation_to_insured: RelationToInsured = RelationToInsured.SELF
    coverage: Coverage = Coverage.UNKNOWN
    paper: bool = False
    link_generation: int = 1
    addresses_given: Mapping[str, str] = field(default_factory=dict, hash=False)
    version: int = field(default=0, compare=False)

    def ref(self, practice: str) -> AccountRef:
        """Their account, in that practice."""
        return AccountRef(practice, self.id)


def pay_link_generation(practice: Practice, client: Client) -> int:
    """Of the link on what is issued to the client now; 0 where it has none."""
    return client.link_generation if practice.pay_links and practice.payments_enabled else 0


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person may see: an account as themselves, or as guarantor of its client. `paper`: the client's
    statements are posted."""

    account_id: str
    name: str
    relation: str
    superbills: bool
    paper: bool = False

    def ref(self, practice: str) -> AccountRef:
        """The account, in that practice."""
        return AccountRef(practice, self.account_id)


class Claimed(NamedTuple):
    """A guest's payment, by its account, and when it was claimed (UTC RFC 3339)."""

    account_id: str
    at: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in with an e-mail address.

    `filed_under` are keyed hashes of the address, the one in force first: by these the person is found.
    `since`: when the address became theirs, in epoch seconds; who signed in before that is signed out.
    `claimed`: what they paid without an account before; it gives no grant.
    """

    id: str
    email: str
    locale: str
    grants: tuple[Grant, ...]
    filed_under: tuple[str, ...] = ()
    since: int = 0
    claimed: tuple[Claimed, ...] = ()
    version: int = field(default=0, compare=False)

    @property
    def address_hash(self) -> str:
        """That of the address as it is now; mail stops are kept by it."""
        return self.filed_under[0] if self.filed_under else ""

    @property
    def payer_id(self) -> str:
        return payer_id(self.id, self.since)

    @property
    def own_claims(self) -> tuple[str, ...]:
        """The accounts of what was claimed by who reads the address as it is now."""
        return tuple(each.account_id for each in self.claimed if self.did(self.id, each.at))

    def did(self, by: str, at: str) -> bool:
        """As `theirs`."""
        return theirs(self.id, self.since, by=by, at=at)


def theirs(person_id: str, since: int, *, by: str, at: str) -> bool:
    """Whether what the person `by` did at that instant (UTC RFC 3339) was done by who reads the address as it
    is now: who read another may be somebody else, another guarantor, say. `since`: as of Person."""
    return bool(by) and by == person_id and int(datetime.fromisoformat(at).timestamp()) > since


def payer_id(person_id: str, since: int) -> str:
    """As whom a person saves methods to pay with. Who reads another address may be somebody else, another
    guarantor, say: what was saved by the former one is not theirs. `since`: as of Person."""
    return f"{person_id}.{since}" if since else person_id


def person_of(payer: str) -> str:
    """The id of the person who saves as that payer."""
    return payer.partition(".")[0]


def refuse_stale(before: T | None, after: T, now: T | None) -> None:
    """What the second of two writers is told. Nothing where it stands as they would have it: it may be their
    own, and the reply was lost. Error: Stale record_stale."""
    if now != after:
        said = changed(before, now) if before and now else ()
        raise Stale("record_stale", changed=", ".join(said) or "all of it")


def changed(before: T, after: T) -> tuple[str, ...]:
    """The names of the fields that differ."""
    named = (f.name for f in fields(before) if f.compare)
    return tuple(name for name in named if getattr(before, name) != getattr(after, name))
