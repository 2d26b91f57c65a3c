"""From whom a document is, and for whom: copied into it, so that an issued one keeps what it was issued with.

A field that joins has a default, and prints nothing where it is that: what was issued before stays as it was.
"""

from dataclasses import dataclass
from typing import Any

from chalicelib.practice.domain.notices import Place, texts_at
from chalicelib.practice.domain.practices import Client, Logo, Paper, Practice

JOINED = frozenset({"practice_legal_name", "notices", "text", "paper", "colour", "logo", "pay_link"})
"""What letterheads did not have when the first documents were issued."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """The practice as it was called when the document was made. `practice_legal_name`, by which insurers know
    it, is printed where it is another one. `text`, `colour` and `logo` are the practice's own; `notices` is
    what law wants said on such a document, in its language."""

    practice_name: str
    practice_address: str
    practice_phone: str
    practice_email: str
    practice_legal_name: str = ""
    notices: tuple[str, ...] = ()
    text: str = ""
    paper: Paper = Paper.USUAL
    colour: str = ""
    logo: Logo | None = None

    @staticmethod
    def of(practice: Practice, place: Place | None, locale: str) -> "Letterhead":
        """Of a document of that kind; None: of one that says nothing of care."""
        return Letterhead(**practice_facts(practice, place, locale))


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedLetterhead(Letterhead):
    """Of what is posted: with the client, as they were called then, and the language of the document."""

    client_name: str
    client_address: str
    locale: str

    @staticmethod
    def to(practice: Practice, client: Client) -> "PostedLetterhead":
        return PostedLetterhead(
            **practice_facts(practice, Place.STATEMENT, client.locale),
            client_name=client.name, client_address=client.address, locale=client.locale,
        )  # fmt: skip


def practice_facts(practice: Practice, place: Place | None, locale: str) -> dict[str, Any]:
    """What every letterhead has of the practice, by its fields' names."""
    return {
        "practice_name": practice.name,
        "practice_address": practice.address,
        "practice_phone": practice.phone,
        "practice_email": practice.email,
        "practice_legal_name": practice.legal_name,
        "text": practice.letterhead,
        "paper": practice.paper,
        "colour": practice.colour,
        "logo": practice.logo,
        "notices": texts_at(practice, place, locale) if place else (),
    }
