"""A trial deployed and removed by the deployment's program on the local AWS, by boto3 instead of the CLI."""

import contextlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.deploy import standing
from infra.deploy.artefacts import WorkTree
from infra.deploy.aws import Aws, AwsError
from infra.deploy.checklist import Statements
from infra.deploy.deployment import Deployment
from infra.deploy.going_live import GoingLive
from infra.deploy.removal import Removal
from infra.deploy.stacks import Stacks
from infra.deploy.stage import Stage, load
from infra.deploy.template import Template
from infra.deploy.turn import in_hand
from sandbox.config import REGION
from tests.deploy.cloud import MAIL_FROM, Cloud, for_the_emulator, functions_of, running_aws, running_stripe

ACCOUNT = "000000000000"
STAGE = "try"
DOMAIN = "billing.example.com"
SETTINGS = {
    "kind": "trial", "account": ACCOUNT, "region": REGION, "mail_from": MAIL_FROM,
    "alarm_email": "ops@billfold.example",
}  # fmt: skip


class Killed(BaseException):
    """As `kill -9`: of what the program would do afterwards nothing reaches AWS."""


class BotoAws(Aws):
    """The same operations by the same names. `before` is told each before it is carried out."""

    def __init__(self, region: str, url: str, certificate: Path, before: Callable[[str], None]) -> None:
        super().__init__(region)
        self._session = boto3.session.Session(region_name=region)
        self._where = {"endpoint_url": url, "verify": str(certificate)}
        self._before = before

    def call(self, service: str, operation: str, **request: Any) -> Any:
        self._before(operation)
        client = self._client({"s3api": "s3"}.get(service, service))
        name = operation.replace("-", "_")
        try:
            if client.can_paginate(name):
                return _as_documented(client.get_paginator(name).paginate(**request).build_full_result())
            return _as_documented(getattr(client, name)(**request))
        except ClientError as error:
            raise AwsError(f"{service} {operation}", str(error)) from error

    def run(self, *arguments: str) -> str:
        """Of the CLI's own commands those that the deployment uses."""
        self._before(" ".join(arguments[:2]))
        if arguments[:2] == ("s3", "cp"):
            self._put(Path(arguments[2]), arguments[3])
        elif arguments[:2] == ("s3", "sync"):
            folder = Path(arguments[2])
            for file in (path for path in folder.rglob("*") if path.is_file()):
                self._put(file, f"{arguments[3]}/{file.relative_to(folder).as_posix()}")
        return ""

    def _put(self, file: Path, target: str) -> None:
        bucket, _, key = target.removeprefix("s3://").partition("/")
        self._client("s3").put_object(Bucket=bucket, Key=key, Body=file.read_bytes())

    def _client(self, service: str) -> Any:
        return self._session.client(service, **self._where)


def _as_documented(answer: Any) -> Any:
    """A bucket takes another rule of object lock without interruption (AWS's reference of AWS::S3::Bucket
    ObjectLockConfiguration); the emulator says that it is replaced, perhaps."""
    for change in (each["ResourceChange"] for each in answer.get("Changes", [])):
        named = [detail["Target"]["Name"] for detail in change.get("Details", [])]
        if named == ["ObjectLockConfiguration"]:
            change["Replacement"] = "False"
    return answer


CHANGING = ("put-", "create-", "execute-", "delete-", "schedule-", "s3 ", "cloudfront ")


@dataclass
class Killing:
    """Kills at the `every`th changing operation of those that it did not see yet; AWS is asked nothing
    afterwards."""

    every: int = 1
    seen: set[tuple[str, int]] = field(default_factory=set)
    dead: bool = False
    counted: dict[str, int] = field(default_factory=dict)

    def __call__(self, operation: str) -> None:
        if operation.startswith(CHANGING) and not self.dead:
            self.counted[operation] = self.counted.get(operation, 0) + 1
            place = operation, self.counted[operation]
            self.dead = place not in self.seen and len(self.seen) % self.every == self.every - 1
            self.seen.add(place)
        if self.dead:
            raise Killed(operation)

    def again(self) -> None:
        self.dead, self.counted = False, {}


@dataclass(frozen=True)
class EmulatedTree(WorkTree):
    """Changed as tests/deploy/cloud.py has it."""

    stripe_url: str

    def functions(self, bucket: str) -> Template:
        return for_the_emulator(super().functions(bucket), self.stripe_url)


@dataclass
class Operator:
    """Somebody who deploys the trial. `certificate` is the local AWS's, `for_domain` the ARN of the
    portal's. `says` keeps what was printed; `asked` is told each operation."""

    folder: Path
    artefacts: EmulatedTree
    url: str
    certificate: Path
    for_domain: str
    says: list[str] = field(default_factory=list)
    asked: Callable[[str], None] = lambda _: None

    def deploy(self, kind: str = "trial") -> None:
        self._do(kind, lambda stage, home, edge: self._deployment(stage, home, edge))

    def remove(self, kind: str = "trial") -> None:
        self._do(kind, lambda stage, home, edge: Removal(stage, home, edge, self.says.append))

    def go_live(self, stated: Statements) -> None:
        def what(stage: Stage, home: Stacks, edge: Stacks) -> GoingLive:
            deployment = self._deployment(stage, home, edge)
            return GoingLive(deployment, stated, "arn:aws:iam::1:user/ana", self.says.append)

        self._do("live", what)

    def _deployment(self, stage: Stage, home: Stacks, edge: Stacks) -> Deployment:
        """The emulator's CloudFormation switches no point-in-time recovery on."""
        despite = frozenset({"recovery"})
        return Deployment(stage, self.artefacts, home, edge, self.says.append, despite=despite)

    def _do(self, kind: str, what: Callable[[Stage, Stacks, Stacks], Any]) -> None:
        stage = self._stage(kind)
        home, edge = self._stacks(stage.region), self._stacks("us-east-1")
        who = standing.check_account(home.aws, stage, self.says.append)
        with in_hand(home.aws, stage, who, self.says.append, take_over=False):
            what(stage, home, edge).run()

    def _stage(self, kind: str) -> Stage:
        live = {"kind": "live", "domain": DOMAIN, "certificate_arn": self.for_domain}
        settings = SETTINGS if kind == "trial" else {**SETTINGS, **live}
        (self.folder / f"{STAGE}.json").write_text(json.dumps(settings), encoding="utf-8")
        return load(STAGE, self.folder)

    def _stacks(self, region: str) -> Stacks:
        aws = BotoAws(region, self.url, self.certificate, lambda operation: self.asked(operation))
        return Stacks(aws, lambda _: True, self.says.append)

    def exported(self) -> dict[str, str]:
        """What the last deployment said for the command's environment."""
        lines = [line.removeprefix("export ") for line in self.says if line.startswith("export ")]
        return dict(line.split("=", 1) for line in lines)


@contextlib.contextmanager
def account_for_trials(folder: Path, package: Path, portal: Path) -> Iterator[tuple[Operator, str]]:
    """An empty account and who deploys to it; the address of the Stripe stand-in."""
    with running_aws(folder) as (url, certificate), running_stripe(folder, certificate) as stripe_url:
        where: Any = {"endpoint_url": url, "region_name": REGION, "verify": str(certificate)}
        boto3.client("sesv2", **where).create_email_identity(EmailIdentity=MAIL_FROM)
        made = boto3.client("acm", **where).request_certificate(DomainName=DOMAIN)
        tree, arn = EmulatedTree(package, portal, stripe_url), made["CertificateArn"]
        yield Operator(folder, tree, url, certificate, arn), stripe_url


def deployed(operator: Operator, stripe_url: str) -> Cloud:
    """The trial as the journeys want it."""
    plain = deployed_before(operator)
    cloudformation = plain.client("cloudformation")
    outputs: dict[str, str] = {}
    for name in (f"billfold-{STAGE}-data", f"billfold-{STAGE}", f"billfold-{STAGE}-site"):
        [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
        outputs |= {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
    edge = plain.client("ssm").get_parameter(Name=f"/billfold/{STAGE}/edge-secret", WithDecryption=True)
    return Cloud(
        operator.url, stripe_url, operator.certificate, operator.folder, outputs,
        functions_of(plain.client("lambda")), STAGE, f"https://{outputs['CdnDomain']}",
        edge["Parameter"]["Value"],
    )  # fmt: skip


def deployed_before(operator: Operator) -> Cloud:
    """An account that may have nothing of it any more."""
    return Cloud(operator.url, "", operator.certificate, operator.folder, {}, {}, STAGE)


def left_of(cloud: Cloud) -> list[str]:
    """What of the trial is in the account, by name; what AWS makes by itself for everybody aside."""
    found = [
        *(s["StackName"] for s in cloud.client("cloudformation").describe_stacks()["Stacks"]),
        *(b["Name"] for b in cloud.client("s3").list_buckets()["Buckets"]),
        *cloud.client("dynamodb").list_tables()["TableNames"],
        *(f["FunctionName"] for f in cloud.client("lambda").list_functions()["Functions"]),
        *cloud.client("sqs").list_queues().get("QueueUrls", []),
        *(t["TopicArn"] for t in cloud.client("sns").list_topics()["Topics"]),
        *(a["AlarmName"] for a in cloud.client("cloudwatch").describe_alarms()["MetricAlarms"]),
        *(g["logGroupName"] for g in cloud.client("logs").describe_log_groups()["logGroups"]),
        *(p["Name"] for p in cloud.client("ssm").describe_parameters()["Parameters"]),
        *(r["RoleName"] for r in cloud.client("iam").list_roles()["Roles"]),
        *(r["Name"] for r in cloud.client("events").list_rules()["Rules"]),
        *(a["name"] for a in cloud.client("apigateway").get_rest_apis()["items"]),
        *(a["AliasName"] for a in cloud.client("kms").list_aliases()["Aliases"]),
        *cloud.client("sesv2").list_configuration_sets().get("ConfigurationSets", []),
        *(d["DomainName"] for d in _distributions(cloud)),
    ]
    return sorted(name for name in found if re.search(r"billfold|cloudfront", name))


def _distributions(cloud: Cloud) -> list[Any]:
    listed = cloud.client("cloudfront").list_distributions()["DistributionList"]
    return list(listed.get("Items", []))
