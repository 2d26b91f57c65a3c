"""Which journey needs which statement of which function's policy."""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.config import ROOT

# Function, by its name in .chalice/config.json → the journey that makes it do all that it does.
JOURNEY_OF: Mapping[str, str] = {
    "api_handler": "pay",
    "settle": "pay",
    "documents": "pay",
    "sweep": "sweep",
    "reconcile": "reconcile",
    "catch_up": "reconcile",
    "drops": "drop",
    "full_pass": "full-pass",
    "verify": "verify",
    "statements": "statement",
    "issue": "statement",
    "delivery": "statement",
}
# What the emulator grants without asking IAM, or no journey brings about: deleting these changes nothing
# there. IAM's simulator is asked.
NOT_ASKED: Mapping[str, str] = {
    "Logs": "it writes the functions' logs itself",
    "WorkOffTasks": "it reads queues for the functions itself",
    "DataKey": "its services encrypt without asking KMS for leave",
    "SignDocumentLinks": "HEAD is refused without a word, and counts as an absent file",
    "PutOffMail": "its SES throttles nobody",
    "LookAtMailAccount": "a function that may not look sends on: its SES pauses nobody",
    "CountStatementsUnderWay": "an issued statement has not been delivered for an hour",
}
# Function and end of a resource's name → when it is reached: only after a mishap, or by what no journey
# brings about. That the statement is needed, they show by its other resources.
AFTER_MISHAPS: Mapping[tuple[str, str], str] = {
    ("documents", "/lookup-key"): "a mail came back, or was reported as spam",
    ("issue", "-issue"): "a practice that issues invoices by the clock has more accounts than a step takes",
    ("sweep", "-settle"): "an event was kept and could not be queued",
    ("delivery", "/token-key"): "the day of a practice's reminder has come, which has a pay link",
    ("statements", "/gsi1"): "the day of a practice's reminder has come",
    ("statements", "-delivery"): "an issued statement has not been delivered for an hour",
}


def statement_ids(function: str) -> list[str]:
    """The Sids of what a function's policy grants; tests/infra/test_functions.py has what it denies."""
    return [statement["Sid"] for statement in _statements(function) if statement["Effect"] == "Allow"]


def resource_names(function: str) -> list[str]:
    """Every resource that a function's policy names in a list, as it is written there."""
    lists = [s["Resource"] for s in _statements(function) if isinstance(s["Resource"], list)]
    return [str(resource["Fn::Sub"]) for resources in lists for resource in resources]


def secrets_of(function: str) -> set[str]:
    """Which parameters a function may read, each from the part after the stage."""
    return {name.partition("${Stage}/")[2] for name in resource_names(function) if ":parameter/" in name}


def _statements(function: str) -> list[dict[str, Any]]:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    file = config["stages"]["prod"]["lambda_functions"][function]["iam_policy_file"]
    policy = json.loads((ROOT / ".chalice" / file).read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = policy["Statement"]
    return found
