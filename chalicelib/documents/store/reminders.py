"""Reminders in DynamoDB.

P#practice#REMINDERS    N#000000000017       when invoice 17 is looked at next; in gsi1 by that day
P#practice#EMAIL        <hash>#ASKED         the day on which the address was last asked for money
"""

from collections.abc import Sequence

from pynamodb.exceptions import DoesNotExist, PutError
from pynamodb.expressions.condition import Condition

from chalicelib.documents.domain.reminders import Reminder
from chalicelib.documents.ports.reminders import Reminders
from chalicelib.kernel.outside import Conflict
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.codec import Codec, VersionedBody
from chalicelib.platform.dynamo.table import Canceled, Item, guarded, refused_by_condition, transact
from chalicelib.practice.store.people import AskedItem

_NUMBER, _ON = "N#", "ON#"
REMINDERS = Codec(Reminder, elsewhere=frozenset({"number", "version"}))


class ReminderItem(VersionedBody, discriminator="reminder"):
    """In lists while it is to be looked at."""

    @classmethod
    def of(cls, practice: str, reminder: Reminder) -> "ReminderItem":
        sk = f"{_NUMBER}{reminder.number:012d}"
        return cls(
            keys.reminders(practice), sk, gsi1sk=f"{_ON}{reminder.on}#{sk}" if reminder.on else None,
            version=reminder.version + 1, **REMINDERS.parts(reminder),
        )  # fmt: skip

    def reminder(self) -> Reminder:
        number = int(self.sk.removeprefix(_NUMBER))
        return REMINDERS.read(self, f"reminder of invoice {number}", number=number, version=int(self.version))


class DynamoReminders(Reminders):
    @guarded
    def due(self, practice: str, *, until: str, limit: int) -> Sequence[Reminder]:
        rows = ReminderItem.by_date.query(
            keys.reminders(practice), ReminderItem.gsi1sk.between(_ON, f"{_ON}{until}#~"), limit=limit
        )
        return [row.reminder() for row in rows if isinstance(row, ReminderItem)]

    @guarded
    def of_numbers(self, practice: str, numbers: Sequence[int]) -> Sequence[Reminder]:
        places = [(keys.reminders(practice), f"{_NUMBER}{number:012d}") for number in sorted(set(numbers))]
        rows = ReminderItem.batch_get(places, consistent_read=True) if places else ()
        return sorted((row.reminder() for row in rows), key=lambda found: found.number)

    @guarded
    def plan(self, practice: str, reminder: Reminder) -> None:
        try:
            ReminderItem.of(practice, reminder).save(condition=ReminderItem.pk.does_not_exist())
        except PutError as error:
            if not refused_by_condition(error):
                raise

    def save(self, practice: str, reminders: Sequence[Reminder], *, asked: str = "", on: str = "") -> None:
        puts: list[tuple[Item, Condition | None]] = [
            (ReminderItem.of(practice, reminder), ReminderItem.standing_at(reminder.version))
            for reminder in reminders
        ]
        puts += [(_asked(practice, asked, on), None)] if asked else []
        try:
            transact(puts)
        except Canceled as canceled:
            raise Conflict("reminder") from canceled

    @guarded
    def asked_on(self, practice: str, address_hash: str) -> str:
        try:
            found = AskedItem.get(*keys.address_asked(practice, address_hash), consistent_read=True)
        except DoesNotExist:
            return ""
        return str(found.on)

    @guarded
    def note_asked(self, practice: str, address_hash: str, *, on: str) -> None:
        _asked(practice, address_hash, on).save()


def _asked(practice: str, address_hash: str, on: str) -> AskedItem:
    return AskedItem(*keys.address_asked(practice, address_hash), on=on)
