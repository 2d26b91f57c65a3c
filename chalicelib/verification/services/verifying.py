"""Verify a practice's ledger: every row against its entries, every chain, and the trial balance."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Busy, Unreadable
from chalicelib.ledger.domain.entries import Entry
from chalicelib.ledger.domain.markers import Marker, expected
from chalicelib.ledger.ports.ledgers import AuditedLedgers
from chalicelib.ledger.services.roll import Enrolled, roll
from chalicelib.platform.ports import Clock
from chalicelib.practice.ports import People
from chalicelib.verification.domain.accounts import Stored, audit, credit_moved
from chalicelib.verification.domain.findings import Finding

ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Verified:
    """`trial` is each book's net debit over the whole practice (minor units), by currency; its sum is 0."""

    accounts: int
    entries: int
    findings: tuple[Finding, ...]
    trial: Mapping[tuple[str, str], int]

    @property
    def ok(self) -> bool:
        return not self.findings


@dataclass(frozen=True, slots=True)
class Checked:
    """Some accounts. `moved`: net credit moved, by transfer; `read`: entries read, by account."""

    findings: tuple[Finding, ...]
    trial: Counter[tuple[str, str]]
    moved: Counter[str]
    read: Mapping[str, int]


@dataclass(frozen=True)
class Verifying:
    ledgers: AuditedLedgers
    people: People
    clock: Clock

    def verify(self, practice: str) -> Verified:
        """Reads everything, writes nothing; one account is in memory at a time. Error: Busy."""
        checked = self.check(practice, self.accounts(practice))
        findings, trial = list(checked.findings), checked.trial
        findings += [
            Finding("trial_balance_off", "", currency)
            for currency in {currency for _, currency in trial}
            if sum(net for (_, c), net in trial.items() if c == currency)
        ]
        findings += self._one_sided(practice, checked.moved, checked.read)
        counted = len(checked.read), sum(checked.read.values())
        return Verified(*counted, tuple(findings), dict(sorted(trial.items())))

    def accounts(self, practice: str, *, after: str = "") -> Iterator[Enrolled]:
        """All that there are to check, by their ids."""
        return roll(self.ledgers, self.people, practice, after=after)

    def check(self, practice: str, accounts: Iterable[Enrolled]) -> Checked:
        """Some accounts, each by itself, and what has to be summed over all. Error: Busy."""
        findings, trial = list[Finding](), Counter[tuple[str, str]]()
        moved, read = Counter[str](), dict[str, int]()
        for one in accounts:
            stored, found = self.one(practice, one)
            findings += found
            if stored is None:
                continue
            own = stored.entries
            moved.update(credit_moved(own))
            read[stored.account.id] = len(own)
            for posting in (p for entry in own for p in entry.draft.postings):
                trial[posting.book.name, posting.money.currency] += posting.debit_minor
        return Checked(tuple(findings), trial, moved, read)

    def one(self, practice: str, one: Enrolled) -> tuple[Stored | None, tuple[Finding, ...]]:
        """One account by itself: all its rows, None where they cannot be read or there is none. Error:
        Busy."""
        try:
            stored = self._consistent(one.ref)
        except Unreadable as damaged:  # and all the others are still to be checked
            return None, (Finding("row_unreadable", one.id, damaged.item),)
        found = [*audit(stored)] if stored else []
        found += self._listing(practice, one, there=stored is not None)
        return stored, (*found, *(self._filing(practice, one) if stored else ()))

    def _one_sided(self, practice: str, moved: Counter[str], read: Mapping[str, int]) -> list[Finding]:
        """Transfers of credit of which one side is missing. `read` counts the entries read of each account.

        One made meanwhile may have come after its first side was read: then that is among the newer entries.
        """
        if any(moved.values()):
            for account_id, count in read.items():
                newer = credit_moved(self.ledgers.entries(AccountRef(practice, account_id), first=count + 1))
                moved.update({reference: newer[reference] for reference in newer.keys() & moved.keys()})
        return [
            Finding("transfer_one_sided", "", reference) for reference, net in sorted(moved.items()) if net
        ]

    def _listing(self, practice: str, one: Enrolled, *, there: bool) -> Iterator[Finding]:
        """Whether ledger and index agree. One made meanwhile may be on a page that had been read before."""
        if one.indexed and not there:
            yield Finding("account_missing", one.id, "account")
        if there and not one.indexed and not self.ledgers.listed(one.ref):
            yield Finding("account_unlisted", one.id, "account")

    def _filing(self, practice: str, one: Enrolled) -> Iterator[Finding]:
        """Whether the practice's own id of the client finds the account: if not, an import makes another."""
        external_id = one.client.external_id if one.client else ""
        if external_id and self.people.accounts_of(practice, [external_id]).get(external_id) != one.id:
            yield Finding("lookup_differs", one.id, "client")

    def _consistent(self, ref: AccountRef) -> Stored | None:
        """All rows of the account, of one version of it: read again while somebody writes."""
        for attempt in range(ATTEMPTS):
            account = self.ledgers.account(ref)
            if account is None:
                return None
            own = list(self.ledgers.entries(ref, last=account.ledger.seq))
            rows = self.ledgers.other_rows(ref)
            found = self._markers(ref, own)
            again = self.ledgers.account(ref)
            if rows is not None and again is not None and again.version == account.version:
                beside = rows.payments, rows.refunds, rows.charges, found, rows.sequels, rows.unreadable
                return Stored(account, rows.balance_minor, own, *beside)
            self.clock.pause(attempt)
        raise Busy("the account is being written to")

    def _markers(self, ref: AccountRef, entries: list[Entry]) -> dict[str, Marker]:
        wanted = (marker.key for marker in expected(ref.account, entries))
        return dict(self.ledgers.markers(ref.practice, wanted))
