"""EventBridge's schedule expressions: `rate(5 minutes)` and `cron(0 3 * * ? *)`, in UTC."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
# No schedule that is ever due is further away than a leap day.
_LOOK_AHEAD = timedelta(days=4 * 366)

Schedule = Callable[[datetime], datetime]


def parse_schedule(expression: str) -> Schedule:
    """A function from an instant to the next one the schedule is due; ValueError for other texts."""
    if rate := _RATE.fullmatch(expression):
        step = timedelta(**{f"{rate[2]}s": int(rate[1])})
        if step <= timedelta(0):
            raise ValueError(f"not a schedule: {expression}")
        return lambda after: after + step
    if cron := _CRON.fullmatch(expression):
        return _Cron(*(cron[i] for i in range(1, 7))).next_after
    raise ValueError(f"not a schedule: {expression}")


@dataclass(frozen=True)
class _Cron:
    minute: str
    hour: str
    day: str
    month: str
    weekday: str
    year: str

    def next_after(self, instant: datetime) -> datetime:
        due = instant.replace(second=0, microsecond=0) + timedelta(minutes=1)
        last = due + _LOOK_AHEAD
        while due < last:
            if not self._is_its_day(due):
                due = (due + timedelta(days=1)).replace(hour=0, minute=0)
            elif _holds(self.hour, due.hour, 0, 23) and _holds(self.minute, due.minute, 0, 59):
                return due
            else:
                due += timedelta(minutes=1)
        raise ValueError(f"never due: {self}")

    def _is_its_day(self, due: datetime) -> bool:
        return (
            _holds(self.year, due.year, 1970, 2199)
            and _holds(self.month, due.month, 1, 12, _MONTHS)
            and _holds(self.day, due.day, 1, 31)
            and _holds(self.weekday, due.isoweekday() % 7 + 1, 1, 7, _DAYS)
        )


def _holds(expression: str, value: int, low: int, high: int, names: list[str] | None = None) -> bool:
    """Whether one field (`*`, `?`, `5`, `1-5`, `0/15`, `MON,WED`) takes `value`."""
    return any(value in _values(part, low, high, names or []) for part in expression.split(","))


def _values(part: str, low: int, high: int, names: list[str]) -> range:
    span, _, step = part.partition("/")
    if span in ("*", "?"):
        first, last = low, high
    else:
        start, dash, end = span.partition("-")
        first = _number(start, low, names)
        last = _number(end, low, names) if dash else (high if step else first)
    if not low <= first <= last <= high:
        raise ValueError(f"not between {low} and {high}: {part}")
    return range(first, last + 1, int(step or 1))


def _number(text: str, low: int, names: list[str]) -> int:
    return names.index(text.upper()) + low if text.upper() in names else int(text)
