"""What is there whether anybody comes or not, read from the templates: alarms, firewalls, the key, queues."""

import json
from typing import Any

from chalicelib.hosting.domain.prices import HOURS, MONTHLY, PRICES
from infra.table import load_template
from sandbox.config import ROOT

POLLERS, LONG_POLL_SECONDS = 5, 20  # with which Lambda waits at a queue that is empty


def standing() -> str:
    """A month's dollars of each, as a table."""
    rows = {**counted(), "all of it": sum(counted().values())}
    return "\n".join(
        ["| a month, at rest | dollars |", "|---|---|", *(f"| {n} | {d:.2f} |" for n, d in rows.items())]
    )


def counted() -> dict[str, float]:
    resources = {**_resources("app.yaml"), **_resources("site.yaml"), **_resources("data.yaml")}

    def of(kind: str) -> list[Any]:
        return [found for found in resources.values() if found.get("Type") == kind]

    metrics = sum(_metrics(alarm["Properties"]) for alarm in of("AWS::CloudWatch::Alarm"))
    firewalls = of("AWS::WAFv2::WebACL")
    rules = sum(len(firewall["Properties"]["Rules"]) for firewall in firewalls)
    queues = sum(
        1 for queue in of("AWS::SQS::Queue") if "dead" not in json.dumps(queue["Properties"]["QueueName"])
    )
    polls = POLLERS * 3600 / LONG_POLL_SECONDS * HOURS * PRICES["queue requests"]
    return {
        f"{metrics} metrics with alarms": metrics * MONTHLY["alarm's metric"],
        f"{len(firewalls)} firewalls with {rules} rules": (
            len(firewalls) * MONTHLY["firewall"] + rules * MONTHLY["firewall's rule"]
        ),
        "the key": MONTHLY["KMS key"],
        f"{queues} queues, asked by Lambda": queues * polls,
    }


def _resources(file: str) -> dict[str, Any]:
    found: dict[str, Any] = load_template(ROOT / "infra" / file)["Resources"]
    return found


def _metrics(alarm: dict[str, Any]) -> int:
    return len([each for each in alarm.get("Metrics", [{"MetricStat": {}}]) if "MetricStat" in each])
