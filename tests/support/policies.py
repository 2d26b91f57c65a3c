"""What a function's policy in .chalice/ lets it do to a row of the table, as IAM decides it."""

import json
import re
from collections.abc import Mapping
from typing import Any

from sandbox.config import ROOT

LEADING_KEYS = "dynamodb:LeadingKeys"


def may(function: str, action: str, pk: str) -> bool:
    """Whether the function may do that (`DeleteItem`) to a row of that partition: allowed, and not denied."""
    effects = {s["Effect"] for s in _of_the_table(function) if _fits(s, f"dynamodb:{action}", pk)}
    return effects == {"Allow"}


def _of_the_table(function: str) -> list[dict[str, Any]]:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    file = config["stages"]["prod"]["lambda_functions"][function]["iam_policy_file"]
    statements = json.loads((ROOT / ".chalice" / file).read_text(encoding="utf-8"))["Statement"]
    return [s for s in statements if str(s["Resource"]).endswith(":table/billfold-${Stage}'}")]


def _fits(statement: Mapping[str, Any], action: str, pk: str) -> bool:
    named = statement["Action"]
    if action not in ([named] if isinstance(named, str) else named):
        return False
    conditions = statement.get("Condition", {})
    assert set(conditions) <= {"ForAllValues:StringLike", "ForAnyValue:StringLike"}, conditions
    return all(
        any(_like(pattern, pk) for pattern in condition[LEADING_KEYS]) for condition in conditions.values()
    )


def _like(pattern: str, text: str) -> bool:
    """IAM's StringLike: `*` for any characters, `#` among them."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), text, re.DOTALL) is not None
