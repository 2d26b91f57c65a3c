"""When a payer was last asked for money, by whatever e-mail: an invoice, a statement or a reminder.

The first two go out whenever they are due, and are noted here; a reminder waits for a week after them.
"""

from dataclasses import dataclass

from chalicelib.documents.ports.reminders import Reminders
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.instants import instant, local_date
from chalicelib.platform.ports import Clock, Keys
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.services.address_hashes import address_hash


@dataclass(frozen=True)
class MoneyRequests:
    reminders: Reminders
    keys: Keys
    clock: Clock

    def note(self, practice: Practice, to: str) -> None:
        """Before the e-mail goes: a reminder rather waits for one that never went. Writes nothing where the
        practice sends no reminders. Error: Busy."""
        if not practice.reminders:
            return
        try:
            hashed = address_hash(self.keys, practice.id, to)
        except Invalid:  # the mail service says what is wrong with it
            return
        self.reminders.note_asked(practice.id, hashed, on=self.today(practice))

    def today(self, practice: Practice) -> str:
        return local_date(instant(self.clock.now()), practice.timezone)
