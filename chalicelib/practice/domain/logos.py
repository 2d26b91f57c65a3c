"""A practice's logo: which files may be one, and what is kept of them. Pure.

A file is read as what a stranger made. Of a PNG the picture alone is kept, of an SVG the shapes alone. So
what documents are drawn from holds no script, no reference to elsewhere, no hidden facts and nothing that
grows when it is read.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from chalicelib.practice.domain.practices import Logo
from chalicelib.practice.domain.svg_shapes import BadPicture, shapes_of

__all__ = ["CONTENT_TYPES", "MAX_BYTES", "BadPicture", "Picture", "picture_of"]

MAX_BYTES = 200 * 1024
CONTENT_TYPES = {"png": "image/png", "svg": "image/svg+xml"}  # by the kind
MAX_SIDE, MAX_PIXELS = 2_000, 2_000_000
MOST_STRETCHED = 10  # times as wide as high, or as high as wide
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_NEEDED = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_CHANNELS: Mapping[int, int] = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by the colour type
_DEPTHS: Mapping[int, tuple[int, ...]] = {
    0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16),
}  # fmt: skip
_FILTERS = 5
_PALETTED = 3


@dataclass(frozen=True, slots=True)
class Picture:
    kind: Literal["png", "svg"]
    content: bytes
    width: float
    height: float

    def logo(self, practice: str, text: str) -> Logo:
        digest = hashlib.sha256(self.content).hexdigest()
        return Logo(practice, digest, self.kind, self.width, self.height, text)


def picture_of(raw: bytes) -> Picture:
    """What is kept of a PNG or an SVG. Error: BadPicture, in words for who chose the file."""
    if len(raw) > MAX_BYTES:
        raise BadPicture(f"the file has {len(raw):,} bytes: at most {MAX_BYTES:,}")
    found = _png(raw) if raw.startswith(_SIGNATURE) else _svg(raw)
    if not 1 / MOST_STRETCHED <= found.width / found.height <= MOST_STRETCHED:
        raise BadPicture(f"one side is more than {MOST_STRETCHED} times as long as the other")
    return found


def _svg(raw: bytes) -> Picture:
    content, width, height = shapes_of(raw)
    return Picture("svg", content, width, height)


def _png(raw: bytes) -> Picture:
    chunks = list(_chunks(raw))
    name, header = chunks[0]
    if name != b"IHDR" or len(header) != 13:
        raise BadPicture("a PNG that does not begin with its header")
    width, height, row = _size(header)
    palette = [held for name, held in chunks if name == b"PLTE"]
    if header[9] == _PALETTED and not (len(palette) == 1 and _fits(palette[0], header[8])):
        raise BadPicture("a PNG whose palette is missing or too long")
    _check_pixels(b"".join(held for name, held in chunks if name == b"IDAT"), height, row)
    return Picture("png", _SIGNATURE + b"".join(_chunk(*chunk) for chunk in chunks), width, height)


def _chunks(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Up to the end that it names, those that make the picture. Profiles and comments are left out."""
    at = len(_SIGNATURE)
    while at + 12 <= len(raw):
        (length,) = struct.unpack(">I", raw[at : at + 4])
        name, held = raw[at + 4 : at + 8], raw[at + 8 : at + 8 + length]
        at += 12 + length
        if at > len(raw) or zlib.crc32(name + held) != struct.unpack(">I", raw[at - 4 : at])[0]:
            raise BadPicture("a PNG that is cut off or damaged")
        if name in _NEEDED:
            yield name, held
        elif not name[:1].islower():
            raise BadPicture("a PNG with parts that no reader has to know")
        if name == b"IEND":
            return
    raise BadPicture("a PNG that is cut off or damaged")


def _chunk(name: bytes, held: bytes) -> bytes:
    return struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held))


def _size(header: bytes) -> tuple[int, int, int]:
    """Width, height, and the bytes of a row of pixels with that of its filter."""
    width, height, depth, colour, compression, filtering, interlaced = struct.unpack(">IIBBBBB", header)
    if depth not in _DEPTHS.get(colour, ()) or compression or filtering:
        raise BadPicture("a PNG whose header says what no PNG is")
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE and width * height <= MAX_PIXELS):
        raise BadPicture(
            f"the picture has {width:,} by {height:,} pixels: at most {MAX_SIDE:,} a side and {MAX_PIXELS:,}"
        )
    if interlaced:
        raise BadPicture("an interlaced PNG: save it without interlacing")
    return width, height, 1 + (width * depth * _CHANNELS[colour] + 7) // 8


def _fits(palette: bytes, depth: int) -> bool:
    return len(palette) % 3 == 0 and 1 <= len(palette) // 3 <= 1 << depth


def _check_pixels(packed: bytes, height: int, row: int) -> None:
    """As many as the header says, not one more is unpacked."""
    unpacker = zlib.decompressobj()
    try:
        pixels = unpacker.decompress(packed, height * row + 1)
    except zlib.error as error:
        raise BadPicture("a PNG that is cut off or damaged") from error
    if len(pixels) != height * row or not unpacker.eof:
        raise BadPicture("a PNG that unpacks to another picture than its header says")
    if max(pixels[::row]) >= _FILTERS:
        raise BadPicture("a PNG that is cut off or damaged")
