"""By what a line is known again, and how people's names are compared."""

import hashlib
import unicodedata
from dataclasses import dataclass

from chalicelib.importing.domain.remittances.model import Patient

ANSWER = "835."


@dataclass(frozen=True, slots=True)
class LineName:
    """The id under which a line is posted: of the same payment, claim and line it is the same, in whichever
    file it comes. `answers_of` is what all answers of one insurer to one claim begin with."""

    payer_id: str
    trace: str
    claim: str
    level: int
    place: str

    def __str__(self) -> str:
        return f"{answers_of(self.payer_id, self.claim)}{self.level}.{_short(14, self.trace, self.place)}"


def answers_of(payer_id: str, claim: str = "") -> str:
    """What the ids of an insurer's answers begin with: all, or those to the claim that it calls so."""
    of_payer = f"{ANSWER}{_short(8, payer_id)}."
    return f"{of_payer}{_short(14, claim)}." if claim else of_payer


def level_of(reference: str) -> str:
    """As which insurer that answer was: "1" for the first."""
    return reference.split(".")[3]


def _short(length: int, *texts: str) -> str:
    return hashlib.sha256(repr(texts).encode()).hexdigest()[:length]


def words_of(name: str) -> frozenset[str]:
    """A name's words for comparison: "Núñez-Vale, Ana" and "ANA NUNEZ VALE" have the same."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(" " if not c.isalnum() else c for c in plain if not unicodedata.combining(c))
    return frozenset(kept.split())


def same_person(patient: Patient, name: str) -> bool:
    """Whether the whole name is that, with or without what stands in the middle."""
    if not (patient.last and patient.first):
        return False
    short, theirs = words_of(f"{patient.first} {patient.last}"), words_of(name)
    return short <= theirs <= short | _middles(patient) or theirs == short


def akin(patient: Patient, *names: str) -> bool:
    """Whether nothing speaks against it that a number found: they share a word of the last name."""
    last = words_of(patient.last)
    return not last or any(last & words_of(name) for name in names)


def _middles(patient: Patient) -> frozenset[str]:
    middle = words_of(patient.middle)
    return middle | {word[0] for word in middle}
