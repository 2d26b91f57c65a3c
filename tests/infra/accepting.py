"""A made-up account in which every check of `make accept` is green, to be spoiled one answer at a time."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from infra.accept.answers import Commands, Consents, Page, Subject, Web
from infra.accept.functions import _ALARM, _TEMPLATE
from infra.deploy.aws import Aws, AwsError
from infra.deploy.stage import Stage
from infra.headers import load_headers

ACCOUNT, DOMAIN, CDN = "210987654321", "billing.oakleaf.example", "d111abcdef8.cloudfront.net"
ARN = f"arn:aws:iam::{ACCOUNT}:user/zenobia"
TABLE_ARN = f"arn:aws:dynamodb:us-west-2:{ACCOUNT}:table/billfold-prod"
NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
STAGE = Stage(
    "prod", ACCOUNT, "us-west-2", "billing@oakleaf.example", "ops@oakleaf.example", domain=DOMAIN,
    certificate_arn=f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/7",
)  # fmt: skip
OUTPUTS = {
    "billfold-prod-data": {
        "TableName": "billfold-prod", "DocumentsBucket": f"billfold-prod-documents-{ACCOUNT}",
        "AnchorsBucket": f"billfold-prod-anchors-{ACCOUNT}",
        "PackagesBucket": f"billfold-prod-packages-{ACCOUNT}",
    },
    "billfold-prod": {
        "ApiDomain": "a1b2c3d4e5.execute-api.us-west-2.amazonaws.com",
        **{f"{name}QueueUrl": f"https://sqs/{ACCOUNT}/billfold-prod-{name.lower()}"
           for name in ("Settle", "Documents", "Issue", "Delivery")},
    },
    "billfold-prod-site": {
        "DistributionId": "E1ABCDEF", "CdnDomain": CDN, "FilesBucket": f"billfold-prod-site-{ACCOUNT}",
    },
}  # fmt: skip
CALLED = ("Sweep", "Reconcile", "Drops", "Statements", "FullPass", "Verify")
ALARMS = [f"billfold-prod{tail}" for tail in _ALARM.findall(_TEMPLATE.read_text("utf-8"))]
PAID = {
    "event_type": {"S": "payment_intent.succeeded"}, "received_at": {"S": "2026-12-01T12:30:00.000Z"},
}  # fmt: skip


def stacks(request: Mapping[str, Any]) -> Any:
    told = OUTPUTS[request["StackName"]].items()
    return {"Stacks": [{"Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in told]}]}


def simulated(request: Mapping[str, Any]) -> Any:
    allowed = "billing@oakleaf.example" in json.dumps(request.get("ContextEntries", []))
    decision = "allowed" if allowed else "implicitDeny"
    return {"EvaluationResults": [
        {"EvalActionName": name, "EvalDecision": decision} for name in request["ActionNames"]
    ]}  # fmt: skip


def alarms(request: Mapping[str, Any]) -> Any:
    topic = f"arn:aws:sns:us-west-2:{ACCOUNT}:billfold-prod-alarms"
    return {"MetricAlarms": [
        {"AlarmName": name, "ActionsEnabled": True, "AlarmActions": [topic], "StateValue": "OK"}
        for name in request.get("AlarmNames", ALARMS)
    ]}  # fmt: skip


def statistics(request: Mapping[str, Any]) -> Any:
    each_minute = request["Period"] / 60
    return {"Datapoints": [{"Sum": each_minute if request["MetricName"] == "Invocations" else 0.0}]}


def tls_only(request: Mapping[str, Any]) -> Any:
    arn = f"arn:aws:s3:::{request['Bucket']}"
    only = {
        "Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }  # fmt: skip
    return {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [only]})}


def logged(request: Mapping[str, Any]) -> Any:
    events = [{"message": "REPORT Duration: 9 ms Init Duration: 812.5 ms"}]
    return {"events": events if "Init" in request["filterPattern"] else []}


def queried(request: Mapping[str, Any]) -> Any:
    return {"Items": [PAID]} if "ProjectionExpression" in request else {"Count": 3}


def described(request: Mapping[str, Any]) -> Any:
    copy = request["TableName"].endswith("_accept")
    if copy and not request.get("made"):
        raise AwsError("dynamodb describe-table", "(ResourceNotFoundException)")
    return {"Table": {
        "TableStatus": "ACTIVE", "DeletionProtectionEnabled": True, "SSEDescription": {"SSEType": "KMS"},
        "TableArn": f"{TABLE_ARN}_accept" if copy else TABLE_ARN,
        **({"RestoreSummary": {"SourceTableArn": TABLE_ARN}} if copy else {}),
    }}  # fmt: skip


def good() -> dict[str, Any]:
    lock = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 400}}
    blocks = dict.fromkeys(
        ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
    )
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    trail = {"TrailARN": f"arn:aws:cloudtrail:us-west-2:{ACCOUNT}:trail/all"}
    data = OUTPUTS["billfold-prod-data"]
    return {
        "get-caller-identity": {"Account": ACCOUNT, "Arn": ARN},
        "describe-stacks": stacks,
        "list-stack-resources": {"StackResourceSummaries": [
            {"ResourceType": f"AWS::{kind}", "PhysicalResourceId": name}
            for kind, name in (
                ("Lambda::Function", "billfold-prod-API-1"),
                *(("Lambda::Function", f"billfold-prod-{name}-1") for name in CALLED),
                *(("Events::Rule", f"billfold-prod-{name}Event-1") for name in CALLED),
                ("IAM::Role", "billfold-prod-DocumentsRole-1"), ("ApiGateway::RestApi", "a1b2c3d4e5"),
            )
        ]},
        "describe-trails": {"trailList": [trail]}, "get-trail-status": {"IsLogging": True},
        "get-event-selectors": {"EventSelectors": [{"ReadWriteType": "All", "DataResources": [
            {"Type": "AWS::DynamoDB::Table", "Values": [TABLE_ARN]},
            {"Type": "AWS::S3::Object", "Values": [
                f"arn:aws:s3:::{data[name]}/" for name in ("DocumentsBucket", "AnchorsBucket")
            ]},
        ]}]},
        "describe-certificate": {"Certificate": {"Status": "ISSUED", "DomainName": DOMAIN}},
        "get-email-identity": {"VerifiedForSendingStatus": True, "DkimAttributes": {"Status": "SUCCESS"}},
        "get-account": {
            "ProductionAccessEnabled": True, "EnforcementStatus": "HEALTHY",
            "SendQuota": {"MaxSendRate": 14.0, "SentLast24Hours": 7.0},
        },
        "get-configuration-set": {"SuppressionOptions": {"SuppressedReasons": ["BOUNCE"]}},
        "get-resources": {"ResourceTagMappingList": [{}] * 4},
        "list-cost-allocation-tags": {"CostAllocationTags": [{"TagKey": "app"}, {"TagKey": "stage"}]},
        "get-object-lock-configuration": {
            "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": lock}
        },
        "list-object-versions": {"Versions": [{"Key": "k", "VersionId": "v"}]},
        "get-object-retention": {
            "Retention": {"Mode": "COMPLIANCE", "RetainUntilDate": "2027-12-01T00:00:00Z"},
        },
        "get-public-access-block": {"PublicAccessBlockConfiguration": blocks},
        "get-bucket-encryption": {"ServerSideEncryptionConfiguration": {"Rules": [rule]}},
        "get-bucket-versioning": {"Status": "Enabled"},
        "get-bucket-policy": tls_only,
        "describe-table": described, "delete-table": {}, "restore-table-to-point-in-time": {},
        "describe-continuous-backups": {"ContinuousBackupsDescription": {"PointInTimeRecoveryDescription": {
            "PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": 35,
        }}},
        "describe-time-to-live": {
            "TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
        },
        "describe-key": {"KeyMetadata": {"KeyState": "Enabled", "KeyId": "k"}},
        "get-key-rotation-status": {"KeyRotationEnabled": True},
        "query": queried,
        "get-role": {"Role": {"Arn": f"arn:aws:iam::{ACCOUNT}:role/r"}},
        "simulate-principal-policy": simulated, "describe-alarms": alarms, "set-alarm-state": {},
        "list-subscriptions-by-topic": {"Subscriptions": [{"SubscriptionArn": "arn:aws:sns:1"}]},
        "describe-alarm-history": {
            "AlarmHistoryItems": [{"HistorySummary": "Successfully executed action arn:aws:sns:1"}]
        },
        "list-event-source-mappings": {
            "EventSourceMappings": [{"State": "Enabled", "LastProcessingResult": "OK"}],
        },
        "get-queue-attributes": {"Attributes": {"ApproximateNumberOfMessages": "0"}},
        "get-metric-statistics": statistics, "describe-rule": {"State": "ENABLED"},
        "describe-log-groups": lambda request: {
            "logGroups": [{"logGroupName": request["logGroupNamePrefix"], "kmsKeyId": "k"}]
        },
        "filter-log-events": logged,
        "get-stages": {"item": [{"methodSettings": {
            path: {"throttlingRateLimit": 100.0} for path in ("*/*", *(f"~1path{n}/POST" for n in range(18)))
        }}]},
        "get-distribution": {"Distribution": {
            "Status": "Deployed", "DistributionConfig": {"Aliases": {"Items": [DOMAIN]}},
        }},
        "get-parameter": {"Parameter": {"Value": "{}"}},
    }  # fmt: skip


class FakeAws(Aws):
    """`answers` by operation: what comes back, or what makes it of the request; an AwsError is raised."""

    def __init__(self, answers: dict[str, Any]) -> None:
        super().__init__("us-west-2")
        self.answers, self.made = answers, list[tuple[str, dict[str, Any]]]()

    def call(self, service: str, operation: str, **request: Any) -> Any:
        self.made.append((operation, request))
        restored = any(name == "restore-table-to-point-in-time" for name, _ in self.made)
        deletes = not isinstance(self.answers["delete-table"], AwsError)
        deleted = deletes and any(name == "delete-table" for name, _ in self.made)
        if deletes and operation == "delete-table" and sum(name == operation for name, _ in self.made) > 1:
            raise AwsError("dynamodb delete-table", "(ResourceNotFoundException)")
        if operation == "describe-table" and restored and not deleted:
            request = {**request, "made": True}
        answer = self.answers[operation]
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, AwsError):
            raise answer
        return answer

    def run(self, *arguments: str) -> str:
        answer: str = self.answers.get("--version", "aws-cli/2.17.0 Python/3.11")
        return answer


@dataclass
class FakeWeb(Web):
    spoil: Callable[[str, Mapping[str, str], Page], Page] = lambda _url, _headers, page: page
    known: dict[str, frozenset[str]] = field(
        default_factory=lambda: {DOMAIN: frozenset({"198.51.100.7"}), CDN: frozenset({"198.51.100.7"})}
    )
    versions: frozenset[str] = frozenset({"1.2"})

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Page:
        return self.spoil(url, headers or {}, self._page(url, headers or {}))

    def _page(self, url: str, headers: Mapping[str, str]) -> Page:
        wanted = load_headers()
        if url.startswith("http://"):
            return Page(301, {"location": f"https://{DOMAIN}/"}, 0.1)
        if "jndi" in headers.get("User-Agent", "") or "execute-api" in url:
            return Page(403, {}, 0.1)
        if url.endswith("/api/practices/oak"):
            return Page(200, {}, 0.1)
        if "/api/" in url:
            sent = {name.lower(): value for name, value in wanted.api.items()}
            return Page(
                404, {**sent, "content-type": "application/json", "x-cache": "Error from cloudfront"}, 0.1
            )
        if url.endswith(".js"):
            return Page(404, {}, 0.1)
        sent = {name.lower(): value for name, value in wanted.pages.items()}
        return Page(200, {**sent, "content-type": "text/html", "x-cache": "Hit from cloudfront"}, 0.1)

    def addresses(self, host: str) -> frozenset[str]:
        return self.known.get(host, frozenset())

    def accepts(self, host: str, version: str) -> bool:
        return version in self.versions


@dataclass
class FakeCommands(Commands):
    """`ends` by the command's name: with which status."""

    ends: dict[str, int] = field(default_factory=dict)
    made: list[tuple[str, ...]] = field(default_factory=list)

    def run(self, *arguments: str, of: str, file: str = "") -> tuple[int, str]:
        self.made.append((of, *arguments, file))
        return self.ends.get(arguments[0], 0), "first\nrow\nlast\n"


SEEN = dict.fromkeys(
    ("baa", "viewer-address", "live-payment", "failed-data-stack", "account-suspended"), True
)
ALLOWED = Consents("oak", money=True, made_up=True, restore=True, trial="try", seen=SEEN)


@dataclass
class Made:
    """The account, the web and the commands of a check, to be spoiled."""

    answers: dict[str, Any] = field(default_factory=good)
    web: FakeWeb = field(default_factory=FakeWeb)
    commands: FakeCommands = field(default_factory=FakeCommands)
    consents: Consents = ALLOWED
    stage: Stage = STAGE
    waited: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.aws = FakeAws(self.answers)

    def subject(self, at: datetime = NOW) -> Subject:
        aws = self.aws
        return Subject(
            self.stage,
            aws,
            aws,
            self.web,
            self.commands,
            self.consents,
            at,
            self.waited.append,
            lambda _: None,
        )

    def unseen(self, name: str) -> None:
        self.consents = replace(self.consents, seen={**self.consents.seen, name: False})
