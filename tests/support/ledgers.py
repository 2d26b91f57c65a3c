"""The ledger port in memory, with the same conditions as the table: for fast tests of rules and services."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from chalicelib.kernel.outside import AlreadyRecorded, Busy, Conflict
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.entries import Entry, EntryKind
from chalicelib.ledger.domain.history import HistoryRow, Sequel
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.domain.refunds import Refund
from chalicelib.ledger.ports.ledgers import AuditedLedgers, Change, Page, Rows
from chalicelib.verification.domain.accounts import Stored


class MemoryLedgers(AuditedLedgers):
    """`trouble` is what befalls the next commits, first to last: "busy" and "conflict" write nothing; "lost"
    writes and then answers Busy, as when the reply was cut; "" is none."""

    def __init__(self) -> None:
        self.trouble: list[str] = []
        self.accounts: dict[tuple[str, str], Account] = {}
        self.rows: dict[tuple[str, str, int], Entry] = {}
        self.shown: dict[tuple[str, str, int], HistoryRow] = {}
        self.sequels: dict[tuple[str, str, int], Sequel] = {}
        self.held_charges: dict[tuple[str, str, str], Charge] = {}
        self.former_charges: dict[tuple[str, str, str, int], Charge] = {}
        self.held_payments: dict[tuple[str, str, str], Payment] = {}
        self.held_refunds: dict[tuple[str, str, str, str], Refund] = {}
        self.movements: dict[tuple[str, str], Marker] = {}
        self.found_by: dict[tuple[str, str], str] = {}  # account by practice and the client's external id
        self.commits = 0

    def account(self, practice: str, account_id: str) -> Account | None:
        return self.accounts.get((practice, account_id))

    def commit(self, practice: str, change: Change) -> None:
        trouble = self.trouble.pop(0) if self.trouble else ""
        if trouble == "busy":
            raise Busy("injected")
        if trouble == "conflict":
            raise Conflict("injected")
        self._checked(practice, change)
        self._write(practice, change)
        if trouble == "lost":
            raise Busy("reply lost")

    def _checked(self, practice: str, change: Change) -> None:
        after = change.after
        if change.marker and (practice, change.marker.key) in self.movements:
            raise AlreadyRecorded
        if change.charge and (practice, after.id, change.charge.id) in self.held_charges:
            raise AlreadyRecorded
        if self.found_by.get((practice, change.external_id), after.id) != after.id:
            raise AlreadyRecorded
        stored = self.accounts.get((practice, after.id))
        if (stored.version if stored else 0) != change.before.version:
            raise Conflict
        if change.entry and (practice, after.id, change.entry.seq) in self.rows:
            raise Conflict
        self._versions(practice, change)
        if change.other:
            self._checked(practice, change.other)

    def _versions(self, practice: str, change: Change) -> None:
        if change.payment:
            paid = self.held_payments.get((practice, change.after.id, change.payment.id))
            if (paid.version if paid else 0) != change.payment.version - 1:
                raise Conflict
        if change.refund:
            refund = self.held_refunds.get(_place(practice, change.refund))
            if (refund.version if refund else 0) != change.refund.version - 1:
                raise Conflict

    def _write(self, practice: str, change: Change) -> None:
        if change.other:
            self._write(practice, change.other)
        after = change.after
        self.commits += 1
        self.accounts[practice, after.id] = replace(after, version=change.before.version + 1)
        if change.entry:
            key = practice, after.id, change.entry.seq
            self.rows[key] = change.entry
            self.shown[key] = HistoryRow.of(change.entry, change.before.ledger.open, change.payment)
        self._write_charges(practice, change)
        if change.payment:
            self.held_payments[practice, after.id, change.payment.id] = change.payment
        if change.refund:
            self.held_refunds[_place(practice, change.refund)] = change.refund
        if change.marker:
            self.movements[practice, change.marker.key] = change.marker
        if change.external_id:
            self.found_by[practice, change.external_id] = after.id

    def _write_charges(self, practice: str, change: Change) -> None:
        after = change.after
        if change.charge:
            self.held_charges[practice, after.id, change.charge.id] = change.charge
        if change.corrected:
            self.held_charges[practice, after.id, change.corrected.id] = change.corrected
        if change.former:
            self.former_charges[practice, after.id, change.former.id, change.former.facts_seq] = change.former
        for sequel in change.sequels:
            self.sequels[practice, after.id, sequel.seq] = sequel

    def entries(
        self, practice: str, account_id: str, *, first: int = 1, last: int | None = None
    ) -> Iterator[Entry]:
        seq = first
        while (practice, account_id, seq) in self.rows and (last is None or seq <= last):
            yield self.rows[practice, account_id, seq]
            seq += 1

    def history(
        self, practice: str, account_id: str, *, since: str, until: str, cursor: str | None, limit: int
    ) -> Page[HistoryRow]:
        all_ = [e for e in self.entries(practice, account_id) if since <= e.draft.occurred_on <= until]
        all_ = [e for e in all_ if e.draft.kind not in (EntryKind.PROCESSOR_FEE, EntryKind.FACTS_CORRECTED)]
        all_.sort(key=lambda e: (e.draft.occurred_on, e.seq), reverse=True)
        start = int(cursor or 0)
        more = str(start + limit) if start + limit < len(all_) else None
        rows = [self._row(practice, account_id, e.seq) for e in all_[start : start + limit]]
        return Page(rows, more)

    def history_rows(self, practice: str, account_id: str, *, first: int, last: int) -> Iterator[HistoryRow]:
        for entry in self.entries(practice, account_id, first=first, last=last):
            yield self.shown[practice, account_id, entry.seq]

    def _row(self, practice: str, account_id: str, seq: int) -> HistoryRow:
        row, sequel = self.shown[practice, account_id, seq], self.sequels.get((practice, account_id, seq))
        return row.followed_by(sequel) if sequel else row

    def charges(self, practice: str, account_id: str, ids: Iterable[str]) -> Mapping[str, Charge]:
        held = self.held_charges
        return {i: held[practice, account_id, i] for i in ids if (practice, account_id, i) in held}

    def payment(self, practice: str, account_id: str, payment_id: str) -> Payment | None:
        return self.held_payments.get((practice, account_id, payment_id))

    def payments_by_id(self, practice: str, account_id: str, ids: Iterable[str]) -> Mapping[str, Payment]:
        held = self.held_payments
        return {i: held[practice, account_id, i] for i in ids if (practice, account_id, i) in held}

    def refunds(self, practice: str, account_id: str, payment_id: str) -> Mapping[str, Refund]:
        where = practice, account_id, payment_id
        return {row.id: row for key, row in sorted(self.held_refunds.items()) if key[:3] == where}

    def refunds_under_way(self, practice: str, account_id: str) -> Sequence[Refund]:
        mine = (row for key, row in self.held_refunds.items() if key[:2] == (practice, account_id))
        return [row for row in mine if row.under_way]

    def payments(self, practice: str, account_id: str, *, cursor: str | None, limit: int) -> Page[Payment]:
        rows = [p for (pr, a, _), p in self.held_payments.items() if (pr, a) == (practice, account_id)]
        rows.sort(key=lambda p: (p.created_at, p.id), reverse=True)
        start = int(cursor or 0)
        more = str(start + limit) if start + limit < len(rows) else None
        return Page(rows[start : start + limit], more)

    def marker(self, practice: str, key: str) -> Marker | None:
        return self.movements.get((practice, key))

    def other_rows(self, practice: str, account_id: str) -> Rows | None:
        account = self.accounts.get((practice, account_id))
        if account is None:
            return None
        payments = [p for (pr, a, _), p in self.held_payments.items() if (pr, a) == (practice, account_id)]
        refunds = [r for key, r in self.held_refunds.items() if key[:2] == (practice, account_id)]
        charges = {i: c for (pr, a, i), c in self.held_charges.items() if (pr, a) == (practice, account_id)}
        sequels = [q for (pr, a, _), q in self.sequels.items() if (pr, a) == (practice, account_id)]
        return Rows(account.ledger.balance_minor, payments, refunds, charges, sequels)

    def markers(self, practice: str, wanted: Iterable[str]) -> Mapping[str, Marker]:
        return {key: self.movements[practice, key] for key in wanted if (practice, key) in self.movements}

    def notice_sent(self, practice: str, key: str) -> None:
        self.movements[practice, key] = replace(self.movements[practice, key], due="")


def stored(ledgers: MemoryLedgers, practice: str, account_id: str) -> Stored:
    """The account with all its rows, and every marker of the practice."""
    account, rows = ledgers.account(practice, account_id), ledgers.other_rows(practice, account_id)
    assert account is not None
    assert rows is not None
    entries = list(ledgers.entries(practice, account_id))
    markers = {key: marker for (of, key), marker in ledgers.movements.items() if of == practice}
    beside = rows.payments, rows.refunds, rows.charges, markers, rows.sequels
    return Stored(account, rows.balance_minor, entries, *beside)


def _place(practice: str, refund: Refund) -> tuple[str, str, str, str]:
    return practice, refund.account_id, refund.payment_id, refund.id
