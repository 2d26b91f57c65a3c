"""Months, where they end, and on which days their statements are due."""

from datetime import UTC, date, datetime

import pytest

from chalicelib.kernel.periods import Period, due_period
from tests.support.refusals import refusal


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-1", "26-10", "", "2026-10-01", "1999-10", "2026-10\n"]
)
def test_other_texts_are_no_months(text: str) -> None:
    assert refusal(Period.parse, text) == ("month_invalid", "month", {})


def test_months_follow_each_other_over_the_year() -> None:
    december = Period.parse("2026-12")
    assert (str(december.next), str(december.previous)) == ("2027-01", "2026-11")
    assert str(Period(2027, 1).previous) == "2026-12"
    assert Period(2028, 2).last_day == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("timezone", "end"),
    [
        ("America/New_York", datetime(2026, 11, 1, 4, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2026, 10, 31, 10, tzinfo=UTC)),
        ("Pacific/Pago_Pago", datetime(2026, 11, 1, 11, tzinfo=UTC)),
    ],
)
def test_a_month_ends_when_it_does_where_the_practice_is(timezone: str, end: datetime) -> None:
    assert Period(2026, 10).ends_at(timezone) == end


@pytest.mark.parametrize(
    ("day", "today", "period"),
    [
        (5, "2026-11-04", None),
        (5, "2026-11-05", "2026-10"),
        (5, "2026-11-08", "2026-10"),  # the deployment was away on the fifth
        (5, "2026-11-09", None),
        (1, "2027-01-01", "2026-12"),
        (28, "2027-03-01", "2027-01"),  # the day after February's 28th
        (28, "2027-03-27", None),
        (None, "2026-11-05", None),
    ],
)
def test_last_months_statements_are_due_on_the_statement_day_and_shortly_after(
    day: int | None, today: str, period: str | None
) -> None:
    due = due_period(day, date.fromisoformat(today))
    assert (str(due) if due else None) == period
