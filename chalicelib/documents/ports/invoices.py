"""Issued invoices, their numbers, and what of each account is invoiced."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.documents.domain.invoices import Counted, Invoice, Invoiced, InvoicePaper, Void
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.history import Beside
from chalicelib.ledger.ports.ledgers import Page


@dataclass(frozen=True, slots=True)
class ToIssue:
    """Invoices of one account, with their paper. They rest on the `account_version` whose open items they
    list, and on `before`, what of it was invoiced by then; `after` has them."""

    ref: AccountRef
    account_version: int
    before: Invoiced
    after: Invoiced
    invoices: Sequence[tuple[Invoice, InvoicePaper]]


class Invoices(Protocol):
    """All reads but `listed` and `invoiced_at_a_glance` are strongly consistent."""

    def counted(self, practice: str) -> Counted: ...

    def invoiced(self, ref: AccountRef) -> Invoiced:
        """Error: Unreadable."""
        ...

    def account_and_invoiced(self, ref: AccountRef) -> tuple[Account | None, Invoiced]:
        """In one call. Error: Unreadable."""
        ...

    def invoiced_at_a_glance(self, refs: Iterable[AccountRef]) -> Mapping[str, Invoiced]:
        """Of each account by its id, in batches, and maybe some writes behind. What cannot be read is left
        out, and so is who has no invoice. Error: Busy."""
        ...

    def issue(self, practice: str, accounts: Sequence[ToIssue], *, counted: Counted) -> None:
        """One conditional transaction: all of them under the numbers after `counted`, or nothing. At most
        `BATCH` invoices. Errors: Conflict (somebody issued, voided or posted meanwhile), Busy."""
        ...

    def count_on_from(self, practice: str, last: int, *, counted: Counted) -> None:
        """The next invoice has the number after `last`. Errors: Conflict, Busy."""
        ...

    def void(self, practice: str, void: Void, *, before: Invoiced, counted: Counted) -> None:
        """One conditional transaction. Errors: Conflict, Busy."""
        ...

    def invoice(self, ref: AccountRef, number: int) -> Invoice | None:
        """Error: Unreadable."""
        ...

    def beside(self, row: Beside) -> Invoice | None:
        """The invoice that Account History found there; None of anything else. Error: Unreadable."""
        ...

    def paper(self, ref: AccountRef, number: int) -> InvoicePaper | None:
        """Error: Unreadable."""
        ...

    def voided(self, ref: AccountRef, number: int) -> Void | None:
        """Error: Unreadable."""
        ...

    def untold(self, ref: AccountRef, number: int) -> bool:
        """Whether nobody has been told of the invoice yet: it waits in the work list for that."""
        ...

    def latest_untold(self, ref: AccountRef) -> Sequence[int]:
        """The account's latest invoices that nobody has been told of, ascending, up to the first of which
        somebody has. Error: Busy."""
        ...

    def told(self, ref: AccountRef, number: int) -> None:
        """Off the work list. Doing it twice is harmless. Error: Busy."""
        ...

    def account_of(self, practice: str, number: int) -> AccountRef | None:
        """Whose invoice has that number."""
        ...

    def charges_on(self, ref: AccountRef, number: int) -> frozenset[str]:
        """Of that account's invoice; none where it is void, or another's. Error: Unreadable."""
        ...

    def numbers(self, practice: str, *, after: int = 0) -> Iterator[tuple[int, AccountRef]]:
        """Every invoice's, ascending. Error: Busy."""
        ...

    def listed(self, ref: AccountRef, *, cursor: str | None, limit: int) -> Page[Invoice]:
        """The latest number first. Error: cursor_invalid."""
        ...

    def all_of(self, ref: AccountRef) -> Iterator[Invoice]:
        """By their numbers. Errors: Unreadable, Busy."""
        ...


BATCH = 19  # invoices in one transaction: five rows each at most, and the practice's counter
