"""What the functions may do and how they are set up: .chalice/ and infra/app.yaml, held to the app itself."""

import json
from typing import Any

import pytest

from app import app
from chalicelib import settings
from infra.table import load_template
from sandbox.config import ROOT

CONFIG: dict[str, Any] = json.loads((ROOT / ".chalice" / "config.json").read_text())
FUNCTIONS: dict[str, Any] = CONFIG["stages"]["prod"]["lambda_functions"]
TEMPLATE = load_template(ROOT / "infra" / "app.yaml")
API = "api_handler"


def statements(function: str) -> list[dict[str, Any]]:
    policy = json.loads((ROOT / ".chalice" / FUNCTIONS[function]["iam_policy_file"]).read_text())
    return list(policy["Statement"])


def actions(function: str) -> set[str]:
    found: set[str] = set()
    for statement in statements(function):
        named = statement["Action"]
        found.update([named] if isinstance(named, str) else named)
    return found


def test_every_function_of_the_app_has_a_policy_of_its_own() -> None:
    declared = {source.name for source in app.event_sources}
    assert set(FUNCTIONS) == {API, *declared}
    files = [FUNCTIONS[name]["iam_policy_file"] for name in FUNCTIONS]
    assert len(set(files)) == len(files)
    assert CONFIG["autogen_policy"] is False


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_policy_has_a_wildcard_for_an_action_or_for_all_resources(function: str) -> None:
    for statement in statements(function):
        assert statement["Effect"] == "Allow"
        assert statement["Resource"] != "*"
    assert not [action for action in actions(function) if "*" in action]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_may_scan_the_table_or_change_it_as_a_whole(function: str) -> None:
    table = {action for action in actions(function) if action.startswith("dynamodb:")}
    items = {"GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"}
    assert table <= {f"dynamodb:{name}" for name in items}


def test_only_sign_in_deletes_rows() -> None:
    assert [name for name in FUNCTIONS if "dynamodb:DeleteItem" in actions(name)] == [API]


def test_only_the_documents_function_writes_files_and_sends_mail() -> None:
    for action in ("s3:PutObject", "ses:SendEmail"):
        assert [name for name in FUNCTIONS if action in actions(name)] == ["documents"]


def test_the_documents_function_cannot_read_processors_credentials() -> None:
    [secrets] = [s for s in statements("documents") if s["Sid"] == "Secrets"]
    assert [resource["Fn::Sub"].rpartition("/")[2] for resource in secrets["Resource"]] == ["app-key"]


def test_the_key_is_used_through_aws_services_only() -> None:
    for function in FUNCTIONS:
        [key] = [s for s in statements(function) if s["Sid"] == "DataKey"]
        assert key["Condition"]["StringEquals"]["kms:ViaService"]


def test_the_gateway_is_regional_and_its_stage_is_the_public_prefix() -> None:
    assert CONFIG["api_gateway_endpoint_type"] == "REGIONAL"
    assert CONFIG["api_gateway_stage"] == "api"


def test_the_api_gives_up_before_the_gateway_does() -> None:
    assert FUNCTIONS[API]["lambda_timeout"] <= 29


@pytest.mark.parametrize(
    ("function", "resource"), [("settle", "Settle"), ("documents", "Documents"), ("issue", "Issue")]
)
def test_a_queue_outlasts_its_worker_reports_failures_and_keeps_what_is_dead(
    function: str, resource: str
) -> None:
    queue = TEMPLATE["Resources"][f"{resource}Queue"]["Properties"]
    assert queue["VisibilityTimeout"] >= 6 * FUNCTIONS[function]["lambda_timeout"]
    dead = queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
    assert TEMPLATE["Resources"][dead]["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600
    source = TEMPLATE["Resources"][resource]["Properties"]["Events"][f"{resource}SqsEventSource"]
    assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_the_functions_are_told_every_setting_they_need() -> None:
    given = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    assert settings.load(dict.fromkeys(given, "https://x")).stage == "https://x"
    assert not [name for name in given if "STRIPE" in name]
