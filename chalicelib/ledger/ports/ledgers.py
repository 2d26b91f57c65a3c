"""The ledger: one change a command, committed whole or not at all."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.entries import Entry
from chalicelib.ledger.domain.history import Beside, HistoryRow, Sequel
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.domain.refunds import Refund
from chalicelib.ledger.domain.repairs import AccountRow, Repair

T = TypeVar("T")
MAX_ROWS = 99  # beside the account's: DynamoDB writes a hundred in one transaction


@dataclass(frozen=True, slots=True)
class Marked:
    """An entry, and the marker under which it stands once."""

    entry: Entry
    marker: Marker


@dataclass(frozen=True, slots=True)
class Change:
    """One command's writes, committed together or not at all.

    `before` gives the version that must still hold (a new account has version 0). `entry`, `charge` and
    `marker` are put only where absent; `payment` and `refund` are put at their own `version`, over the one
    before. `corrected` is a charge that is there, put again with its facts corrected; `former` is it as it
    was before, kept beside it. `sequels` are put over those before them. `other` is the second account's part
    of a command over two; it has no marker of its own. `alone`: the payment is written by itself, under its
    own version, and the account keeps its own. Who says so knows it from the payment as it was: the account
    may have been read before that. `external_id`: the practice's own id of the client
    whose account is made; put only where it stands for no other account. `fee`: what the processor took for
    the money of `entry`, in the entry after it.
    """

    before: Account
    after: Account
    entry: Entry | None = None
    charge: Charge | None = None
    payment: Payment | None = None
    refund: Refund | None = None
    marker: Marker | None = None
    corrected: Charge | None = None
    former: Charge | None = None
    sequels: tuple[Sequel, ...] = ()
    other: "Change | None" = None
    external_id: str = ""
    fee: Marked | None = None
    alone: bool = False

    @property
    def entries(self) -> Sequence[Entry]:
        """Of this account, in order."""
        found = [self.entry, self.fee.entry if self.fee else None]
        return [entry for entry in found if entry]

    @property
    def markers(self) -> Sequence[Marker]:
        found = [self.marker, self.fee.marker if self.fee else None]
        return [marker for marker in found if marker]

    @property
    def rows(self) -> int:
        """How many it writes beside its account's. Of a command over two accounts: the first one's."""
        one = (self.charge, self.corrected, self.former, self.payment, self.refund)
        return len(self.entries) + len(self.markers) + len(self.sequels) + sum(map(bool, one))


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`beside`: of a page by date, what other rooms keep among its rows."""

    rows: Sequence[T]
    next_cursor: str | None
    beside: Sequence[Beside] = ()


class Ledgers(Protocol):
    def account(self, ref: AccountRef) -> Account | None:
        """Strongly consistent. Error: Unreadable."""
        ...

    def account_and_payment(self, ref: AccountRef, payment_id: str) -> tuple[Account | None, Payment | None]:
        """Each strongly consistent. A store that can read both in one call does; then either may be older."""
        return self.account(ref), self.payment(ref, payment_id)

    def commit(self, practice: str, change: Change) -> None:
        """One conditional transaction. Errors: AlreadyRecorded (only by a marker, or where `external_id` is
        another account's), Conflict, Busy."""
        ...

    def commit_all(self, practice: str, changes: Sequence[Change]) -> None:
        """Several commands over one account, each decided on what the one before it leaves, in one
        transaction: the rows are those of one `commit` after another. At most `MAX_ROWS` of them.

        Errors: as `commit`; which of the commands they are about is not said, and nothing is written.
        """
        ...

    def note(self, practice: str, payment: Payment) -> None:
        """Put the payment over the one before, by itself: with what neither the account nor an entry knows.
        Errors: Conflict, Busy."""
        ...

    def entries(self, ref: AccountRef, *, first: int = 1, last: int | None = None) -> Iterator[Entry]:
        """In order of their numbers. Error: Unreadable."""
        ...

    def history(
        self, ref: AccountRef, *, since: str, until: str, cursor: str | None, limit: int
    ) -> Page[HistoryRow]:
        """By date, newest first; `since` and `until` (YYYY-MM-DD) are inclusive. Error: cursor_invalid.

        `limit` counts sequels and what is beside, too: a page may have fewer entries than that.
        """
        ...

    def history_rows(self, ref: AccountRef, *, first: int, last: int) -> Iterator[HistoryRow]:
        """As `entries`, with the names that they carry and without sequels. Error: Unreadable."""
        ...

    def charges(self, ref: AccountRef, ids: Iterable[str]) -> Mapping[str, Charge]: ...

    def former_charges(self, ref: AccountRef, charge_id: str) -> Sequence[Charge]:
        """The charge as it was before each correction of its facts, the oldest first. Strongly consistent."""
        ...

    def payment(self, ref: AccountRef, payment_id: str) -> Payment | None: ...

    def payments_by_id(self, ref: AccountRef, ids: Iterable[str]) -> Mapping[str, Payment]:
        """In one batch; those that are not there are left out."""
        ...

    def refunds(self, ref: AccountRef, payment_id: str) -> Mapping[str, Refund]:
        """All of the payment's, by their ids. Strongly consistent. Error: Unreadable."""
        ...

    def refunds_under_way(self, ref: AccountRef) -> Sequence[Refund]:
        """Of whichever of the account's payments. Strongly consistent. Error: Unreadable."""
        ...

    def payments(self, ref: AccountRef, *, cursor: str | None, limit: int) -> Page[Payment]:
        """Newest first. Error: cursor_invalid."""
        ...

    def marker(self, practice: str, key: str) -> Marker | None: ...

    def notice_sent(self, practice: str, key: str) -> None:
        """The marker's notice is out: take it off the work list. Doing it twice is harmless."""
        ...


@dataclass(frozen=True, slots=True)
class Rows:
    """An account's rows beside its entries. `balance_minor` as stored; `charges` by their rows' keys.
    `unreadable` names those that are none any more, e.g. "payment 3f…"."""

    balance_minor: int
    payments: Sequence[Payment]
    refunds: Sequence[Refund]
    charges: Mapping[str, Charge]
    sequels: Sequence[Sequel] = ()
    unreadable: Sequence[str] = ()


class AccountIndex(Protocol):
    """Which accounts a practice has: written with each of them. Strongly consistent."""

    def account_refs(self, practice: str, *, after: str = "") -> Iterator[AccountRef]:
        """All, in the order of their ids; only those after `after`. Error: Busy."""
        ...

    def listed(self, ref: AccountRef) -> bool: ...


class AuditedLedgers(Ledgers, AccountIndex, Protocol):
    """What the ledger shows to those who check it. All reads are strongly consistent, but of a store made for
    a first look, which may be some writes behind."""

    def account_rows(self, refs: Iterable[AccountRef]) -> Mapping[str, AccountRow]:
        """Each account's own row by its id, in batches; those that are not there, or that another version
        wrote, are left out."""
        ...

    def other_rows(self, ref: AccountRef) -> Rows | None:
        """None where there is no account. Error: Unreadable, of the account's own row."""
        ...

    def markers(self, practice: str, wanted: Iterable[str]) -> Mapping[str, Marker]:
        """Those markers by key; absent ones, and what is no marker any more, are left out."""
        ...


class RepairedLedgers(AuditedLedgers, Protocol):
    """What the ledger lets be written anew from an account's entries."""

    def account_row(self, ref: AccountRef) -> AccountRow | None:
        """None where there is none. Strongly consistent. Error: Unreadable (another version wrote it)."""
        ...

    def rows_beside(self, ref: AccountRef) -> Rows:
        """All but the account's own row, whatever that is; its balance is 0."""
        ...

    def repair(self, practice: str, repair: Repair) -> None:
        """In transactions that each rest on the account's version. Cut off between two, the account's row is
        right, and the same once more does the rest. Errors: Conflict (somebody wrote meanwhile), Busy."""
        ...
