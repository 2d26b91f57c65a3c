"""The hourly part of reminders: plan those of new invoices, hand those that are due to the delivery queue.

By day only, where the practice is. An invoice is read once to be planned; after that only when its day has
come. Nothing is handed over while the queue is full or mail is paused: what is due stays so until its worker
has seen to it. Safe to repeat.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from chalicelib.documents.domain.reminders import MOST, Reminder, first_on, later
from chalicelib.documents.ports.invoices import Invoices
from chalicelib.documents.ports.reminders import Reminders
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.outside import Conflict
from chalicelib.mail.domain.pace import MailPace
from chalicelib.mail.services.pacing import AccountWatch
from chalicelib.operations.ports.rounds import Round, Rounds
from chalicelib.operations.services.addresses import recipient
from chalicelib.platform.ports import Clock, MailQueue
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import People

JOB, TASK = "reminders", "reminder"
HOURS = range(9, 18)  # local: nobody is reminded of a bill at night
AT_ONCE = 500  # invoices that one call plans, and reminders that it hands over


@dataclass(frozen=True)
class ReminderRuns:
    """A round's `carried` is the number of the last invoice that is planned."""

    reminders: Reminders
    invoices: Invoices
    people: People
    rounds: Rounds
    queue: MailQueue
    watch: AccountWatch
    pace: MailPace
    clock: Clock

    def hand_over(self, practice: Practice) -> int:
        """How many messages. Reads nothing of who has reminders off. Errors: Unreadable, Busy."""
        if not practice.reminders or self._hour(practice) not in HOURS:
            return 0
        today = local_date(instant(self.clock.now()), practice.timezone)
        if today < practice.reminders_from:
            return 0
        self._plan(practice)
        due = self.reminders.due(practice.id, until=today, limit=AT_ONCE)
        if not due or self.queue.waiting() > self.pace.minutely or self.watch.allowance().pause():
            return 0
        messages = list(self._messages(practice, due))
        for message in messages:
            self.queue.send(message)
        return len(messages)

    def unplanned(self, practice: Practice) -> Iterator[Reminder]:
        """Of invoices issued since the last call. Those whose last day had passed when reminders were
        switched on have none."""
        latest = self.rounds.latest(practice.id, JOB)
        yield from self._since(practice, int(latest.carried or 0) if latest else 0)

    def _plan(self, practice: Practice) -> None:
        latest = self.rounds.latest(practice.id, JOB)
        planned = int(latest.carried or 0) if latest else 0
        if self.invoices.counted(practice.id).last <= planned:
            return
        for reminder in islice(self._since(practice, planned), AT_ONCE):
            planned = reminder.number
            if reminder.on:
                self.reminders.plan(practice.id, reminder)
        now = instant(self.clock.now())
        after = replace(latest or Round(now), begun_at=now, ended_at=now, carried=str(planned))
        with suppress(Conflict):  # another call has planned the same
            self.rounds.save(practice.id, JOB, after)

    def _since(self, practice: Practice, planned: int) -> Iterator[Reminder]:
        day_before = later(practice.reminders_from, -1) if practice.reminders_from else ""
        for number, ref in self.invoices.numbers(practice.id, after=planned):
            invoice = self.invoices.invoice(ref, number)
            due_on = invoice.due_on if invoice else ""
            on = first_on(due_on, practice.reminders, after=day_before) if due_on else ""
            yield Reminder(number, ref.account, due_on, on)

    def _messages(self, practice: Practice, due: Sequence[Reminder]) -> Iterator[Mapping[str, str]]:
        """One a payer, for as many of their invoices as one e-mail stands for."""
        payers, numbers = dict[str, str](), dict[str, list[int]]()
        for reminder in due:
            if reminder.account_id not in payers:
                client = self.people.client(practice.id, reminder.account_id)
                to = recipient(client).strip().lower() if client else ""
                payers[reminder.account_id] = to or reminder.account_id
            numbers.setdefault(payers[reminder.account_id], []).append(reminder.number)
        for some in numbers.values():
            yield message(practice.id, some[:MOST])

    def _hour(self, practice: Practice) -> int:
        now: datetime = self.clock.now()
        return now.astimezone(ZoneInfo(practice.timezone)).hour


def message(practice: str, numbers: Sequence[int]) -> Mapping[str, str]:
    """The delivery function's: remind of these invoices of one payer."""
    return {"task": TASK, "practice": practice, "invoices": ",".join(map(str, numbers))}
