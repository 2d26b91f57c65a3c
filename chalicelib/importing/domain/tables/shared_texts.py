"""How much text a workbook's cells come to, where many share one: a reader copies it for each of them.

Source: ECMA-376, part 1, 18.4 (shared strings).
"""

from collections.abc import Sequence

from chalicelib.importing.domain.tables.outline import Attributes, Outline, Sheet, local_name, run, scanner
from chalicelib.importing.domain.tables.parts import Parts
from chalicelib.importing.domain.tables.table import Unreadable

MAX_TEXT = 256_000_000
_TEXTS = "xl/sharedStrings.xml"


def refuse_copies(parts: Parts, outlined: Sequence[tuple[Sheet, Outline]]) -> None:
    """Error: Unreadable. Cell by cell only where the longest text in every cell would be too much."""
    shared = sum(outline.shared for _, outline in outlined)
    if not shared or _TEXTS not in parts:
        return
    lengths = _lengths(parts)
    if max(lengths, default=0) * shared <= MAX_TEXT:
        return
    if sum(_copied(parts, sheet, lengths) for sheet, _ in outlined) > MAX_TEXT:
        raise Unreadable("file_bomb")


def _lengths(parts: Parts) -> list[int]:
    lengths: list[int] = []

    def started(name: str, _: Attributes) -> None:
        if local_name(name) == "si":
            lengths.append(0)

    def text(found: str) -> None:
        if lengths:
            lengths[-1] += len(found)

    reader = scanner()
    reader.StartElementHandler, reader.CharacterDataHandler = started, text
    run(reader, parts.chunks(_TEXTS))
    return lengths


def _copied(parts: Parts, sheet: Sheet, lengths: Sequence[int]) -> int:
    total = 0
    kind, number = "", ""

    def started(name: str, attributes: Attributes) -> None:
        nonlocal kind, number
        if local_name(name) == "c":
            kind = attributes.get("t", "")
        number = ""

    def text(found: str) -> None:
        nonlocal number
        number += found

    def ended(name: str) -> None:
        nonlocal total
        if kind == "s" and local_name(name) == "v" and number.isdecimal() and int(number) < len(lengths):
            total += lengths[int(number)]

    reader = scanner()
    reader.StartElementHandler, reader.CharacterDataHandler = started, text
    reader.EndElementHandler = ended
    run(reader, parts.chunks(sheet.part))
    return total
