"""The ledger port in memory, with the same conditions as the table: for fast tests of rules and services."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import AlreadyRecorded, Busy, Conflict
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.entries import Entry, EntryKind
from chalicelib.ledger.domain.history import HistoryRow, Sequel
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.domain.refunds import Refund
from chalicelib.ledger.domain.repairs import AccountRow, Repair
from chalicelib.ledger.ports.ledgers import Change, Page, RepairedLedgers, Rows
from chalicelib.verification.domain.accounts import Stored


class MemoryLedgers(RepairedLedgers):
    """`trouble` is what befalls the next commits, first to last: "busy" and "conflict" write nothing; "lost"
    writes and then answers Busy, as when the reply was cut; "" is none."""

    def __init__(self) -> None:
        self.trouble: list[str] = []
        self.accounts: dict[tuple[str, str], Account] = {}
        self.rows: dict[tuple[str, str, int], Entry] = {}
        self.shown: dict[tuple[str, str, int], HistoryRow] = {}
        self.sequels: dict[tuple[str, str, int], Sequel] = {}
        self.held_charges: dict[tuple[str, str, str], Charge] = {}
        self.former_charge_rows: dict[tuple[str, str, str, int], Charge] = {}
        self.held_payments: dict[tuple[str, str, str], Payment] = {}
        self.held_refunds: dict[tuple[str, str, str, str], Refund] = {}
        self.movements: dict[tuple[str, str], Marker] = {}
        self.found_by: dict[tuple[str, str], str] = {}  # account by practice and the client's external id
        self.balances: dict[tuple[str, str], int] = {}  # stored ones that somebody has edited
        self.unlisted: set[tuple[str, str]] = set()  # accounts that the index has lost
        self.commits = 0

    def account(self, ref: AccountRef) -> Account | None:
        return self.accounts.get(_of(ref))

    def account_refs(self, practice: str, *, after: str = "") -> Iterator[AccountRef]:
        listed = self.accounts.keys() - self.unlisted
        found = sorted(id_ for of, id_ in listed if of == practice and id_ > after)
        return (AccountRef(practice, id_) for id_ in found)

    def listed(self, ref: AccountRef) -> bool:
        return _of(ref) in self.accounts.keys() - self.unlisted

    def commit(self, practice: str, change: Change) -> None:
        self._commit(practice, [change])

    def commit_all(self, practice: str, changes: Sequence[Change]) -> None:
        self._commit(practice, changes)

    def _commit(self, practice: str, changes: Sequence[Change]) -> None:
        trouble = self.trouble.pop(0) if self.trouble else ""
        if trouble == "busy":
            raise Busy("injected")
        if trouble == "conflict":
            raise Conflict("injected")
        kept = self._copied() if len(changes) > 1 else {}
        try:
            for change in changes:
                self._checked(practice, change)
                self._write(practice, change)
        except (AlreadyRecorded, Conflict):
            vars(self).update(kept)
            raise
        if trouble == "lost":
            raise Busy("reply lost")

    def _copied(self) -> dict[str, object]:
        return {name: dict(rows) for name, rows in vars(self).items() if isinstance(rows, dict)}

    def _checked(self, practice: str, change: Change) -> None:
        after = change.after
        if change.alone:
            self._versions(practice, change)
            return
        if any((practice, marker.key) in self.movements for marker in change.markers):
            raise AlreadyRecorded
        if change.charge and (practice, after.id, change.charge.id) in self.held_charges:
            raise AlreadyRecorded
        if self.found_by.get((practice, change.external_id), after.id) != after.id:
            raise AlreadyRecorded
        stored = self.accounts.get((practice, after.id))
        if (stored.version if stored else 0) != change.before.version:
            raise Conflict
        if any((practice, after.id, entry.seq) in self.rows for entry in change.entries):
            raise Conflict
        self._versions(practice, change)
        if change.other:
            self._checked(practice, change.other)

    def _versions(self, practice: str, change: Change) -> None:
        if change.payment:
            paid = self.held_payments.get((practice, change.payment.account_id, change.payment.id))
            if (paid.version if paid else 0) != change.payment.version - 1:
                raise Conflict
        if change.refund:
            refund = self.held_refunds.get(_place(practice, change.refund))
            if (refund.version if refund else 0) != change.refund.version - 1:
                raise Conflict

    def _write(self, practice: str, change: Change) -> None:
        if change.payment and change.alone:
            self.note(practice, change.payment)
            return
        if change.other:
            self._write(practice, change.other)
        after = change.after
        self.commits += 1
        self.balances.pop((practice, after.id), None)
        self.accounts[practice, after.id] = replace(after, version=change.before.version + 1)
        for entry in change.entries:
            key = practice, after.id, entry.seq
            self.rows[key] = entry
            self.shown[key] = HistoryRow.of(entry, change.before.ledger.open, change.payment)
        self._write_charges(practice, change)
        if change.payment:
            self.held_payments[practice, change.payment.account_id, change.payment.id] = change.payment
        if change.refund:
            self.held_refunds[_place(practice, change.refund)] = change.refund
        for marker in change.markers:
            self.movements[practice, marker.key] = marker
        if change.external_id:
            self.found_by[practice, change.external_id] = after.id

    def note(self, practice: str, payment: Payment) -> None:
        paid = self.held_payments.get((practice, payment.account_id, payment.id))
        if (paid.version if paid else 0) != payment.version - 1:
            raise Conflict
        self.held_payments[practice, payment.account_id, payment.id] = payment

    def _write_charges(self, practice: str, change: Change) -> None:
        after = change.after
        if change.charge:
            self.held_charges[practice, after.id, change.charge.id] = change.charge
        if change.corrected:
            self.held_charges[practice, after.id, change.corrected.id] = change.corrected
        if change.former:
            self.former_charge_rows[practice, after.id, change.former.id, change.former.facts_seq] = (
                change.former
            )
        for sequel in change.sequels:
            self.sequels[practice, after.id, sequel.seq] = sequel

    def entries(self, ref: AccountRef, *, first: int = 1, last: int | None = None) -> Iterator[Entry]:
        seq, of = first, _of(ref)
        while (*of, seq) in self.rows and (last is None or seq <= last):
            yield self.rows[*of, seq]
            seq += 1

    def history(
        self, ref: AccountRef, *, since: str, until: str, cursor: str | None, limit: int
    ) -> Page[HistoryRow]:
        all_ = [e for e in self.entries(ref) if since <= e.draft.occurred_on <= until]
        all_ = [e for e in all_ if e.draft.kind not in (EntryKind.PROCESSOR_FEE, EntryKind.FACTS_CORRECTED)]
        all_.sort(key=lambda e: (e.draft.occurred_on, e.seq), reverse=True)
        start = int(cursor or 0)
        more = str(start + limit) if start + limit < len(all_) else None
        rows = [self._row(ref, e.seq) for e in all_[start : start + limit]]
        return Page(rows, more)

    def history_rows(self, ref: AccountRef, *, first: int, last: int) -> Iterator[HistoryRow]:
        for entry in self.entries(ref, first=first, last=last):
            yield self.shown[*_of(ref), entry.seq]

    def _row(self, ref: AccountRef, seq: int) -> HistoryRow:
        key = *_of(ref), seq
        row, sequel = self.shown[key], self.sequels.get(key)
        return row.followed_by(sequel) if sequel else row

    def charges(self, ref: AccountRef, ids: Iterable[str]) -> Mapping[str, Charge]:
        held, of = self.held_charges, _of(ref)
        return {i: held[*of, i] for i in ids if (*of, i) in held}

    def former_charges(self, ref: AccountRef, charge_id: str) -> Sequence[Charge]:
        former = sorted(self.former_charge_rows.items(), key=lambda row: row[0])
        return [charge for key, charge in former if key[:3] == (*_of(ref), charge_id)]

    def payment(self, ref: AccountRef, payment_id: str) -> Payment | None:
        return self.held_payments.get((*_of(ref), payment_id))

    def payments_by_id(self, ref: AccountRef, ids: Iterable[str]) -> Mapping[str, Payment]:
        held, of = self.held_payments, _of(ref)
        return {i: held[*of, i] for i in ids if (*of, i) in held}

    def refunds(self, ref: AccountRef, payment_id: str) -> Mapping[str, Refund]:
        where = *_of(ref), payment_id
        return {row.id: row for key, row in sorted(self.held_refunds.items()) if key[:3] == where}

    def refunds_under_way(self, ref: AccountRef) -> Sequence[Refund]:
        mine = (row for key, row in self.held_refunds.items() if key[:2] == _of(ref))
        return [row for row in mine if row.under_way]

    def payments(self, ref: AccountRef, *, cursor: str | None, limit: int) -> Page[Payment]:
        rows = [p for (pr, a, _), p in self.held_payments.items() if (pr, a) == _of(ref)]
        rows.sort(key=lambda p: (p.created_at, p.id), reverse=True)
        start = int(cursor or 0)
        more = str(start + limit) if start + limit < len(rows) else None
        return Page(rows[start : start + limit], more)

    def marker(self, practice: str, key: str) -> Marker | None:
        return self.movements.get((practice, key))

    def other_rows(self, ref: AccountRef) -> Rows | None:
        account = self.accounts.get(_of(ref))
        if account is None:
            return None
        return replace(self.rows_beside(ref), balance_minor=self._balance_minor(account, ref))

    def rows_beside(self, ref: AccountRef) -> Rows:
        payments = [p for (pr, a, _), p in self.held_payments.items() if (pr, a) == _of(ref)]
        refunds = [r for key, r in self.held_refunds.items() if key[:2] == _of(ref)]
        charges = {i: c for (pr, a, i), c in self.held_charges.items() if (pr, a) == _of(ref)}
        sequels = [q for (pr, a, _), q in self.sequels.items() if (pr, a) == _of(ref)]
        return Rows(0, payments, refunds, charges, sequels)

    def markers(self, practice: str, wanted: Iterable[str]) -> Mapping[str, Marker]:
        return {key: self.movements[practice, key] for key in wanted if (practice, key) in self.movements}

    def account_row(self, ref: AccountRef) -> AccountRow | None:
        account = self.accounts.get(_of(ref))
        if account is None:
            return None
        return AccountRow(account.version, account.hold, account, self._balance_minor(account, ref))

    def account_rows(self, refs: Iterable[AccountRef]) -> Mapping[str, AccountRow]:
        rows = {ref.account: self.account_row(ref) for ref in refs}
        return {id_: row for id_, row in rows.items() if row}

    def _balance_minor(self, account: Account, ref: AccountRef) -> int:
        return self.balances.get(_of(ref), account.ledger.balance_minor)

    def repair(self, practice: str, repair: Repair) -> None:
        of = practice, repair.after.id
        stored = self.accounts.get(of)
        if (stored.version if stored else 0) != repair.before:
            raise Conflict
        if any(self.movements.get((practice, marker.key)) != there for there, marker in repair.markers):
            raise Conflict
        self.commits += 1
        self.accounts[of] = replace(repair.after, version=repair.after.version + 1)
        self.balances.pop(of, None)
        self.unlisted -= {of} if repair.index else set()
        self.found_by |= {(practice, repair.external_id): repair.after.id} if repair.external_id else {}
        self.held_charges |= {(*of, charge.id): charge for charge in repair.charges}
        self.held_payments |= {(*of, payment.id): payment for payment in repair.payments}
        self.held_refunds |= {_place(practice, refund): refund for refund in repair.refunds}
        self.sequels |= {(*of, sequel.seq): sequel for sequel in repair.sequels}
        self.movements |= {(practice, marker.key): marker for _, marker in repair.markers}

    def notice_sent(self, practice: str, key: str) -> None:
        self.movements[practice, key] = replace(self.movements[practice, key], due="")


def stored(ledgers: MemoryLedgers, ref: AccountRef) -> Stored:
    """The account with all its rows, and every marker of the practice."""
    account, rows = ledgers.account(ref), ledgers.other_rows(ref)
    assert account is not None
    assert rows is not None
    entries = list(ledgers.entries(ref))
    markers = {key: marker for (of, key), marker in ledgers.movements.items() if of == ref.practice}
    beside = rows.payments, rows.refunds, rows.charges, markers, rows.sequels
    return Stored(account, rows.balance_minor, entries, *beside)


def _of(ref: AccountRef) -> tuple[str, str]:
    return ref.practice, ref.account


def _place(practice: str, refund: Refund) -> tuple[str, str, str, str]:
    return practice, refund.account_id, refund.payment_id, refund.id
