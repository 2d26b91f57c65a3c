"""Pages that are open while a deployment is upgraded are the last release's: they go on working."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.config import ROOT
from tests.support.contract import broken
from tests.support.last_release import file_of, last_release

PAYMENTS = "/accounts/{account_id}/payments"
API = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
Change = Callable[[Any], Any]


def test_issue_18_the_api_serves_the_portal_of_the_last_release() -> None:
    release = last_release()
    assert broken(json.loads(file_of(release, "docs/openapi.json")), API) == []


def operation(api: Any) -> Any:
    return api["paths"][PAYMENTS]["post"]


def schema(api: Any, name: str) -> Any:
    return api["components"]["schemas"][name]


CHANGES: dict[str, tuple[Change, str]] = {
    "a route goes": (lambda api: api["paths"].pop(PAYMENTS), f"post {PAYMENTS} is gone"),
    "a header is asked for": (
        lambda api: operation(api)["parameters"].append({"in": "header", "name": "X", "required": True}),
        f"post {PAYMENTS}: X is required now",
    ),
    "a field is asked for": (
        lambda api: schema(api, "PaymentRequest")["required"].append("why"),
        f"post {PAYMENTS}: why is required now",
    ),
    "a field is not taken": (
        lambda api: schema(api, "PaymentRequest")["properties"].pop("notes"),
        f"post {PAYMENTS}: notes is not taken any more",
    ),
    "a field is not shown": (
        lambda api: schema(api, "Payment")["properties"].pop("state"),
        f"post {PAYMENTS}: state is gone",
    ),
    "a field of a list is not shown": (
        lambda api: schema(api, "Payment")["properties"].pop("state"),
        f"get {PAYMENTS}: payments.state is gone",
    ),
    "a field may be missing": (
        lambda api: schema(api, "Payment")["required"].remove("state"),
        f"post {PAYMENTS}: state may be missing",
    ),
    "a field is another type": (
        lambda api: schema(api, "Payment")["properties"].update(amount_minor={"type": "string"}),
        f"post {PAYMENTS}: amount_minor.(its type) is gone",
    ),
    "an error goes": (
        lambda api: operation(api)["responses"]["400"].update(description="body_invalid"),
        f"post {PAYMENTS}: 400 idempotency_key_missing is gone",
    ),
    "one of several shapes loses a field": (
        lambda api: schema(api, "AmountScope")["properties"].pop("amount_minor"),
        f"post {PAYMENTS}: scope.amount_minor is not taken any more",
    ),
}


@pytest.mark.parametrize(("change", "said"), CHANGES.values(), ids=CHANGES)
def test_what_would_break_those_pages_is_named(change: Change, said: str) -> None:
    after = copy.deepcopy(API)
    change(after)
    assert said in broken(API, after)


def test_what_is_added_breaks_nothing() -> None:
    after = copy.deepcopy(API)
    after["paths"]["/new"] = after["paths"][PAYMENTS]
    schema(after, "Payment")["properties"]["new"] = {"type": "string"}
    schema(after, "PaymentRequest")["properties"]["new"] = {"type": "string"}
    assert broken(API, after) == []
