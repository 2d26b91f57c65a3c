"""Invoices by the clock: a round a day or a month, in steps of some accounts, a message of the queue each.

The row of the round says how far it has come, and is written before a step and after it. Killed anywhere, the
hourly job goes on there; of two workers with the same message the second finds that its step was taken. A
step that is done twice issues nothing twice: what is invoiced is in the accounts' own rows.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from chalicelib.documents.domain import invoice_days
from chalicelib.documents.domain import invoices as rules
from chalicelib.documents.domain.invoices import Days, Invoiced
from chalicelib.documents.ports.invoices import BATCH, Invoices
from chalicelib.documents.services.invoices.issuing import InvoiceIssuing, InvoiceWish
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import BillfoldError, present
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.outside import Busy, Conflict, Unreadable
from chalicelib.ledger.ports.ledgers import AuditedLedgers
from chalicelib.operations.domain.alerts import BY_ITSELF, AlertName, Cause
from chalicelib.operations.ports.rounds import Round, Rounds
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.services.daily import OVERDUE, STUCK
from chalicelib.platform.ports import Clock, Queue
from chalicelib.practice.domain.practices import Client, Practice
from chalicelib.practice.ports import People, Practices

log = logging.getLogger("billfold.invoices")
JOB = TASK = "invoices"
PAGE = 100  # accounts looked at in a step: one call of DynamoDB


@dataclass(frozen=True)
class InvoiceRuns:
    """`glance` may be some writes behind: what it has not seen yet comes with the next round. A round's
    `carried` is the day before which its services are."""

    glance: AuditedLedgers
    practices: Practices
    people: People
    invoices: Invoices
    issuing: InvoiceIssuing
    rounds: Rounds
    alerting: Alerting
    queue: Queue
    clock: Clock

    def hand_over(self, practice: Practice) -> bool:
        """Hourly: whether the practice's next step was put into the queue. Reads nothing of who issues by
        hand. Safe to repeat. Errors: Unreadable, Busy."""
        days = invoice_days.due(practice, self._today(practice))
        if days is None:
            return False
        try:
            latest = self.rounds.latest(practice.id, JOB)
        except Unreadable:  # it will not come through by itself
            self.alerting.raise_alert(practice.id, Cause(AlertName.ROUND_OVERDUE, f"{JOB} unreadable"))
            raise
        if latest and latest.ended_at and latest.carried >= days.until:
            return False
        with suppress(Conflict):  # another call begins it
            found = self._under_way(practice.id, latest, days)
            self._call_if_overdue(practice.id, found)
            self.queue.send(_message(practice.id, found))
            return True
        return False

    def step(self, practice_id: str, version: int) -> int:
        """One message: how many invoices it issued. Errors: NotFound practice_not_found; Busy."""
        found = self.rounds.latest(practice_id, JOB)
        if found is None or found.ended_at or found.version != version:
            return 0  # somebody has taken it
        practice = present(self.practices.practice(practice_id), "practice_not_found")
        days = invoice_days.since_first(practice, found.carried)
        if days is None:
            return 0  # by hand since
        self._call_if_stuck(practice_id, found)
        try:
            begun = self.rounds.save(practice_id, JOB, replace(found, tries=found.tries + 1))
            return self._done(practice, days, begun)
        except Conflict:
            log.info("somebody else is at it", extra={"practice": practice_id})
            return 0

    def _under_way(self, practice: str, latest: Round | None, days: Days) -> Round:
        """The round that has not ended, or a new one. Errors: Conflict, Busy."""
        if latest and not latest.ended_at:
            return latest
        now = instant(self.clock.now())
        if latest is None:
            return self.rounds.save(practice, JOB, Round(now, carried=days.until))
        self._over(practice, latest)  # in case the call that ended it died before it had done so
        after = replace(latest, begun_at=now, since=latest.begun_at, cursor="", ended_at="")
        return self.rounds.save(practice, JOB, replace(after, carried=days.until))

    def _done(self, practice: Practice, days: Days, begun: Round) -> int:
        """The step. Errors: Conflict, Busy."""
        refs = list(islice(self.glance.account_refs(practice.id, after=begun.cursor), PAGE))
        issued = self._issued(practice, days, self._to_invoice(refs, days))
        whole = len(refs) < PAGE
        after = replace(begun, tries=0, cursor="" if whole else refs[-1].account)
        if whole:
            after = replace(after, ended_at=instant(self.clock.now()))
        after = self.rounds.save(practice.id, JOB, after)
        if whole:
            self._over(practice.id, after)
        else:
            self.queue.send(_message(practice.id, after))
        return issued

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

    def _call_if_overdue(self, practice: str, found: Round) -> None:
        if self.clock.now() - datetime.fromisoformat(found.begun_at) > OVERDUE:
            self.alerting.raise_alert(practice, _cause(AlertName.ROUND_OVERDUE, found))

    def _call_if_stuck(self, practice: str, found: Round) -> None:
        if found.tries >= STUCK:
            cause = _cause(AlertName.ROUND_STUCK, found)
            self.alerting.raise_alert(practice, replace(cause, facts={"job": JOB, "cursor": found.cursor}))

    def _over(self, practice: str, ended: Round) -> None:
        """What was raised for want of its end closes."""
        try:
            for name in (AlertName.ROUND_OVERDUE, AlertName.ROUND_STUCK):
                note = f"{BY_ITSELF}the round has come through"
                self.alerting.over(practice, _cause(name, ended), note=note)
        except Busy:
            log.warning("alert not closed", extra={"job": JOB, "practice": practice})


def _cause(name: AlertName, of: Round) -> Cause:
    return Cause(name, f"{JOB} {of.begun_at}")


def _message(practice: str, found: Round) -> Mapping[str, str]:
    return {"task": TASK, "practice": practice, "version": str(found.version)}
