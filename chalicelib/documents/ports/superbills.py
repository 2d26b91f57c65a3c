"""Issued superbills, their numbers, and what of each account is on them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.documents.domain.invoices import Counted
from chalicelib.documents.domain.superbills import Superbill, Superbilled, SuperbillPaper, SuperbillVoid
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.ports.ledgers import Page


@dataclass(frozen=True, slots=True)
class SuperbillsToIssue:
    """Superbills of one account, with their paper. They rest on the `account_version` whose entries they are
    made from, and on `before`, what of it was on superbills by then; `after` has them. `void` takes back the
    one that is replaced."""

    ref: AccountRef
    account_version: int
    before: Superbilled
    after: Superbilled
    superbills: Sequence[tuple[Superbill, SuperbillPaper]]
    void: SuperbillVoid | None = None


class Superbills(Protocol):
    """All reads but `listed` and `between` are strongly consistent."""

    def counted(self, practice: str) -> Counted: ...

    def superbilled(self, ref: AccountRef) -> Superbilled:
        """Error: Unreadable."""
        ...

    def issue(self, practice: str, issue: SuperbillsToIssue, *, counted: Counted) -> None:
        """One conditional transaction: all of them under the numbers after `counted`, or nothing. At most
        `BATCH` superbills. Errors: Conflict (somebody issued, voided or posted meanwhile), Busy."""
        ...

    def count_on_from(self, practice: str, last: int, *, counted: Counted) -> None:
        """The next superbill has the number after `last`. Errors: Conflict, Busy."""
        ...

    def void(
        self,
        practice: str,
        void: SuperbillVoid,
        *,
        before: Superbilled,
        after: Superbilled,
        counted: Counted,
    ) -> None:
        """One conditional transaction. Errors: Conflict, Busy."""
        ...

    def superbill(self, ref: AccountRef, number: int) -> Superbill | None:
        """Error: Unreadable."""
        ...

    def paper(self, ref: AccountRef, number: int) -> SuperbillPaper | None:
        """Error: Unreadable."""
        ...

    def voided(self, ref: AccountRef, number: int) -> SuperbillVoid | None:
        """Error: Unreadable."""
        ...

    def untold(self, ref: AccountRef, number: int) -> bool:
        """Whether nobody has been told of the superbill yet: it waits in the work list for that."""
        ...

    def latest_untold(self, ref: AccountRef) -> Sequence[int]:
        """The account's latest superbills that nobody has been told of, ascending, up to the first of which
        somebody has. Error: Busy."""
        ...

    def told(self, ref: AccountRef, number: int) -> None:
        """Off the work list. Doing it twice is harmless. Error: Busy."""
        ...

    def account_of(self, practice: str, number: int) -> AccountRef | None:
        """Whose superbill has that number."""
        ...

    def numbers(self, practice: str) -> Iterator[tuple[int, AccountRef]]:
        """Every superbill's, ascending. Error: Busy."""
        ...

    def listed(self, ref: AccountRef, *, cursor: str | None, limit: int) -> Page[Superbill]:
        """The latest number first. Error: cursor_invalid."""
        ...

    def between(self, ref: AccountRef, *, first: int, last: int) -> Iterator[Superbill]:
        """The account's of these numbers, both included, ascending. Errors: Unreadable, Busy."""
        ...

    def all_of(self, ref: AccountRef) -> Iterator[Superbill]:
        """By their numbers. Errors: Unreadable, Busy."""
        ...


BATCH = 10  # superbills in one transaction, of 400 lines each at most: below its 4 MB
