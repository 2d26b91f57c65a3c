"""What the gateway lets through: the classes of limits in infra/app.yaml, held to the routes of the API."""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.entrypoints.http.runtime import ROUTES
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
    "Portal": {
        "GET /practices/{practice_id}", "GET /default-practice", "GET /openapi.json", "GET /session",
        "DELETE /session", "GET /accounts/{account_id}/billing", "GET /accounts/{account_id}/history",
        "GET /accounts/{account_id}/documents", "GET /accounts/{account_id}/documents/{document_id}",
        "POST /accounts/{account_id}/quotes", "GET /accounts/{account_id}/payments",
        "POST /accounts/{account_id}/payments", "GET /accounts/{account_id}/payments/{payment_id}",
        "POST /accounts/{account_id}/payments/{payment_id}/cancel",
        "POST /accounts/{account_id}/payments/{payment_id}/check",
        "GET /accounts/{account_id}/payments/{payment_id}/receipt", "POST /receipts/open",
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
    setting = {"Webhook": "webhook_rate", "SignIn": "sign_in_rate", "Portal": "portal_rate"}[name]
    assert load_stage(tmp_path, **{setting: 7}).limits == {**defaults.limits, rate: "7", burst: "14"}


@pytest.mark.parametrize("wrong", [0, 5001, "50", 1.5, True])
def test_issue_13_7_a_limit_that_is_no_number_of_requests_is_refused(tmp_path: Path, wrong: Any) -> None:
    with pytest.raises(DeployError, match=r"prod\.json: webhook_rate is a whole number from 1 to 5000"):
        load_stage(tmp_path, webhook_rate=wrong)


def load_stage(folder: Path, **more: Any) -> Stage:
    (folder / "prod.json").write_text(json.dumps({**SETTINGS, **more}), encoding="utf-8")
    return load("prod", folder)
