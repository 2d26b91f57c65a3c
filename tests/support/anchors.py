"""Anchors in memory: the first of a day stays. And the format before, as it was written."""

import hashlib
import json
from collections.abc import Iterable

from chalicelib.kernel.outside import Conflict
from chalicelib.ledger.ports.ledgers import AuditedLedgers
from chalicelib.verification.domain.anchors import Anchor, Head, anchor_text, parse, parse_part, part_text
from chalicelib.verification.ports import Anchors


class MemoryAnchors(Anchors):
    def __init__(self) -> None:
        self.held: dict[tuple[str, str], bytes] = {}
        self.parts: dict[tuple[str, str, int], bytes] = {}

    def put(self, practice: str, day: str, content: bytes) -> None:
        self.held.setdefault((practice, day), content)

    def latest(self, practice: str) -> tuple[str, bytes] | None:
        days = [day for of, day in self.held if of == practice]
        return (max(days), self.held[practice, max(days)]) if days else None

    def put_part(self, practice: str, day: str, number: int, content: bytes) -> None:
        if self.parts.setdefault((practice, day, number), content) != content:
            raise Conflict("another part stands there")

    def part(self, practice: str, day: str, number: int) -> bytes | None:
        return self.parts.get((practice, day, number))


def anchored_heads(anchors: Anchors, practice: str) -> dict[str, Head]:
    """All that the latest anchor has, by account."""
    found = anchors.latest(practice)
    assert found is not None
    anchor = parse(found[1])
    heads = dict(anchor.heads)
    for number in range(anchor.parts):
        content = anchors.part(practice, anchor.day, number)
        assert content is not None
        heads |= parse_part(content, practice, anchor.day, number).heads
    return heads


def latest_anchor(anchors: Anchors, practice: str) -> Anchor:
    found = anchors.latest(practice)
    assert found is not None
    return parse(found[1])


def keep(anchors: Anchors, practice: str, day: str, heads: Iterable[Head], *, round_: int = 0) -> None:
    """The anchor of a day, in one part."""
    content = part_text(practice, day, 0, heads, to="~", previous="")
    anchors.put_part(practice, day, 0, content)
    last = parse_part(content, practice, day, 0).sha256
    anchors.put(practice, day, anchor_text(practice, day, previous="", round_=round_, parts=1, last=last))


def whole(practice: str, day: str, heads: Iterable[Head], *, previous: str = "") -> bytes:
    """An anchor of the format before: all accounts in one text, without what they come to."""
    header = {"format": "billfold-anchor/1", "practice": practice, "day": day, "previous": previous}
    rows = [{"account": h.account_id, "seq": h.seq, "head": h.hash} for h in sorted(heads, key=_account)]
    body = "".join(map(_line, [header, *rows]))
    return (
        body + _line({"accounts": len(rows), "sha256": hashlib.sha256(body.encode()).hexdigest()})
    ).encode()


def heads_of(ledgers: AuditedLedgers, practice: str) -> list[Head]:
    found = ledgers.account_rows(ledgers.account_refs(practice)).values()
    accounts = [row.account for row in found if row.account]
    return [Head(account.id, account.ledger.seq, account.ledger.head) for account in accounts]


def _account(head: Head) -> str:
    return head.account_id


def _line(row: object) -> str:
    return json.dumps(row, separators=(",", ":")) + "\n"
