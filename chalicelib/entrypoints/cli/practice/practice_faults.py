"""What is wrong with a practice.json, field by field."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache
from itertools import pairwise
from zoneinfo import available_timezones

from chalicelib.entrypoints.cli.practice.practice_entries import (
    LANGUAGES,
    ClinicianEntry,
    Fault,
    LicensedEntry,
    LocationEntry,
    LogoFile,
    PracticeFile,
)
from chalicelib.importing.domain.problems import BadValue
from chalicelib.importing.domain.values import ID_PATTERN, Parser, Terms, line, lines, positive_amount
from chalicelib.kernel.emails import normalised
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.money import EXPONENTS, Money, decimal_text
from chalicelib.kernel.periods import MAX_STATEMENT_DAY
from chalicelib.payments.domain.ways import PROCESSORS
from chalicelib.practice.domain.colours import colour_fault
from chalicelib.practice.domain.identifiers import npi_fault, state_fault, tax_id_fault, taxonomy_fault
from chalicelib.practice.domain.notices import ACKNOWLEDGED, NOTICE_IDS, PAGES
from chalicelib.practice.domain.practices import PRACTICE_ID, InvoicesBy, Paper

_PAGE = re.compile(r"https://\S+")
_DESCRIPTOR = re.compile(r"[A-Za-z0-9 .&/+-]{5,22}")
MAX_INVOICE_DAYS, MOST_REMINDERS = 365, 6
MOST_LETTERHEAD, LETTERHEAD_LINES = 200, 4
LOGO_TEXT = 120
MOST_SERVICE_NAMES = 200  # they are part of the practice's one row
NO_TERMS = Terms("", date.max)  # a text is read against none
_zones = cache(available_timezones)  # hundreds of files are looked at
_PATTERNS = "five to 22 letters, digits and . & / + -, with a letter among them"


def faults_of(found: PracticeFile) -> Iterator[Fault]:
    if not PRACTICE_ID.fullmatch(found.id):
        yield Fault("id", "up to 40 small letters, digits and dashes: it is part of the portal's address")
    if found.currency not in EXPONENTS:
        yield Fault("currency", f"one of {', '.join(EXPONENTS)}")
    if found.timezone not in _zones():
        yield Fault("timezone", "a name like America/New_York")
    if found.locale not in LANGUAGES:
        yield Fault("locale", "en or es")
    if found.bank_debits and found.currency != "USD":
        yield Fault("bank_debits", "US banks are debited in USD only: leave it out")
    if found.flow not in ("inline", "redirect"):
        yield Fault("flow", "inline or redirect")
    if not _DESCRIPTOR.fullmatch(found.descriptor) or not re.search("[A-Za-z]", found.descriptor):
        yield Fault("descriptor", _PATTERNS)
    if not found.clinicians:
        yield Fault("clinicians", "at least one")
    yield from _processor_faults(found)
    yield from _date_faults(found)
    yield from _reminder_faults(found)
    yield from _limit_faults(found)
    yield from _text_faults(found)
    yield from _language_faults(found)
    yield from _document_faults(found)
    yield from _notice_faults(found)
    yield from _id_faults("clinicians", found.clinicians)
    yield from _id_faults("locations", found.locations)


def _processor_faults(found: PracticeFile) -> Iterator[Fault]:
    if not found.processors or len(set(found.processors)) < len(found.processors):
        yield Fault("processors", "at least one, and none twice")
    for place, name in enumerate(found.processors):
        if name not in PROCESSORS:
            yield Fault(f"processors[{place}]", f"one of {', '.join(PROCESSORS)}")


def _document_faults(found: PracticeFile) -> Iterator[Fault]:
    """Of what only documents name, and how they look."""
    yield from _written_faults("letterhead", found.letterhead, MOST_LETTERHEAD, lines)
    if len(found.letterhead.splitlines()) > LETTERHEAD_LINES:
        yield Fault("letterhead", f"at most {LETTERHEAD_LINES} lines")
    if found.paper not in list(Paper):
        yield Fault("paper", "letter or a4; absent: what is usual where the currency is spent")
    yield from _fault("colour", found.colour, colour_fault)
    if isinstance(found.logo, LogoFile):
        yield from _written_faults("logo.text", found.logo.text, LOGO_TEXT, line)
    yield from _written_faults("legal_name", found.legal_name, 120, line)
    yield from _number_faults("", found)
    for place, clinician in enumerate(found.clinicians):
        at = f"clinicians[{place}]."
        yield from _licensed_faults(at, clinician)
        yield from _number_faults(at, clinician)
        yield from _written_faults(f"{at}address", clinician.address, 300, lines)
        if supervisor := clinician.supervisor:
            yield from _name_faults(f"{at}supervisor.name", supervisor.name)
            yield from _licensed_faults(f"{at}supervisor.", supervisor)
            yield from _fault(f"{at}supervisor.npi", supervisor.npi, npi_fault)


def _notice_faults(found: PracticeFile) -> Iterator[Fault]:
    for name, switch in found.notices.items():
        if name not in NOTICE_IDS:
            yield Fault(f"notices.{name}", f"no notice; there are {', '.join(sorted(NOTICE_IDS))}")
        elif not isinstance(switch, bool) and name not in ACKNOWLEDGED:
            yield Fault(f"notices.{name}", "true or false; nobody acknowledges it")
    for kind, url in found.notice_pages.items():
        if kind not in PAGES:
            yield Fault(f"notice_pages.{kind}", f"no such page; there are {', '.join(PAGES)}")
        yield from _page_faults(f"notice_pages.{kind}", url)


def _licensed_faults(at: str, found: LicensedEntry) -> Iterator[Fault]:
    yield from _written_faults(f"{at}credentials", found.credentials, 80, line)
    yield from _written_faults(f"{at}license", found.license, 40, line)
    yield from _fault(f"{at}license_state", found.license_state, state_fault)
    if found.license and not found.license_state:
        yield Fault(f"{at}license_state", "the state that gave the license")


def _number_faults(at: str, found: PracticeFile | ClinicianEntry) -> Iterator[Fault]:
    yield from _fault(f"{at}tax_id", found.tax_id, tax_id_fault)
    yield from _fault(f"{at}npi", found.npi, npi_fault)
    yield from _fault(f"{at}taxonomy", found.taxonomy, taxonomy_fault)


def _fault(place: str, text: str, of: Callable[[str], str | None]) -> Iterator[Fault]:
    if text and (said := of(text)):
        yield Fault(place, said)


def _date_faults(found: PracticeFile) -> Iterator[Fault]:
    for name, day in (("statement_day", found.statement_day), ("superbill_day", found.superbill_day)):
        if day is not None and not 1 <= day <= MAX_STATEMENT_DAY:
            yield Fault(name, f"a day from 1 to {MAX_STATEMENT_DAY}, which every month has")
    if not 0 <= found.invoice_days <= MAX_INVOICE_DAYS:
        yield Fault("invoice_days", f"a number of days from 0 to {MAX_INVOICE_DAYS}")
    if found.invoices not in list(InvoicesBy):
        yield Fault("invoices", f"one of {', '.join(InvoicesBy)}")
    elif not _is_day(found.invoices_from, empty=found.invoices == InvoicesBy.HAND):
        yield Fault("invoices_from", "the first day whose services the clock invoices, like 2026-12-01")


def _reminder_faults(found: PracticeFile) -> Iterator[Fault]:
    days = found.reminders
    if isinstance(days, str):
        right = days == "off"
    else:
        rising = all(former < day for former, day in pairwise([0, *days]))
        right = rising and 0 < len(days) <= MOST_REMINDERS and days[-1] <= MAX_INVOICE_DAYS
    if not right:
        what = f"up to {MOST_REMINDERS} days after the due date, rising, up to {MAX_INVOICE_DAYS}"
        yield Fault("reminders", f'"off", or {what}, like [3, 14, 30]')


def _is_day(text: str, *, empty: bool) -> bool:
    if not text:
        return empty
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _limit_faults(found: PracticeFile) -> Iterator[Fault]:
    if found.currency in EXPONENTS:
        yield from _amount_faults("limit", found.most, found.currency, like_minor=500_000)
    if found.currency in EXPONENTS and found.guest_minimum:
        yield from _amount_faults("guest_minimum", found.guest_minimum, found.currency, like_minor=500)


def _amount_faults(place: str, text: str, currency: str, *, like_minor: int) -> Iterator[Fault]:
    try:
        positive_amount(text, Terms(currency, date.max))
    except BadValue:
        like = decimal_text(Money(like_minor, currency))
        yield Fault(place, f"an amount of {currency} as text, like “{like}”")


def _text_faults(found: PracticeFile) -> Iterator[Fault]:
    try:
        normalised(found.email)
    except Invalid:
        yield Fault("email", "an e-mail address")
    if found.website:
        yield from _page_faults("website", found.website)
    yield from _name_faults("name", found.name)
    yield from _written_faults("phone", found.phone, 40, line)
    yield from _written_faults("address", found.address, 300, lines)
    for place, location in enumerate(found.locations):
        yield from _written_faults(f"locations[{place}].address", location.address, 300, lines)


def _page_faults(place: str, url: str) -> Iterator[Fault]:
    if not _PAGE.fullmatch(url):
        yield Fault(place, "an address that begins with https://")
    else:
        yield from _written_faults(place, url, 200, line)


def _name_faults(place: str, text: str) -> Iterator[Fault]:
    yield from _written_faults(place, text, 80, line)
    if not text.strip():
        yield Fault(place, "not empty")


def _written_faults(place: str, text: str, longest: int, of: Callable[[int], Parser]) -> Iterator[Fault]:
    """As in an import: what is written can be printed, and reads in the order of its letters."""
    try:
        of(longest)(text, NO_TERMS)
    except BadValue:
        what = "characters on one line" if of is line else "characters"
        yield Fault(place, f"at most {longest} {what} that can be printed")


def _language_faults(found: PracticeFile) -> Iterator[Fault]:
    """Texts by language are in languages the portal speaks; a missing one is said in the practice's."""
    named = {f"service_names.{name}": texts for name, texts in found.service_names.items()}
    for place, texts in {"about": found.abouts, **named}.items():
        for language, text in texts.items():
            if language not in LANGUAGES and found.locale in LANGUAGES:
                yield Fault(f"{place}.{language}", " or ".join(LANGUAGES))
            if place == "about":
                yield from _written_faults(place, text, 300, lines)
            else:
                yield from _written_faults(place, text, 120, line)
    if found.abouts and found.locale not in found.abouts:
        yield Fault("about", f"in {found.locale}, the practice's own language, too")
    if len(found.service_names) > MOST_SERVICE_NAMES:
        yield Fault("service_names", f"at most {MOST_SERVICE_NAMES} of them")


def _id_faults(name: str, entries: Sequence[ClinicianEntry | LocationEntry]) -> Iterator[Fault]:
    ids = [entry.id for entry in entries]
    for place, entry in enumerate(entries):
        if not ID_PATTERN.fullmatch(entry.id):
            yield Fault(f"{name}[{place}].id", "1 to 64 letters, digits, points, dashes or underscores")
        if entry.id in ids[:place]:
            yield Fault(f"{name}[{place}].id", "this id is there twice")
        yield from _name_faults(f"{name}[{place}].name", entry.name)
