"""What guests typed, beside their payments; and whose a number on a bill is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.payments import Payment
from chalicelib.payments.domain.guests import KeptForm


class GuestForms(Protocol):
    def put(self, practice: str, kept: KeptForm, *, expires_at: int) -> None:
        """Until then (epoch seconds), unless it is `keep`-ed before: what was never paid is forgotten. One
        that is there stays as it is. Error: Busy."""
        ...

    def keep(self, practice: str, kept: KeptForm, *, address_hash: str, date: str) -> None:
        """For good, once it was paid (`date`), to be found by the hash of its address. Safe to repeat. Error:
        Busy."""
        ...

    def form(self, practice: str, account_id: str) -> KeptForm | None:
        """Strongly consistent. Error: Unreadable."""
        ...

    def forms(self, practice: str, account_ids: Iterable[str]) -> Mapping[str, KeptForm]:
        """In batches; those that are gone are left out. Error: Unreadable."""
        ...

    def paid_from(self, practice: str, address_hash: str, *, first: str, last: str) -> Iterator[KeptForm]:
        """Those that were kept under that hash, by the days of their payments, both included. Error:
        Unreadable."""
        ...


class UnmatchedMoney(Protocol):
    def payments(self, practice: str) -> Iterator[Payment]:
        """All guests' payments of which the form is kept, matched or not, in no order. Reads each: for what
        staff ask by hand. Error: Unreadable."""
        ...

    def unmatched(self, practice: str) -> Sequence[Payment]:
        """Guests' payments that wait to be matched, the oldest first; maybe a moment behind. Error:
        Unreadable."""
        ...


class BilledNumbers(Protocol):
    def account_of(self, practice: str, number: int) -> AccountRef | None:
        """Whose invoice has the number."""
        ...

    def charges_on(self, ref: AccountRef, number: int) -> frozenset[str]:
        """The charges of that account's invoice of the number; none where it is void, or another's. Error:
        Unreadable."""
        ...
