"""Superbills by the clock: a month's, in steps of some accounts, where the practice has a day for them.

For whom something is missing there is none, and a person is called: `billfold superbill missing` names it,
and `superbill issue` goes on once it is there.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from chalicelib.documents.domain.superbill_lines import for_everyone
from chalicelib.documents.domain.superbills import Stretch
from chalicelib.documents.services.clocked_rounds import PAGE, ClockedRounds, Step
from chalicelib.documents.services.superbills.drafting import SuperbillWish
from chalicelib.documents.services.superbills.issuing import SuperbillIssuing
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import BillfoldError, present
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.outside import Unreadable
from chalicelib.kernel.periods import Period, due_period
from chalicelib.ledger.ports.ledgers import AccountIndex
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.operations.services.alerting import Alerting
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Client, Practice
from chalicelib.practice.ports import People, Practices

log = logging.getLogger("billfold.superbills")
JOB = "superbills"


@dataclass(frozen=True)
class SuperbillRuns:
    """A round's `carried` is its month."""

    index: AccountIndex
    practices: Practices
    people: People
    issuing: SuperbillIssuing
    rounds: ClockedRounds
    alerting: Alerting
    clock: Clock

    def hand_over(self, practice: Practice) -> bool:
        """Hourly: whether the practice's next step was put into the queue. Reads nothing of who issues by
        hand. Safe to repeat. Error: Busy."""
        if practice.superbill_day is None:
            return False
        today = date.fromisoformat(local_date(instant(self.clock.now()), practice.timezone))
        period = due_period(practice.superbill_day, today)
        if period is None and not self.rounds.under_way(practice.id):
            return False
        return self.rounds.hand_over(practice.id, str(period) if period else "")

    def step(self, practice_id: str, version: int) -> int:
        """One message: how many superbills it issued. Errors: NotFound practice_not_found; Busy."""
        practice = present(self.practices.practice(practice_id), "practice_not_found")

        def work(carried: str, cursor: str) -> Step | None:
            if practice.superbill_day is None:
                return None  # by hand since
            refs = list(islice(self.index.account_refs(practice_id, after=cursor), PAGE))
            wish = SuperbillWish(_month(Period.parse(carried)))
            issued = sum(self._issued(practice, client, wish) for client in self._clients(refs))
            return Step(issued, refs[-1].account if len(refs) == PAGE else "")

        return self.rounds.step(practice_id, version, lambda begun: work(begun.carried, begun.cursor))

    def _clients(self, refs: Sequence[AccountRef]) -> Iterator[Client]:
        found = (self.people.client(ref.practice, ref.account) for ref in refs)
        return (client for client in found if client and for_everyone(client))

    def _issued(self, practice: Practice, client: Client, wish: SuperbillWish) -> int:
        """One client's trouble is not the others'."""
        about = {"practice": practice.id, "account": client.id}
        try:
            ((_, done),) = self.issuing.issue_all(practice, [client], wish)
        except (BillfoldError, Unreadable) as error:
            why = error.code if isinstance(error, BillfoldError) else f"row_unreadable: {error}"
            log.error("superbills not issued", extra={**about, "why": why})
            self.alerting.raise_alert(practice.id, Cause(AlertName.SUPERBILL_STUCK, client.id, {"code": why}))
            return 0
        if done.missing:
            log.warning("superbills want something", extra={**about, "missing": len(done.missing)})
            # One a month: a command lists the clients, and what each superbill wants.
            self.alerting.raise_alert(
                practice.id, Cause(AlertName.SUPERBILLS_INCOMPLETE, wish.stretch.first[:7])
            )
        return len(done.issued)


def _month(period: Period) -> Stretch:
    return Stretch(period.first_day.isoformat(), period.last_day.isoformat())
