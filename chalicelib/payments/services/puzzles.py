"""A human check that asks nothing of people: their browser does some work before a card may be tried.

A puzzle is a time and a size under our key, so that nothing is kept of it. Its answer is for one attempt's
key, and of no use to another.
"""

import hashlib
from dataclasses import dataclass

from chalicelib.platform.ports import Clock, Keys

LASTS_SECONDS = 10 * 60
_HASH = 32  # hexadecimal digits
_LONGEST = 20  # digits of an answer


@dataclass(frozen=True, slots=True)
class Puzzle:
    """Find a number n so that SHA-256 of "<text>.<attempt's key>.<n>" begins with that many zero bits.
    `expires_at`: epoch seconds."""

    text: str
    bits: int
    expires_at: int


@dataclass(frozen=True)
class Puzzles:
    keys: Keys
    clock: Clock

    def made(self, practice: str, bits: int) -> Puzzle:
        expires_at = self._now() + LASTS_SECONDS
        return Puzzle(f"{expires_at}.{bits}.{self._hash(practice, expires_at, bits)}", bits, expires_at)

    def solved(self, practice: str, text: str, key: str, answer: str, *, bits: int) -> bool:
        """Whether that is a puzzle of ours, of so many bits at least, and solved for the attempt."""
        told = text.split(".")
        if len(told) != 3 or not (told[0].isdecimal() and told[1].isdecimal() and text.isascii()):
            return False
        expires_at, found = int(told[0]), int(told[1])
        known = any(
            told[2] == self._hash(practice, expires_at, found, version) for version in self.keys.versions
        )
        if not known or found < bits or expires_at < self._now():
            return False
        return _plain(answer) and zero_bits(f"{text}.{key}.{answer}") >= found

    def _hash(self, practice: str, expires_at: int, bits: int, version: int | None = None) -> str:
        text = f"{practice}/{expires_at}/{bits}"
        return self.keys.keyed_hash("puzzle", text, version=version)[:_HASH]

    def _now(self) -> int:
        return int(self.clock.now().timestamp())


def zero_bits(text: str) -> int:
    """With how many zero bits the SHA-256 of the text begins."""
    digest = hashlib.sha256(text.encode()).digest()
    return len(digest) * 8 - int.from_bytes(digest).bit_length()


def _plain(answer: str) -> bool:
    """A number in one spelling, so that no answer is two."""
    return answer.isascii() and answer.isdecimal() and len(answer) <= _LONGEST and str(int(answer)) == answer
