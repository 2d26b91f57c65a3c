"""Anchors: where every account's chain stood on a day, as texts kept where nobody can change them. Pure.

JSON lines: a header, rows, and a hash over all lines above. Accounts are in parts, in the order of their ids,
each with the hash of the part before; the anchor itself counts them, and has the hash of the last and, in its
header, of the anchor before. Of the format before, the anchor has all accounts itself. The same heads give
the same bytes.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.kernel.account_refs import AccountRef

FORMAT = "billfold-anchor/2"
WHOLE = "billfold-anchor/1"  # the format before
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Head:
    """The hash of an account's entry number `seq`, which covers all entries before it.

    `nets`: what those come to, each "book currency" with its net debit (minor units). `state`: a hash of the
    account's row beside them. None and "" of an account that was not found sound: it is read whole again.
    """

    account_id: str
    seq: int
    hash: str
    state: str = ""
    nets: Mapping[str, int] | None = None

    def ref(self, practice: str) -> AccountRef:
        """Whose chain it is of, in that practice."""
        return AccountRef(practice, self.account_id)

    @property
    def bare(self) -> "Head":
        return replace(self, state="", nets=None)


@dataclass(frozen=True, slots=True)
class Anchor:
    """`day` YYYY-MM-DD (UTC); `round` counts a practice's anchors; `parts` is how many there are, `last` the
    hash of the last. `sha256` covers the anchor and, by its header, all before it. `heads` only of the format
    before, which has no parts."""

    day: str
    sha256: str
    round: int = 0
    parts: int = 0
    last: str = ""
    heads: Mapping[str, Head] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """Accounts up to the id `to`; `previous` is the hash of the part before, "" of the first."""

    number: int
    to: str
    previous: str
    heads: Mapping[str, Head]
    sha256: str


@dataclass(frozen=True, slots=True)
class Mismatch:
    """`found` is the hash that the ledger has at the anchored number, "" where it has no such entry."""

    anchored: Head
    found: str

    @property
    def subject(self) -> str:
        return f"{self.anchored.account_id}#{self.anchored.seq}#{self.found[:12]}"


def part_text(
    practice: str, day: str, number: int, heads: Iterable[Head], *, to: str, previous: str
) -> bytes:
    """A part as it is kept."""
    header = {
        "format": FORMAT, "practice": practice, "day": day, "part": number, "to": to, "previous": previous,
    }  # fmt: skip
    return _sealed([header, *map(_row, sorted(heads, key=lambda head: head.account_id))])


def anchor_text(practice: str, day: str, *, previous: str, round_: int, parts: int, last: str) -> bytes:
    """The anchor as it is kept; `previous` is the hash of the one before, "" for the first."""
    header = {"format": FORMAT, "practice": practice, "day": day, "previous": previous}
    return _sealed([header, {"round": round_, "parts": parts, "last": last}])


def parse(content: bytes) -> Anchor:
    """Error: ValueError when it is not, byte for byte, what was written."""
    try:
        (header, *rows), sha256 = _opened(content)
        if header["format"] == WHOLE:
            return Anchor(header["day"], sha256, heads=_heads(rows))
        _check_format(header)
        [told] = rows
        return Anchor(header["day"], sha256, told["round"], told["parts"], told["last"])
    except (KeyError, TypeError) as error:
        raise ValueError("not an anchor") from error


def parse_part(content: bytes, practice: str, day: str, number: int) -> Part:
    """Error: ValueError when it is not, byte for byte, what was written, or is another part."""
    try:
        (header, *rows), sha256 = _opened(content)
        _check_format(header)
        if (header["practice"], header["day"], header["part"]) != (practice, day, number):
            raise ValueError("another part of an anchor")
        return Part(number, header["to"], header["previous"], _heads(rows), sha256)
    except (KeyError, TypeError) as error:
        raise ValueError("not a part of an anchor") from error


def _check_format(header: Row) -> None:
    if header["format"] != FORMAT:
        raise ValueError("an anchor of another format")


def _row(head: Head) -> Row:
    row: Row = {"account": head.account_id, "seq": head.seq, "head": head.hash}
    return row if head.nets is None else {**row, "state": head.state, "nets": dict(sorted(head.nets.items()))}


def _heads(rows: Iterable[Row]) -> dict[str, Head]:
    return {
        row["account"]: Head(row["account"], row["seq"], row["head"], row.get("state", ""), row.get("nets"))
        for row in rows
    }


def _sealed(rows: list[Row]) -> bytes:
    body = "".join(map(_line, rows))
    return (body + _seal(rows, body)).encode()


def _opened(content: bytes) -> tuple[list[Row], str]:
    """The rows, and the hash over them. Error: ValueError."""
    *above, last = content.decode().splitlines(keepends=True)
    rows, body = [json.loads(line) for line in above], "".join(above)
    if last != _seal(rows, body):
        raise ValueError("not the anchor that was written")
    return rows, _sha256(body)


def _seal(rows: list[Row], body: str) -> str:
    return _line({"accounts": len(rows) - 1, "sha256": _sha256(body)})


def _line(row: Row) -> str:
    return json.dumps(row, separators=(",", ":")) + "\n"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
