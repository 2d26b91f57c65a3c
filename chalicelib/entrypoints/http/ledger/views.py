"""What is about an account, as the API gives it: dates, and what things are called. No rule lives here."""

import datetime as dt

from chalicelib.entrypoints.http import schemas
from chalicelib.entrypoints.http.practice.views import locale_of
from chalicelib.ledger.domain.entries import Service
from chalicelib.practice.domain.practices import Practice
from chalicelib.words import say
from chalicelib.words.documents import DOCUMENTS


def date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


class Words:
    """What services and clinicians are called for one reader."""

    def __init__(self, practice: Practice, locale: str) -> None:
        self._practice, self.locale = practice, locale

    def service(self, service: Service) -> tuple[str, schemas.Locale]:
        """Its name, and the language that it is in."""
        if not service.name:
            return say(DOCUMENTS, "line_opening", self.locale), self.own_locale
        name, spoken = self._practice.service_in(service.name, self.locale)
        return name, locale_of(spoken)

    @property
    def own_locale(self) -> schemas.Locale:
        return locale_of(self.locale)

    def clinician(self, clinician_id: str) -> str:
        clinician = self._practice.clinician(clinician_id)
        return clinician.name if clinician else ""

    def clinician_and_credentials(self, clinician_id: str) -> str:
        """As documents name them."""
        clinician = self._practice.clinician(clinician_id)
        return clinician.name_and_credentials if clinician else ""


def line(charge_id: str, service: Service, amount_minor: int, words: Words) -> schemas.PaymentLine:
    name, spoken = words.service(service)
    return schemas.PaymentLine(charge_id, date(service.on), name, spoken, amount_minor)
