"""CloudWatch's alarms of a stage, and who is told of them."""

from typing import Any

import boto3
import pytest

from chalicelib.operations.store.alarms import CloudWatchAlarms
from sandbox.config import REGION
from sandbox.resources import Resources

ALARM = {
    "MetricName": "Errors", "Namespace": "AWS/Lambda", "Statistic": "Sum", "Period": 300,
    "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanOrEqualToThreshold",
}  # fmt: skip


def topic(stage: str) -> str:
    arn: str = boto3.client("sns").create_topic(Name=f"billfold-{stage}-alarms")["TopicArn"]
    return arn


def put(name: str, *topics: str, **more: Any) -> None:
    boto3.client("cloudwatch").put_metric_alarm(AlarmName=name, AlarmActions=list(topics), **ALARM, **more)


def alarms(stage: str) -> CloudWatchAlarms:
    return CloudWatchAlarms(stage, region=REGION)


@pytest.mark.usefixtures("moto_aws")
def test_an_alarm_is_of_the_stage_whose_topic_it_tells() -> None:
    put("billfold-elm-api-errors", topic("elm"))
    put("billfold-elm-two-api-errors", topic("elm-two"))
    put("billfold-elm-somebody-elses")
    assert [found.name for found in alarms("elm").all()] == ["billfold-elm-api-errors"]
    assert [found.name for found in alarms("elm-two").all()] == ["billfold-elm-two-api-errors"]
    assert (alarms("oak").all(), alarms("oak").told()) == ([], 0)


@pytest.mark.usefixtures("moto_aws")
def test_it_says_which_ring_and_which_tell_nobody() -> None:
    put("billfold-elm-a", topic("elm"))
    put("billfold-elm-b", topic("elm"), ActionsEnabled=False)
    boto3.client("cloudwatch").set_alarm_state(
        AlarmName="billfold-elm-a", StateValue="ALARM", StateReason="x"
    )
    rings, mute = sorted(alarms("elm").all(), key=lambda found: found.name)
    assert (rings.ringing, rings.tells, rings.since[-1]) == (True, True, "Z")
    assert (mute.ringing, mute.tells) == (False, False)


@pytest.mark.usefixtures("moto_aws")
def test_more_than_one_page_is_read() -> None:
    for number in range(101):
        put(f"billfold-elm-{number}", topic("elm"))
    assert len(alarms("elm").all()) == 101


def test_whoever_has_not_confirmed_is_not_told(moto_aws: Resources, monkeypatch: pytest.MonkeyPatch) -> None:
    put("billfold-elm-api-errors", topic("elm"))
    found = alarms("elm")
    assert found.told() == 0
    boto3.client("sns").subscribe(TopicArn=topic("elm"), Protocol="email", Endpoint="it@elm.example")
    assert found.told() == 1  # moto confirms by itself
    monkeypatch.setattr(found, "_subscribed", lambda _: [{"SubscriptionArn": "PendingConfirmation"}])
    assert found.told() == 0
