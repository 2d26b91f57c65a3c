"""Business days as the federal government keeps them: 5 USC 6103."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.business_days import business_day_after, business_days, is_business_day

# As the Office of Personnel Management lists them: the days off of these years, weekends left out.
OFF = {
    2021: "0101 0118 0215 0531 0618 0705 0906 1011 1111 1125 1224 1231",
    2022: "0117 0221 0530 0620 0704 0905 1010 1111 1124 1226",
    2023: "0102 0116 0220 0529 0619 0704 0904 1009 1110 1123 1225",
    2026: "0101 0119 0216 0525 0619 0703 0907 1012 1111 1126 1225",
    2027: "0101 0118 0215 0531 0618 0705 0906 1011 1111 1125 1224 1231",
    2028: "0117 0221 0529 0619 0704 0904 1009 1110 1123 1225",
}
DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize("year", OFF)
def test_the_days_off_are_those_that_the_government_lists(year: int) -> None:
    days = (date(year, 1, 1) + timedelta(days=number) for number in range(366))
    off = [day for day in days if day.year == year and day.weekday() < 5 and not is_business_day(day)]
    assert [f"{day:%m%d}" for day in off] == OFF[year].split()


@given(DAYS)
def test_no_weekend_is_one_and_eleven_holidays_a_year_at_most_twelve_are_kept(day: date) -> None:
    """Twelve where New Year's Day of the next is kept in December."""
    assert not (day.weekday() > 4 and is_business_day(day))
    year = (date(day.year, 1, 1) + timedelta(days=number) for number in range(365))
    assert 10 <= sum(one.weekday() < 5 and not is_business_day(one) for one in year) <= 12


@given(DAYS, st.integers(1, 15))
def test_so_many_after_a_day_is_the_last_of_so_many(day: date, count: int) -> None:
    found = business_day_after(day, count)
    assert is_business_day(found)
    assert business_days(day + timedelta(days=1), found + timedelta(days=1)) == count


def test_counting_begins_with_the_first_and_ends_before_the_last() -> None:
    monday, thursday = date(2022, 1, 3), date(2022, 1, 6)
    assert business_days(monday, thursday) == 3
    assert business_days(thursday, monday) == business_days(monday, monday) == 0
