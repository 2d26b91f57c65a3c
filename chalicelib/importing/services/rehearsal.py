"""Ledgers before other ledgers: a rehearsal that writes nothing, a writer that remembers what it wrote."""

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


class Rehearsal(LedgerProxy):
    """One account as it would be after commands that are decided, but never written below.

    In a practice that is `unused` no marker can exist yet, which spares looking for one a row.
    """

    def __init__(self, below: Ledgers, stored: Stored, empty: Account, *, unused: bool) -> None:
        super().__init__(below)
        self._unused = unused
        self._account = stored.account or empty
        self._entries = list(stored.entries)
        self._charges = dict(stored.charges)
        self._payments: dict[str, Payment] = {}
        self._movements: dict[str, Marker] = {}

    def account(self, ref: AccountRef) -> Account | None:
        return self._account

    def commit(self, practice: str, change: Change) -> None:
        marker = change.marker
        if marker is not None:
            if marker.key in self._movements:
                raise AlreadyRecorded
            self._movements[marker.key] = marker
        if change.entry is not None:
            self._entries.append(change.entry)
        if change.charge is not None:
            self._charges[change.charge.id] = change.charge
        if change.payment is not None:
            self._payments[change.payment.id] = change.payment
        self._account = replace(change.after, version=change.before.version + 1)

    def entries(self, ref: AccountRef, *, first: int = 1, last: int | None = None) -> Iterator[Entry]:
        return iter(self._entries[first - 1 : last])  # numbered from 1 without gaps

    def charges(self, ref: AccountRef, ids: Iterable[str]) -> Mapping[str, Charge]:
        return {id_: self._charges[id_] for id_ in ids if id_ in self._charges}

    def payment(self, ref: AccountRef, payment_id: str) -> Payment | None:
        return self._payments.get(payment_id) or super().payment(ref, payment_id)

    def payments_by_id(self, ref: AccountRef, ids: Iterable[str]) -> Mapping[str, Payment]:
        wanted = set(ids)
        known = {id_: self._payments[id_] for id_ in wanted & self._payments.keys()}
        return {**super().payments_by_id(ref, wanted - known.keys()), **known}

    def marker(self, practice: str, key: str) -> Marker | None:
        known = self._movements.get(key) or (None if self._unused else super().marker(practice, key))
        if known is not None:  # it stays, and is asked for twice where it stands in the way
            self._movements[key] = known
        return known


class Remembering(LedgerProxy):
    """Spares two reads a command: the account is as we left it, and a rehearsed marker was absent.

    Both are only guesses. The commit's conditions decide, and what a refused commit shows is read again.
    """

    def __init__(self, below: Ledgers) -> None:
        super().__init__(below)
        self._account: Account | None = None
        self._sure = False

    def account(self, ref: AccountRef) -> Account | None:
        if self._account is None or self._account.id != ref.account:
            self._account = super().account(ref)
        return self._account

    def commit(self, practice: str, change: Change) -> None:
        try:
            super().commit(practice, change)
        except BaseException:
            self._account, self._sure = None, True
            raise
        self._account, self._sure = replace(change.after, version=change.before.version + 1), False

    def marker(self, practice: str, key: str) -> Marker | None:
        """Nothing, until a commit was refused: then the truth."""
        return super().marker(practice, key) if self._sure else None
