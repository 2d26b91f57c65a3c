"""Diagnosis codes (ICD-10-CM): which of them may be billed on a day, and what they say. Pure.

CMS publishes a release each 1 April and 1 October, and seldom another in between. A release lists billable
codes, and the categories above them, which need more characters. Not every release is known here.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from string import ascii_uppercase

ABSENT, CATEGORY, BILLABLE = "-hb"

_TITLE = "billfold icd-10-cm 1"
_MOST_SHARED = 94  # so many printable characters follow the space


class CodeFault(StrEnum):
    """Why a diagnosis may not be billed on a day. The words are in chalicelib/words/cli/imports.py."""

    UNKNOWN = "diagnosis_unknown"
    CATEGORY = "diagnosis_category"
    OUT_OF_DATE = "diagnosis_out_of_date"


@dataclass(frozen=True, slots=True)
class Listed:
    """A code as one release has it. `words` are of the National Center for Health Statistics, in English."""

    billable: bool
    words: str


Release = Mapping[str, Listed]
"""By code, without the point."""


def bare(code: str) -> str:
    """Without the point, as releases list codes."""
    return code.replace(".", "")


def dotted(code: str) -> str:
    """With the point, as people write codes."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 and "." not in code else code


def table_text(releases: Mapping[str, Release]) -> str:
    """Releases by the day from which they are valid, as `CodeTable` reads them.

    A code stands on one line: how many characters it has from the code before, the rest of it, a mark for
    each release, how much of the words it has from the words before, the rest of these. Words are those of
    the newest release that has the code.
    """
    days = sorted(releases)
    lines, before = [_TITLE, " ".join(days)], ("", "")
    for code in sorted(set().union(*releases.values())):
        listed = [releases[day].get(code) for day in days]
        words = next(entry.words for entry in reversed(listed) if entry)
        if before[0][:1] != code[:1]:
            before = ("", "")  # a letter is read without those before it
        same, alike = _shared(before[0], code), min(_shared(before[1], words), _MOST_SHARED)
        marks = "".join(map(_mark, listed))
        lines.append(f"{same}{code[same:]}{marks}{chr(ord(' ') + alike)}{words[alike:]}")
        before = (code, words)
    return "\n".join([*lines, ""])


class CodeTable:
    """One or more releases. Codes are unpacked by their first letter, once one of them is asked for."""

    def __init__(self, text: str) -> None:
        """Error: ValueError, where the text is none of `table_text`'s."""
        title, days, _ = text.split("\n", 2)
        if title != _TITLE:
            raise ValueError("not a table of diagnosis codes")
        self.releases: Sequence[str] = tuple(days.split())
        self.text = text
        self._line = re.compile(rf"([0-6])([0-9A-Z]+)([-hb]{{{len(self.releases)}}})(.)(.*)")
        self._letters: dict[str, Mapping[str, tuple[str, str]]] = {}

    def mark(self, code: str, release: str) -> str:
        """ABSENT, CATEGORY or BILLABLE: what the release says of the code, which has no point."""
        marks, _ = self._found(code)
        return marks[self.releases.index(release)] if marks else ABSENT

    def words(self, code: str) -> str:
        """What the code says, "" where it is in none of the releases."""
        return self._found(code)[1]

    def codes(self, beginning: str = "") -> Iterator[str]:
        """Those of any of the releases, in their order; with a letter at least, those that begin so."""
        for letter in beginning[:1] or ascii_uppercase:
            self._found(letter)
            yield from (code for code in self._letters[letter] if code.startswith(beginning))

    def _found(self, code: str) -> tuple[str, str]:
        letter = code[:1]
        if letter not in self._letters:
            self._letters[letter] = dict(self._unpacked(letter))
        return self._letters[letter].get(code, ("", ""))

    def _unpacked(self, letter: str) -> Iterable[tuple[str, tuple[str, str]]]:
        """The letter's codes: its first line is the one that has nothing from the line before."""
        start = self.text.find(f"\n0{letter}") if letter else -1
        if start < 0:
            return
        end = self.text.find("\n0", start + 1)
        code = words = ""
        for line in self.text[start + 1 : end if end > 0 else None].splitlines():
            found = self._line.fullmatch(line)
            if not found:
                raise ValueError(f"not a line of a table of diagnosis codes: {line}")
            code = code[: int(found[1])] + found[2]
            words = words[: ord(found[4]) - ord(" ")] + found[5]
            yield code, (found[3], words)


@dataclass(frozen=True)
class DiagnosisCodes:
    """All known releases. Where two tables have a release of the same day, the first one counts."""

    tables: Sequence[CodeTable]

    @property
    def releases(self) -> Sequence[str]:
        """The days from which they are valid, oldest first."""
        return sorted({day for table in self.tables for day in table.releases})

    def fault(self, code: str, day: str) -> CodeFault | None:
        """None where the diagnosis may be billed for a service of that day (YYYY-MM-DD). It may lack its
        point."""
        plain = bare(code)
        marks = {self._mark(plain, release) for release in self._in_force(day)}
        if BILLABLE in marks:
            return None
        if CATEGORY in marks:
            return CodeFault.CATEGORY
        known = any(self._mark(plain, release) != ABSENT for release in self.releases)
        return CodeFault.OUT_OF_DATE if known else CodeFault.UNKNOWN

    def words(self, code: str) -> str:
        """What the code says in the newest release that has it, "" where none has. In English."""
        newest_first = sorted(self.tables, key=lambda table: max(table.releases), reverse=True)
        return next((said for table in newest_first if (said := table.words(bare(code)))), "")

    def count(self, release: str) -> int:
        """How many billable codes it has."""
        return sum(self._mark(code, release) == BILLABLE for code in self._table(release).codes())

    def below(self, category: str, day: str) -> Sequence[str]:
        """The codes under a category that may be billed on the day, without their points."""
        found = {code for table in self.tables for code in table.codes(bare(category))}
        return sorted(code for code in found if self.fault(code, day) is None)

    def _mark(self, code: str, release: str) -> str:
        return self._table(release).mark(code, release)

    def _table(self, release: str) -> CodeTable:
        return next(table for table in self.tables if release in table.releases)

    def _in_force(self, day: str) -> Sequence[str]:
        """The releases that are asked about a day. Before the first it is that one.

        A release counts alone until CMS has published another. Where that one is not known here, the next one
        that is known counts, too: what came or went in between did so on a day that nobody can tell.
        """
        releases = self.releases
        place = max(bisect_right(releases, day), 1)
        now, later = releases[place - 1], releases[place : place + 1]
        return (now, *later) if _next_cycle(now) <= day else (now,)


def _next_cycle(day: str) -> str:
    """The first 1 April or 1 October after the day."""
    year = int(day[:4])
    return next(d for d in (f"{year}-04-01", f"{year}-10-01", f"{year + 1}-04-01") if d > day)


def _shared(one: str, other: str) -> int:
    """How many characters both begin with."""
    return next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _mark(listed: Listed | None) -> str:
    if listed is None:
        return ABSENT
    return BILLABLE if listed.billable else CATEGORY
