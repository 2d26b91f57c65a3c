"""What the gateway lets through: the classes of limits in infra/app.yaml, held to the routes of the API."""

import json
from pathlib import Path
from typing import Any

import pytest

from app import app  # which registers every route
from chalicelib.entrypoints.http.runtime import ROUTES
from chalicelib.entrypoints.http.viewer import EDGE_HEADER
from infra.deploy.secrets import EdgeSecret
from infra.deploy.stage import Stage, load
from infra.deploy.template import DeployError
from infra.table import load_template
from sandbox.config import ROOT
from tests.infra.test_deploy import SETTINGS

TEMPLATE = load_template(ROOT / "infra" / "app.yaml")
PARAMETERS: dict[str, dict[str, Any]] = TEMPLATE["Parameters"]
SET: list[dict[str, Any]] = TEMPLATE["Resources"]["RestAPI"]["Properties"]["MethodSettings"]
ALL = ("*", "/*")
# Every route is in one class; a new one has to be put into its own here.
CLASSES = {
    "Webhook": {"POST /webhooks/{practice_id}/{processor_id}"},
    "SignIn": {"POST /sign-in/codes", "POST /sign-in/sessions"},
    "Guest": {
        *(
            f"POST /practices/{{practice_id}}/{path}"
            for path in (
                "guest-quotes", "guest-payments", "guest-payments/look", "guest-payments/check",
                "guest-payments/cancel", "guest-payments/claim", "guest-receipts",
            )
        ),
        *(
            f"POST /pay-links/{path}"
            for path in (
                "codes", "sessions", "quotes", "payments", "payments/{payment_id}",
                "payments/{payment_id}/check", "payments/{payment_id}/cancel", "results",
            )
        ),
    },
    "Portal": {
        "GET /guest-payments", "GET /guest-payments/{payment_id}/receipt",
        "GET /practices/{practice_id}", "GET /default-practice", "GET /openapi.json", "GET /session",
        "DELETE /session", "GET /accounts/{account_id}/billing", "GET /accounts/{account_id}/history",
        "GET /accounts/{account_id}/services",
        "GET /accounts/{account_id}/documents", "GET /accounts/{account_id}/documents/{document_id}",
        "POST /accounts/{account_id}/quotes", "GET /accounts/{account_id}/payments",
        "POST /accounts/{account_id}/payments", "GET /accounts/{account_id}/payments/{payment_id}",
        "POST /accounts/{account_id}/payments/{payment_id}/cancel",
        "POST /accounts/{account_id}/payments/{payment_id}/check",
        "GET /accounts/{account_id}/payments/{payment_id}/receipt", "POST /receipts/open",
        "GET /accounts/{account_id}/payments/{payment_id}/itemised-receipt",
        "GET /accounts/{account_id}/records", "POST /accounts/{account_id}/records",
        "GET /accounts/{account_id}/records/file",
        "GET /accounts/{account_id}/payment-summary", "GET /accounts/{account_id}/invoices",
        "GET /accounts/{account_id}/invoices/{document_id}", "GET /accounts/{account_id}/superbills",
        "GET /accounts/{account_id}/superbills/{document_id}",
        "GET /accounts/{account_id}/estimates",
        "GET /accounts/{account_id}/estimates/{document_id}",
        "GET /accounts/{account_id}/questions",
        "POST /accounts/{account_id}/questions",
        "GET /methods", "POST /methods/{method_id}/default", "POST /methods/{method_id}/label",
        "POST /methods/{method_id}/remove", "POST /methods/{method_id}/verify", "POST /set-ups",
        "POST /set-ups/{set_up_id}/check", "POST /set-ups/{set_up_id}/cancel",
    },
}  # fmt: skip


def place(method: str, path: str) -> tuple[str, str]:
    """As API Gateway names a method's settings."""
    return method, "/" + path.replace("/", "~1")


def limits_of(route: str) -> dict[str, Any]:
    """The settings that hold for a route: its own, else those of all."""
    of = {(one["HttpMethod"], one["ResourcePath"]): one for one in SET}
    method, _, path = route.partition(" ")
    return of.get(place(method, path), of[ALL])


def test_issue_13_7_every_route_is_in_exactly_one_class_of_limits() -> None:
    assert app.routes
    routes = sorted(f"{route.method} {route.path}" for route in ROUTES)
    assert sorted(route for classed in CLASSES.values() for route in classed) == routes


@pytest.mark.parametrize(("name", "route"), [(name, r) for name in CLASSES for r in sorted(CLASSES[name])])
def test_issue_13_7_a_route_has_the_limits_of_its_class(name: str, route: str) -> None:
    limits = limits_of(route)
    assert limits["ThrottlingRateLimit"] == {"Ref": f"{name}Rate"}
    assert limits["ThrottlingBurstLimit"] == {"Ref": f"{name}Burst"}
    assert limits["DataTraceEnabled"] is False, "it would log bodies"


def test_issue_13_7_no_limit_is_set_for_what_is_no_route_or_twice() -> None:
    """API Gateway refuses a stage with settings of a method that is not there."""
    named = [(one["HttpMethod"], one["ResourcePath"]) for one in SET]
    assert len(set(named)) == len(named)
    assert set(named) <= {ALL, *(place(route.method, route.path) for route in ROUTES)}


@pytest.mark.parametrize("name", CLASSES)
def test_issue_13_7_a_class_has_the_templates_limits_unless_the_stage_sets_others(
    tmp_path: Path, name: str
) -> None:
    """A flood of webhooks uses up the webhooks' limit, which is no parameter of anything else."""
    defaults = load_stage(tmp_path)
    rate, burst = f"{name}Rate", f"{name}Burst"
    assert [str(PARAMETERS[one]["Default"]) for one in (rate, burst)] == [
        defaults.limits[one] for one in (rate, burst)
    ]
    assert 0 < PARAMETERS[rate]["Default"] <= PARAMETERS[burst]["Default"] <= 200
    setting = {
        "Webhook": "webhook_rate",
        "SignIn": "sign_in_rate",
        "Guest": "guest_rate",
        "Portal": "portal_rate",
    }[name]
    assert load_stage(tmp_path, **{setting: 7}).limits == {**defaults.limits, rate: "7", burst: "14"}


@pytest.mark.parametrize("wrong", [0, 5001, "50", 1.5, True])
def test_issue_13_7_a_limit_that_is_no_number_of_requests_is_refused(tmp_path: Path, wrong: Any) -> None:
    with pytest.raises(DeployError, match=r"prod\.json: webhook_rate is a whole number from 1 to 5000"):
        load_stage(tmp_path, webhook_rate=wrong)


FIREWALL: dict[str, Any] = TEMPLATE["Resources"]["ApiFirewallRules"]["Properties"]
NEW, OLD = "n" * 64, "o" * 64


def lets_in(headers: dict[str, str], secrets: EdgeSecret) -> bool:
    """What the firewall makes of a request: its rules in their order, else its default."""
    for rule in sorted(FIREWALL["Rules"], key=lambda one: int(one["Priority"])):
        matches = [one["ByteMatchStatement"] for one in rule["Statement"]["OrStatement"]["Statements"]]
        if any(_matches(match, headers, secrets.parameters) for match in matches):
            return "Allow" in rule["Action"]
    return "Allow" in FIREWALL["DefaultAction"]


def _matches(match: dict[str, Any], headers: dict[str, str], parameters: dict[str, str]) -> bool:
    assert match["PositionalConstraint"] == "EXACTLY"
    assert [one["Type"] for one in match["TextTransformations"]] == ["NONE"]
    sent = headers.get(match["FieldToMatch"]["SingleHeader"]["Name"])
    return sent == parameters[match["SearchString"]["Ref"]]


def test_issue_13_7_the_api_is_reached_by_the_cdn_alone() -> None:
    """All else is refused before a function runs, and so before it can cost anything."""
    assert (FIREWALL["Scope"], FIREWALL["DefaultAction"]) == ("REGIONAL", {"Block": {}})
    assert not lets_in({}, EdgeSecret(NEW))
    assert not lets_in({EDGE_HEADER: ""}, EdgeSecret(NEW))
    assert not lets_in({EDGE_HEADER: f"{NEW}x"}, EdgeSecret(NEW))
    assert lets_in({EDGE_HEADER: NEW}, EdgeSecret(NEW))
    place = TEMPLATE["Resources"]["ApiFirewallPlace"]["Properties"]
    assert place["WebACLArn"] == {"Fn::GetAtt": ["ApiFirewallRules", "Arn"]}
    assert place["ResourceArn"]["Fn::Sub"].endswith("::/restapis/${RestAPI}/stages/${RestAPI.Stage}")


def test_issue_13_7_two_secrets_are_valid_while_the_cdns_is_replaced_and_one_afterwards() -> None:
    both, after = EdgeSecret(NEW, OLD), EdgeSecret(NEW)
    assert [lets_in({EDGE_HEADER: one}, both) for one in (NEW, OLD, "x" * 64)] == [True, True, False]
    assert [lets_in({EDGE_HEADER: one}, after) for one in (NEW, OLD)] == [True, False]


def test_issue_13_7_the_firewall_keeps_no_requests_and_its_secrets_are_not_shown() -> None:
    shown = [FIREWALL, *FIREWALL["Rules"]]
    assert [one["VisibilityConfig"]["SampledRequestsEnabled"] for one in shown] == [False] * len(shown)
    assert PARAMETERS["EdgeSecret"]["NoEcho"] is PARAMETERS["EdgeSecretBefore"]["NoEcho"] is True


def test_issue_13_7_a_stage_may_do_without_the_apis_firewall(tmp_path: Path) -> None:
    assert TEMPLATE["Conditions"]["ApiFirewallIsOn"] == {"Fn::Equals": [{"Ref": "ApiFirewall"}, "on"]}
    parts = [TEMPLATE["Resources"][f"ApiFirewall{part}"]["Condition"] for part in ("Rules", "Place")]
    assert parts == ["ApiFirewallIsOn"] * 2
    assert load_stage(tmp_path).api_firewall == PARAMETERS["ApiFirewall"]["Default"] == "on"
    assert load_stage(tmp_path, api_firewall="off").api_firewall == "off"
    with pytest.raises(DeployError, match="api_firewall is one of on, off"):
        load_stage(tmp_path, api_firewall="maybe")


def load_stage(folder: Path, **more: Any) -> Stage:
    (folder / "prod.json").write_text(json.dumps({**SETTINGS, **more}), encoding="utf-8")
    return load("prod", folder)
