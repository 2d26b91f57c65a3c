"""Elements of X12 as values. Each raises Flaw, with the segment that it stands in."""

import re
from datetime import date

from chalicelib.importing.domain.remittances.segments import Segment
from chalicelib.kernel.money import EXPONENTS

_DECIMAL = re.compile(r"(-?)([0-9]{0,15})(?:\.([0-9]{0,6}))?")
_DAY = re.compile(r"[0-9]{8}")
_MOST_MINOR = 10**13  # far above what a bank moves at once
_WHOLE = re.compile(r"[0-9]{1,9}")


def amount(segment: Segment, position: int, currency: str) -> int:
    """Decimal text ("85.5", "-40", ".5") in minor units; 0 where it was left out.

    Trailing zeros may be left out, so "85.5" is 85.50; more decimals than the currency has are refused.
    """
    text = segment.at(position)
    if not text:
        return 0
    match, exponent = _DECIMAL.fullmatch(text), EXPONENTS[currency]
    if match is None or not (match[2] or match[3]):
        raise segment.flaw("element_amount", element=_place(segment, position))
    decimals = (match[3] or "").rstrip("0")
    if len(decimals) > exponent:
        raise segment.flaw("element_amount", element=_place(segment, position))
    minor = int((match[2] or "0") + decimals.ljust(exponent, "0"))
    if minor > _MOST_MINOR:
        raise segment.flaw("element_amount", element=_place(segment, position))
    return -minor if match[1] else minor


def day(segment: Segment, position: int) -> str:
    """CCYYMMDD as YYYY-MM-DD."""
    text = segment.at(position)
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise segment.flaw("element_date", element=_place(segment, position)) from None


def whole(segment: Segment, position: int) -> int:
    if not _WHOLE.fullmatch(segment.at(position)):
        raise segment.flaw("element_missing", element=_place(segment, position))
    return int(segment.at(position))


def needed(segment: Segment, position: int) -> str:
    text = segment.at(position)
    if not text:
        raise segment.flaw("element_missing", element=_place(segment, position))
    return text


def _place(segment: Segment, position: int) -> str:
    """As X12 names it, e.g. CLP04."""
    return f"{segment.name}{position:02d}"
