"""Issued documents of a practice whose PDFs are not in the bucket: an operator has them made again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.documents.domain.filed import Filed
from chalicelib.documents.ports.documents import Files
from chalicelib.documents.ports.estimates import Estimates
from chalicelib.documents.ports.invoices import Invoices
from chalicelib.documents.ports.statements import Statements
from chalicelib.documents.ports.superbills import Superbills
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Unreadable
from chalicelib.ledger.ports.ledgers import AuditedLedgers, Rows
from chalicelib.ledger.services.roll import roll
from chalicelib.platform.ports import Clock, Queue
from chalicelib.practice.ports import People

AT_ONCE = 20  # so that codes and receipts do not wait for them in the queue
PATIENCE = timedelta(seconds=90)  # between two documents: the function may have to start, and to try again


@dataclass(frozen=True, slots=True)
class Missing:
    """`client`: the practice's own id, or where there is none the account's."""

    client: str
    filed: Filed


@dataclass(frozen=True, slots=True)
class Searched:
    """`documents`: how many have a PDF by their rows. `unreadable`: of which client, and which row."""

    documents: int
    missing: tuple[Missing, ...]
    unreadable: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class MissingDocuments:
    """`queue` is the documents function's: it alone can draw them."""

    ledgers: AuditedLedgers
    people: People
    statements: Statements
    invoices: Invoices
    superbills: Superbills
    estimates: Estimates
    files: Files
    queue: Queue
    clock: Clock

    def search(self, practice: str) -> Searched:
        """By the accounts' ids. An account whose own row or a statement's cannot be read is left out, and so
        is a payment's. Error: Busy."""
        there, count = frozenset(self.files.keys(practice)), 0
        missing, unreadable = list[Missing](), list[tuple[str, str]]()
        for account in roll(self.ledgers, self.people, practice):
            client = account.client.external_id if account.client else account.id
            try:
                issued = list(self._issued(account.ref))
                rows = self.ledgers.other_rows(account.ref)
            except Unreadable as damaged:
                unreadable.append((client, damaged.item))
                continue
            filed = [*issued, *(_receipts(practice, rows) if rows else ())]
            count += len(filed)
            missing += [Missing(client, document) for document in filed if document.key not in there]
            lost = rows.unreadable if rows else ()
            unreadable += [(client, item) for item in lost if item.startswith("payment ")]
        return Searched(count, tuple(missing), tuple(unreadable))

    def render(self, missing: Sequence[Missing], *, came: Callable[[int], object]) -> list[Missing]:
        """Have the documents function make them; those that are still not there. `came` is told of how many
        more there are. Where none of some comes, the function stands: no more are tried. Error: Busy."""
        left = list[Missing]()
        for start in range(0, len(missing), AT_ONCE):
            some = list(missing[start : start + AT_ONCE])
            for one in some:
                self.queue.send(one.filed.task)
            waiting = self._awaited(some, came)
            left += waiting
            if waiting == some:
                return [*left, *missing[start + AT_ONCE :]]
        return left

    def _awaited(self, waiting: list[Missing], came: Callable[[int], object]) -> list[Missing]:
        """Those of them that have not come in a while after the one before."""
        patience_ends, attempt = self.clock.now() + PATIENCE, 0
        while waiting and self.clock.now() < patience_ends:
            self.clock.pause(attempt)
            attempt += 1
            left = [one for one in waiting if not self.files.has(one.filed.ref.practice, one.filed.key)]
            if len(left) < len(waiting):
                came(len(waiting) - len(left))
                patience_ends, attempt = self.clock.now() + PATIENCE, 0
            waiting = left
        return waiting

    def _issued(self, ref: AccountRef) -> Iterator[Filed]:
        """Error: Unreadable."""
        yield from self._statements(ref)
        yield from self._invoices(ref)
        yield from self._superbills(ref)
        yield from self._estimates(ref)

    def _statements(self, ref: AccountRef) -> Iterator[Filed]:
        """One that nobody has opened has no PDF yet. Error: Unreadable."""
        return (Filed.statement(ref.practice, one.statement) for one in self.statements.all_of(ref))

    def _invoices(self, ref: AccountRef) -> Iterator[Filed]:
        """With what voids them. An invoice that nobody has opened has no PDF yet. Error: Unreadable."""
        for invoice in self.invoices.all_of(ref):
            yield Filed.invoice(ref.practice, invoice)
            if void := self.invoices.voided(ref, invoice.number):
                yield Filed.invoice(ref.practice, invoice, void=void)

    def _superbills(self, ref: AccountRef) -> Iterator[Filed]:
        """As invoices. Error: Unreadable."""
        for superbill in self.superbills.all_of(ref):
            yield Filed.of_superbill(ref.practice, superbill)
            if void := self.superbills.voided(ref, superbill.number):
                yield Filed.of_superbill(ref.practice, superbill, void=void)

    def _estimates(self, ref: AccountRef) -> Iterator[Filed]:
        """Nobody may have opened one yet, as with invoices. Error: Unreadable."""
        return (Filed.estimate(ref.practice, estimate) for estimate in self.estimates.all_of(ref))


def _receipts(practice: str, rows: Rows) -> Iterator[Filed]:
    return (Filed.receipt(practice, payment) for payment in rows.payments if payment.receipt_key)
