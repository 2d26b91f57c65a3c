"""How every command writes: read the account, decide, commit once; when somebody was faster, decide again."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import BillfoldError, Refused, present
from chalicelib.kernel.outside import AlreadyRecorded, Busy, Conflict, Outdated
from chalicelib.ledger.domain.accounts import Account, standing
from chalicelib.ledger.domain.entries import Draft, Entry
from chalicelib.ledger.domain.ledger import post
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.ports.ledgers import Change, Ledgers
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Practice

ATTEMPTS = 12

Decide = Callable[[Account], Change | None]


@dataclass(frozen=True, slots=True)
class Posted:
    """`seq` of the entry; `duplicate` when it stood there before (nothing was written now)."""

    seq: int
    duplicate: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """An account and one of its payments, as they were read or as a commit left them. Whoever has them passes
    them on, so that nothing is read twice: at the next commit the versions tell whether they still hold.
    `practice` is there where it had been read, too. `lost` stands for a payment whose row is gone."""

    account: Account
    payment: Payment | None
    practice: Practice | None = None
    lost: Payment | None = None

    @property
    def existing(self) -> Payment:
        """Error: NotFound payment_not_found."""
        return present(self.payment or self.lost, "payment_not_found")

    def overtaken_by(self, now: "Seen") -> bool:
        """Whether the account of a lost payment was written to since: it may be in there by hand now."""
        lost = self.lost is not None and now.payment is None
        return lost and now.account.version != self.account.version

    def after(self, change: Change) -> "Seen":
        written = 0 if change.alone else 1
        account = replace(change.after, version=change.before.version + written)
        return replace(self, account=account, payment=change.payment or self.payment)


def record(ledgers: Ledgers, clock: Clock, ref: AccountRef, decide: Decide) -> Change | None:
    """Commit what `decide` makes of the account as it is now; None when it decides nothing is to be done.

    `decide` is called again after every conflict, and when it raises Outdated, so it must be pure but for
    reads. Errors: NotFound account_not_found, AlreadyRecorded, Busy when the store stays away, and whatever
    else `decide` raises.
    """
    for attempt in range(ATTEMPTS):
        account = present(ledgers.account(ref), "account_not_found")
        try:
            change = decide(account)
        except Outdated:
            clock.pause(attempt)
            continue
        if change is None or _commits(ledgers, clock, ref.practice, change, attempt):
            return change
    raise Busy("the account stays contended")


def record_payment(
    ledgers: Ledgers,
    clock: Clock,
    ref: AccountRef,
    payment_id: str,
    decide: Callable[[Seen], Change | None],
    *,
    seen: Seen | None = None,
) -> tuple[Change | None, Seen]:
    """As `record`, of an account and one of its payments; and both as they then are.

    The first try rests on `seen`, where that is given. Every other one reads them again, the payment last:
    were it the older of the two, a refund that the account has and the payment lacks would be refused.
    Error: Conflict, of a lost payment: whether it is lost has to be found out again.
    """
    given, lost = seen, seen.lost if seen else None
    for attempt in range(ATTEMPTS):
        held = seen or _seen(ledgers, ref, payment_id, lost)
        if given and given.overtaken_by(held):
            raise Conflict("the account was written to")
        try:
            change = decide(held)
        except Outdated:
            clock.pause(attempt)
            seen = None
            continue
        if change is None:
            return None, held
        if _commits(ledgers, clock, ref.practice, change, attempt):
            return change, held.after(change)
        seen = None
    raise Busy("the account stays contended")


def _seen(ledgers: Ledgers, ref: AccountRef, payment_id: str, lost: Payment | None) -> Seen:
    account = ledgers.account(ref)
    payment = ledgers.payment(ref, payment_id)
    return Seen(standing(account, payment or lost), payment, lost=lost)


def _commits(ledgers: Ledgers, clock: Clock, practice: str, change: Change, attempt: int) -> bool:
    """False when somebody was faster, or nobody knows. Error: AlreadyRecorded."""
    try:
        ledgers.commit(practice, change)
    except (Conflict, Busy):
        # Busy may hide a commit: the marker, or the payment's version, tells on the next try.
        clock.pause(attempt)
        return False
    return True


def once(
    ledgers: Ledgers,
    clock: Clock,
    ref: AccountRef,
    key: str,
    command: str,
    decide: Callable[[Account], Change],
) -> Posted:
    """Commit what `decide` makes under the marker `key`; where that stands already, say which entry it was.

    `command` is the fingerprint of what was asked. Errors: Refused nothing_to_post, external_id_taken (the
    marker is another account's, or another command's), and as `record`.
    """

    def marked(account: Account) -> Change:
        # Asked at every try: after a write whose reply was lost, the command's own effect must not refuse
        # it (all written off, all refunded). What decides is still the marker's condition.
        if ledgers.marker(ref.practice, key) is not None:
            raise AlreadyRecorded
        try:
            change = decide(account)
        except BillfoldError:
            # It read on after that, and the write may have come in between.
            if ledgers.marker(ref.practice, key) is not None:
                raise AlreadyRecorded from None
            raise
        if change.entry is None:
            raise Refused("nothing_to_post")
        entry = change.entry
        marker = Marker(
            key, ref.account, entry.draft.payment_id, entry.seq, entry.recorded_at, command=command
        )  # fmt: skip
        return replace(change, marker=marker)

    try:
        return posted(record(ledgers, clock, ref, marked))
    except AlreadyRecorded:
        known = already(ledgers, ref, key, command)
        if known is None:  # the charge's own row stands, and no marker beside it
            raise Refused("external_id_taken", "external_id") from None
        return known


def already(ledgers: Ledgers, ref: AccountRef, key: str, command: str) -> Posted | None:
    """What stands under the marker, None for nothing. Error: external_id_taken (it is something else)."""
    marker = ledgers.marker(ref.practice, key)
    if marker is None:
        return None
    if (marker.account_id, marker.command) != (ref.account, command):
        raise Refused("external_id_taken", "external_id")
    return Posted(marker.entry_seq, duplicate=True)


def fingerprint(kind: str, **facts: object) -> str:
    """A command as its marker keeps it: of what was understood, so that 20 and 20.00 are the same command."""
    text = json.dumps([kind, facts], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def entered(account: Account, draft: Draft, *, at: str, actor: str) -> tuple[Account, Entry]:
    """The account after posting the draft to its ledger."""
    ledger, entry = post(account.ledger, draft, recorded_at=at, actor=actor)
    return replace(account, ledger=ledger), entry


def posted(change: Change | None) -> Posted:
    if change is None or change.entry is None:
        raise Refused("nothing_to_post")
    return Posted(change.entry.seq, duplicate=False)
