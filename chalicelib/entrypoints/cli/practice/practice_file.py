"""practice.json: what a practice says about itself, checked whole."""

from datetime import date

from chalicelib.entrypoints.cli.practice.practice_entries import (
    ClinicianEntry,
    PracticeFile,
    PracticeFileError,
    SupervisorEntry,
    read,
)
from chalicelib.entrypoints.cli.practice.practice_faults import faults_of
from chalicelib.importing.domain.values import Terms, positive_amount
from chalicelib.kernel.emails import normalised
from chalicelib.practice.domain.notices import EACH_TIME
from chalicelib.practice.domain.practices import (
    Clinician,
    InvoicesBy,
    Location,
    Paper,
    Practice,
    Supervisor,
)


def parse(raw: bytes) -> Practice:
    """All but its logo, which is a file of its own. Error: PracticeFileError."""
    found = read(raw)
    faults = list(faults_of(found))
    if faults:
        raise PracticeFileError(faults)
    return _practice(found)


def _practice(found: PracticeFile) -> Practice:
    return Practice(
        id=found.id,
        name=found.name.strip(),
        about=found.abouts.get(found.locale, ""),
        about_in={locale: text for locale, text in found.abouts.items() if locale != found.locale},
        service_names=found.service_names,
        timezone=found.timezone,
        currency=found.currency,
        locale=found.locale,
        phone=found.phone,
        email=normalised(found.email),
        website=found.website,
        address=found.address,
        payments_enabled=found.payments_enabled,
        bank_debits=found.bank_debits,
        saving=found.saving,
        security_code_again=found.security_code_again,
        deposits=found.deposits,
        pay_links=found.pay_links,
        flow=found.flow,
        processors=found.processors,
        limit_minor=positive_amount(found.most, Terms(found.currency, date.max)),
        guest_minimum_minor=_guest_minimum(found),
        descriptor=found.descriptor,
        clinicians=tuple(_clinician(entry) for entry in found.clinicians),
        locations=tuple(Location(place.id, place.name, place.address) for place in found.locations),
        statement_day=found.statement_day,
        skip_zero_statements=found.skip_zero_statements,
        invoice_days=found.invoice_days,
        invoices=InvoicesBy(found.invoices),
        invoices_from=found.invoices_from,
        superbill_day=found.superbill_day,
        reminders=() if isinstance(found.reminders, str) else tuple(found.reminders),
        superbill_diagnosis_words=found.superbill_diagnosis_words,
        legal_name=found.legal_name.strip(),
        tax_id=found.tax_id,
        npi=found.npi,
        taxonomy=found.taxonomy,
        notices={name: switch is not False for name, switch in found.notices.items()},
        card_notice_each_time=EACH_TIME in found.notices.values(),
        notice_pages=found.notice_pages,
        letterhead=found.letterhead.strip(),
        paper=Paper(found.paper),
        colour=found.colour.lower(),
    )


def _guest_minimum(found: PracticeFile) -> int:
    """0, which is five dollars, where nothing is said."""
    return positive_amount(found.guest_minimum, Terms(found.currency, date.max)) if found.guest_minimum else 0


def _clinician(found: ClinicianEntry) -> Clinician:
    return Clinician(
        found.id, found.name, found.credentials, found.payments_enabled, found.tax_id, found.npi,
        found.taxonomy, found.license, found.license_state, found.address, _supervisor(found.supervisor),
    )  # fmt: skip


def _supervisor(found: SupervisorEntry | None) -> Supervisor | None:
    if found is None:
        return None
    return Supervisor(
        found.name, found.credentials, found.npi, found.license, found.license_state, found.rendering
    )
