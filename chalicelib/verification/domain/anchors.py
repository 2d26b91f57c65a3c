"""Anchors: where every account's chain stood on a day, as a text kept where nobody can change it. Pure.

JSON lines: a header with the hash of the anchor before, an account each, and a hash over all lines above. The
same heads give the same bytes.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chalicelib.kernel.account_refs import AccountRef

FORMAT = "billfold-anchor/1"


@dataclass(frozen=True, slots=True)
class Head:
    """The hash of an account's entry number `seq`, which covers all entries before it."""

    account_id: str
    seq: int
    hash: str

    def ref(self, practice: str) -> AccountRef:
        """Whose chain it is of, in that practice."""
        return AccountRef(practice, self.account_id)


@dataclass(frozen=True, slots=True)
class Anchor:
    """`day` YYYY-MM-DD (UTC); `sha256` covers the anchor and, by its header, all before it."""

    day: str
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


def render(practice: str, day: str, heads: Iterable[Head], *, previous: str) -> bytes:
    """The anchor as it is kept; `previous` is the hash of the one before, "" for the first."""
    header: dict[str, object] = {"format": FORMAT, "practice": practice, "day": day, "previous": previous}
    ordered = sorted(heads, key=lambda head: head.account_id)
    rows: list[dict[str, object]] = [
        {"account": head.account_id, "seq": head.seq, "head": head.hash} for head in ordered
    ]
    body = "".join(_line(row) for row in [header, *rows])
    return (body + _line({"accounts": len(rows), "sha256": _sha256(body)})).encode()


def parse(content: bytes) -> Anchor:
    """Error: ValueError when it is not, byte for byte, what `render` made."""
    try:
        *above, last = content.decode().splitlines(keepends=True)
        header, *rows = (json.loads(line) for line in above)
        heads = {row["account"]: Head(row["account"], row["seq"], row["head"]) for row in rows}
        anchor = Anchor(header["day"], heads, json.loads(last)["sha256"])
        whole = render(header["practice"], anchor.day, heads.values(), previous=header["previous"])
    except (KeyError, TypeError) as error:
        raise ValueError("not an anchor") from error
    if whole != content:
        raise ValueError("not the anchor that was written")
    return anchor


def _line(row: Mapping[str, object]) -> str:
    return json.dumps(row, separators=(",", ":")) + "\n"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
