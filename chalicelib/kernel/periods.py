"""The months that statements cover, and when they are due. Pure; dates are practice-local."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.kernel.errors import Invalid

MAX_STATEMENT_DAY = 28  # every month has it
CATCH_UP = timedelta(days=3)  # a deployment that was away on the day itself makes up for it until then
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar month; as text "2026-10"."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @staticmethod
    def parse(text: str) -> "Period":
        """Error: Invalid month_invalid."""
        found = _MONTH.fullmatch(text)
        if found is None:
            raise Invalid("month_invalid", "month")
        return Period(int(found[1]), int(found[2]))

    @staticmethod
    def of(day: date) -> "Period":
        return Period(day.year, day.month)

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return self.next.first_day - timedelta(days=1)

    @property
    def next(self) -> "Period":
        return Period(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def previous(self) -> "Period":
        return Period.of(self.first_day - timedelta(days=1))

    def ends_at(self, timezone: str) -> datetime:
        """The instant at which the next month begins where the practice is; aware."""
        begins = self.next.first_day
        return datetime(begins.year, begins.month, begins.day, tzinfo=ZoneInfo(timezone))


def due_period(statement_day: int | None, today: date) -> Period | None:
    """The month whose statements are to be made on `today`: the one before the month of the statement day.

    On the statement day itself, and on the few days after it, for a day that was missed.
    """
    if statement_day is None:
        return None
    this_month = today.replace(day=statement_day)
    latest = (
        this_month if this_month <= today else Period.of(today).previous.first_day.replace(day=statement_day)
    )
    return Period.of(latest).previous if today - latest <= CATCH_UP else None
