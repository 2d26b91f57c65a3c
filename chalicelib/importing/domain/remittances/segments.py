"""An X12 interchange as segments. Streams. Its first segment, of fixed width, says by what all is separated.

Line ends after a segment are no part of it, unless they are what ends one.
"""

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_ISA_WIDTH = 106
_LONGEST = 10_000
_STRAY = {0xDC00 + byte: bytes([byte]).decode("cp1252", errors="replace") for byte in range(128, 256)}
_LINE_ENDS = "\r\n"


class Flaw(Exception):
    """The file is not to be used; `number` counts segments from 1, 0 is the file as a whole."""

    def __init__(self, code: str, number: int = 0, segment: str = "", **details: object) -> None:
        super().__init__(code)
        self.code, self.number, self.segment, self.details = code, number, segment, details


@dataclass(frozen=True, slots=True)
class Segment:
    """`number` counts from 1 in the file; `elements` begin with the segment's name, as X12 counts them."""

    number: int
    elements: tuple[str, ...]
    component: str = ":"

    @property
    def name(self) -> str:
        return self.elements[0]

    def at(self, position: int) -> str:
        """The element, "" where it was left out."""
        return self.elements[position].strip() if position < len(self.elements) else ""

    def parts(self, position: int) -> tuple[str, ...]:
        """The components of a composite element."""
        return tuple(part.strip() for part in self.at(position).split(self.component))

    def flaw(self, code: str, **details: object) -> Flaw:
        return Flaw(code, self.number, self.name, **details)


def segments(chunks: Iterable[bytes]) -> Iterator[Segment]:
    """Errors: Flaw remittance_not_x12, remittance_cut_off, segment_too_long."""
    texts = _texts(chunks)
    start = _start(texts)
    element, component, end = start[3], start[104], start[105]
    separators = {element, component, end}
    if len(separators) < 3 or any(one.isalnum() or one == " " for one in separators):
        raise Flaw("remittance_not_x12")
    number = 0
    for text in _split(start, texts, end):
        stripped = text.strip(_LINE_ENDS + " ")
        if stripped:
            number += 1
            yield Segment(number, tuple(map(_inert, stripped.split(element))), component)


def _inert(text: str) -> str:
    """Without what would move a terminal's cursor or turn its text around."""
    return text if text.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in text)


def _start(texts: Iterator[str]) -> str:
    """At least the whole of the first segment."""
    start = ""
    for text in texts:
        start = (start + text).lstrip()
        if len(start) >= _ISA_WIDTH:
            break
    if not start.startswith("ISA") or len(start) < _ISA_WIDTH:
        raise Flaw("remittance_not_x12")
    return start


def _split(start: str, texts: Iterator[str], end: str) -> Iterator[str]:
    held = start
    while True:
        *whole, held = held.split(end)
        yield from whole
        if len(held) > _LONGEST:
            raise Flaw("segment_too_long")
        more = next(texts, None)
        if more is None:
            break
        held += more
    if held.strip():
        raise Flaw("remittance_cut_off")


def _texts(chunks: Iterable[bytes]) -> Iterator[str]:
    """UTF-8; a byte that is none is read as Windows-1252 has it. Only names have more letters than ASCII."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="surrogateescape")
    for chunk in chunks:
        yield decoder.decode(chunk).translate(_STRAY)
    yield decoder.decode(b"", final=True).translate(_STRAY)
