"""What a PDF prints: its text as a reader would copy it, and how far to the right each run of it reaches."""

from collections import defaultdict
from io import BytesIO
from typing import Any

from pypdf import PageObject, PdfReader


def text_of(pdf: bytes) -> str:
    """Line by line."""
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def alternatives(pdf: bytes) -> list[str]:
    """What is read out in the place of its pictures."""
    reader: Any = PdfReader(BytesIO(pdf))
    found = (reader.get_object(number) for number in range(1, len(reader.xref[0]) + 1))
    return [str(held["/Alt"]) for held in found if isinstance(held, dict) and "/Alt" in held]


def pages_of(pdf: bytes) -> list[PageObject]:
    return list(PdfReader(BytesIO(pdf)).pages)


def places(page: PageObject) -> list[tuple[float, float]]:
    """Where each run of glyphs begins and ends, in points from the paper's left, by the fonts' widths."""
    fonts: dict[str, dict[int, float]] = {
        name: _widths(font.get_object()["/DescendantFonts"][0].get_object())
        for name, font in page["/Resources"]["/Font"].items()  # type: ignore[index]
    }
    found: list[tuple[float, float]] = []
    now: list[Any] = ["", 0.0]

    def visit(operator: bytes, operands: Any, placed: list[float], at: list[float]) -> None:
        if operator == b"Tf":
            now[:] = operands
        elif operator in {b"Tj", b"TJ"}:
            font, size = fonts[now[0]], float(now[1])
            parts = operands[0] if operator == b"TJ" else [operands[0]]
            start = placed[4] + placed[0] * at[4]
            found.append((start, start + size / 1000 * sum(_width(part, font) for part in parts)))

    page.extract_text(visitor_operand_before=visit)
    return found


def _width(part: Any, font: dict[int, float]) -> float:
    if isinstance(part, int | float):
        return -float(part)
    raw = part.original_bytes
    return sum(font[high << 8 | low] for high, low in zip(raw[::2], raw[1::2], strict=True))


def _widths(font: Any) -> dict[int, float]:
    """By glyph: the array is `first last width …` or `first [width …] …`."""
    widths: dict[int, float] = defaultdict(lambda: float(font.get("/DW", 1000)))
    given = list(font["/W"])
    while given:
        first, second = given[0], given[1].get_object() if hasattr(given[1], "get_object") else given[1]
        if isinstance(second, list):
            widths |= {first + number: float(width) for number, width in enumerate(second)}
            given = given[2:]
        else:
            widths |= dict.fromkeys(range(first, second + 1), float(given[2]))
            given = given[3:]
    return widths
