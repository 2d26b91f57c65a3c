"""Which journey needs which statement of which function's policy."""

import json
from collections.abc import Iterator, Mapping

from sandbox.config import ROOT

# Function, by its name in .chalice/config.json → the journey that makes it do all that it does.
JOURNEY_OF: Mapping[str, str] = {
    "api_handler": "pay",
    "settle": "pay",
    "documents": "pay",
    "sweep": "sweep",
    "reconcile": "reconcile",
    "full_pass": "full-pass",
    "verify": "verify",
    "statements": "statement",
    "issue": "statement",
}
# What the emulator grants without asking IAM: deleting these changes nothing there.
NOT_ASKED: Mapping[str, str] = {
    "Logs": "it writes the functions' logs itself",
    "WorkOffTasks": "it reads queues for the functions itself",
    "DataKey": "its services encrypt without asking KMS for leave",
}


def statement_ids(function: str) -> list[str]:
    """The Sids of a function's policy."""
    config = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    file = config["stages"]["prod"]["lambda_functions"][function]["iam_policy_file"]
    policy = json.loads((ROOT / ".chalice" / file).read_text(encoding="utf-8"))
    return [statement["Sid"] for statement in policy["Statement"]]


def provable() -> Iterator[tuple[str, str, str]]:
    """Function, Sid and journey of each statement whose absence the emulator shows."""
    for function, journey in JOURNEY_OF.items():
        for sid in statement_ids(function):
            if sid not in NOT_ASKED:
                yield function, sid, journey
