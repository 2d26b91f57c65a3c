"""From whom a document is, and for whom: copied into it, so that an issued one keeps what it was issued with.

A field that joins has a default, and prints nothing where it is that: what was issued before stays as it was.
"""

from dataclasses import dataclass
from typing import Any

from chalicelib.practice.domain.practices import Client, Practice

JOINED = frozenset({"practice_legal_name"})
"""What letterheads did not have when the first documents were issued."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """The practice as it was called when the document was made. `practice_legal_name`, by which insurers know
    it, is printed where it is another one."""

    practice_name: str
    practice_address: str
    practice_phone: str
    practice_email: str
    practice_legal_name: str = ""

    @staticmethod
    def of(practice: Practice) -> "Letterhead":
        return Letterhead(**practice_facts(practice))


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedLetterhead(Letterhead):
    """Of what is posted: with the client, as they were called then, and the language of the document."""

    client_name: str
    client_address: str
    locale: str

    @staticmethod
    def to(practice: Practice, client: Client) -> "PostedLetterhead":
        return PostedLetterhead(
            **practice_facts(practice),
            client_name=client.name, client_address=client.address, locale=client.locale,
        )  # fmt: skip


def practice_facts(practice: Practice) -> dict[str, Any]:
    """What every letterhead has of the practice, by its fields' names."""
    return {
        "practice_name": practice.name,
        "practice_address": practice.address,
        "practice_phone": practice.phone,
        "practice_email": practice.email,
        "practice_legal_name": practice.legal_name,
    }
