"""By what a line is known again."""

import hashlib
from dataclasses import dataclass

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


def is_twin(name: LineName, reference: str) -> bool:
    """Whether it answers the same claim with the same payment and line, under another id of the insurer."""
    own, other = str(name).split("."), reference.partition("~")[0].split(".")
    return reference.startswith(ANSWER) and own[1] != other[1] and own[2:] == other[2:]


def level_of(reference: str) -> str:
    """As which insurer that answer was: "1" for the first."""
    return reference.split(".")[3]


def _short(length: int, *texts: str) -> str:
    return hashlib.sha256(repr(texts).encode()).hexdigest()[:length]
