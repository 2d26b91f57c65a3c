"""A function that is never called writes no error: an alarm says so, and only then.

The alarms' expression is worked out here by what CloudWatch documents: a function that was not called in a
period has no data there, which FILL makes 0; a period in which nothing has data is no breach.
"""

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from chalice.app import ScheduledEventConfig
from chalice.utils import to_cfn_resource_name

from app import app
from infra.table import load_template
from sandbox.config import ROOT
from sandbox.schedules import parse_schedule

ALARMS: dict[str, dict[str, Any]] = {
    name: found["Properties"]
    for name, found in load_template(ROOT / "infra" / "app.yaml")["Resources"].items()
    if found.get("Type") == "AWS::CloudWatch::Alarm"
}
SCHEDULES = {
    source.name: source.schedule_expression.to_string()
    for source in app.event_sources
    if isinstance(source, ScheduledEventConfig) and not isinstance(source.schedule_expression, str)
}
CLOCK = "sweep"  # whose calls say that the deployment is there
WATCHED = sorted(SCHEDULES.keys() - {CLOCK})
LATEST = {
    "reconcile": 45,
    "drops": 45,
    "statements": 4 * 60,
    "full_pass": 24 * 60,
    "verify": 24 * 60,
}  # minutes
DEPLOYED = datetime(2026, 3, 10, tzinfo=UTC)
SPAN = 3 * 24 * 60  # minutes looked at


def alarm_of(function: str) -> dict[str, Any]:
    return ALARMS[f"{to_cfn_resource_name(function)}Stands"]


def metrics(function: str) -> dict[str, dict[str, Any]]:
    return {metric["Id"]: metric for metric in alarm_of(function)["Metrics"]}


def window(function: str) -> tuple[int, int]:
    """Minutes a period, and how many periods."""
    [seconds] = {m["MetricStat"]["Period"] for m in metrics(function).values() if "MetricStat" in m}
    return seconds // 60, alarm_of(function)["EvaluationPeriods"]


def calls(function: str, deployed: datetime) -> list[int]:
    """When the schedule calls it, in minutes since the deployment."""
    due, at, found = parse_schedule(SCHEDULES[function]), deployed, list[int]()
    while (at := due(at)) < deployed + timedelta(minutes=SPAN):
        found.append(int((at - deployed).total_seconds()) // 60)
    return found


def rings(function: str, called: list[int], swept: list[int], at: int) -> bool:
    """The alarm's state at a minute, its periods counted back from there."""
    period, count = window(function)

    def within(found: list[int], end: int) -> int:
        return bisect_left(found, end) - bisect_left(found, end - period)

    ends = range(at, at - count * period, -period)
    return all(within(swept, end) > 1000 * within(called, end) for end in ends)


def first_ring(function: str, called: list[int], swept: list[int]) -> int | None:
    return next((at for at in range(0, SPAN, 5) if rings(function, called, swept, at)), None)


@pytest.mark.parametrize("function", WATCHED)
def test_the_calls_of_every_scheduled_function_are_held_against_the_sweeps(function: str) -> None:
    found = metrics(function)
    assert found["idle"]["Expression"] == "sweep > 1000 * FILL(called, 0)"
    assert [id_ for id_, metric in found.items() if metric["ReturnData"]] == ["idle"]
    for id_, of in (("sweep", CLOCK), ("called", function)):
        measured = found[id_]["MetricStat"]["Metric"]
        assert (measured["Namespace"], measured["MetricName"]) == ("AWS/Lambda", "Invocations")
        assert measured["Dimensions"] == [
            {"Name": "FunctionName", "Value": {"Ref": to_cfn_resource_name(of)}}
        ]
        assert found[id_]["MetricStat"]["Stat"] == "Sum"
    alarm = alarm_of(function)
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (1, "GreaterThanOrEqualToThreshold")
    assert alarm["TreatMissingData"] == "notBreaching"


@pytest.mark.parametrize("function", [CLOCK, *WATCHED])
def test_cloudwatch_takes_the_windows(function: str) -> None:
    period, count = window(function)
    assert period * count <= (24 * 60 if period < 60 else 7 * 24 * 60)


@pytest.mark.parametrize("hour", [0, 6, 7, 12, 13, 18])
@pytest.mark.parametrize("function", WATCHED)
def test_no_alarm_rings_while_all_is_well_at_whatever_hour_it_was_deployed(function: str, hour: int) -> None:
    deployed = DEPLOYED + timedelta(hours=hour, minutes=7)
    assert first_ring(function, calls(function, deployed), calls(CLOCK, deployed)) is None


@pytest.mark.parametrize("hour", [0, 7, 12, 13, 23])
@pytest.mark.parametrize("function", WATCHED)
def test_a_function_that_was_never_called_rings_within_a_day(function: str, hour: int) -> None:
    ringing = first_ring(function, [], calls(CLOCK, DEPLOYED + timedelta(hours=hour)))
    assert ringing is not None
    assert ringing <= LATEST[function]


@pytest.mark.parametrize("function", WATCHED)
def test_a_function_that_is_called_no_longer_rings_within_a_day_of_its_last_call(function: str) -> None:
    called = [minute for minute in calls(function, DEPLOYED) if minute < 30 * 60]
    ringing = first_ring(function, called, calls(CLOCK, DEPLOYED))
    assert ringing is not None
    assert called[-1] < ringing <= called[-1] + LATEST[function]


def test_one_call_an_hour_outweighs_every_sweep_of_it() -> None:
    busiest = max(window(function)[0] for function in WATCHED)
    assert len([minute for minute in calls(CLOCK, DEPLOYED) if minute <= busiest]) * 10 < 1000


def test_a_sweep_that_stands_still_rings_by_itself_and_a_quarter_of_an_hour_is_enough() -> None:
    alarm, found = alarm_of(CLOCK), metrics(CLOCK)
    assert found["swept"]["Expression"] == "FILL(sweep, 0)"
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (1, "LessThanThreshold")
    assert alarm["TreatMissingData"] == "breaching"  # not even FILL makes something of no data at all
    period, count = window(CLOCK)
    assert period * count == 15
    assert count > 1  # FILL may take the newest period for empty before its data have come
