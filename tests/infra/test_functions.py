"""What the functions may do and how they are set up: .chalice/ and infra/app.yaml, held to the app itself."""

import json
import re
from typing import Any

import pytest
from chalice.app import SQSEventConfig
from chalice.utils import to_cfn_resource_name

from app import app
from chalicelib import settings
from chalicelib.identity.services.trace import Event
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.platform.dynamo import keys
from infra.table import load_template
from sandbox.config import ROOT
from tests.support.policies import may

CONFIG: dict[str, Any] = json.loads((ROOT / ".chalice" / "config.json").read_text())
FUNCTIONS: dict[str, Any] = CONFIG["stages"]["prod"]["lambda_functions"]
TEMPLATE = load_template(ROOT / "infra" / "app.yaml")
API = "api_handler"
QUEUES = {source.name: source.queue for source in app.event_sources if isinstance(source, SQSEventConfig)}
WITHOUT_RESOURCE = ("ses:GetAccount",)  # AWS knows nothing narrower for it; it reads numbers
TAKING = ("DeleteMessage", "GetQueueAttributes", "ReceiveMessage")


def statements(function: str) -> list[dict[str, Any]]:
    policy = json.loads((ROOT / ".chalice" / FUNCTIONS[function]["iam_policy_file"]).read_text())
    return list(policy["Statement"])


def actions(function: str) -> set[str]:
    found: set[str] = set()
    for statement in statements(function):
        named = statement["Action"]
        found.update([named] if isinstance(named, str) else named)
    return found


def allowed(function: str) -> set[str]:
    granted = [s["Action"] for s in statements(function) if s["Effect"] == "Allow"]
    return {action for named in granted for action in ([named] if isinstance(named, str) else named)}


def test_every_function_of_the_app_has_a_policy_of_its_own() -> None:
    declared = {source.name for source in app.event_sources}
    assert set(FUNCTIONS) == {API, *declared}
    files = [FUNCTIONS[name]["iam_policy_file"] for name in FUNCTIONS]
    assert len(set(files)) == len(files)
    assert CONFIG["autogen_policy"] is False


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_policy_has_a_wildcard_for_an_action_or_for_all_resources(function: str) -> None:
    for statement in statements(function):
        assert statement["Effect"] == "Allow" or statement["Sid"] == "NoSignInsAndSessions"
        assert (statement["Resource"] == "*") == (statement["Action"] in WITHOUT_RESOURCE)
    assert not [action for action in actions(function) if "*" in action]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_may_scan_the_table_or_change_it_as_a_whole(function: str) -> None:
    table = {action for action in actions(function) if action.startswith("dynamodb:")}
    items = {"GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"}
    assert table <= {f"dynamodb:{name}" for name in items}


SIGN_INS = ("P#fern#SI#a1b2", "P#S#S#a1b2", "P#fern#S#" + "0" * 64)
# Partitions of all else, some made to look like the others.
THE_REST = (
    keys.practice("fern"), keys.practice("S"), keys.account(AccountRef("fern", "maya")),
    keys.account(AccountRef("fern", "S")), keys.account(AccountRef("SI", "SI")),
    keys.marker("fern", "stripe#pi_S#succeeded"), keys.alerts("S"), keys.inbox("fern"),
    keys.addresses("fern"), "P#fern#L#a1", "P#fern#DIR", "PRACTICES",
)  # fmt: skip


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_deletes_anything_of_the_ledger(function: str) -> None:
    """Nor anything else but sign-ins and sessions, which only the API ends."""
    assert [pk for pk in THE_REST if may(function, "DeleteItem", pk)] == []
    assert [pk for pk in SIGN_INS if may(function, "DeleteItem", pk)] == list(SIGN_INS * (function == API))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_the_api_makes_sign_ins_and_sessions(function: str) -> None:
    """Whoever may write a session is signed in as anybody."""
    for action in ("PutItem", "UpdateItem"):
        assert [pk for pk in SIGN_INS if may(function, action, pk)] == list(SIGN_INS * (function == API))
        writes = f"dynamodb:{action}" in allowed(function)
        written = [pk for pk in THE_REST if may(function, action, pk)]
        assert written == ([keys.alerts("S")] if function == "drops" else list(THE_REST * writes))


def test_only_documents_writes_files_and_only_documents_and_delivery_send_mail() -> None:
    assert {name for name in FUNCTIONS if "ses:SendEmail" in actions(name)} == {"documents", "delivery"}
    assert {name for name in FUNCTIONS if "s3:PutObject" in actions(name)} == {
        "documents", "verify", "drops",
    }  # fmt: skip


def test_who_looks_at_dropped_files_changes_no_books_and_keeps_nothing_but_what_it_found() -> None:
    """Issue 17."""
    in_s3 = {s["Sid"]: s for s in statements("drops") if "s3:" in json.dumps(s["Action"])}
    assert in_s3["KeepLooks"]["Resource"]["Fn::Sub"].partition("}/")[2] == "imports/looked/*"
    assert [r["Fn::Sub"].partition("}/")[2] for r in in_s3["ReadFiles"]["Resource"]] == [
        "imports/in/*", "import-settings/*", "imports/looked/*",
    ]  # fmt: skip
    assert in_s3["FindFiles"]["Condition"] == {
        "StringLike": {"s3:prefix": ["imports/*", "import-settings/*"]}
    }
    assert "practices" not in json.dumps([s for s in statements("drops") if s["Sid"] in in_s3])


def test_anchors_are_written_by_the_nightly_check_which_reaches_nothing_else_in_s3_and_no_secret() -> None:
    for name in FUNCTIONS:
        resources = json.dumps([s["Resource"] for s in statements(name)])
        assert ("-anchors-" in resources) == (name == "verify")
    others = ("dynamodb:", "logs:", "kms:")
    in_s3 = {action for action in actions("verify") if not action.startswith(others)}
    assert in_s3 == {"s3:ListBucket", "s3:GetObject", "s3:PutObject"}
    assert "-documents-" not in json.dumps(statements("verify"))


@pytest.mark.parametrize(
    ("function", "read"),
    [("documents", ["lookup-key", "token-key"]), ("delivery", ["lookup-key", "token-key"])],
)
def test_who_draws_or_mails_cannot_read_processors_credentials(function: str, read: list[str]) -> None:
    [secrets] = [s for s in statements(function) if s["Sid"] == "Secrets"]
    assert [resource["Fn::Sub"].rpartition("/")[2] for resource in secrets["Resource"]] == read


def test_the_key_is_used_through_aws_services_only() -> None:
    for function in FUNCTIONS:
        [key] = [s for s in statements(function) if s["Sid"] == "DataKey"]
        assert key["Condition"]["StringEquals"]["kms:ViaService"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_takes_messages_from_its_own_queue_and_from_no_other(function: str) -> None:
    """Function by function: what one of three policies lacks is still in the union of all."""
    taking = [s for s in statements(function) if "sqs:ReceiveMessage" in s["Action"]]
    assert [s["Sid"] for s in taking] == ["WorkOffTasks"] * (function in QUEUES)
    for statement in taking:
        assert sorted(statement["Action"]) == [f"sqs:{name}" for name in TAKING]
        queue = TEMPLATE["Resources"][f"{logical_id(function)}Queue"]["Properties"]["QueueName"]["Fn::Sub"]
        assert queue == f"billfold-${{Stage}}-{str(QUEUES[function]).split('-', 2)[2]}"
        assert statement["Resource"]["Fn::Sub"].rpartition(":")[2] == queue


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_key_is_used_through_the_very_services_that_the_function_uses(function: str) -> None:
    [key] = [s for s in statements(function) if s["Sid"] == "DataKey"]
    through = {via["Fn::Sub"].partition(".")[0] for via in key["Condition"]["StringEquals"]["kms:ViaService"]}
    assert through == {action.partition(":")[0] for action in actions(function)} - {"kms", "logs", "ses"}


def test_the_gateway_is_regional_and_its_stage_is_the_public_prefix() -> None:
    assert CONFIG["api_gateway_endpoint_type"] == "REGIONAL"
    assert CONFIG["api_gateway_stage"] == "api"


def test_the_api_gives_up_before_the_gateway_does() -> None:
    assert FUNCTIONS[API]["lambda_timeout"] <= 29


@pytest.mark.parametrize("function", sorted(QUEUES.keys() - {"catch_up"}))
def test_a_queue_outlasts_its_worker_reports_failures_and_keeps_what_is_dead(function: str) -> None:
    resource = logical_id(function)
    queue = TEMPLATE["Resources"][f"{resource}Queue"]["Properties"]
    assert queue["VisibilityTimeout"] >= 6 * FUNCTIONS[function]["lambda_timeout"]
    dead = queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
    assert TEMPLATE["Resources"][dead]["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600
    source = TEMPLATE["Resources"][resource]["Properties"]["Events"][f"{resource}SqsEventSource"]
    assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_13_1_practices_are_asked_side_by_side_and_so_many_at_once() -> None:
    """Issue 13, number 1. What the schedule repeats is kept for an hour, and whom it killed it does
    not meet again."""
    [source] = [s for s in app.event_sources if isinstance(s, SQSEventConfig) and s.name == "catch_up"]
    assert source.batch_size == 1
    queue = RESOURCES["CatchUpQueue"]["Properties"]
    assert queue["VisibilityTimeout"] >= queue["MessageRetentionPeriod"] == 3600
    assert "RedrivePolicy" not in queue
    assert queue["VisibilityTimeout"] >= 6 * FUNCTIONS["catch_up"]["lambda_timeout"]
    mapped = RESOURCES["CatchUp"]["Properties"]["Events"]["CatchUpSqsEventSource"]["Properties"]
    assert mapped["ScalingConfig"] == {"MaximumConcurrency": {"Ref": "ReconcileConcurrency"}}
    at_once = TEMPLATE["Parameters"]["ReconcileConcurrency"]
    assert (at_once["MinValue"], at_once["Default"]) == (2, 4)
    assert mapped["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_the_functions_are_told_every_setting_they_need() -> None:
    given = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    numbers = ("SHARDS", "RATE", "WORKERS")
    told = {name: "4" if any(word in name for word in numbers) else "https://x" for name in given}
    for kind, trial in (("live", False), ("trial", True)):
        found = settings.load({**told, "BILLFOLD_STAGE_KIND": kind})
        assert (found.stage, found.trial) == ("https://x", trial)
    with pytest.raises(settings.SettingsError, match="BILLFOLD_STAGE_KIND is live or trial"):
        settings.load(told)
    assert {"BILLFOLD_MAIL_RATE", "BILLFOLD_STATEMENT_WORKERS"} <= given.keys()
    assert not [name for name in given if "STRIPE" in name]


RESOURCES: dict[str, Any] = TEMPLATE["Resources"]


def of_type(kind: str) -> dict[str, dict[str, Any]]:
    """Properties by name of the resources of one type; those merged into Chalice's own have none."""
    return {name: r["Properties"] for name, r in RESOURCES.items() if r.get("Type") == kind}


ALARMS = of_type("AWS::CloudWatch::Alarm")
SIMPLE = {name: alarm for name, alarm in ALARMS.items() if "Metrics" not in alarm}


def logical_id(function: str) -> str:
    """The name Chalice gives a function in its template."""
    return "APIHandler" if function == API else to_cfn_resource_name(function)


def log_group(function: str) -> str:
    return "ApiHandlerLogGroup" if function == API else f"{logical_id(function)}LogGroup"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_somebody_is_told_when_a_function_fails_and_when_it_raises_an_alert(function: str) -> None:
    measured = [{"Name": "FunctionName", "Value": {"Ref": logical_id(function)}}]
    [errors] = [a for a in SIMPLE.values() if (a["MetricName"], a["Dimensions"]) == ("Errors", measured)]
    assert (errors["Statistic"], errors["Threshold"], errors["Period"]) == ("Sum", 1, 300)
    group = {"Ref": log_group(function)}
    filters = [f for f in of_type("AWS::Logs::MetricFilter").values() if f["LogGroupName"] == group]
    [alerts] = [f for f in filters if f["FilterPattern"] == '{ $.event = "alert raised" }']
    [counted] = alerts["MetricTransformations"]
    alarm = ALARMS["NamedAlerts"]
    assert (counted["MetricNamespace"], counted["MetricName"]) == (alarm["Namespace"], alarm["MetricName"])


@pytest.mark.parametrize(
    ("filtered", "alarm", "event", "code"),
    [
        ("WrongCodesTyped", "WrongCodes", Event.REFUSED, "code_wrong"),
        ("LimitsReached", "Limits", Event.LIMITED, ""),
    ],
)
def test_who_tries_codes_or_reaches_limits_by_the_hundred_rings(
    filtered: str, alarm: str, event: Event, code: str
) -> None:
    """The patterns are what the trace of access says."""
    found = of_type("AWS::Logs::MetricFilter")[filtered]
    assert found["LogGroupName"] == {"Ref": log_group(API)}
    of_code = f' && $.code = "{code}"' if code else ""
    assert found["FilterPattern"] == f'{{ $.event = "{event.value}"{of_code} }}'
    [counted] = found["MetricTransformations"]
    rings = ALARMS[alarm]
    assert (counted["MetricNamespace"], counted["MetricName"]) == (rings["Namespace"], rings["MetricName"])
    assert rings["Threshold"] >= 100


def test_every_alarm_goes_to_the_topic_and_the_topic_to_a_mailbox() -> None:
    for alarm in ALARMS.values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "Alarms"}]
    subscription = RESOURCES["AlarmsByMail"]["Properties"]
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", {"Ref": "AlarmEmail"})
    names = [json.dumps(alarm["AlarmName"]) for alarm in ALARMS.values()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("queue", of_type("AWS::SQS::Queue"))
def test_a_queue_is_encrypted_and_watched_for_what_waits_or_is_dead(queue: str) -> None:
    dimensions = [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}}]
    [alarm] = [a for a in SIMPLE.values() if a["Dimensions"] == dimensions]
    dead = queue.endswith("DeadLetters")
    metric = "ApproximateNumberOfMessagesVisible" if dead else "ApproximateAgeOfOldestMessage"
    paced = queue == "DeliveryQueue"  # a night of statements goes out at the pace of mail
    waits = 6 * 3600 if paced else 900
    assert (alarm["MetricName"], alarm["Threshold"]) == (metric, 1 if dead else waits)
    assert "key-arn" in json.dumps(RESOURCES[queue]["Properties"]["KmsMasterKeyId"])


def test_statements_are_bounded_and_codes_have_room_of_their_own() -> None:
    """Issue 13, number 4."""
    bounds = {"Issue": "StatementWorkers", "Delivery": "StatementWorkers", "Documents": "CodeWorkers"}
    for function, bound in bounds.items():
        source = RESOURCES[function]["Properties"]["Events"][f"{function}SqsEventSource"]["Properties"]
        assert source["ScalingConfig"] == {"MaximumConcurrency": {"Ref": bound}}
        assert TEMPLATE["Parameters"][bound]["MinValue"] == 2, "SQS takes no fewer"
    reserved = RESOURCES["Documents"]["Properties"]["ReservedConcurrentExecutions"]
    assert reserved == {"Fn::If": ["ReservesForCodes", {"Ref": "CodeReserve"}, {"Ref": "AWS::NoValue"}]}
    sizes = {s.name: s.batch_size for s in app.event_sources if isinstance(s, SQSEventConfig)}
    assert sizes["documents"] == sizes["delivery"] == 1, "no mail waits for another in its batch"


@pytest.mark.parametrize("function", ["documents", "delivery"])
def test_who_sends_mail_may_put_it_off_in_its_own_queue(function: str) -> None:
    """Issue 13, number 4."""
    [puts] = [s for s in statements(function) if "sqs:SendMessage" in s["Action"]]
    assert puts["Resource"]["Fn::Sub"].endswith(f":billfold-${{Stage}}-{function}")


def test_somebody_is_told_of_throttles() -> None:
    assert ALARMS["FunctionThrottles"]["Dimensions"] == []
    assert {ALARMS[f"Table{kind}Throttles"]["MetricName"] for kind in ("Read", "Write")} == {
        "ReadThrottleEvents", "WriteThrottleEvents",
    }  # fmt: skip


@pytest.mark.parametrize("function", FUNCTIONS)
def test_logs_are_encrypted_kept_for_a_year_and_written_by_the_functions_of_this_stack(function: str) -> None:
    assert "key-arn" in json.dumps(RESOURCES[log_group(function)]["Properties"]["KmsKeyId"])
    assert CONFIG["log_retention_in_days"] == 365
    [logs] = [s for s in statements(function) if s["Sid"] == "Logs"]
    group = f"/aws/lambda/${{AWS::StackName}}-{logical_id(function)}-*"
    assert logs["Resource"]["Fn::Sub"].endswith(f":log-group:{group}:*")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_policy_of_one_stage_fits_another_whose_name_begins_alike(function: str) -> None:
    """`billfold-prod-*` is also what everything of stage prod-2 is called."""
    theirs = {
        of_stage("prod-2", pattern).replace("*", "x") for f in FUNCTIONS for pattern in named_resources(f)
    }
    for pattern in named_resources(function):
        ours = re.escape(of_stage("prod", pattern)).replace(r"\*", ".*")
        assert [arn for arn in theirs if re.fullmatch(ours, arn)] == [], pattern


def of_stage(stage: str, pattern: str) -> str:
    """The resource's name in one account, whatever that is."""
    return pattern.replace("${AWS::StackName}", f"billfold-{stage}").replace("${Stage}", stage)


def named_resources(function: str) -> list[str]:
    """Each resource of a function's policy that names its stage; some are the senders of all."""
    found = []
    for statement in statements(function):
        named = statement["Resource"]
        found += [r["Fn::Sub"] for r in (named if isinstance(named, list) else [named]) if "Fn::Sub" in r]
    return [name for name in found if "Stage" in name or "StackName" in name]
