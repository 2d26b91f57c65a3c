"""Business days: Monday to Friday, but for federal holidays of the United States. Pure.

Sources: 5 USC 6103(a), the holidays; 5 USC 6103(b) and Executive Order 11582, what falls on a Saturday is
kept on the Friday before, on a Sunday on the Monday after. A library of every country's holidays would be a
hundred times as large as what is wanted of it here.
"""

from datetime import date, timedelta
from functools import cache

MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6
_DAY = timedelta(days=1)
_FIXED = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))  # month and day
_MOVABLE = ((1, MONDAY, 3), (2, MONDAY, 3), (9, MONDAY, 1), (10, MONDAY, 2), (11, THURSDAY, 4))
"""Month, weekday, and which of the month's."""


def is_business_day(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in _holidays(day.year)


def business_day_after(day: date, count: int) -> date:
    """The business day that is so many, at least one, after the day, which need be none itself."""
    while count:
        day += _DAY
        count -= is_business_day(day)
    return day


def business_days(first: date, last: date) -> int:
    """How many there are from `first` to before `last`; 0 where that is no later."""
    days = (first + _DAY * number for number in range((last - first).days))
    return sum(map(is_business_day, days))


@cache
def _holidays(year: int) -> frozenset[date]:
    """The days off, those of the next year's first that is kept in this one, too."""
    fixed = [date(year, month, day) for month, day in _FIXED] + [date(year + 1, 1, 1)]
    movable = [_nth(year, *which) for which in _MOVABLE]
    last_of_may = date(year, 5, 31)
    memorial = last_of_may - _DAY * last_of_may.weekday()
    return frozenset({*map(_kept_on, fixed), *movable, memorial})


def _kept_on(day: date) -> date:
    return day + {SATURDAY: -_DAY, SUNDAY: _DAY}.get(day.weekday(), 0 * _DAY)


def _nth(year: int, month: int, weekday: int, which: int) -> date:
    first = date(year, month, 1)
    return first + _DAY * ((weekday - first.weekday()) % 7 + 7 * (which - 1))
