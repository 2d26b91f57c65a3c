"""The shapes of an SVG, written anew: elements and attributes that draw, and nothing else. Pure.

Whatever could act, fetch or grow is refused by name, not left out: who chose the file is to see that it would
look otherwise. What editors keep beside the picture is left out.
"""

import re
from collections.abc import Mapping
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

MAX_ELEMENTS, MAX_DEPTH, MAX_SIDE = 5_000, 40, 10_000
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_DRAWN = frozenset({
    "svg", "g", "defs", "title", "desc", "style", "path", "rect", "circle", "ellipse", "line", "polyline",
    "polygon", "linearGradient", "radialGradient", "stop", "clipPath",
})  # fmt: skip
_WITH_TEXT = frozenset({"style", "title", "desc"})
_LEFT_OUT = frozenset({"metadata"})
_INSTEAD = {
    "text": "turn letters into shapes (“convert to outlines”): fonts differ from one machine to another",
    "use": "draw copies as shapes of their own (“unlink clones”)",
    "image": "save it as a PNG: an SVG with a picture inside is none",
}
_ROOT_LEFT_OUT = frozenset({"width", "height", "x", "y", "preserveAspectRatio", "version", "baseProfile"})
_REFERENCE = re.compile(r"url\(\s*['\"]?#[\w.-]+['\"]?\s*\)")
_ELSEWHERE = re.compile(r"url\(|://|data:|javascript:|@|\\|expression|<", re.IGNORECASE)
_CLASSES = re.compile(r"\s*\.[\w-]+(?:\s*,\s*\.[\w-]+)*\s*")
_ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z-]*[0-9]?")
_HUGE = re.compile(r"(?<![.\d])\d{7}|\de\+?\d\d|nan|inf", re.IGNORECASE)
_GEOMETRY = frozenset({
    "d", "points", "transform", "gradientTransform", "x", "y", "x1", "y1", "x2", "y2", "width", "height",
    "cx", "cy", "r", "rx", "ry", "fx", "fy", "viewBox", "stroke-width", "stroke-dasharray",
    "stroke-dashoffset",
})  # fmt: skip
_CLIPS = "an SVG whose clip paths are clipped themselves: cut the shapes first (“flatten”)"
_LENGTH = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,9})?)(?:px)?")


class BadPicture(Exception):
    """Why a file cannot be a logo, in words for who chose it."""


def shapes_of(raw: bytes) -> tuple[bytes, float, float]:
    """An SVG of the same shapes, its width and its height in its own units. Error: BadPicture."""
    shapes = _Shapes()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = shapes.doctype
    parser.StartElementHandler = shapes.start
    parser.EndElementHandler = shapes.end
    parser.CharacterDataHandler = shapes.text
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        raise BadPicture(f"neither a PNG nor an SVG that can be read ({error})") from error
    return "".join(shapes.written).encode(), shapes.width, shapes.height


class _Shapes:
    """What is written while the file is read. `_open`: the names that are open, None of what is left out."""

    def __init__(self) -> None:
        self.written = list[str]()
        self.width = self.height = 0.0
        self._open = list[str | None]()
        self._cut, self._cutting = set[str](), set[str]()  # classes within clip paths, and those that clip
        self._said = list[str]()
        self._count = 0

    def doctype(self, _name: str, _system: str | None, _public: str | None, internal: int) -> None:
        """The usual line names a file that nobody reads; declarations of its own are entities."""
        if internal:
            raise BadPicture("an SVG with declarations of its own (DOCTYPE [ … ]): save it as plain SVG")

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS or len(self._open) >= MAX_DEPTH:
            raise BadPicture(
                f"an SVG of more than {MAX_ELEMENTS:,} elements, or {MAX_DEPTH} within each other"
            )
        space, _, local = name.rpartition(" ")
        if self._open and (self._open[-1] is None or space != _SVG or local in _LEFT_OUT):
            self._open.append(None)
            return
        nested = (local == "svg") is bool(self._open) or (self._open and self._open[-1] in _WITH_TEXT)
        if space != _SVG or local not in _DRAWN or nested:
            self._refuse(space, local)
        kept = _kept(attributes)
        if "clipPath" in (local, *self._open):
            self._within_clip(kept)
        if not self._open:
            kept = self._root(kept)
        self._open.append(local)
        self.written.append(f"<{local}{''.join(f' {key}={quoteattr(text)}' for key, text in kept.items())}>")

    def end(self, _name: str) -> None:
        local = self._open.pop()
        said = "".join(self._said)
        self._said.clear()
        if local == "style":
            self._style(said)
        if local:
            self.written.append(f"{escape(said)}</{local}>")

    def _style(self, said: str) -> None:
        if _ELSEWHERE.search(_REFERENCE.sub("", said)):
            raise BadPicture("an SVG whose style refers to something elsewhere")
        for rule in said.split("}"):
            selector, _, body = rule.partition("{")
            if "clip-path" not in body.lower():
                continue
            if not _CLASSES.fullmatch(selector):
                raise BadPicture(_CLIPS)
            self._cutting.update(re.findall(r"[\w-]+", selector))
        self._check_clips()

    def _within_clip(self, kept: Mapping[str, str]) -> None:
        """A clip path of parts that are clipped themselves doubles with each level: a bomb."""
        if "clip-path" in kept or "clip-path" in kept.get("style", "").lower():
            raise BadPicture(_CLIPS)
        self._cut.update(kept.get("class", "").split())
        self._check_clips()

    def _check_clips(self) -> None:
        if self._cut & self._cutting:
            raise BadPicture(_CLIPS)

    def text(self, words: str) -> None:
        """It comes in pieces, which are read together at the end."""
        if self._open and self._open[-1] in _WITH_TEXT:
            self._said.append(words)

    def _root(self, kept: Mapping[str, str]) -> dict[str, str]:
        box = kept.get("viewBox") or _box(kept)
        self.width, self.height = _sides(box)
        rest = {key: text for key, text in kept.items() if key not in _ROOT_LEFT_OUT}
        return {"xmlns": _SVG, **rest, "viewBox": box}

    @staticmethod
    def _refuse(space: str, local: str) -> None:
        if space != _SVG:
            raise BadPicture("neither a PNG nor an SVG")
        raise BadPicture(f"an SVG with <{local[:40]}>: {_INSTEAD.get(local, 'only shapes are taken')}")


def _kept(attributes: Mapping[str, str]) -> dict[str, str]:
    """Those that draw. One that acts or refers elsewhere is refused, one of an editor's left out."""
    kept = dict[str, str]()
    for name, text in attributes.items():
        space, _, local = name.rpartition(" ")
        if local.lower().startswith("on") and not space:
            raise BadPicture(f"an SVG with a script ({local[:40]})")
        if local == "href" and space in ("", _XLINK):
            if not text.startswith("#"):
                raise BadPicture("an SVG that refers to something elsewhere (href)")
        elif space or not _ATTRIBUTE.fullmatch(local):
            continue
        elif _ELSEWHERE.search(_REFERENCE.sub("", text)):
            raise BadPicture(f"an SVG that refers to something elsewhere ({local})")
        if local in _GEOMETRY and _HUGE.search(text):
            raise BadPicture(f"an SVG with a number beyond all measure ({local})")
        kept[local] = text
    return kept


def _box(kept: Mapping[str, str]) -> str:
    found = [_LENGTH.fullmatch(kept.get(side, "").strip()) for side in ("width", "height")]
    sides = [length[1] for length in found if length]
    if len(sides) != len(found):
        raise BadPicture("an SVG without a viewBox")
    return f"0 0 {sides[0]} {sides[1]}"


def _sides(box: str) -> tuple[float, float]:
    try:
        x, y, width, height = (float(part) for part in box.replace(",", " ").split())
    except ValueError:
        raise BadPicture("an SVG whose viewBox is not four numbers") from None
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE and max(abs(x), abs(y)) <= MAX_SIDE):
        raise BadPicture(f"an SVG whose viewBox is not from 1 to {MAX_SIDE:,} units wide and high")
    return width, height
