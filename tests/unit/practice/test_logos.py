"""A logo that is a bomb, acts, or refers elsewhere is refused; what is kept is the picture (issue 14)."""

import struct
import zlib
from dataclasses import replace

import pytest

from chalicelib.practice.domain.colours import colour_fault, contrast_with_white
from chalicelib.practice.domain.logos import MAX_BYTES, BadPicture, picture_of

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 40">{}</svg>'
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(name: bytes, held: bytes) -> bytes:
    return struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held))


def png(
    width: int = 4, height: int = 4, *, depth: int = 8, colour: int = 6, interlaced: int = 0,
    extra: bytes = b"", pixels: bytes | None = None,
) -> bytes:  # fmt: skip
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(colour, 1)
    row = b"\0" + b"\x80" * ((width * depth * channels + 7) // 8)
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    packed = zlib.compress(row * height if pixels is None else pixels)
    return (
        SIGNATURE + chunk(b"IHDR", header) + extra + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )  # fmt: skip


def svg(inside: str) -> bytes:
    return SVG.format(inside).encode()


BAD_PNGS = {
    "says that it is huge": (png(60_000, 60_000, pixels=b"\0" * 1_000), "pixels"),
    "has too many pixels": (png(2_000, 1_500, pixels=b"\0"), "pixels"),
    "unpacks to fifty megabytes": (png(pixels=b"\0" * 50_000_000), "unpacks to another"),
    "has fewer pixels than it says": (png(pixels=b"\0"), "unpacks to another"),
    "is interlaced": (png(interlaced=1), "interlac"),
    "is cut off": (png()[:-20], "cut off"),
    "is damaged": (png()[:45] + b"\xff" + png()[46:], "cut off"),
    "ends nowhere": (SIGNATURE, "cut off"),
    "has no header": (SIGNATURE + chunk(b"IEND", b""), "header"),
    "has no palette": (png(colour=3), "palette"),
    "has a depth that none has": (png(depth=3), "header"),
    "has a part that nobody knows": (png(extra=chunk(b"EVIL", b"")), "no reader"),
    "has a row with no filter": (png(pixels=(b"\x09" + b"\x80" * 16) * 4), "damaged"),
    "is a line": (png(1_000, 2), "as long"),
}
BAD_SVGS = {
    "<script>alert(1)</script>": "script", '<path onload="x()" d="M0 0"/>': "script",
    "<foreignObject/>": "foreignObject", '<image href="https://x.test/a.png"/>': "PNG",
    '<use href="#a"/>': "clones", "<text>Willow</text>": "outlines", "<animate/>": "animate",
    '<filter id="f"/>': "filter", "<svg/>": "svg",
    '<linearGradient id="a" href="https://x.test/#a"/>': "elsewhere",
    '<linearGradient xmlns:x="http://www.w3.org/1999/xlink" x:href="file:///etc/passwd"/>': "elsewhere",
    '<path fill="url(https://x.test/#a)" d="M0 0"/>': "elsewhere",
    "<path style=\"fill:url('//x.test')\" d=\"M0 0\"/>": "elsewhere",
    '<style>@import "//x.test";</style>': "elsewhere", r"<style>.a{fill:u\72l(//x)}</style>": "elsewhere",
    "<style>.a{fill:u<!-- -->rl(//x)}</style>": "elsewhere", "<style><g/></style>": "shapes",
    '<path d="M0 0L1e30 1"/>': "measure", '<path d="M0 0L12345678 1"/>': "measure",
    '<clipPath id="a"><path clip-path="url(#b)" d="M0 0"/></clipPath>': "clipped",
    '<clipPath id="a"><path style="Clip-Path:url(#b)" d="M0 0"/></clipPath>': "clipped",
    '<clipPath id="a"><g class="b c"/></clipPath><style>.a,.c{x:y;clip-path:url(#b)}</style>': "clipped",
    '<style>.c{clip-path:url(#b)}</style><clipPath id="a"><path class="c" d="M0 0"/></clipPath>': "clipped",
    "<style>path{clip-path:url(#b)}</style>": "clipped",
    "<g/>" * 5_001: "elements", "<g>" * 41 + "</g>" * 41: "within",
}  # fmt: skip
BAD_FILES = {
    b"": "neither",
    b"GIF89a": "neither",
    b"a" * (MAX_BYTES + 1): "at most",
    b'<html xmlns="http://www.w3.org/1999/xhtml"/>': "neither",
    b'<svg viewBox="0 0 1 1"/>': "neither",
    b'<!DOCTYPE svg [<!ENTITY a "aaa">]>' + svg("<title>&a;</title>"): "declarations",
    b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + svg("<title>&a;</title>"): "declarations",
    b'<svg xmlns="http://www.w3.org/2000/svg"/>': "viewBox",
    b'<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="9"/>': "viewBox",
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 50000 50000"/>': "viewBox",
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1e9 1"/>': "viewBox",
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 -1 1"/>': "viewBox",
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 nan 1"/>': "viewBox",
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1" onload="x()"/>': "script",
}


@pytest.mark.parametrize("name", BAD_PNGS)
def test_14_a_png_is_refused_that(name: str) -> None:
    raw, why = BAD_PNGS[name]
    with pytest.raises(BadPicture, match=why):
        picture_of(raw)


@pytest.mark.parametrize("inside", BAD_SVGS, ids=lambda inside: inside[:30])
def test_14_an_svg_is_refused_with(inside: str) -> None:
    with pytest.raises(BadPicture, match=BAD_SVGS[inside]):
        picture_of(svg(inside))


@pytest.mark.parametrize("raw", BAD_FILES, ids=range(len(BAD_FILES)))
def test_14_a_file_is_refused(raw: bytes) -> None:
    with pytest.raises(BadPicture, match=BAD_FILES[raw]):
        picture_of(raw)


@pytest.mark.parametrize(("colour", "depth"), [(0, 1), (0, 16), (2, 8), (3, 8), (4, 8), (6, 8), (6, 16)])
def test_every_kind_of_pixels_is_taken_and_nothing_beside_them_is_kept(colour: int, depth: int) -> None:
    palette = chunk(b"PLTE", b"\x10\x20\x30" * 200) if colour == 3 else b""
    secret = chunk(b"tEXt", b"Author\0Maya Okafor") + chunk(b"iCCP", b"x") + palette
    found = picture_of(png(colour=colour, depth=depth, extra=secret) + b"after the end")
    assert (found.kind, found.width, found.height) == ("png", 4, 4)
    assert found.content == png(colour=colour, depth=depth, extra=palette)


def test_of_an_svg_the_shapes_are_kept_and_what_editors_add_is_not() -> None:
    editors = (
        '<?pi x?><!-- Maya --><x:named xmlns:x="urn:x"><script/></x:named><metadata><a>Maya</a></metadata>'
        '<g i:label="Maya" xmlns:i="urn:i" id="a"><path d="M0.123456789 0" fill="url(#b)"/></g>'
        "<title>A &amp; B</title><style>.a{fill:#123456}</style>"
    )
    kept = SVG.format(
        '<g id="a"><path d="M0.123456789 0" fill="url(#b)"></path></g>'
        "<title>A &amp; B</title><style>.a{fill:#123456}</style>"
    ).encode()
    doctype = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">'
    found = picture_of(doctype + svg(editors))
    assert (found.kind, found.content, found.width, found.height) == ("svg", kept, 100, 40)
    assert picture_of(kept) == found, "what is kept is kept as it is"


def test_shapes_are_clipped_as_drawing_programs_write_it() -> None:
    inside = (
        '<clipPath id="a"><path class="b" d="M0 0"></path></clipPath><style>.b{fill:none}'
        '.c{clip-path:url(#a)}</style><g class="c"></g><g clip-path="url(#a)"></g>'
    )
    assert picture_of(svg(inside)).content == svg(inside)


def test_the_name_is_the_hash_of_what_is_kept() -> None:
    one, other = picture_of(svg("<g/>")), picture_of(svg("<!-- x --><g/>"))
    assert one.logo("fern", "Fern") == other.logo("fern", "Fern")
    assert picture_of(png()).logo("fern", "Fern").digest != one.logo("fern", "Fern").digest
    assert replace(one.logo("fern", "A"), text="B").key == one.logo("fern", "A").key


@pytest.mark.parametrize(
    ("colour", "ratio"),
    [("#000000", 21), ("#ffffff", 1), ("#767676", 4.54), ("#777777", 4.47), ("#0000ff", 8.59)],
)
def test_contrast_is_that_of_wcag(colour: str, ratio: float) -> None:
    assert contrast_with_white(colour) == pytest.approx(ratio, abs=0.02)
    assert (colour_fault(colour) is None) is (ratio >= 4.5)


def test_a_pale_colour_is_refused_with_its_ratio() -> None:
    assert "4.47:1" in (colour_fault("#777777") or "")
    assert "3.99:1" in (colour_fault("#ff0000") or "")
    assert colour_fault("#fff") == "a colour like #1f5148"
