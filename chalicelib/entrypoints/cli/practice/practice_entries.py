"""practice.json as it is written: its entries, and what is wrong with one."""

import re
from dataclasses import dataclass
from typing import Literal

import msgspec

from chalicelib.practice.domain.practices import InvoicesBy

LANGUAGES = ("en", "es")


class LicensedEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    credentials: str = ""
    npi: str = ""
    license: str = ""
    license_state: str = ""


class SupervisorEntry(LicensedEntry, frozen=True):
    rendering: bool = False


class ClinicianEntry(LicensedEntry, frozen=True, kw_only=True):
    id: str
    payments_enabled: bool = True
    tax_id: str = ""
    taxonomy: str = ""
    address: str = ""
    supervisor: SupervisorEntry | None = None


# What about 5,000 dollars are, where that is another number by far.
_LIMITS = {"JPY": "750000", "MXN": "90000", "KWD": "1500"}


class LocationEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: str
    address: str = ""


# A text by language: {"en": …, "es": …}.
Texts = dict[str, str]


class LogoFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`file` lies beside the practice's; `text` is what is read out in the logo's place."""

    file: str
    text: str = ""


class PracticeFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`limit` is decimal text, the most a client may pay at once; without it about 5,000 dollars in the
    practice's currency; `guest_minimum`, too, the least that somebody without an account may pay. Without
    `statement_day` no statements.

    `bank_debits`: clients may pay from a US bank account, too (ACH); for practices in dollars. `saving`: they
    may keep cards and bank accounts to pay with again; `security_code_again`: a saved card wants its code
    with each payment; `deposits`: bank accounts may be verified by a deposit, which takes days.
    `pay_links`: bills have a link by which they are paid without an account.

    `processors`: where clients may pay; of two that take the same way to pay the first takes it.

    `about` is text in the practice's language, or a text by language with that among them. `service_names`
    gives the names on charges in other languages: {"Individual session": {"es": "Sesión individual"}}.

    `notice_pages`: the practice's own pages with what law wants published, by what it is about.

    Without a word of `logo` the one that was entered stays; null takes it away.
    """

    id: str
    name: str
    timezone: str
    currency: str
    clinicians: list[ClinicianEntry]
    descriptor: str
    email: str
    about: str | Texts = ""
    service_names: dict[str, Texts] = {}
    locale: str = "en"
    phone: str = ""
    website: str = ""
    address: str = ""
    payments_enabled: bool = True
    bank_debits: bool = False
    saving: bool = True
    security_code_again: bool = False
    deposits: bool = False
    pay_links: bool = True
    flow: str = "inline"
    limit: str = ""
    guest_minimum: str = ""
    processors: tuple[str, ...] = ("stripe",)
    legal_name: str = ""
    tax_id: str = ""
    npi: str = ""
    taxonomy: str = ""
    locations: list[LocationEntry] = []
    statement_day: int | None = None
    skip_zero_statements: bool = True
    invoice_days: int = 30
    invoices: str = InvoicesBy.HAND.value
    invoices_from: str = ""
    superbill_day: int | None = None
    reminders: str | list[int] = "off"
    superbill_diagnosis_words: bool = True
    notices: dict[str, bool | Literal["once", "each_time"]] = {}
    notice_pages: dict[str, str] = {}
    letterhead: str = ""
    paper: str = ""
    colour: str = ""
    logo: LogoFile | msgspec.UnsetType | None = msgspec.UNSET

    @property
    def abouts(self) -> Texts:
        return {self.locale: self.about} if isinstance(self.about, str) else self.about

    @property
    def most(self) -> str:
        return self.limit or _LIMITS.get(self.currency, "5000")


@dataclass(frozen=True, slots=True)
class Fault:
    """`field` as in the file, like clinicians[1].id."""

    field: str
    text: str


class PracticeFileError(Exception):
    """Everything that is wrong with the file."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults)
        self.faults = faults


_TYPES = {
    "str": "text in quotation marks", "int": "a whole number", "float": "a number", "bool": "true or false",
    "array": "a list in brackets", "object": "names and values in braces", "null": "null",
}  # fmt: skip
_UNFIT = re.compile("Expected `(.+)`, got `(.+)`")


def _in_words(fault: str) -> str:
    """What the reader says of a value of another type."""
    if not (unfit := _UNFIT.fullmatch(fault)):
        return fault
    types = unfit.groups()
    wanted, got = (" or ".join(_TYPES.get(name, name) for name in some.split(" | ")) for some in types)
    lines = r"; several lines are one text, with \n between them" if types == ("str", "array") else ""
    return f"{wanted}, not {got}{lines}"


def read(raw: bytes) -> PracticeFile:
    """What the file says, unchecked. Error: PracticeFileError."""
    try:
        return msgspec.json.decode(raw, type=PracticeFile)
    except msgspec.ValidationError as error:
        text, _, place = str(error).partition(" - at `$")
        raise PracticeFileError([Fault(place.rstrip("`").lstrip("."), _in_words(text))]) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PracticeFileError([Fault("", f"this is not JSON: {error}")]) from error
