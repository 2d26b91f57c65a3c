"""What is looked at before an existing stage is changed: whether it is well, and can be gone back from.

What is red stops the deployment before its first change set, and is named. `--despite` goes on with one that
somebody has judged; a release that does not read what is stored is never deployed. docs/upgrades.md.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from infra.deploy.artefacts import Artefacts
from infra.deploy.aws import Aws, AwsError
from infra.deploy.stacks import Stacks
from infra.deploy.stage import Stage
from infra.deploy.standing import data_stack, functions_stack
from infra.deploy.template import DeployError

# What may be gone on with, and what it says of itself.
LINES = {
    "alarms": "an alarm of the stage is in ALARM",
    "recovery": "the table cannot be brought back to a moment before",
    "export": "nobody has said that every practice was exported (billfold export --format jsonl)",
}
_AT_ONCE = 100  # alarms asked about in one call


@dataclass(frozen=True)
class Running:
    """What the last deployment said of itself; nothing where that was before deployments did."""

    version: str = ""
    reads: tuple[int, ...] = ()


@dataclass(frozen=True)
class Preflight:
    home: Stacks
    stage: Stage
    artefacts: Artefacts

    def check(self, despite: Collection[str] = ()) -> None:
        """Error: DeployError, naming all that is red; nothing was changed.

        A new stage has nothing to lose, and a trial nothing that is brought back, also when it goes live.
        """
        name = data_stack(self.stage)
        data = self.home.outputs(name)
        if data is None:
            return
        self.check_format()
        if (self.home.parameters(name) or {}).get("Kind") == "trial":
            return
        red = dict(self._red(data["TableName"], despite))
        left = [f"  {name}: {why}" for name, why in red.items() if name not in despite]
        for name, why in red.items():
            self.home.say(f"{'despite ' if name in despite else 'RED '}{name}: {why}")
        if left and not self.home.dry_run:
            raise DeployError("\n".join((
                f"{self.stage.name} is not ready for an upgrade. Nothing was changed.", *left,
                "Mend that, or go on with --despite NAME (docs/upgrades.md).",
            )))  # fmt: skip

    def check_format(self) -> None:
        """Error: DeployError where the release would not read the rows, which `--despite` does not change.

        Rows are of the format before until the walk after `--finish` is whole.
        """
        stored, reads = self._stored(), self.artefacts.reads
        if stored in reads:
            if stored > 1 and stored - 1 not in reads and not self._rows_are_of(stored):
                raise DeployError(
                    f"rows may still be of format {stored - 1}, which {self.artefacts.version} does not read"
                    f" (it reads {_and(reads)}). Not done. Run billfold migrate first, with the release that"
                    f" runs now: it brings them to format {stored}."
                )
            return
        said = f"format {stored} is written here, and {self.artefacts.version} reads {_and(reads)}. Not done."
        if stored > max(reads):
            said += f" Since billfold migrate --finish a release must read format {stored} to be deployed."
        else:
            said += (
                f" Deploy a release first that reads formats {stored} and {stored + 1}, and put the next in"
                " force with billfold migrate --finish."
            )
        raise DeployError(said)

    def begin(self) -> None:
        """Note what both the functions that run and those that come read: no format beyond it may be put in
        force meanwhile."""
        running = self.running()
        if running.reads and running.reads != self.artefacts.reads:
            both = tuple(sorted({*running.reads} & {*self.artefacts.reads}))
            self._note(Running(running.version, both))
            self.check_format()  # one that was put in force just before

    def end(self) -> None:
        """Note what runs now, unless that is said already."""
        now = Running(self.artefacts.version, self.artefacts.reads)
        if self.running() != now:
            self._note(now)

    def running(self) -> Running:
        text = _parameter(self.home.aws, self._name("release"))
        try:
            told: Any = json.loads(text)
            return Running(str(told["version"]), tuple(told["reads"]))
        except (ValueError, KeyError, TypeError):
            return Running()

    def _stored(self) -> int:
        text = _parameter(self.home.aws, self._name("format"))
        return int(text.split()[0]) if text else 1

    def _rows_are_of(self, stored: int) -> bool:
        return _parameter(self.home.aws, self._name("rows")) == str(stored)

    def _red(self, table: str, despite: Collection[str]) -> Iterator[tuple[str, str]]:
        if ringing := self._ringing():
            yield "alarms", f"{LINES['alarms']}: {', '.join(ringing)}"
        if not self._recoverable(table):
            yield "recovery", f"{LINES['recovery']}: point-in-time recovery of {table} is off"
        if self.running().version != self.artefacts.version and "export" not in despite:
            yield "export", LINES["export"]

    def _ringing(self) -> list[str]:
        name = functions_stack(self.stage)
        if self.home.outputs(name) is None:
            return []
        listed = self.home.aws.call("cloudformation", "list-stack-resources", StackName=name)
        alarms = [
            resource["PhysicalResourceId"]
            for resource in listed.get("StackResourceSummaries", [])
            if resource["ResourceType"] == "AWS::CloudWatch::Alarm"
        ]
        return [found for some in _parts(alarms) for found in self._ringing_of(some)]

    def _ringing_of(self, alarms: Sequence[str]) -> list[str]:
        asked = {"AlarmNames": list(alarms), "StateValue": "ALARM"}
        found = self.home.aws.call("cloudwatch", "describe-alarms", **asked)
        return [alarm["AlarmName"] for alarm in found.get("MetricAlarms", [])]

    def _recoverable(self, table: str) -> bool:
        asked = self.home.aws.call("dynamodb", "describe-continuous-backups", TableName=table)
        described = asked["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
        return bool(described.get("PointInTimeRecoveryStatus") == "ENABLED")

    def _note(self, running: Running) -> None:
        value = json.dumps({"version": running.version, "reads": running.reads})
        kept = {"Name": self._name("release"), "Value": value, "Type": "String", "Overwrite": True}
        self.home.aws.call("ssm", "put-parameter", **kept)

    def _name(self, name: str) -> str:
        return f"{self.stage.secrets}/{name}"


def _parameter(aws: Aws, name: str) -> str:
    """ "" where there is none."""
    try:
        found = aws.call("ssm", "get-parameter", Name=name, WithDecryption=True)
    except AwsError as error:
        if "ParameterNotFound" in error.text:
            return ""
        raise
    return str(found["Parameter"]["Value"])


def _parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    yield from (names[first : first + _AT_ONCE] for first in range(0, len(names), _AT_ONCE))


def _and(numbers: Sequence[int]) -> str:
    return " and ".join(map(str, numbers))
