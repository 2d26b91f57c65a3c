"""Schedule expressions as EventBridge reads them."""

from datetime import UTC, datetime

import pytest

from sandbox.schedules import parse_schedule

NOON = datetime(2026, 11, 20, 12, 0, 30, tzinfo=UTC)  # a Friday


@pytest.mark.parametrize(
    ("expression", "due"),
    [
        ("rate(1 minute)", datetime(2026, 11, 20, 12, 1, 30, tzinfo=UTC)),
        ("rate(5 minutes)", datetime(2026, 11, 20, 12, 5, 30, tzinfo=UTC)),
        ("rate(1 day)", datetime(2026, 11, 21, 12, 0, 30, tzinfo=UTC)),
        ("cron(0/15 * * * ? *)", datetime(2026, 11, 20, 12, 15, tzinfo=UTC)),
        ("cron(0 3 * * ? *)", datetime(2026, 11, 21, 3, 0, tzinfo=UTC)),
        ("cron(30 6 1 * ? *)", datetime(2026, 12, 1, 6, 30, tzinfo=UTC)),
        ("cron(0 9 ? * MON-FRI *)", datetime(2026, 11, 23, 9, 0, tzinfo=UTC)),
        ("cron(0 9 ? * 1,7 *)", datetime(2026, 11, 21, 9, 0, tzinfo=UTC)),
        ("cron(0 0 29 FEB ? *)", datetime(2028, 2, 29, 0, 0, tzinfo=UTC)),
        ("cron(0 0 1 1 ? 2027-2028)", datetime(2027, 1, 1, 0, 0, tzinfo=UTC)),
    ],
)
def test_the_next_time_is_found(expression: str, due: datetime) -> None:
    assert parse_schedule(expression)(NOON) == due


@pytest.mark.parametrize(
    "expression", ["rate(0 minutes)", "rate(5 weeks)", "cron(0 3 * * *)", "every day", "cron(0 0 31 2 ? *)"]
)
def test_what_is_no_schedule_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"not a schedule|never due"):
        parse_schedule(expression)(NOON)


@pytest.mark.parametrize("expression", ["cron(61 * * * ? *)", "cron(0 0 L * ? *)", "cron(0 25 * * ? *)"])
def test_a_field_out_of_range_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"between|invalid literal"):
        parse_schedule(expression)(NOON)
