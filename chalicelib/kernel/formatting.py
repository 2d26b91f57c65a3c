"""Money, dates and names as people in the United States read them, in English and Spanish (CLDR)."""

import unicodedata
from datetime import date

from chalicelib.kernel.money import Money, decimal_text
from chalicelib.words import LANGUAGES, language

_SYMBOLS = {  # CLDR: (en-US, es-US)
    "USD": ("$", "$"), "JPY": ("¥", "¥"), "CHF": ("CHF", "CHF"), "KWD": ("KWD", "KWD"),
    "CAD": ("CA$", "CAD"), "EUR": ("€", "EUR"), "GBP": ("£", "GBP"),
    "AUD": ("A$", "AUD"), "NZD": ("NZ$", "NZD"), "MXN": ("MX$", "MXN"),
}  # fmt: skip
_MONTHS = {
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    "es": (
        "enero", "febrero", "marzo", "abril", "mayo", "junio",
        "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
    ),
}  # fmt: skip
# Explicit directional formatting can make a name read as something else than its letters; marks of where a
# line may break would be copied along with it.
_UNSEEN = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u00ad\u200b\u2060\ufeff"
)
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


def money_text(money: Money, locale: str) -> str:
    """`Money(-123450, "USD")` is "−$1,234.50"; a symbol of letters is set off by a hard space.

    The minus is U+2212, which screen readers say: a hyphen they leave out.
    """
    symbol = _SYMBOLS[money.currency][LANGUAGES.index(language(locale))]
    text = decimal_text(money)
    sign, digits = ("\u2212", text[1:]) if text.startswith("-") else ("", text)
    whole, point, fraction = digits.partition(".")
    gap = "\u00a0" if symbol[-1].isalpha() else ""
    return f"{sign}{symbol}{gap}{int(whole):,}{point}{fraction}"


def date_text(day: str, locale: str) -> str:
    """`2026-11-03` is "November 3, 2026" or "3 de noviembre de 2026"."""
    parsed = date.fromisoformat(day)
    month = _MONTHS[language(locale)][parsed.month - 1]
    if language(locale) == "es":
        return f"{parsed.day} de {month} de {parsed.year}"
    return f"{month} {parsed.day}, {parsed.year}"


def month_text(day: str, locale: str) -> str:
    """`2026-11-03` is in "November 2026" or "noviembre de 2026"."""
    parsed = date.fromisoformat(day)
    month = _MONTHS[language(locale)][parsed.month - 1]
    return f"{month} de {parsed.year}" if language(locale) == "es" else f"{month} {parsed.year}"


def short_date_text(day: str, locale: str) -> str:
    """For columns: `2026-11-03` is "Nov 3, 2026" or "3 nov 2026"; figures alone could be read either way."""
    parsed = date.fromisoformat(day)
    month = _MONTHS[language(locale)][parsed.month - 1][:3]
    return (
        f"{parsed.day} {month} {parsed.year}"
        if language(locale) == "es"
        else f"{month} {parsed.day}, {parsed.year}"
    )


def one_line(text: str) -> str:
    """The text on one line, without control characters: what may stand in a header, a title or a sentence."""
    kept = (" " if _breaks(letter) else letter for letter in text if letter not in _UNSEEN)
    return " ".join("".join(kept).split())


def isolated(name: str) -> str:
    """A name of letters that run from right to left, between the marks that keep it and the sentence round it
    from changing each other's order; any other as it is. In HTML that is `<bdi>`, on paper a box."""
    if any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in name):
        return f"{FIRST_STRONG_ISOLATE}{name}{POP_ISOLATE}"
    return name


def initials(name: str) -> str:
    """What the practice's mark shows: "WC" of "Willow Creek & Partners, Counseling", as in the portal."""
    return "".join([word[0].upper() for word in name.split() if word[0].isalpha()][:2])


def _breaks(letter: str) -> bool:
    """Control characters, line separators, and halves of surrogate pairs, which no encoding takes."""
    return unicodedata.category(letter) in {"Cc", "Zl", "Zp", "Cs"}
