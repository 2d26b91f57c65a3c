"""Whether the patient of a claim may be somebody, by the names and the number on the card. Pure.

Names count by their place: Thomas James is not James Thomas. A name in the books is "Robin Vale" or
"Vale, Robin"; how a last name is written in several words or in one does not matter.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.importing.domain.remittances.model import Patient

_SUFFIXES = {
    "jr": "jr", "junior": "jr", "sr": "sr", "senior": "sr", "ii": "ii", "2nd": "ii", "iii": "iii",
    "3rd": "iii", "iv": "iv", "4th": "iv",
}  # fmt: skip
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Called:
    """One way to take a name apart: `given` may hold what stands in the middle."""

    given: Words
    last: Words
    suffix: str = ""


def words_of(name: str) -> Words:
    """For comparison: "Núñez-Vale" and "NUNEZ VALE" have the same."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(" " if not c.isalnum() else c for c in plain if not unicodedata.combining(c))
    return tuple(kept.split())


def readings(name: str) -> Iterator[Called]:
    """Every place at which the last name may begin; none of a name in one word."""
    parts = [words for part in name.split(",") if (words := words_of(part))]
    suffix = ""
    if len(parts) > 1 and len(parts[-1]) == 1 and parts[-1][0] in _SUFFIXES:  # "Robin Vale, Jr."
        suffix = _SUFFIXES[parts.pop()[0]]
    cut = [_without_suffix(part) for part in parts]
    suffix = next((own for _, own in cut if own), suffix)
    if len(cut) == 2:
        (last, _), (given, _) = cut
        yield Called(given, last, suffix)
    elif len(cut) == 1:
        whole, _ = cut[0]
        yield from (Called(whole[:place], whole[place:], suffix) for place in range(1, len(whole)))


def fits(patient: Patient, names: Sequence[str]) -> bool:
    """Whether one of the names is the whole of the patient's, with or without what stands in the middle."""
    return any(_same(patient, called, strict=True) for name in names for called in readings(name))


def may_be(patient: Patient, names: Sequence[str]) -> bool:
    """As `fits`, where the suffix is another, or only one of the two has a middle name."""
    return any(_same(patient, called, strict=False) for name in names for called in readings(name))


def contradicts(patient: Patient, names: Sequence[str]) -> bool:
    """Whether the names speak against whom a number found. First names are the same; last names share a word;
    of what is left out on a claim nothing is known."""
    own = _own(patient)
    if not (own.given or own.last):
        return False
    return not any(_akin(own, called) for name in names for called in readings(name))


def last_of(patient: Patient) -> str:
    """The key under which `lasts_of` has whoever the patient may be; "" where no last name is given."""
    return _joined(_own(patient).last)


def lasts_of(name: str) -> frozenset[str]:
    return frozenset(_joined(called.last) for called in readings(name))


def card_agrees(patient: Patient, member_id: str) -> bool | None:
    """By the number on the card; None where it is not known of both."""
    ours, theirs = _bare(member_id), {_bare(id_) for id_ in patient.member_ids} - {""}
    return ours in theirs if ours and theirs else None


def _own(patient: Patient) -> Called:
    last, in_last = _without_suffix(words_of(patient.last))
    given, in_given = _without_suffix(words_of(patient.first))
    own = "".join(words_of(patient.suffix))
    return Called(given, last, _SUFFIXES.get(own, own) or in_last or in_given)


def _same(patient: Patient, called: Called, *, strict: bool) -> bool:
    own, middle = _own(patient), words_of(patient.middle)
    if not (own.given and own.last) or _joined(own.last) != _joined(called.last):
        return False
    between = _after(own.given, called.given)
    if between is None:
        return False
    if strict:
        return own.suffix == called.suffix and (not between or _same_middle(between, middle))
    return not (between and middle) or _same_middle(between, middle)


def _after(first: Words, given: Words) -> Words | None:
    """What stands behind the first name; None where that is another."""
    places = range(1, len(given) + 1)
    return next((given[place:] for place in places if _joined(given[:place]) == _joined(first)), None)


def _akin(own: Called, called: Called) -> bool:
    given = not own.given or _after(own.given, called.given) is not None
    last = not own.last or bool(set(own.last) & set(called.last)) or _joined(own.last) == _joined(called.last)
    return given and last and not (own.suffix and called.suffix and own.suffix != called.suffix)


def _same_middle(ours: Words, theirs: Words) -> bool:
    """An initial stands for its name."""
    if len(ours) != len(theirs):
        return _joined(ours) == _joined(theirs)
    pairs = zip(ours, theirs, strict=True)
    return all(a == b or (1 in (len(a), len(b)) and a[0] == b[0]) for a, b in pairs)


def _without_suffix(words: Words) -> tuple[Words, str]:
    if len(words) > 1 and words[-1] in _SUFFIXES:
        return words[:-1], _SUFFIXES[words[-1]]
    return words, ""


def _joined(words: Words) -> str:
    return "".join(words)


def _bare(member_id: str) -> str:
    return "".join(c for c in member_id.casefold() if c.isalnum())
