"""CloudWatch's alarms of a stage, and who is told of them by SNS. Commands alone ask: no function may."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any

from botocore.config import Config

from chalicelib.kernel.instants import instant
from chalicelib.operations.ports.alarms import Alarm, Alarms
from chalicelib.platform.aws import LazyClient, told_as_busy

_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})


class CloudWatchAlarms(Alarms):
    """Those that tell the topic `billfold-<stage>-alarms`: by the beginning of its name alone an alarm may be
    that of a stage whose name goes on."""

    def __init__(self, stage: str, *, region: str) -> None:
        self._prefix = f"billfold-{stage}-"
        self._topic = f":billfold-{stage}-alarms"
        self._watch = LazyClient("cloudwatch", region=region, config=_CONFIG)
        self._notify = LazyClient("sns", region=region, config=_CONFIG)

    def all(self) -> Sequence[Alarm]:
        return [_alarm(row) for row in self._rows()]

    def told(self) -> int:
        topic = next((topic for row in self._rows() for topic in self._topics(row)), "")
        return sum(not found["SubscriptionArn"].startswith("Pending") for found in self._subscribed(topic))

    def _rows(self) -> Iterator[Mapping[str, Any]]:
        asked = {"AlarmNamePrefix": self._prefix, "AlarmTypes": ["MetricAlarm"]}
        with told_as_busy("cloudwatch"):
            for page in self._watch().get_paginator("describe_alarms").paginate(**asked):
                yield from (row for row in page["MetricAlarms"] if self._topics(row))

    def _topics(self, row: Mapping[str, Any]) -> Sequence[str]:
        return [arn for arn in row["AlarmActions"] if arn.endswith(self._topic)]

    def _subscribed(self, topic: str) -> Iterator[Mapping[str, Any]]:
        if not topic:
            return
        with told_as_busy("sns"):
            for page in self._notify().get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic):
                yield from page["Subscriptions"]


def _alarm(row: Mapping[str, Any]) -> Alarm:
    # The later one changes with every new reason, too.
    since = row.get("StateTransitionedTimestamp") or row["StateUpdatedTimestamp"]
    return Alarm(
        row["AlarmName"], row["StateValue"] == "ALARM", instant(since.astimezone(UTC)), row["ActionsEnabled"]
    )
