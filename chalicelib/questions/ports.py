"""Questions in the store: each is written together with its account's marks."""

from collections.abc import Iterator
from typing import Protocol

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.ports.ledgers import Page
from chalicelib.questions.domain.questions import Question


class Questions(Protocol):
    def question(self, ref: AccountRef, question_id: str) -> Question | None:
        """Strongly consistent. Error: Unreadable."""
        ...

    def account_of(self, practice: str, question_id: str) -> AccountRef | None:
        """Whose it is. Strongly consistent."""
        ...

    def write(self, practice: str, question: Question, *, before: Account, after: Account) -> None:
        """Put the question over its version before, and the account with its marks, in one transaction.
        Errors: Conflict, Busy."""
        ...

    def listed(self, ref: AccountRef, *, cursor: str | None, limit: int) -> Page[Question]:
        """Of an account, the newest first. Error: Invalid cursor_invalid."""
        ...

    def of_practice(self, practice: str, *, ended: bool) -> Iterator[Question]:
        """Those that wait for an answer; `ended`: the others, too. In no order of meaning. Error: Busy."""
        ...

    def told(self, ref: AccountRef, question: Question) -> None:
        """Whoever is to hear of the question as it stands has been told. Nothing where it stands otherwise by
        now. Error: Busy."""
        ...
