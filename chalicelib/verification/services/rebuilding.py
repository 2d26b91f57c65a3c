"""Write an account's rows anew from its entries, where they are damaged and the entries are not."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import Actor
from chalicelib.kernel.errors import BillfoldError, NotFound, Refused, Stale
from chalicelib.kernel.outside import Busy, Conflict, Unreadable
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.entries import Entry
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.ledger.domain.markers import Marker, differing, expected, wanting
from chalicelib.ledger.domain.repairs import AccountRow, Repair
from chalicelib.ledger.ports.ledgers import RepairedLedgers
from chalicelib.ledger.services.import_register import Register
from chalicelib.operations.domain.alerts import REBUILT
from chalicelib.platform.ports import Clock
from chalicelib.practice.ports import People
from chalicelib.verification.domain.accounts import Stored, audit, chain
from chalicelib.verification.domain.differences import GONE, Difference, differences
from chalicelib.verification.domain.findings import Finding
from chalicelib.verification.domain.rebuilding import currency_of, lost_end, named_beyond, rebuilt
from chalicelib.verification.services.anchoring import Anchoring
from chalicelib.verification.services.damage import DamageAlerts
from chalicelib.verification.services.verifying import ATTEMPTS

_NOTE = 1000  # letters of an alert's note


@dataclass(frozen=True, slots=True)
class Rebuild:
    """What would be written, and what it puts right. `left`: what entries cannot tell."""

    ref: AccountRef
    repair: Repair
    changes: Sequence[Difference]
    mended: Sequence[Finding]
    left: Sequence[Finding]


@dataclass(frozen=True)
class Rebuilding:
    ledgers: RepairedLedgers
    people: People
    anchoring: Anchoring
    register: Register
    damage_alerts: DamageAlerts
    clock: Clock

    def foresee(self, ref: AccountRef, currency: str) -> Rebuild:
        """What would be written, from one version of the account. Writes nothing.

        `currency` is the practice's, for an account whose row is gone and that has no entry. Errors: NotFound
        account_not_found; Refused nothing_to_rebuild (it is sound), entries_broken (they are damaged, or may
        not be all), rebuild_impossible (entries cannot tell what is damaged), rebuild_hidden (the row is gone
        while an import runs, that may hide it); Unreadable (a later version wrote it), Busy.
        """
        listed, filed = self.ledgers.listed(ref), self._filed(ref)
        row, stored = self._read(ref, currency)
        if row is None and not listed and not stored.entries:
            raise NotFound("account_not_found")
        self._check_chain(ref.practice, row, stored)
        before = [*_findings(row, stored, listed=listed), *filed.findings(ref)]
        if not before:
            raise Refused("nothing_to_rebuild")
        after = rebuilt(stored, foreign=set(self._foreign(ref, stored)))
        left = [*audit(after), *(filed.findings(ref) if filed.anothers else ())]
        mended = [finding for finding in before if finding not in left]
        if not mended:
            raise Refused("rebuild_impossible", items=", ".join(f"{f.code} {f.item}" for f in left))
        if row is None and self.register.under_way(ref.practice):
            raise Refused("rebuild_hidden")
        what = GONE if row is None else "" if row.account else "unreadable"
        changes = list(differences(stored, after, row=what))
        changes += [] if listed else [Difference("index of accounts", "row", GONE, "stands")]
        changes += filed.changes(ref)
        repair = _repair(row, stored, after, listed=listed)
        return Rebuild(ref, filed.repaired(ref, repair), changes, mended, left)

    def rebuild(self, foreseen: Rebuild, *, actor: Actor, note: str) -> None:
        """Write what was foreseen, and keep who did it, with what was found, as closed alerts.

        Errors: Stale rebuild_stale (somebody wrote to the account since), Busy.
        """
        practice = foreseen.ref.practice
        try:
            self.ledgers.repair(practice, foreseen.repair)
        except Conflict as conflict:
            raise Stale("rebuild_stale") from conflict
        kept = f"{REBUILT}by {actor.text}: {note} ({'; '.join(map(str, foreseen.changes))})"
        self.damage_alerts.close(practice, foreseen.mended, left=foreseen.left, note=kept[:_NOTE])

    def _read(self, ref: AccountRef, currency: str) -> tuple[AccountRow | None, Stored]:
        """All rows, of one version of the account. An account whose row tells nothing is empty here."""
        for attempt in range(ATTEMPTS):
            row = self.ledgers.account_row(ref)
            try:
                own = list(self.ledgers.entries(ref))
            except Unreadable as damaged:
                raise Refused("entries_broken", item=damaged.item) from damaged
            beside = self.ledgers.rows_beside(ref)
            found = self.ledgers.markers(ref.practice, (m.key for m in expected(ref.account, own)))
            if self.ledgers.account_row(ref) == row:
                account = (row and row.account) or _empty(ref, row, own, currency)
                balance_minor = row.balance_minor if row else 0
                rows = beside.payments, beside.refunds, beside.charges, found, beside.sequels
                return row, Stored(account, balance_minor, own, *rows, beside.unreadable)
            self.clock.pause(attempt)
        raise Busy("the account is being written to")

    def _check_chain(self, practice: str, row: AccountRow | None, stored: Stored) -> None:
        """Error: entries_broken."""
        entries, kept = stored.entries, row.account.ledger if row and row.account else None
        broken = next((finding.item for finding in chain(stored.account.id, entries)), "")
        anchored = self.anchoring.anchored(practice, stored.account.id)
        unmarked = differing(stored.account.id, entries, stored.markers)
        marked = {entry.seq for entry in entries} - set(unmarked)
        lost = broken or lost_end(entries, kept, anchored, marked)
        if lost:
            raise Refused("entries_broken", item=lost)
        try:
            right = rebuilt(stored)
        except BillfoldError as error:
            raise Refused("entries_broken", item=error.code) from error
        if kept is None and (beyond := named_beyond(right)):
            raise Refused("entries_broken", item=beyond)

    def _filed(self, ref: AccountRef) -> "_Filed":
        client = self.people.client(ref.practice, ref.account)
        external_id = client.external_id if client else ""
        found = self.people.accounts_of(ref.practice, [external_id]).get(external_id, "") if client else ""
        other = self.people.client(ref.practice, found) if found not in ("", ref.account) else None
        return _Filed(external_id, found, anothers=bool(other and other.external_id == external_id))

    def _foreign(self, ref: AccountRef, stored: Stored) -> Iterator[str]:
        """Keys of markers that stand for another account's entry, which has them by right: then the same was
        posted to both."""
        for marker in wanting(ref.account, stored.entries, stored.markers):
            there = stored.markers.get(marker.key)
            if there is not None and there.account_id != ref.account and self._by_right(ref.practice, there):
                yield marker.key

    def _by_right(self, practice: str, marker: Marker) -> bool:
        other = marker.ref(practice)
        own = expected(other.account, self.ledgers.entries(other, last=marker.entry_seq))
        return any((m.key, m.entry_seq) == (marker.key, marker.entry_seq) for m in own)


@dataclass(frozen=True, slots=True)
class _Filed:
    """Which account the client's own id finds, "" for none; `anothers`: that one's client has the id, too."""

    external_id: str
    found: str
    anothers: bool

    def findings(self, ref: AccountRef) -> list[Finding]:
        right = not self.external_id or self.found == ref.account
        return [] if right else [Finding("lookup_differs", ref.account, "client")]

    def changes(self, ref: AccountRef) -> list[Difference]:
        wrong = self.findings(ref) and not self.anothers
        return [Difference("client's own id", "account", self.found or GONE, ref.account)] if wrong else []

    def repaired(self, ref: AccountRef, repair: Repair) -> Repair:
        """The repair with the row that finds the account, where that is wrong."""
        if not self.changes(ref):
            return repair
        return replace(repair, external_id=self.external_id, found=self.found)


def _findings(row: AccountRow | None, stored: Stored, *, listed: bool) -> list[Finding]:
    """Where the account's row tells nothing, it is not also named for each thing that it does not tell."""
    account_id, known = stored.account.id, stored
    found = list[Finding]()
    if row is None or row.account is None:
        found.append(Finding("row_unreadable" if row else "account_missing", account_id, "account"))
        right = rebuilt(stored)
        known = replace(stored, account=right.account, balance_minor=right.balance_minor)
    found += audit(known)
    return found if listed else [*found, Finding("account_unlisted", account_id, "account")]


def _empty(ref: AccountRef, row: AccountRow | None, entries: Iterable[Entry], currency: str) -> Account:
    """In the currency of its entries; hidden, and with as many estimates, as what is left of its row says."""
    version, hold, estimates = (row.version, row.hold, row.estimates) if row else (0, "", 0)
    ledger = Ledger(currency_of(entries, currency))
    return Account(ref.account, ledger, version, hold=hold, estimates=estimates)


def _repair(row: AccountRow | None, stored: Stored, after: Stored, *, listed: bool) -> Repair:
    version, kept = row.version if row else 0, stored.markers
    return Repair(
        before=version,
        after=replace(after.account, version=version or _never_used(stored)),
        index=not listed,
        charges=tuple(c for id_, c in after.charges.items() if stored.charges.get(id_) != c),
        payments=tuple(replace(p, version=p.version + 1) for p in after.payments if p not in stored.payments),
        refunds=tuple(replace(r, version=r.version + 1) for r in after.refunds if r not in stored.refunds),
        sequels=tuple(sequel for sequel in after.sequels if sequel not in stored.sequels),
        markers=tuple((kept.get(key), m) for key, m in after.markers.items() if kept.get(key) != m),
    )


def _never_used(stored: Stored) -> int:
    """A version above any that the account has had: whoever read it before its row was gone must not take
    this one for the same."""
    versions = [*(row.version for row in stored.payments), *(row.version for row in stored.refunds)]
    return 1_000_000 + len(stored.entries) + sum(versions)
