"""By when the law wants a good faith estimate: 45 CFR 149.610(b)(1)(vi) (issue 14, "the one- and
three-business-day clocks as a work list")."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.documents.domain.estimate_requests import RequestDays, days_left, due_on, noted, request_id
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.business_days import business_day_after, is_business_day
from chalicelib.kernel.errors import Invalid, Refused

TODAY = "2060-12-31"
MINE = AccountRef("fern", "maya")
DAYS = st.dates(date(2022, 1, 1), date(2050, 12, 31))


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2026-11-16", "2026-11-19"),  # Monday to Thursday
        ("2026-11-19", "2026-11-24"),  # over a weekend
        ("2026-11-25", "2026-12-01"),  # over Thanksgiving and a weekend
        ("2026-11-21", "2026-11-25"),  # asked on a Saturday: Monday is the first
        ("2026-12-30", "2027-01-05"),  # over New Year's Day
    ],
)
def test_who_asks_has_it_within_three_business_days(asked: str, due: str) -> None:
    assert due_on(RequestDays(asked_on=asked), today=TODAY) == due


@pytest.mark.parametrize(
    ("service", "due"),
    [
        ("2022-01-06", "2022-01-04"),  # three business days ahead: one after
        ("2022-01-14", "2022-01-04"),  # nine
        ("2022-01-17", "2022-01-04"),  # a holiday, before which there are nine: the earlier
        ("2022-01-18", "2022-01-06"),  # ten: three after
        ("2022-01-20", "2022-01-06"),
        ("9999-12-31", "2022-01-06"),  # a slip of the hand; seen: it ended in a traceback
    ],
)
def test_a_service_that_is_scheduled_ahead_has_it_one_or_three_business_days_after_the_scheduling(
    service: str, due: str
) -> None:
    """Scheduled on Monday, January 3, 2022; January 17 was a holiday."""
    assert due_on(RequestDays("", "2022-01-03", service), today=TODAY) == due


@pytest.mark.parametrize("service", ["2022-01-03", "2022-01-04", "2022-01-05"])
def test_where_it_is_sooner_the_law_wants_none_unless_the_client_asks(service: str) -> None:
    with pytest.raises(Refused, match="estimate_not_wanted"):
        due_on(RequestDays("", "2022-01-03", service), today=TODAY)
    assert due_on(RequestDays("2022-01-03", "2022-01-03", service), today=TODAY) == "2022-01-06"


def test_of_both_clocks_the_earlier_is_kept() -> None:
    assert due_on(RequestDays("2022-01-04", "2022-01-03", "2022-01-06"), today=TODAY) == "2022-01-04"
    assert due_on(RequestDays("2022-01-03", "2022-01-05", "2022-02-05"), today=TODAY) == "2022-01-06"


@given(DAYS, st.integers(0, 40))
def test_a_clock_ends_on_a_business_day_no_later_than_the_rule_says(scheduled: date, ahead: int) -> None:
    service = scheduled + timedelta(days=ahead)
    try:
        due = due_on(RequestDays("", scheduled.isoformat(), service.isoformat()), today=TODAY)
    except Refused:
        assert ahead < 8, "three business days are within eight days"
        return
    found = date.fromisoformat(due)
    assert is_business_day(found)
    assert found in (business_day_after(scheduled, 1), business_day_after(scheduled, 3))
    assert found <= service or ahead < 3, "before the service"
    if ahead >= 18:
        assert found == business_day_after(scheduled, 3)


@given(DAYS, st.integers(-30, 30))
def test_days_left_are_business_days_and_below_nought_once_it_is_overdue(today: date, far: int) -> None:
    due = business_day_after(today + timedelta(days=far), 1)
    left = days_left(due.isoformat(), today=today.isoformat())
    if due > today:
        assert business_day_after(today, left) == due
    elif due == today:
        assert left == 0
    else:
        assert left <= 0
        assert left < 0 or not is_business_day(today)


@pytest.mark.parametrize(
    "days",
    [
        RequestDays(),
        RequestDays("", "2026-11-16", ""),
        RequestDays("2026-11-16", "", "2026-11-20"),
        RequestDays("", "2026-11-16", "2026-11-13"),
        RequestDays("2026-11-21", "", ""),
        RequestDays("", "2026-11-21", "2026-12-21"),
    ],
)
def test_days_that_cannot_be_are_refused(days: RequestDays) -> None:
    with pytest.raises(Invalid, match="estimate_request_days"):
        due_on(days, today="2026-11-20")


def test_the_same_told_again_is_the_same_request_and_a_reason_is_needed_to_withdraw_it() -> None:
    days = RequestDays("2026-11-16")
    request = noted(MINE, days, today="2026-11-20", at="2026-11-20T17:00:00.000Z", actor="cli")
    assert request.id == request_id(MINE, days)
    assert (
        request_id(AccountRef("fern", "eli"), days)
        != request.id
        != request_id(MINE, RequestDays("2026-11-17"))
    )
    for reason in ("", "  ", "x" * 301):
        with pytest.raises(Invalid, match="estimate_request_reason"):
            request.withdrawn(reason, at="2026-11-20T17:00:00.000Z", actor="cli")
