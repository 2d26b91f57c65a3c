"""Whether a colour can be read on paper. Pure."""

import re

LEAST_CONTRAST = 4.5  # WCAG 2, 1.4.3: text of any size
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def colour_fault(colour: str) -> str | None:
    """What is wrong with a colour for names and lines on white; None where nothing is."""
    if not _COLOUR.fullmatch(colour):
        return "a colour like #1f5148"
    ratio = contrast_with_white(colour)
    if ratio < LEAST_CONTRAST:
        return f"{ratio:.2f}:1 against white cannot be read: at least {LEAST_CONTRAST}:1, so a darker one"
    return None


def contrast_with_white(colour: str) -> float:
    """As WCAG 2 counts it, 1 to 21, cut after the second decimal: what is almost enough is not enough."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return int(1.05 / (luminance + 0.05) * 100 + 1e-9) / 100


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
