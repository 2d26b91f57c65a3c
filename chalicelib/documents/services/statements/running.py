"""A practice's statement run: started by the clock, its clients handed to a queue. Safe to repeat."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from types import MappingProxyType

from chalicelib.documents.domain.statements import FanOut, Outcome
from chalicelib.documents.ports.statements import Statements
from chalicelib.documents.services.statements.issuing import TASK, Issuing
from chalicelib.documents.services.statements.resending import Resending
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import BillfoldError, Refused, present
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.outside import Busy
from chalicelib.kernel.periods import Period, due_period
from chalicelib.ledger.domain.accounts import is_guests
from chalicelib.ledger.ports.ledgers import AccountIndex
from chalicelib.ledger.services.import_register import Register
from chalicelib.ledger.services.roll import Enrolled, roll
from chalicelib.platform.ports import BATCH, BatchQueue, Clock
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import People, Practices

log = logging.getLogger("billfold.statements")
NOTED = 50  # batches, after which it is noted how far a run has come
NOTHING: Mapping[str, Callable[[Practice], object]] = MappingProxyType({})
NOBODY, NEVER = FanOut(), datetime.max.replace(tzinfo=UTC)
BUDGET = timedelta(minutes=10)  # a function has 15; the rest is for the practices after a large one


@dataclass(frozen=True)
class Running:
    """`issue_queue` feeds the function that issues."""

    index: AccountIndex
    practices: Practices
    people: People
    statements: Statements
    issuing: Issuing
    resending: Resending
    issue_queue: BatchQueue
    register: Register
    clock: Clock

    def run_due(self, beside: Mapping[str, Callable[[Practice], object]] = NOTHING) -> dict[str, int]:
        """The hourly job; how many of each it saw to. One practice's trouble is not the next one's, and a
        practice too large for one call goes on with the next. `beside`: what else is hourly, by
        its name, so that a practice is read once for all."""
        until = self.clock.now() + BUDGET  # what is sent again takes its part of it
        done = Counter[str](practices=0, clients=0, without_day=0, resent=self.resending.resend())
        for practice_id in self.practices.practice_ids():
            with _told("practice not read", practice_id):
                practice = self.practices.practice(practice_id)
                if practice is None:
                    continue
                for name, begin in beside.items():
                    with _told(f"{name} not begun", practice_id):
                        begin(practice)
                with _told("statements not run", practice_id):
                    self._run_if_due(practice, done, until)
        return dict(done)

    def fan_out(
        self, practice: Practice, period: Period, before: FanOut = NOBODY, *, until: datetime = NEVER
    ) -> int:
        """Hand the accounts after `before` to the queue, all or as many as time allows; how many.

        How many there are does not matter to memory. Now and then it is noted how far this has come: cut off,
        the next call hands the last few over again, and whoever has a statement gets no other. Error: Busy.
        """
        clients = before.clients
        for number, batch in enumerate(_batches(self.accounts(practice.id, after=before.after)), start=1):
            self.issue_queue.send_all([_message(practice.id, account.id, period) for account in batch])
            clients += len(batch)
            if number % NOTED == 0:
                self._note(practice, period, clients, after=batch[-1].id)
                if self.clock.now() >= until:
                    return clients - before.clients
        self._note(practice, period, clients)
        return clients - before.clients

    def accounts(self, practice: str, *, after: str = "") -> Iterator[Enrolled]:
        """Of whom there is to be a statement, or a note why not; by their ids, only those after `after`. A
        guest is no client, and has a receipt."""
        found = roll(self.index, self.people, practice, after=after)
        return (one for one in found if not is_guests(one.id))

    def issue(self, practice_id: str, client_id: str, period: Period) -> Outcome:
        """One message of the queue. Errors: NotFound practice_not_found, client_not_found; Busy."""
        practice = present(self.practices.practice(practice_id), "practice_not_found")
        client = self.people.client(practice_id, client_id)
        if client is None:
            return self.issuing.note_nameless(AccountRef(practice_id, client_id), period).outcome
        return self.issuing.issue(practice, period, client).outcome

    def check_over(self, practice: Practice, period: Period) -> None:
        """Error: Refused month_not_over: entries may still be recorded in it."""
        if self.clock.now() < period.ends_at(practice.timezone):
            raise Refused("month_not_over", "month")

    def _run_if_due(self, practice: Practice, done: Counter[str], until: datetime) -> None:
        if practice.statement_day is None:
            done["without_day"] += 1
            return
        today = date.fromisoformat(local_date(instant(self.clock.now()), practice.timezone))
        period = due_period(practice.statement_day, today)
        before = self.statements.fanned_out(practice.id, period) if period else None
        if period is None or (before and before.over):
            return
        # Before the accounts are listed: one that is there by then gets a statement, or a note why not.
        for found in self.register.under_way(practice.id):
            done["imports_left_out"] += 1
            log.warning("statements leave out an import", extra={"practice": practice.id, "import": found.id})
        done["clients"] += self.fan_out(practice, period, before or NOBODY, until=until)
        done["practices"] += 1

    def _note(self, practice: Practice, period: Period, clients: int, *, after: str = "") -> None:
        at = instant(self.clock.now())
        self.statements.mark_fanned_out(practice.id, period, clients=clients, at=at, after=after)


@contextmanager
def _told(what: str, practice: str) -> Iterator[None]:
    """Its trouble is in the log, and stops nothing else."""
    try:
        yield
    except (BillfoldError, Busy) as error:
        log.error(what, extra={"practice": practice, "why": str(error)})
    except Exception:
        log.exception(what, extra={"practice": practice})


def _message(practice: str, client_id: str, period: Period) -> dict[str, str]:
    return {"task": TASK, "practice": practice, "client": client_id, "period": str(period)}


def _batches(accounts: Iterator[Enrolled]) -> Iterator[list[Enrolled]]:
    while batch := list(islice(accounts, BATCH)):
        yield batch
