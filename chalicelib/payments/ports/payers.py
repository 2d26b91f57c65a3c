"""Payers with what they have saved, one row each, and their consents."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from chalicelib.payments.domain.saved_methods import Payer


@dataclass(frozen=True, slots=True)
class Consent:
    """A payer's leave to keep a method: which version of its text, in which language, when. It outlives the
    method. `payment_id`: the payment with which it was given, "" of a set-up."""

    payer_id: str
    addition: str
    version: str
    locale: str
    at: str
    payment_id: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """That a person has read a notice beside a card form: which version of its text, in which language, when.
    `about`: the payment or the set-up with which they said so."""

    payer_id: str
    notice: str
    version: str
    about: str
    locale: str
    at: str


class Payers(Protocol):
    def payer(self, practice: str, payer_id: str) -> Payer | None:
        """Strongly consistent. Errors: Busy, Unreadable."""
        ...

    def save(
        self,
        practice: str,
        payer: Payer,
        *,
        before: Payer | None,
        due: str = "",
        consent: Consent | None = None,
    ) -> Payer:
        """Put it over `before`, with the rows by which it is found, and the consent, or nothing; the payer
        with its new version. `due`: in the work list from then on (UTC RFC 3339), "" in none.

        Errors: Conflict (somebody else has written it, or the consent is kept already), Busy.
        """
        ...

    def payer_of(self, practice: str, processor: str, processor_id: str) -> str:
        """Whose customer or method that is; "" where nobody's here. Strongly consistent."""
        ...

    def payers(self, practice: str) -> Iterator[Payer]:
        """By their ids. Strongly consistent."""
        ...

    def acknowledge(self, practice: str, given: Acknowledgement) -> None:
        """Keep it. What is kept already of the same payment or set-up stays as it is. Error: Busy."""
        ...

    def acknowledgements(
        self, practice: str, payer_id: str, notice: str, version: str
    ) -> Iterator[Acknowledgement]:
        """Strongly consistent."""
        ...

    def consents(self, practice: str, payer_id: str) -> Iterator[Consent]:
        """In no order of meaning."""
        ...
