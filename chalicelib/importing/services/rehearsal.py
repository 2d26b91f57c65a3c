"""Ledgers before other ledgers: they decide what comes after what is not written yet, or never will be."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from chalicelib.importing.services.stored import Stored
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import AlreadyRecorded
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.entries import Entry
from chalicelib.ledger.domain.history import HistoryRow
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.domain.refunds import Refund
from chalicelib.ledger.ports.ledgers import Change, Ledgers, Page


class LedgerProxy(Ledgers):
    """Hands every call on."""

    def __init__(self, below: Ledgers) -> None:
        self._below = below

    def account(self, ref: AccountRef) -> Account | None:
        return self._below.account(ref)

    def commit(self, practice: str, change: Change) -> None:
        self._below.commit(practice, change)

    def commit_all(self, practice: str, changes: Sequence[Change]) -> None:
        self._below.commit_all(practice, changes)

    def entries(self, ref: AccountRef, *, first: int = 1, last: int | None = None) -> Iterator[Entry]:
        return self._below.entries(ref, first=first, last=last)

    def history(
        self, ref: AccountRef, *, since: str, until: str, cursor: str | None, limit: int
    ) -> Page[HistoryRow]:
        return self._below.history(ref, since=since, until=until, cursor=cursor, limit=limit)

    def history_rows(self, ref: AccountRef, *, first: int, last: int) -> Iterator[HistoryRow]:
        return self._below.history_rows(ref, first=first, last=last)

    def charges(self, ref: AccountRef, ids: Iterable[str]) -> Mapping[str, Charge]:
        return self._below.charges(ref, ids)

    def former_charges(self, ref: AccountRef, charge_id: str) -> Sequence[Charge]:
        return self._below.former_charges(ref, charge_id)

    def payment(self, ref: AccountRef, payment_id: str) -> Payment | None:
        return self._below.payment(ref, payment_id)

    def payments_by_id(self, ref: AccountRef, ids: Iterable[str]) -> Mapping[str, Payment]:
        return self._below.payments_by_id(ref, ids)

    def refunds(self, ref: AccountRef, payment_id: str) -> Mapping[str, Refund]:
        return self._below.refunds(ref, payment_id)

    def refunds_under_way(self, ref: AccountRef) -> Sequence[Refund]:
        return self._below.refunds_under_way(ref)

    def payments(self, ref: AccountRef, *, cursor: str | None, limit: int) -> Page[Payment]:
        return self._below.payments(ref, cursor=cursor, limit=limit)

    def marker(self, practice: str, key: str) -> Marker | None:
        return self._below.marker(practice, key)

    def note(self, practice: str, payment: Payment) -> None:
        self._below.note(practice, payment)

    def notice_sent(self, practice: str, key: str) -> None:
        self._below.notice_sent(practice, key)


class Ahead(LedgerProxy):
    """One account as it will be after changes that are decided, and not written yet: they are in `changes`.

    Where it is not `sure`, that no marker stands is a guess. The conditions of whatever writes the changes
    decide, and who is refused looks again.
    """

    def __init__(self, below: Ledgers, *, sure: bool = False) -> None:
        super().__init__(below)
        self.sure = sure
        self.changes: list[Change] = []
        self._account: Account | None = None
        self._stored = 0  # how many of its entries are below
        self._entries: list[Entry] = []
        self._charges: dict[str, Charge] = {}
        self._payments: dict[str, Payment] = {}
        self._markers: dict[str, Marker] = {}

    @property
    def balance_minor(self) -> int:
        """What the client owes by now."""
        return self._account.ledger.balance_minor if self._account else 0

    def account(self, ref: AccountRef) -> Account | None:
        if self._account is None:
            self._account = super().account(ref)
            self._stored = self._account.ledger.seq if self._account else 0
        return self._account

    def commit(self, practice: str, change: Change) -> None:
        marker = change.marker
        if marker is not None:
            if marker.key in self._markers:
                raise AlreadyRecorded
            self._markers[marker.key] = marker
        if change.entry is not None:
            self._entries.append(change.entry)
        for charge in (change.charge, change.corrected):
            if charge is not None:
                self._charges[charge.id] = charge
        if change.payment is not None:
            self._payments[change.payment.id] = change.payment
        self._account = replace(change.after, version=change.before.version + 1)
        self.changes.append(change)

    def entries(self, ref: AccountRef, *, first: int = 1, last: int | None = None) -> Iterator[Entry]:
        stored = self._stored
        if first <= stored:
            yield from super().entries(ref, first=first, last=stored if last is None else min(last, stored))
        yield from self._entries[max(first - 1 - stored, 0) : None if last is None else max(last - stored, 0)]

    def charges(self, ref: AccountRef, ids: Iterable[str]) -> Mapping[str, Charge]:
        wanted = list(ids)
        known = {id_: self._charges[id_] for id_ in wanted if id_ in self._charges}
        missing = [id_ for id_ in wanted if id_ not in known] if self._stored else []
        return {**super().charges(ref, missing), **known} if missing else known

    def payment(self, ref: AccountRef, payment_id: str) -> Payment | None:
        return self._payments.get(payment_id) or super().payment(ref, payment_id)

    def payments_by_id(self, ref: AccountRef, ids: Iterable[str]) -> Mapping[str, Payment]:
        wanted = set(ids)
        known = {id_: self._payments[id_] for id_ in wanted & self._payments.keys()}
        return {**super().payments_by_id(ref, wanted - known.keys()), **known}

    def marker(self, practice: str, key: str) -> Marker | None:
        known = self._markers.get(key) or (super().marker(practice, key) if self.sure else None)
        if known is not None:  # it stays, and is asked for twice where it stands in the way
            self._markers[key] = known
        return known


class Rehearsal(Ahead):
    """Of changes that are never written. In a practice that is `unused` no marker can exist yet, which spares
    looking for one a row."""

    def __init__(self, below: Ledgers, stored: Stored, empty: Account, *, unused: bool) -> None:
        super().__init__(below, sure=not unused)
        self._account = stored.account or empty
        self._entries = list(stored.entries)
        self._charges = dict(stored.charges)
