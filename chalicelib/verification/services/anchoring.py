"""Anchor every account's chain once a day, and hold the ledger to the anchor of the day before.

Who may write to the table can recompute a chain; but not what was kept yesterday under object lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Unreadable
from chalicelib.ledger.ports.ledgers import AuditedLedgers
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.operations.services.alerting import Alerting
from chalicelib.verification.domain.anchors import (
    Head,
    Mismatch,
    Part,
    anchor_text,
    parse,
    parse_part,
    part_text,
)
from chalicelib.verification.ports import Anchors
from chalicelib.verification.services.anchored import Anchored


@dataclass(frozen=True, slots=True)
class Compared:
    """`day` of the anchor, "" without one."""

    day: str = ""
    mismatches: Sequence[Mismatch] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Parts:
    """How many a day's anchor has so far, and the hash of the last."""

    count: int = 0
    last: str = ""


@dataclass(frozen=True)
class Anchoring:
    ledgers: AuditedLedgers
    anchors: Anchors
    alerting: Alerting

    def compare(self, practice: str) -> Compared:
        """The ledger beside its latest anchor; writes nothing. Errors: Busy; ValueError (anchor damaged)."""
        found = self.latest(practice)
        if found is None:
            return Compared()
        differing = (self.mismatch(practice, was) for _, was in found.heads())
        return Compared(found.anchor.day, [mismatch for mismatch in differing if mismatch])

    def latest(self, practice: str) -> Anchored | None:
        """Errors: Busy; ValueError (damaged)."""
        found = self.anchors.latest(practice)
        return Anchored(self.anchors, practice, parse(found[1])) if found else None

    def anchored(self, practice: str, account_id: str) -> Head | None:
        """Where the account's chain stood at the latest anchor; None of none, or where that is damaged."""
        try:
            found = self.latest(practice)
            return found.head(account_id) if found else None
        except ValueError:
            return None

    def readable(self, practice: str) -> Anchored | None:
        """The latest anchor; a person is called where it is damaged. Error: Busy."""
        try:
            return self.latest(practice)
        except ValueError as error:
            found = self.anchors.latest(practice)
            self.call_damaged(practice, f"anchor {found[0] if found else ''}", str(error))
            return None

    def call_damaged(self, practice: str, what: str, code: str) -> None:
        self.alerting.raise_alert(practice, Cause(AlertName.CHAIN_ANCHOR_MISMATCH, what, {"code": code}))

    def standing(self, practice: str, day: str, parts: Parts) -> tuple[Parts, Part | None]:
        """The next part, where a call that died has put it already. What stands in its place and is none is
        passed over, and a person is called. Error: Busy."""
        while content := self.anchors.part(practice, day, parts.count):
            try:
                return parts, parse_part(content, practice, day, parts.count)
            except ValueError as error:
                self.call_damaged(practice, f"anchor {day} part {parts.count}", str(error))
                parts = Parts(parts.count + 1, parts.last)
        return parts, None

    def put_part(self, practice: str, day: str, parts: Parts, heads: Sequence[Head], *, to: str) -> Parts:
        """`to`: the last of the accounts that were looked at. Errors: Conflict (another stands there),
        Busy."""
        content = part_text(practice, day, parts.count, heads, to=to, previous=parts.last)
        self.anchors.put_part(practice, day, parts.count, content)
        return Parts(parts.count + 1, parse_part(content, practice, day, parts.count).sha256)

    def put(self, practice: str, day: str, parts: Parts) -> None:
        """The anchor of the day over its parts, once."""
        earlier = self.readable(practice)
        if earlier is not None and earlier.anchor.day >= day:
            return
        previous, round_ = (earlier.anchor.sha256, earlier.anchor.round + 1) if earlier else ("", 0)
        content = anchor_text(
            practice, day, previous=previous, round_=round_, parts=parts.count, last=parts.last
        )  # fmt: skip
        self.anchors.put(practice, day, content)

    def mismatch(self, practice: str, was: Head) -> Mismatch | None:
        """Whether the ledger has another hash at the anchored number, or has not come so far."""
        now = self.head(was.ref(practice))
        found = self._hash_at(practice, now, was.seq) if now else ""
        return None if found == was.hash else Mismatch(was, found)

    def head(self, ref: AccountRef) -> Head | None:
        """Where the chain stands by the account's row."""
        try:
            account = self.ledgers.account(ref)
        except Unreadable:  # the audit says so; here it is as good as gone
            return None
        return Head(ref.account, account.ledger.seq, account.ledger.head) if account else None

    def _hash_at(self, practice: str, now: Head, seq: int) -> str:
        """The account's hash at that number; "" where it has not come so far."""
        if seq == now.seq:
            return now.hash
        if seq > now.seq:
            return ""
        entries = self.ledgers.entries(now.ref(practice), first=max(seq, 1), last=max(seq, 1))
        try:
            return next((entry.hash if seq else entry.prev_hash for entry in entries), "")
        except Unreadable:
            return ""

    def call(self, practice: str, mismatch: Mismatch, *, day: str) -> Head | None:
        """What is kept for a chain that was rewritten: the old hash, until a person has accepted the new."""
        was = mismatch.anchored
        facts: dict[str, str | int] = {
            "account": was.account_id, "entry": was.seq, "anchored": was.hash, "found": mismatch.found,
            "day": day,
        }  # fmt: skip
        cause = Cause(AlertName.CHAIN_ANCHOR_MISMATCH, mismatch.subject, facts)
        accepted = not self.alerting.raise_alert(practice, cause).open
        return self.head(was.ref(practice)) if accepted else was.bare
