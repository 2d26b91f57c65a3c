"""Work lists and inbox in memory. What is due is read off the ledger's fake, as the table's index would."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from chalicelib.ledger.domain.payments import check_at
from chalicelib.operations.ports.work import Due, InboxRow, WorkLists
from tests.support.imports import MemoryImports
from tests.support.ledgers import MemoryLedgers


class MemoryWorkLists(WorkLists):
    def __init__(self, ledgers: MemoryLedgers) -> None:
        self.ledgers = ledgers
        self.imports = MemoryImports(ledgers)
        self.inbox: dict[tuple[str, str, str], InboxRow] = {}
        self.done: set[tuple[str, str, str]] = set()
        self.postponed: dict[tuple[str, str, str, str], Due] = {}

    def due(self, kind: str, *, before: str, limit: int) -> Sequence[Due]:
        rows = [self._latest(row) for row in self._waiting() if row.kind == kind]
        rows = [row for row in rows if row.since < before]
        return sorted(rows, key=lambda row: row.since)[:limit]

    def postpone(self, due: Due, *, until: str) -> None:
        self.postponed[due.kind, due.practice, due.account_id, due.id] = replace(
            due, since=until, sweeps=due.sweeps + 1
        )

    def _latest(self, row: Due) -> Due:
        """As postponed, unless the row changed since and is due anew."""
        later = self.postponed.get((row.kind, row.practice, row.account_id, row.id), row)
        return later if later.since > row.since else row

    def inbox_put(self, practice: str, row: InboxRow) -> bool:
        key = (practice, row.processor, row.event_id)
        if key in self.inbox:
            return False
        self.inbox[key] = row
        return True

    def inbox_row(self, practice: str, processor: str, event_id: str) -> InboxRow | None:
        return self.inbox.get((practice, processor, event_id))

    def inbox_done(self, practice: str, processor: str, event_id: str, *, expires_at: int) -> None:
        self.done.add((practice, processor, event_id))

    def _waiting(self) -> Iterator[Due]:
        for (practice, account_id, id_), payment in self.ledgers.held_payments.items():
            kind = "payment" if payment.live else payment.notice
            if kind:
                yield Due(kind, practice, account_id, id_, check_at(payment))
        for (practice, account_id, payment_id, id_), refund in self.ledgers.held_refunds.items():
            if refund.under_way:
                yield Due("refund", practice, account_id, f"{payment_id}#{id_}", refund.check_at)
        for (practice, key), marker in self.ledgers.movements.items():
            if marker.due:
                yield Due(marker.due, practice, marker.account_id, key, marker.at)
        for (practice, id_), due_at in self.imports.due.items():
            yield Due("import", practice, "", id_, due_at)
        for (practice, processor, event_id), row in self.inbox.items():
            if (practice, processor, event_id) not in self.done:
                yield Due("inbox", practice, "", f"{processor}#{event_id}", row.received_at)
