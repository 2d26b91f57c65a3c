"""Issued statements and the runs that make them."""

from collections.abc import Iterator
from typing import Protocol

from chalicelib.documents.domain.statements import Carried, FanOut, Issued, Noted, Statement
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.periods import Period
from chalicelib.ledger.ports.ledgers import Page


class Statements(Protocol):
    """Issued statements, what each account carries on from its latest, and how each month's run went."""

    def carried(self, ref: AccountRef) -> Carried | None:
        """Strongly consistent; None before the account's first statement."""
        ...

    def issue(
        self, practice: str, statement: Statement, *, before: Carried | None, after: Carried, noted: Noted
    ) -> None:
        """One conditional transaction: one statement a month, and each begins where the one before ended.
        Errors: Conflict (somebody else issued; nothing was written), Busy."""
        ...

    def issued(self, ref: AccountRef, period: Period) -> Issued | None:
        """Strongly consistent."""
        ...

    def claim(self, practice: str, issued: Issued, *, until: str) -> Issued:
        """Keep everybody else from sending it up to that instant, if nobody did anything meanwhile; as it is
        stored now. Its place in the work list stays. Errors: Conflict, Busy."""
        ...

    def save(self, practice: str, issued: Issued, noted: Noted | None = None) -> Issued:
        """What was done with it since, if nobody did anything meanwhile; as it is stored now.
        Errors: Conflict, Busy. The statement itself never changes."""
        ...

    def listed(self, ref: AccountRef, *, cursor: str | None, limit: int) -> Page[Issued]:
        """Newest first. Error: cursor_invalid."""
        ...

    def all_of(self, ref: AccountRef) -> Iterator[Issued]:
        """The oldest first. Strongly consistent. Errors: Unreadable, Busy."""
        ...

    def note(self, practice: str, period: Period, noted: Noted) -> None: ...

    def noted(self, practice: str, period: Period) -> Iterator[Noted]:
        """How the month's run went, client by client."""
        ...

    def fanned_out(self, practice: str, period: Period) -> FanOut | None:
        """How far the month's run has come; None before it began."""
        ...

    def mark_fanned_out(
        self, practice: str, period: Period, *, clients: int, at: str, after: str = ""
    ) -> None:
        """So many were handed to the queue: all, or those up to the account `after`."""
        ...
