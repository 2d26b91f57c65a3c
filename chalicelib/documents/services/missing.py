"""Issued documents of a practice whose PDFs are not in the bucket: an operator has them made again."""

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.documents.domain.filed import Filed
from chalicelib.documents.ports.documents import Files
from chalicelib.documents.ports.statements import Statements
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Unreadable
from chalicelib.ledger.ports.ledgers import AuditedLedgers
from chalicelib.ledger.services.roll import Enrolled, roll
from chalicelib.practice.ports import People


@dataclass(frozen=True, slots=True)
class Missing:
    """`client`: the practice's own id, or where there is none the account's."""

    client: str
    filed: Filed


@dataclass(frozen=True, slots=True)
class Searched:
    """`filed`: how many documents have a PDF by their rows. `unreadable`: of which account, and which row."""

    filed: int
    missing: tuple[Missing, ...]
    unreadable: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class MissingDocuments:
    ledgers: AuditedLedgers
    people: People
    statements: Statements
    files: Files

    def search(self, practice: str) -> Searched:
        """By the accounts' ids. An account of which a row cannot be read is left out. Error: Busy."""
        there, count = frozenset(self.files.keys(practice)), 0
        missing, unreadable = list[Missing](), list[tuple[str, str]]()
        for account in roll(self.ledgers, self.people, practice):
            client = account.client.external_id if account.client else account.id
            try:
                filed = list(self._filed(account))
            except Unreadable as damaged:
                unreadable.append((client, damaged.item))
                continue
            count += len(filed)
            missing += [Missing(client, document) for document in filed if document.key not in there]
        return Searched(count, tuple(missing), tuple(unreadable))

    def left_of(self, missing: list[Missing]) -> list[Missing]:
        """Those that are still not there. Error: Busy."""
        return [one for one in missing if not self.files.has(one.filed.ref.practice, one.filed.key)]

    def _filed(self, account: Enrolled) -> Iterator[Filed]:
        ref: AccountRef = account.ref
        issued = (issued for issued in self.statements.all_of(ref) if issued.file)
        yield from (Filed.statement(ref.practice, one) for one in issued)
        rows = self.ledgers.other_rows(ref)
        paid = (payment for payment in (rows.payments if rows else ()) if payment.receipt_key)
        yield from (Filed.receipt(ref.practice, payment) for payment in paid)
