"""Headers, words and names without what people write one way today and another way tomorrow."""

import re
import unicodedata
from fnmatch import fnmatchcase
from functools import lru_cache

_SPACES = re.compile(r"\s+")
# Marks that make another letter, and no accent: of kana, and of a Cyrillic one.
_KANA, _IJ = "\u3099\u309a", "\u0438\u0306"
_BEHIND = frozenset(
    {"jr", "sr", "ii", "iii", "iv", "esq", "phd", "psyd", "edd", "dds", "lcsw", "lmft", "lpc", "lmhc"}
)
_MAYBE = frozenset({"md", "do", "rn", "np"})  # Do and Md are names, too
_NO_LETTER = re.compile(r"[^\w*]+|_")


def folded(header: str) -> str:
    """A header: letters and digits alone, so that `*Invoice number` and `InvoiceNumber` are one."""
    return _NO_LETTER.sub("", _plain(header)).replace("*", "")


@lru_cache(maxsize=4096)
def folded_word(word: str) -> str:
    """A word of a system's: `Late-Cancel` and `late cancel` are one. A * stays."""
    return _SPACES.sub(" ", _NO_LETTER.sub(" ", _plain(word))).strip()


@lru_cache(maxsize=16_384)
def folded_name(name: str) -> str:
    """A person's: case, accents and the spaces between its parts do not count; all else does."""
    return _SPACES.sub(" ", _plain(name)).strip()


def turned(name: str) -> str:
    """`Vale, Robin` as `Robin Vale`, and `Vale, Robin, Jr.` and `Robin Vale, Jr.` as `Robin Vale Jr.`; a name
    with no comma, or with others, as it is."""
    if "," not in name:
        return name.strip()
    parts, suffix = [part.strip() for part in name.split(",")], ""
    for place in (-1, 1):
        if not suffix and 1 < len(parts) < 4 and _follows(parts[place], alone=len(parts) == 2):
            suffix = parts.pop(place)
    if not all(parts) or len(parts) > 2:
        return name.strip()
    return " ".join([*reversed(parts), suffix]).strip()


def _follows(part: str, *, alone: bool) -> bool:
    """Whether a part of a name stands behind the others. `alone`: there are two, and it may be the first
    name."""
    word = _plain(part).replace(".", "")
    return word in _BEHIND or (not alone and word in _MAYBE)


@lru_cache(maxsize=4096)
def fits(word: str, pattern: str) -> bool:
    return fnmatchcase(folded_word(word), folded_word(pattern))


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text).casefold()
    one = apart.replace(_IJ, "\0")
    kept = "".join(c for c in one if c in _KANA or not unicodedata.combining(c))
    return kept.replace("\0", _IJ)


def marked(name: str) -> str:
    """With accents, but for case and spaces, however they are encoded."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", turned(name)).casefold()).strip()


def has_marks(name: str) -> bool:
    return not name.isascii() and marked(name) != folded_name(turned(name))
