"""Invoices by the clock: a round a day or a month, in steps of some accounts.

A step that is done twice issues nothing twice: what is invoiced is in the accounts' own rows.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from chalicelib.documents.domain import invoice_days
from chalicelib.documents.domain import invoices as rules
from chalicelib.documents.domain.invoices import Days, Invoiced
from chalicelib.documents.ports.invoices import BATCH, Invoices
from chalicelib.documents.services.clocked_rounds import PAGE, ClockedRounds, Step
from chalicelib.documents.services.invoices.issuing import InvoiceIssuing, InvoiceWish
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import BillfoldError, present
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.outside import Unreadable
from chalicelib.ledger.ports.ledgers import AuditedLedgers
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.operations.ports.rounds import Round
from chalicelib.operations.services.alerting import Alerting
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Client, Practice
from chalicelib.practice.ports import People, Practices

log = logging.getLogger("billfold.invoices")
JOB = "invoices"


@dataclass(frozen=True)
class InvoiceRuns:
    """`glance` may be some writes behind: what it has not seen yet comes with the next round. A round's
    `carried` is the day before which its services are."""

    glance: AuditedLedgers
    practices: Practices
    people: People
    invoices: Invoices
    issuing: InvoiceIssuing
    rounds: ClockedRounds
    alerting: Alerting
    clock: Clock

    def hand_over(self, practice: Practice) -> bool:
        """Hourly: whether the practice's next step was put into the queue. Reads nothing of who issues by
        hand. Safe to repeat. Errors: Unreadable, Busy."""
        days = invoice_days.due(practice, self._today(practice))
        return days is not None and self.rounds.hand_over(practice.id, days.until)

    def step(self, practice_id: str, version: int) -> int:
        """One message: how many invoices it issued. Errors: NotFound practice_not_found; Busy."""
        practice = present(self.practices.practice(practice_id), "practice_not_found")
        return self.rounds.step(practice_id, version, lambda begun: self._step(practice, begun))

    def _step(self, practice: Practice, begun: Round) -> Step | None:
        days = invoice_days.since_first(practice, begun.carried)
        if days is None:
            return None  # by hand since
        refs = list(islice(self.glance.account_refs(practice.id, after=begun.cursor), PAGE))
        issued = self._issued(practice, days, self._to_invoice(refs, days))
        return Step(issued, refs[-1].account if len(refs) == PAGE else "")

    def _to_invoice(self, refs: Sequence[AccountRef], days: Days) -> Iterator[AccountRef]:
        """Whose services of these days are on no invoice yet. Of who owes for none only the account's row is
        read."""
        rows = self.glance.account_rows(refs)
        ledgers = {id_: row.account.ledger for id_, row in rows.items() if row.account and not row.hold}
        owing = [
            ref
            for ref in refs
            if ref.account in ledgers and rules.open_to_invoice(ledgers[ref.account], Invoiced(), days)
        ]
        invoiced = self.invoices.invoiced_at_a_glance(owing)
        for ref in owing:
            known = invoiced.get(ref.account, Invoiced())
            if rules.open_to_invoice(ledgers[ref.account], known, days):
                yield ref

    def _issued(self, practice: Practice, days: Days, refs: Iterator[AccountRef]) -> int:
        wish = InvoiceWish(invoice_days.GROUPINGS[practice.invoices], days=days)
        found = (self.people.client(practice.id, ref.account) for ref in refs)
        clients, count = (client for client in found if client), 0
        while some := list(islice(clients, BATCH)):
            count += self._issued_to(practice, some, wish)
        return count

    def _issued_to(self, practice: Practice, clients: Sequence[Client], wish: InvoiceWish) -> int:
        """One client's trouble is not the others'."""
        try:
            return sum(map(len, self.issuing.issue_all(practice, clients, wish)))
        except (BillfoldError, Unreadable) as error:
            if len(clients) == 1:
                why = error.code if isinstance(error, BillfoldError) else f"row_unreadable: {error}"
                about = {"practice": practice.id, "account": clients[0].id, "why": why}
                log.error("invoices not issued", extra=about)
                cause = Cause(AlertName.INVOICE_STUCK, clients[0].id, {"code": why})
                self.alerting.raise_alert(practice.id, cause)
                return 0
        return sum(self._issued_to(practice, [client], wish) for client in clients)

    def _today(self, practice: Practice) -> str:
        return local_date(instant(self.clock.now()), practice.timezone)
