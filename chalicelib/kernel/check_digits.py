"""The check digit that payment cards and identifiers of health care share (ISO/IEC 7812-1, annex B). Pure."""

_CARD_LENGTHS = range(13, 20)  # digits of the cards in use; 19 is the most that ISO/IEC 7812-1 allows


def luhn_fits(digits: str) -> bool:
    """Whether the last digit checks the others."""
    doubled = (2 * int(digit) if place % 2 else int(digit) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def holds_card_number(text: str) -> bool:
    """Whether the digits of a text, whatever stands between them, hold what may be the number of a card."""
    digits = "".join(each for each in text if each.isdecimal())
    return any(
        luhn_fits(digits[start : start + length])
        for length in _CARD_LENGTHS
        for start in range(len(digits) - length + 1)
    )
