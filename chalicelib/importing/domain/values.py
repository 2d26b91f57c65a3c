"""Cells of a CSV file as values: each parser takes the text and the terms, and raises BadValue."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from chalicelib.importing.domain.problems import BadValue, shown
from chalicelib.kernel.emails import normalised
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.money import EXPONENTS, MAX_AMOUNT_MINOR, Money, decimal_text
from chalicelib.practice.domain.procedure_codes import PLACES, PROCEDURE, modifiers

ID_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
EARLIEST = date(1900, 1, 1)
OPENING_PREFIX = "opening:"  # a colon is in no id of a practice's, so the two never collide
ADJUSTMENT_KINDS = ("adjustment", "write_off")

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_GROUPED = re.compile(r"-?[0-9]{1,3}([.,' ][0-9]{3})+([.,][0-9]+)?")
_PLAIN = re.compile(r"(-?)([0-9]{1,15})(?:([.,])([0-9]*))?")
_ICD = re.compile(r"[A-Za-z][0-9][0-9A-Za-z](\.[0-9A-Za-z]{1,4})?")
_WORDS_FOR_YES_NO = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}
_BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Terms:
    """What the cells are read against: the practice's currency, and the last date that is not the future."""

    currency: str
    latest: date


Parser = Callable[[str, Terms], object]


def amount(text: str, terms: Terms) -> int:
    """Decimal text as minor units: USD "120", "120.00" are 12000, "12,50" is 1250; not "12.5", not "1,250".

    The decimals are all there or none is: "12.5" is how an amount looks that lost its end. A comma or point
    before three digits is never guessed at, but where a currency has three decimals the point is its sign.
    """
    exponent = EXPONENTS[terms.currency]
    match = _PLAIN.fullmatch(text)
    decimal = match is not None and match[3] is not None and len(match[4]) == exponent
    if _GROUPED.fullmatch(text) and not (decimal and match is not None and match[3] == "."):
        raise BadValue("amount_ambiguous", value=shown(text))
    if match is None:
        raise BadValue("amount_format", value=shown(text), example=_example(terms))
    if match[3] is not None and not (decimal and exponent):
        raise BadValue("amount_decimals", value=shown(text), example=_example(terms), decimals=exponent)
    minor = int(match[2] + (match[4] or "0" * exponent))
    if minor > MAX_AMOUNT_MINOR:
        raise BadValue("amount_too_large", value=shown(text))
    return -minor if match[1] else minor


def positive_amount(text: str, terms: Terms) -> int:
    minor = amount(text, terms)
    if minor <= 0:
        raise BadValue("amount_not_positive", value=shown(text))
    return minor


def amount_from_zero(text: str, terms: Terms) -> int:
    minor = amount(text, terms)
    if minor < 0:
        raise BadValue("amount_negative", value=shown(text))
    return minor


def fee(text: str, terms: Terms) -> int:
    minor = amount(text, terms)
    if minor < 0:
        raise BadValue("fee_negative", value=shown(text))
    return minor


def amount_not_zero(text: str, terms: Terms) -> int:
    minor = amount(text, terms)
    if minor == 0:
        raise BadValue("amount_zero", value=shown(text))
    return minor


def any_date(text: str, terms: Terms) -> str:
    """YYYY-MM-DD, not in the future."""
    if not _DATE.fullmatch(text):
        raise BadValue("date_format", value=shown(text))
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadValue("date_absent", value=shown(text)) from None
    if day > terms.latest:
        raise BadValue("date_future", value=shown(text))
    if day < EARLIEST:
        raise BadValue("date_too_early", value=shown(text))
    return text


def identifier(text: str, _: Terms) -> str:
    if not ID_PATTERN.fullmatch(text):
        raise BadValue("id_format", value=shown(text))
    return text


def kind_of_charge(charge_id: str) -> str:
    """For what kind of row its own id is made: an opening balance is no charge there."""
    return "opening" if charge_id.startswith(OPENING_PREFIX) else "charge"


def charge_reference(text: str, terms: Terms) -> str:
    """A charge's id, or `opening:` and a client's id for what the client owed on moving to Billfold."""
    identifier(text.removeprefix(OPENING_PREFIX), terms)
    return text


def identifiers(text: str, terms: Terms) -> tuple[str, ...]:
    """Ids with spaces between them; each once, in the order given."""
    return tuple(dict.fromkeys(identifier(part, terms) for part in text.split()))


def email(text: str, _: Terms) -> str:
    """The one spelling under which the address is known."""
    try:
        return normalised(text)
    except Invalid:
        code = "email_format" if text.isascii() else "email_letters"
        raise BadValue(code, value=shown(text)) from None


def yes_no(text: str, _: Terms) -> bool:
    value = _WORDS_FOR_YES_NO.get(_lower(text))
    if value is None:
        raise BadValue("choice_unknown", value=shown(text), choices="yes, no")
    return value


def one_of(*choices: str) -> Parser:
    def parse(text: str, _: Terms) -> str:
        if _lower(text) not in choices:
            raise BadValue("choice_unknown", value=shown(text), choices=", ".join(choices))
        return _lower(text)

    return parse


def line(longest: int) -> Parser:
    """One line of text."""

    def parse(text: str, _: Terms) -> str:
        return _clean(text, longest, allowed="")

    return parse


def lines(longest: int) -> Parser:
    """Text that may have several lines; its line ends become \\n."""

    def parse(text: str, _: Terms) -> str:
        return _clean(text.replace("\r\n", "\n"), longest, allowed="\n")

    return parse


def cpt(text: str, _: Terms) -> str:
    code = _upper(text)
    if not PROCEDURE.fullmatch(code):
        raise BadValue("cpt_format", value=shown(text))
    given = modifiers(code)
    if len(set(given)) < len(given):
        raise BadValue("modifier_repeated", value=shown(text))
    return code


def diagnoses(text: str, _: Terms) -> tuple[str, ...]:
    """ICD-10 codes with spaces between them, twelve at most (as many as a claim holds)."""
    typed = text.split()
    if not all(_ICD.fullmatch(code) for code in typed):
        raise BadValue("diagnoses_format", value=shown(text))
    codes = tuple(dict.fromkeys(code.upper() for code in typed))
    if len(codes) > 12:
        raise BadValue("diagnoses_format", value=shown(text))
    return codes


def place_of_service(text: str, _: Terms) -> str:
    if text not in PLACES:
        raise BadValue("place_format", value=shown(text))
    return text


def units(text: str, _: Terms) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text) or int(text) == 0:
        raise BadValue("units_format", value=shown(text))
    return int(text)


def _lower(text: str) -> str:
    """Of plain letters only: changing case makes plain letters of some others, and so another word."""
    return text.lower() if text.isascii() else text


def _upper(text: str) -> str:
    return text.upper() if text.isascii() else text


def _clean(text: str, longest: int, *, allowed: str) -> str:
    if len(text) > longest:
        raise BadValue("text_too_long", value=shown(text), longest=longest)
    if text.isascii() and text.isprintable():
        return text
    if any(_harmful(character) and character not in allowed for character in text):
        raise BadValue("control_character", value=shown(text))
    return unicodedata.normalize("NFC", text)


def _harmful(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Cn") or character in _BIDIRECTIONAL


def _example(terms: Terms) -> str:
    return decimal_text(Money(125 * 10 ** EXPONENTS[terms.currency], terms.currency))
