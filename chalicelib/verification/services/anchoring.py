"""Anchor every account's chain once a day, and hold the ledger to the anchor of the day before.

Who may write to the table can recompute a chain; but not what was kept yesterday under object lock.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Unreadable
from chalicelib.ledger.ports.ledgers import AuditedLedgers
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.operations.services.alerting import Alerting
from chalicelib.verification.domain.anchors import Anchor, Head, Mismatch, parse, render
from chalicelib.verification.ports import Anchors


@dataclass(frozen=True, slots=True)
class Compared:
    """`heads` are the ledger's own, where they agree or are new. `day` of the anchor, "" without one."""

    day: str = ""
    heads: Sequence[Head] = field(default_factory=tuple)
    mismatches: Sequence[Mismatch] = field(default_factory=tuple)


@dataclass(frozen=True)
class Anchoring:
    ledgers: AuditedLedgers
    anchors: Anchors
    alerting: Alerting

    def compare(self, practice: str) -> Compared:
        """The ledger beside its latest anchor; writes nothing. Errors: Busy; ValueError (anchor damaged)."""
        found = self.anchors.latest(practice)
        return self._compared(practice, parse(found[1]) if found else None)

    def anchored(self, practice: str, account_id: str) -> Head | None:
        """Where the account's chain stood at the latest anchor; None of none, or where that is damaged."""
        found = self.anchors.latest(practice)
        try:
            return parse(found[1]).heads.get(account_id) if found else None
        except ValueError:
            return None

    def anchor(self, practice: str, day: str) -> None:
        """Keep where every chain stands, once a day; a person is called for chains that were rewritten."""
        found = self.anchors.latest(practice)
        if found is not None and found[0] >= day:
            return
        earlier = self._readable(practice, found)
        compared = self._compared(practice, earlier)
        heads = [*compared.heads, *self._called(practice, compared)]
        previous = earlier.sha256 if earlier else ""
        self.anchors.put(practice, day, render(practice, day, heads, previous=previous))

    def _readable(self, practice: str, found: tuple[str, bytes] | None) -> Anchor | None:
        if found is None:
            return None
        try:
            return parse(found[1])
        except ValueError as error:
            cause = Cause(AlertName.CHAIN_ANCHOR_MISMATCH, f"anchor {found[0]}", {"code": str(error)})
            self.alerting.raise_alert(practice, cause)
            return None

    def _compared(self, practice: str, earlier: Anchor | None) -> Compared:
        anchored = earlier.heads if earlier else {}
        listed = {ref.account for ref in self.ledgers.account_refs(practice)}
        heads, mismatches = list[Head](), list[Mismatch]()
        for account_id in sorted(listed | anchored.keys()):
            now, was = self._head(AccountRef(practice, account_id)), anchored.get(account_id)
            found = self._hash_at(practice, now, was.seq) if now and was else ""
            if was is not None and found != was.hash:
                mismatches.append(Mismatch(was, found))
            elif now is not None:
                heads.append(now)
        return Compared(earlier.day if earlier else "", heads, mismatches)

    def _head(self, ref: AccountRef) -> Head | None:
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

    def _called(self, practice: str, compared: Compared) -> Iterator[Head]:
        """What is kept for a chain that was rewritten: the old hash, until a person has accepted the new."""
        for mismatch in compared.mismatches:
            was = mismatch.anchored
            facts: dict[str, str | int] = {
                "account": was.account_id, "entry": was.seq, "anchored": was.hash, "found": mismatch.found,
                "day": compared.day,
            }  # fmt: skip
            cause = Cause(AlertName.CHAIN_ANCHOR_MISMATCH, mismatch.subject, facts)
            if self.alerting.raise_alert(practice, cause).open:
                yield was
            elif (now := self._head(was.ref(practice))) is not None:
                yield now
