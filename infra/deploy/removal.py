"""`--remove`: a trial with everything that it made, so that nothing is left that costs or holds anything.

The data's stack goes last, for by it the account knows that the stage is a trial: broken off anywhere, the
next run goes on.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from infra.deploy import standing, turn
from infra.deploy.aws import Aws, AwsError
from infra.deploy.stacks import Declined, Stacks
from infra.deploy.stage import Stage
from infra.deploy.template import DeployError

_DAYS = 7  # AWS lets no key be deleted sooner
_AT_ONCE = 1000  # objects that S3 deletes in one call
_POLL_SECONDS = 2.0
_TABLE_SECONDS = 900.0


@dataclass(frozen=True)
class Removal:
    """`home` is the stage's region, `edge` that of the CDN."""

    stage: Stage
    home: Stacks
    edge: Stacks
    say: Callable[[str], None]

    def run(self) -> None:
        """Errors: DeployError for a stage that is live, and for what AWS refuses; Declined."""
        there = standing.kind_in_account(self.home, self.stage)
        if there == "live" or not self.stage.is_trial:
            raise DeployError(f"{self.stage.name} is live: only a trial can be removed. Nothing was changed")
        if there is None:
            self.home.remove(standing.data_stack(self.stage))  # one that nobody agreed to
            self.say(f"there is nothing of {self.stage.name}")
            return
        self._check_stacks()
        self._show()
        if not self.home.ask(f"Remove all of this of {self.stage.name} for good?"):
            raise Declined(f"{self.stage.name}: nothing was removed")
        self.edge.remove(standing.site_stack(self.stage))
        self.home.remove(standing.functions_stack(self.stage))
        self._remove_logs()
        self._remove_parameters()
        for aws, bucket in self._buckets():
            self._remove_bucket(aws, bucket)
        self._remove_table()
        self._remove_key()
        self.home.remove(standing.data_stack(self.stage))
        self.say(
            f"{self.stage.name}: removed. Its key waits {_DAYS} days, as AWS demands, at no cost. Addresses"
            " that you verified with SES stay: aws sesv2 delete-email-identity"
        )

    def _check_stacks(self) -> None:
        for stacks, name in self._stacks():
            stacks.check_ours(name, self.stage.name)

    def _show(self) -> None:
        self.say(f"{self.stage.name}, a trial, has")
        for stacks, name in self._stacks():
            if stacks.parameters(name) is not None:
                self.say(f"  the stack {name}, with its queues, alarms, topics, roles and logs")
        for aws, bucket in self._buckets():
            if _has_bucket(aws, bucket):
                self.say(f"  the bucket {bucket}, with every version of its files")
        more = f"the key {self._alias}, and the parameters below {self.stage.secrets}/"
        self.say(f"  the table {self._named}, {more}")

    def _stacks(self) -> Iterator[tuple[Stacks, str]]:
        yield self.edge, standing.site_stack(self.stage)
        yield self.home, standing.functions_stack(self.stage)
        yield self.home, standing.data_stack(self.stage)

    def _buckets(self) -> Iterator[tuple[Aws, str]]:
        yield self.edge.aws, f"{self._named}-site-{self.stage.account}"
        for name in ("documents", "packages", "anchors"):
            yield self.home.aws, f"{self._named}-{name}-{self.stage.account}"

    @property
    def _named(self) -> str:
        return f"billfold-{self.stage.name}"

    @property
    def _alias(self) -> str:
        return f"alias/{self._named}"

    def _remove_logs(self) -> None:
        """Those that a function wrote while its stack was going. Another stage's name goes on after ours."""
        prefix = f"/aws/lambda/{self._named}-"
        found = self.home.aws.call("logs", "describe-log-groups", logGroupNamePrefix=prefix)["logGroups"]
        for name in (group["logGroupName"] for group in found):
            if re.fullmatch(r"[A-Za-z]+-[A-Za-z0-9]+", name.removeprefix(prefix)):
                self.home.aws.call("logs", "delete-log-group", logGroupName=name)

    def _remove_parameters(self) -> None:
        """But for the one that says that the stage is in our hand; who has it puts it away."""
        path = {"Path": f"{self.stage.secrets}/", "Recursive": True}
        found = self.home.aws.call("ssm", "get-parameters-by-path", **path).get("Parameters", [])
        names = [each["Name"] for each in found if each["Name"] != f"{self.stage.secrets}/{turn.NAME}"]
        for first in range(0, len(names), 10):
            self.home.aws.call("ssm", "delete-parameters", Names=names[first : first + 10])
        self.say(f"{len(names)} parameters: removed")

    def _remove_bucket(self, aws: Aws, bucket: str) -> None:
        if not _has_bucket(aws, bucket):
            return
        count = 0
        while versions := _versions(aws, bucket):
            wanted = {"Objects": versions, "Quiet": True}
            answer = aws.call("s3api", "delete-objects", Bucket=bucket, Delete=wanted)
            if errors := answer.get("Errors"):
                first = errors[0]
                raise DeployError(f"{bucket}: {first['Key']} cannot be deleted: {first.get('Message')}")
            count += len(versions)
        aws.call("s3api", "delete-bucket", Bucket=bucket)
        self.say(f"{bucket}: removed, with {count} versions of files")

    def _remove_table(self) -> None:
        if self._table() is None:
            return
        deadline = time.monotonic() + _TABLE_SECONDS
        if self._table() != "DELETING":
            self.home.aws.call("dynamodb", "delete-table", TableName=self._named)
        while self._table() is not None:
            if time.monotonic() > deadline:
                raise DeployError(f"the table {self._named} is still being deleted. Run this again later")
            time.sleep(_POLL_SECONDS)
        self.say(f"the table {self._named}: removed")

    def _table(self) -> str | None:
        """Its status."""
        try:
            found = self.home.aws.call("dynamodb", "describe-table", TableName=self._named)
        except AwsError as error:
            if "ResourceNotFoundException" not in error.text:
                raise
            return None
        return str(found["Table"]["TableStatus"])

    def _remove_key(self) -> None:
        try:
            key: dict[str, Any] = self.home.aws.call("kms", "describe-key", KeyId=self._alias)["KeyMetadata"]
        except AwsError as error:
            if "NotFoundException" not in error.text:
                raise
            return
        if key["KeyState"] != "PendingDeletion":
            wanted = {"KeyId": key["KeyId"], "PendingWindowInDays": _DAYS}
            self.home.aws.call("kms", "schedule-key-deletion", **wanted)


def _has_bucket(aws: Aws, bucket: str) -> bool:
    try:
        aws.call("s3api", "head-bucket", Bucket=bucket)
    except AwsError as error:
        if "404" in error.text or "Not Found" in error.text:
            return False
        raise
    return True


def _versions(aws: Aws, bucket: str) -> list[dict[str, str]]:
    """Some of the bucket's, markers of what was deleted among them; none once it is empty."""
    listed = aws.call("s3api", "list-object-versions", Bucket=bucket, MaxKeys=_AT_ONCE)
    found = [*listed.get("Versions", []), *listed.get("DeleteMarkers", [])]
    return [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found[:_AT_ONCE]]
