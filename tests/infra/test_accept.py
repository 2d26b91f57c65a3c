"""`make accept`: each check can be green and red, what was not learned is never green, and the report tells
nothing of the account (issue 18)."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.accept.__main__ import CHECKS, Acceptance, is_local, known_of, main
from infra.accept.answers import Answer, Check, Consents, Page, State, answered
from infra.accept.record import Record, begun, place_of, report
from infra.accept.redaction import redacted
from infra.deploy.aws import AwsError
from infra.deploy.stage import Stage
from infra.deploy.stage import load as load_stage
from infra.deploy.template import DeployError
from sandbox.config import ROOT
from tests.infra.accepting import (
    ACCOUNT,
    ARN,
    CALLED,
    CDN,
    DOMAIN,
    NOW,
    STAGE,
    TABLE_ARN,
    Made,
    good,
    statistics,
    tls_only,
)

BY_NAME = {check.name: check for check in CHECKS}
LOCAL = {check.name for check in CHECKS if check.local}
_MARK = re.compile(r"\*\*\(not tried: ([a-z0-9, -]+)\)\*\*")
Spoil = Callable[[Made], None]


def says(operation: str, answer: Any) -> Spoil:
    return lambda made: made.answers.__setitem__(operation, answer)


def page(part: str, **other: Any) -> Spoil:
    """Of addresses that have the part in them."""

    def spoil(made: Made) -> None:
        made.web.spoil = lambda url, headers, found: replace(found, **other) if part in url else found

    return spoil


def ends(command: str) -> Spoil:
    return lambda made: made.commands.ends.__setitem__(command, 1)


def unseen(name: str) -> tuple[str, Spoil]:
    return name, lambda made: made.unseen(name)


def web(**other: Any) -> Spoil:
    def spoil(made: Made) -> None:
        for name, value in other.items():
            setattr(made.web, name, value)

    return spoil


def attack_passes(made: Made) -> None:
    made.web.spoil = lambda url, headers, found: replace(found, status=200) if headers else found


def policy(**other: Any) -> Spoil:
    """The statement that wants TLS, but for these; None takes one out."""

    def spoil(made: Made) -> None:
        def answer(request: Mapping[str, Any]) -> Any:
            [only] = json.loads(tls_only(request)["Policy"])["Statement"]
            return {"Policy": json.dumps({"Statement": [{**only, **other}]})}

        made.answers["get-bucket-policy"] = answer

    return spoil


def not_called(name: str) -> Spoil:
    """By the clock, for as long as is looked back."""

    def spoil(made: Made) -> None:
        def answer(request: Mapping[str, Any]) -> Any:
            silent = f"-{name}-" in request["Dimensions"][0]["Value"] and request["Period"] < 86_400
            silent |= f"-{name}-" in request["Dimensions"][0]["Value"] and name != "Sweep"
            return {"Datapoints": []} if silent else statistics(request)

        made.answers["get-metric-statistics"] = answer

    return spoil


def young(made: Made) -> None:
    """Since some hours: no night came yet."""

    def answer(request: Mapping[str, Any]) -> Any:
        of_sweep = "-Sweep-" in request["Dimensions"][0]["Value"]
        few = {"Datapoints": [{"Sum": 200.0 * of_sweep if request["MetricName"] == "Invocations" else 0.0}]}
        return statistics(request) if request["Period"] < 86_400 else few

    made.answers["get-metric-statistics"] = answer


def later_hits(part: str) -> Spoil:
    """The first answer of an address comes from behind, the next ones from the CDN's store."""

    def spoil(made: Made) -> None:
        asked = list[str]()

        def spoilt(url: str, headers: Mapping[str, str], found: Page) -> Page:
            again = url in asked and part in url
            asked.append(url)
            return (
                replace(found, headers={**found.headers, "x-cache": "Hit from cloudfront"})
                if again
                else found
            )

        made.web.spoil = spoilt

    return spoil


PLACE = place_of(ACCOUNT, "b", "t")
COPIED = {"SourceTableArn": TABLE_ARN}
TABLE = {"TableStatus": "ACTIVE", "SSEDescription": {"SSEType": "KMS"}}
OTHER_POLICIES: list[dict[str, Any]] = [
    {"Effect": "Allow"}, {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}},
    {"Action": "s3:PutObject"}, {"NotAction": "s3:GetObject"},
    {"Resource": [f"arn:aws:s3:::billfold-prod-documents-{ACCOUNT}"]},
    {"Resource": ["arn:aws:s3:::other/*"]},
    {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, {"Condition": {}},
]  # fmt: skip
REDS: list[tuple[str, Spoil]] = [
    ("cli-2", says("get-caller-identity", {"Account": "1"})),
    unseen("baa"), unseen("viewer-address"), unseen("live-payment"), unseen("failed-data-stack"),
    unseen("account-suspended"),
    ("cloudtrail", says("get-trail-status", {"IsLogging": False})),
    ("cloudtrail", says("get-event-selectors", {"EventSelectors": []})),
    ("certificate", says("describe-certificate", {
        "Certificate": {"Status": "PENDING", "DomainName": DOMAIN}})),
    ("certificate", says("describe-certificate", {"Certificate": {"Status": "ISSUED", "DomainName": "x.y"}})),
    ("ses-identity", says("get-email-identity", {"VerifiedForSendingStatus": False})),
    ("ses-identity", says("get-email-identity", {"VerifiedForSendingStatus": True})),
    ("ses-production", says("get-account", {"ProductionAccessEnabled": False})),
    ("ses-production", says("get-account", {
        "ProductionAccessEnabled": True, "EnforcementStatus": "SHUTDOWN"})),
    ("ses-suppression", says("get-configuration-set", {
        "SuppressionOptions": {"SuppressedReasons": ["A", "B"]}})),
    ("cost-tags", says("get-resources", {"ResourceTagMappingList": []})),
    ("cost-tags", says("list-cost-allocation-tags", {"CostAllocationTags": [{"TagKey": "app"}]})),
    ("object-lock", says("get-object-lock-configuration", {"ObjectLockConfiguration": {
        "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 400}}}})),
    ("object-lock", says("get-object-lock-configuration", {"ObjectLockConfiguration": {
        "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}}})),
    ("object-lock-holds", says("get-object-retention", {
        "Retention": {"Mode": "COMPLIANCE", "RetainUntilDate": "2026-11-30T00:00:00Z"}})),
    ("buckets", says("get-public-access-block", {"PublicAccessBlockConfiguration": {}})),
    ("buckets", says("get-bucket-versioning", {})),
    ("buckets", says("get-bucket-policy", {"Policy": '{"Statement": []}'})),
    *(("buckets", policy(**other)) for other in OTHER_POLICIES),
    ("buckets", says("get-bucket-encryption", {"ServerSideEncryptionConfiguration": {"Rules": [
        {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}})),
    ("table", says("describe-table", {"Table": TABLE})),
    ("table", says("describe-table", {
        "Table": {"TableStatus": "ACTIVE", "DeletionProtectionEnabled": True}})),
    ("point-in-time", says("describe-continuous-backups", {"ContinuousBackupsDescription": {}})),
    ("expiry", says("describe-time-to-live", {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}})),
    ("key", says("describe-key", {"KeyMetadata": {"KeyState": "PendingDeletion", "KeyId": "k"}})),
    ("key", says("get-key-rotation-status", {"KeyRotationEnabled": False})),
    ("restore-point-in-time", says(
        "restore-table-to-point-in-time", AwsError("x", "(LimitExceededException)"))),
    ("restore-point-in-time", says("query", lambda request: {"Count": len(request["TableName"])})),
    ("restore-export", ends("export")), ("restore-export", ends("restore")),
    ("restore-export", ends("verify")),
    ("iam-denies", says("simulate-principal-policy", lambda request: {"EvaluationResults": [
        {"EvalActionName": name, "EvalDecision": "allowed" if "Scan" in name else "implicitDeny"}
        for name in request["ActionNames"]]})),
    ("iam-denies", says("simulate-principal-policy", lambda request: {"EvaluationResults": [
        {"EvalActionName": name, "EvalDecision": "implicitDeny", "ResourceSpecificResults": [
            {"EvalResourceName": arn, "EvalResourceDecision":
                "allowed" if arn.endswith("table/billfold-prod") else "implicitDeny"}
            for arn in request["ResourceArns"]]}
        for name in request["ActionNames"]]})),
    ("iam-denies", says("simulate-principal-policy", {"EvaluationResults": []})),
    ("iam-denies", says("list-stack-resources", {"StackResourceSummaries": []})),
    ("ses-sender", says("simulate-principal-policy", {"EvaluationResults": [{"EvalDecision": "allowed"}]})),
    ("alarms", says("describe-alarms", {"MetricAlarms": []})),
    ("alarm-mail", says("list-subscriptions-by-topic", {
        "Subscriptions": [{"SubscriptionArn": "PendingConfirmation"}]})),
    ("alarm-mail", says("describe-alarm-history", {
        "AlarmHistoryItems": [{"HistorySummary": "Failed to execute"}]})),
    ("alarm-mail", says("describe-alarm-history", {"AlarmHistoryItems": []})),
    ("queues", says("list-event-source-mappings", {"EventSourceMappings": [{"State": "Disabled"}]})),
    ("queues", says("list-event-source-mappings", {"EventSourceMappings": []})),
    ("queues", says("list-event-source-mappings", {"EventSourceMappings": [
        {"State": "Enabled", "LastProcessingResult": "PROBLEM: denied"}]})),
    ("queues", says("get-queue-attributes", {"Attributes": {"ApproximateNumberOfMessages": "2"}})),
    ("schedules", says("get-metric-statistics", {"Datapoints": []})),
    ("schedules", says("get-metric-statistics", {"Datapoints": [{"Sum": 60.0}]})),
    ("schedules", says("describe-rule", {"State": "DISABLED"})),
    *(("schedules", not_called(name)) for name in CALLED),
    ("schedules", says("list-stack-resources", {"StackResourceSummaries": [
        {"ResourceType": "AWS::Lambda::Function", "PhysicalResourceId": f"billfold-prod-{name}-1"}
        for name in CALLED]})),
    ("functions-permitted", says("describe-log-groups", {"logGroups": []})),
    ("functions-permitted", says("filter-log-events", {"events": [{"message": "AccessDenied"}]})),
    ("gateway-throttles", says("get-stages", {"item": [{"methodSettings": {}}]})),
    ("gateway-throttles", says("get-stages", {"item": []})),
    ("gateway-throttles", says("get-stages", {"item": [
        {"methodSettings": {"*/*": {"throttlingRateLimit": 100.0}}}]})),
    ("gateway-throttles", says("get-stages", {"item": [
        {"methodSettings": {f"~1p{n}/POST": {"throttlingRateLimit": 100.0} for n in range(19)}}]})),
    ("gateway-throttles", says("get-stages", {"item": [*good()["get-stages"]["item"], {}]})),
    ("cold-start", says("filter-log-events", {"events": [{"message": "Init Duration: 9000.1 ms"}]})),
    ("latency", page("/api/practices/oak", status=500)), ("latency", page("/api/practices/oak", seconds=2.0)),
    ("cdn-domain", says("get-distribution", {
        "Distribution": {"Status": "Deployed", "DistributionConfig": {}}})),
    ("dns", web(known={})), ("dns", web(known={DOMAIN: frozenset({"1"}), CDN: frozenset({"2"})})),
    ("cdn-tls", web(versions=frozenset({"1.1", "1.2"}))), ("cdn-tls", web(versions=frozenset())),
    ("http-redirect", page("http://", status=200)),
    ("cdn-headers", page("/nowhere", headers={})),
    ("cdn-pages", page("/billing", status=404)), ("cdn-pages", page(".js", status=200)),
    ("cdn-cache", page("/", headers={})), ("cdn-cache", page("/", status=404)),
    ("cdn-cache", page("/", headers={"x-cache": "HIT from squid"})), ("cdn-cache", later_hits("/api/")),
    ("cdn-cache", page("/api/", headers={"x-cache": "Hit from cloudfront"})),
    ("cdn-firewall", attack_passes), ("cdn-firewall", page("/", status=403)),
    ("api-past-cdn", page("execute-api", status=200)),
    ("gateway-answers", page("/api/", status=500)), ("gateway-answers", page("/api/", headers={})),
    ("stripe", says("query", {"Items": []})), ("paypal", says("query", {"Items": []})),
    ("stripe", says("query", {"Items": [{"gsi2pk": {"S": "DUE"}}]})),
    ("test-payment", says("query", {"Items": []})),
    ("books", ends("verify")),
]  # fmt: skip


@pytest.mark.parametrize("name", BY_NAME)
def test_each_check_is_green_where_all_is_as_it_should_be(name: str) -> None:
    answer = answered(BY_NAME[name], Made().subject(), local=False)
    assert answer.state is State.GREEN, answer


@pytest.mark.parametrize(("name", "spoil"), REDS, ids=[f"{name}-{n}" for n, (name, _) in enumerate(REDS)])
def test_each_check_is_red_by_an_answer_that_is_wrong(name: str, spoil: Spoil) -> None:
    made = Made()
    spoil(made)
    assert answered(BY_NAME[name], made.subject(), local=False).state is State.RED


def test_every_check_was_shown_red() -> None:
    assert {name for name, _ in REDS} == set(BY_NAME)


@pytest.mark.parametrize("name", sorted(BY_NAME))
@pytest.mark.parametrize("what", ["refused", "of another shape", "away"])
def test_what_is_refused_or_not_as_documented_is_never_green(name: str, what: str) -> None:
    made, tried = Made(), list[str]()
    denied = AwsError("x", f"An error occurred (AccessDeniedException): {ARN} may not")

    def away(url: str, headers: Any, found: Page) -> Page:
        tried.append(url)
        raise OSError(f"no route to {DOMAIN}")

    def wrong(_: Any) -> Any:
        tried.append(what)
        return denied if what == "refused" else {}

    if what == "away":
        made.web.spoil = away
    else:
        made.answers.update(
            dict.fromkeys(made.answers.keys() - {"describe-stacks", "list-stack-resources"}, wrong)
        )
    answer = answered(BY_NAME[name], made.subject(), local=False)
    assert not tried or answer.state is not State.GREEN, answer
    assert ACCOUNT not in answer.text
    assert "zenobia" not in answer.text


# ---------------------------------------------------------------- what is not tried


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_a_stand_in_of_aws_makes_nothing_green_that_it_cannot_answer(name: str) -> None:
    made = Made()
    answer = answered(BY_NAME[name], made.subject(), local=True)
    if name not in LOCAL:
        assert (answer.state, made.aws.made) == (State.NOT_TRIED, [])
        assert answer.text.startswith("not tried here")


@pytest.mark.parametrize("name", ["test-payment", "live-payment"])
def test_money_is_not_moved_on_a_live_stage_unless_that_is_allowed(name: str) -> None:
    made = Made(consents=replace(Made().consents, money=False))
    answer = answered(BY_NAME[name], made.subject(), local=False)
    assert (answer.state, made.aws.made) == (State.NOT_TRIED, [])
    assert "--money" in answer.text


def test_every_check_that_asks_for_a_payment_is_held_back() -> None:
    assert {check.name for check in CHECKS if check.money} == {"test-payment", "live-payment"}


@pytest.mark.parametrize(
    ("name", "consents"),
    [
        ("restore-point-in-time", {"restore": False}), ("restore-export", {"made_up": False}),
        ("restore-export", {"trial": ""}), ("test-payment", {"practice": ""}), ("stripe", {"practice": ""}),
        ("latency", {"practice": ""}), ("books", {"practice": ""}), ("baa", {"seen": {}}),
    ],
)  # fmt: skip
def test_without_leave_nothing_is_done_and_nothing_green(name: str, consents: dict[str, Any]) -> None:
    made = Made(consents=replace(Made().consents, **consents))
    answer = answered(BY_NAME[name], made.subject(), local=False)
    changing = [op for op, _ in made.aws.made if not op.startswith(("describe-", "list-", "get-"))]
    assert (answer.state, changing, made.commands.made) == (State.NOT_TRIED, [], [])


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("cli-2", says("--version", "aws-cli/1.44.1")),
        ("object-lock-holds", says("list-object-versions", {})),
        ("schedules", young),
        ("cold-start", says("filter-log-events", {"events": []})),
        ("api-past-cdn", lambda made: setattr(made, "stage", replace(STAGE, api_firewall="off"))),
        ("stripe", says("get-parameter", AwsError("x", "(ParameterNotFound)"))),
        ("ses-sender", lambda made: made.answers["get-account"]["SendQuota"].update(SentLast24Hours=0)),
    ],
)
def test_what_is_not_there_yet_is_not_tried(name: str, spoil: Spoil) -> None:
    made = Made()
    spoil(made)
    assert answered(BY_NAME[name], made.subject(), local=False).state is State.NOT_TRIED


def test_a_trial_is_held_to_what_a_trial_has() -> None:
    trial = Stage("prod", ACCOUNT, "us-west-2", "you@oakleaf.example", "you@oakleaf.example", kind="trial")
    made = Made(stage=trial)
    lock = {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}
    made.answers |= {"get-object-lock-configuration": lock, "describe-table": {"Table": TABLE}}
    states = {name: answered(check, made.subject(), local=False).state for name, check in BY_NAME.items()}
    absent = {name for name, check in BY_NAME.items() if "trial" not in check.kinds}
    assert {"certificate", "cdn-firewall", "point-in-time", "live-payment"} <= absent
    assert all(states[name] is State.NOT_TRIED for name in absent)
    assert (states["object-lock"], states["table"], states["cdn-tls"]) == (State.GREEN,) * 3


# ---------------------------------------------------------------- what is changed is changed back


@pytest.mark.parametrize("history", [[], [{"HistorySummary": "Successfully executed"}]])
def test_an_alarm_that_was_rung_is_set_back(history: list[Any]) -> None:
    made = Made()
    made.answers["describe-alarm-history"] = {"AlarmHistoryItems": history}
    answered(BY_NAME["alarm-mail"], made.subject(), local=False)
    states = [request["StateValue"] for op, request in made.aws.made if op == "set-alarm-state"]
    assert states == ["ALARM", "OK"]


@pytest.mark.parametrize(("before", "set_to"), [
    ("ALARM", []), ("INSUFFICIENT_DATA", ["ALARM", "INSUFFICIENT_DATA"]), ("OK", ["ALARM", "OK"]),
])  # fmt: skip
def test_an_alarm_that_rings_is_left_ringing_and_another_gets_its_state_back(
    before: str, set_to: list[str]
) -> None:
    made = Made()
    alarm = {"AlarmActions": [f"arn:aws:sns:us-west-2:{ACCOUNT}:t"], "StateValue": before}
    made.answers["describe-alarms"] = {"MetricAlarms": [alarm]}
    answer = answered(BY_NAME["alarm-mail"], made.subject(), local=False)
    assert [request["StateValue"] for op, request in made.aws.made if op == "set-alarm-state"] == set_to
    assert answer.state is (State.GREEN if set_to else State.NOT_TRIED)


def test_of_a_refusal_only_the_code_is_told() -> None:
    made = Made()
    made.answers["describe-time-to-live"] = AwsError(
        "x", "The config profile (zenobia_live) could not be found"
    )
    assert "zenobia" not in answered(BY_NAME["expiry"], made.subject(), local=False).text
    made.answers["describe-time-to-live"] = AwsError("x", "An error occurred (AccessDenied) when calling (x)")
    assert "AccessDenied" in answered(BY_NAME["expiry"], made.subject(), local=False).text


@pytest.mark.parametrize("broken", ["", "query", "describe-table"])
def test_the_copy_of_the_table_is_deleted_whatever_happens_and_the_table_never(broken: str) -> None:
    made = Made()
    if broken == "query":
        made.answers["query"] = AwsError("x", "(InternalServerError)")
    if broken == "describe-table":
        real = made.answers["describe-table"]
        made.answers["describe-table"] = lambda request: (
            real(request) if "made" not in request else {"Table": {"RestoreSummary": COPIED}}
        )
    answered(BY_NAME["restore-point-in-time"], made.subject(), local=False)
    deleted = {request["TableName"] for op, request in made.aws.made if op == "delete-table"}
    assert deleted == {"billfold-prod_accept"}


@pytest.mark.parametrize("why", ["ResourceInUseException", "AccessDeniedException"])
@pytest.mark.parametrize("broken", [False, True])
def test_a_copy_that_cannot_be_deleted_is_red_with_what_to_do(why: str, broken: bool) -> None:
    made = Made()
    made.answers["delete-table"] = AwsError("x", f"({why})")
    if broken:
        made.answers["query"] = AwsError("x", "(InternalServerError)")
    answer = answered(BY_NAME["restore-point-in-time"], made.subject(), local=False)
    assert answer.state is State.RED
    assert "the copy could not be deleted" in answer.text
    assert "delete-table" in answer.text


@pytest.mark.parametrize("of", [{}, {"RestoreSummary": {"SourceTableArn": f"{TABLE_ARN}-accept"}}])
def test_a_table_that_is_no_copy_of_ours_is_left_alone(of: dict[str, Any]) -> None:
    made = Made()
    made.answers["describe-table"] = {"Table": {**TABLE, "TableArn": TABLE_ARN, **of}}
    answer = answered(BY_NAME["restore-point-in-time"], made.subject(), local=False)
    changed = {op for op, _ in made.aws.made} & {"delete-table", "restore-table-to-point-in-time"}
    assert (answer.state, changed) == (State.RED, set())


def test_no_stage_has_the_name_of_the_copy(tmp_path: Path) -> None:
    """Its table would be deleted as a copy that a broken run left."""
    made = Made()
    answered(BY_NAME["restore-point-in-time"], made.subject(), local=False)
    [restored] = [request for op, request in made.aws.made if op == "restore-table-to-point-in-time"]
    with pytest.raises(DeployError, match="a stage's name is"):
        load_stage(restored["TargetTableName"].removeprefix("billfold-"), tmp_path)


def test_the_books_are_restored_into_the_trial_alone() -> None:
    made = Made()
    answered(BY_NAME["restore-export"], made.subject(), local=False)
    assert [(each[0], each[1]) for each in made.commands.made] == [
        ("prod", "export"), ("try", "restore"), ("try", "verify"),
    ]  # fmt: skip


# ---------------------------------------------------------------- the run, the record, the report


class Runs:
    """One acceptance after another of the same record."""

    def __init__(self, folder: Path, checks: tuple[Check, ...]) -> None:
        self.file, self.checks, self.made, self.said = folder / "prod.json", checks, Made(), list[str]()
        self.at = NOW

    def run(
        self,
        *again: str,
        local: bool = False,
        version: str = "0.1.0",
        place: str = PLACE,
        fresh: bool = False,
    ) -> bool:
        record = begun(
            self.file, now=self.at, version=version, kind="live", local=local, place=place, fresh=fresh
        )
        known = frozenset(known_of(STAGE, self.made.subject(), ARN, self.made.consents))
        accepted = Acceptance(record, self.made.subject, known, self.said.append, self._now)
        return accepted.run(self.checks, frozenset(again))

    def _now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    @property
    def record(self) -> Record:
        return begun(self.file, now=NOW, version="0.1.0", kind="live", local=False, place=PLACE, fresh=False)

    def report(self) -> str:
        known = frozenset(known_of(STAGE, self.made.subject(), ARN, self.made.consents))
        return report(self.record, self.checks, lambda text: redacted(text, known))


def fixed(name: str, *answers: Answer | BaseException) -> Check:
    """Answers in turn, the last one for ever."""
    left = list(answers)

    def do(_: Any) -> Answer:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer

    return Check(name, f"about {name}", do, minutes=10)


GREEN, RED, LATER = Answer(State.GREEN, "fine"), Answer(State.RED, "wrong"), Answer(State.NOT_TRIED, "later")


def test_a_red_line_stays_red_until_it_is_asked_again_by_name_and_is_remembered_then(tmp_path: Path) -> None:
    runs = Runs(tmp_path, (fixed("a", RED, LATER, GREEN), fixed("b", GREEN)))
    assert runs.run() is False
    assert runs.run() is False
    assert runs.record.answers["a"].state == State.RED
    assert runs.run("a") is False, "nothing was learned"
    assert "| **RED** |" in runs.report()
    assert runs.run("a") is True
    assert "green | fine (red 1 times before)" in runs.report()


def test_it_goes_on_after_a_red_line_and_says_how_long_the_rest_takes(tmp_path: Path) -> None:
    runs = Runs(tmp_path, (fixed("a", RED), fixed("b", GREEN), fixed("c", DeployError("x"))))
    assert runs.run() is False
    assert [each.state for each in runs.record.answers.values()] == ["red", "green", "red"]
    assert [line for line in runs.said if line.startswith("[")] == [
        "[1/3] a: about a (up to 30 minutes left)", "[2/3] b: about b (up to 20 minutes left)",
        "[3/3] c: about c (up to 10 minutes left)",
    ]  # fmt: skip


def test_broken_off_it_goes_on_and_asks_nothing_twice(tmp_path: Path) -> None:
    runs = Runs(
        tmp_path, (fixed("a", GREEN, RED), fixed("b", KeyboardInterrupt(), GREEN), fixed("c", LATER, GREEN))
    )
    with pytest.raises(KeyboardInterrupt):
        runs.run()
    assert set(runs.record.answers) == {"a"}
    assert runs.report().count("the run has not come to it") == 2
    assert runs.run() is True
    assert (runs.record.answers["c"].state, runs.run()) == (State.NOT_TRIED, True)
    assert [each.state for each in runs.record.answers.values()] == ["green"] * 3


def test_a_record_of_another_version_or_place_is_not_gone_on_with(tmp_path: Path) -> None:
    runs = Runs(tmp_path, (fixed("a", GREEN),))
    runs.run()
    others: list[dict[str, Any]] = [{"version": "0.2.0"}, {"local": True}]
    others += [
        {"place": place_of(*parts)} for parts in (("1", "b", "t"), (ACCOUNT, "a", "t"), (ACCOUNT, "b", "u"))
    ]
    for other in others:
        with pytest.raises(DeployError, match="--fresh"):
            runs.run(**other)
    assert runs.run(version="0.2.0", fresh=True) is True
    runs.file.write_text("{", encoding="utf-8")
    with pytest.raises(DeployError, match="--fresh"):
        runs.run()


def test_of_a_stand_in_the_report_says_that_it_proves_nothing(tmp_path: Path) -> None:
    runs = Runs(tmp_path, CHECKS)
    runs.run(local=True)
    record = begun(runs.file, now=NOW, version="0.1.0", kind="live", local=True, place=PLACE, fresh=False)
    text = report(record, CHECKS, str)
    assert "it proves nothing of an account" in text
    assert "in a real account" not in text
    assert {name for name, kept in record.answers.items() if kept.state == State.GREEN} <= LOCAL


def test_the_report_has_every_check_and_nothing_of_the_account(tmp_path: Path) -> None:
    runs = Runs(tmp_path, CHECKS)
    assert runs.run() is True
    text = runs.report()
    assert [f"| `{name}`" in text for name in BY_NAME] == [True] * len(BY_NAME)
    kept = text + runs.file.read_text("utf-8") + "\n".join(runs.said)
    for secret in (ACCOUNT, DOMAIN, CDN, "oakleaf", "zenobia", "E1ABCDEF", "a1b2c3d4e5", "oak ", "arn:", "@"):
        assert secret not in kept, secret


@pytest.mark.parametrize(
    "secret",
    [
        "arn:aws:s3:::anything", "123456789012", "somebody@example.test", "sk_live_51abcDEF",
        "AKIAIOSFODNN7EXAMPLE", "203.0.113.9", "https://billing.example.com/x", "d1.cloudfront.net",
        "3f1c2a7e-1111-2222-3333-444455556666",
        "whsec_abcdef", "2001:db8:0:1:1:1:1:1", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY",
    ],
)  # fmt: skip
def test_whatever_slips_into_an_answer_is_taken_out(tmp_path: Path, secret: str) -> None:
    runs = Runs(tmp_path, (fixed("a", Answer(State.RED, f"said ({secret}) and | more")),))
    runs.run()
    assert secret not in runs.report() + runs.file.read_text("utf-8") + "".join(runs.said)
    assert "said (" in runs.report()


def test_what_a_report_says_itself_is_left(tmp_path: Path) -> None:
    text = (
        "20 answers: half within 0.10 s, 95 of 100 in 0.12 s; docs/deploy.md, step 4.7; 2026-12-01T12:00:01Z"
    )
    assert redacted(text, {"oak", "oakleaf"}) == text


@pytest.mark.parametrize(
    ("environ", "account", "local"),
    [
        ({}, ACCOUNT, False), ({"AWS_ENDPOINT_URL": "http://127.0.0.1"}, ACCOUNT, True),
        ({"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1"}, ACCOUNT, True), ({}, "000000000000", True),
    ],
)  # fmt: skip
def test_a_stand_in_is_known_by_its_address_or_its_account(
    environ: dict[str, str], account: str, local: bool
) -> None:
    assert is_local(environ, replace(STAGE, account=account)) is local


def test_the_checks_can_be_listed_and_an_unknown_one_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--stage", "prod", "--list"]) == 0
    assert {line.split()[0] for line in capsys.readouterr().out.splitlines()} == set(BY_NAME)
    with pytest.raises(SystemExit):
        main(["--stage", "prod", "--again", "nothing"])
    assert main(["--stage", "nowhere", "--stages", "/nonexistent"]) == 1
    assert Consents() == Consents("")


# ---------------------------------------------------------------- the documents


def marks() -> set[str]:
    found = set()
    for path in sorted((ROOT / "docs").rglob("*.md")):
        for names in _MARK.findall(path.read_text("utf-8")):
            found |= {name.strip() for name in names.split(",")}
    return found


def test_each_line_of_the_documents_that_nobody_tried_names_the_check_that_will_and_each_check_its_line() -> (
    None
):
    """The two lists are one."""
    assert marks() == set(BY_NAME)
    for name in ("deploy.md", "owners.md", "runbook/operating.md"):
        text = (ROOT / "docs" / name).read_text("utf-8")
        bare = [line for line in text.splitlines() if "(not tried" in _MARK.sub("", line)]
        assert [line for line in bare if "**(not tried)** nobody" not in line] == [], name


def test_the_page_on_acceptance_has_every_check() -> None:
    text = (ROOT / "docs" / "accept.md").read_text("utf-8")
    assert set(re.findall(r"^\| `([a-z0-9][a-z0-9-]*)` \|", text, re.MULTILINE)) == set(BY_NAME)
