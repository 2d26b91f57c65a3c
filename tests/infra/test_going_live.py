"""Issue 18: a trial goes live in its place, once every line of its checklist is green, and never back."""

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.infra.test_deploy import (
    ABSENT,
    DATA_OUTPUTS,
    SETTINGS,
    TRIAL,
    Account,
    Done,
    account,
    changes,
    stack,
)

__all__ = ["account"]
RECORD = "/billfold/prod/went-live"
NO_PARAMETER = {"refused": "An error occurred (ParameterNotFound)"}
STATED = ("--practice", "oak", "--baa-by", "Ana Vale", "--baa-on", "2026-11-20")
LINES = 8


def of_kind(kind: str) -> dict[str, Any]:
    found = stack(DATA_OUTPUTS)
    found["Stacks"][0]["Parameters"].append({"ParameterKey": "Kind", "ParameterValue": kind})
    return found


def movement(key: str) -> dict[str, Any]:
    return {"pk": {"S": f"P#oak#MOV#{key}"}}


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """As `billfold export` prints a practice; tests/deploy/test_trial.py goes live with a real one."""
    head = json.dumps({"billfold": "practice", "format": 17, "practice": "oak", "key": "k"})
    rows = [json.dumps({"pk": f"P#oak#A#{number}"}) for number in range(3)]
    last = {"rows": 3, "sha256": hashlib.sha256("".join(rows).encode()).hexdigest(), "seal": "s"}
    file = tmp_path / "oak.jsonl"
    file.write_text("\n".join([head, *rows, json.dumps(last)]) + "\n", encoding="utf-8")
    return file


@pytest.fixture
def ready(account: Account) -> Account:
    """A trial with which everything was tried."""
    account.answers["describe-stacks billfold-prod-data"] = [of_kind("trial")]
    keys = {"Parameter": {"Value": json.dumps({"secret_key": "sk_test_x", "category": "8099"})}}
    # The record, whether Stripe's keys are there, these, and from then on the CDN's secret.
    account.answers["get-parameter"] = [NO_PARAMETER, keys, keys, {"Parameter": {"Value": "e" * 40}}]
    account.answers["get-account"] = [{"SendQuota": {"MaxSendRate": 14.0}, "ProductionAccessEnabled": True}]
    account.answers["describe-certificate"] = [{"Certificate": {"Status": "ISSUED"}}]
    account.answers["query"] = [{"Items": [{"sk": {"S": "IN#stripe#evt_1"}}]}]
    account.answers["scan"] = [
        {"Items": [movement("import#charge#S-1"), movement("stripe#pi_1#succeeded")]},
        {},
    ]
    return account


def go_live(account: Account, backup: Path, *more: str, stage: Any = SETTINGS, typed: str = "yes\n") -> Done:
    return account.deploy("--go-live", *STATED, "--backup", str(backup), *more, stage=stage, typed=typed)


def put(account: Account, name: str) -> list[dict[str, Any]]:
    return [json.loads(c[3]["Value"]) for c in account.calls("put-parameter") if c[3]["Name"] == name]


def told(account: Account, name: str) -> list[str]:
    made = [call[3] for call in account.calls("create-change-set") if call[3]["StackName"] == name]
    return [p["ParameterValue"] for one in made for p in one["Parameters"] if p["ParameterKey"] == "Kind"]


def test_with_every_line_green_a_record_is_kept_and_then_all_stacks_are_told(
    ready: Account, backup: Path
) -> None:
    done = go_live(ready, backup)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (done.stdout.count("  green  "), done.stdout.count("  RED  ")) == (LINES, 0)
    [record] = put(ready, RECORD)
    at = datetime.fromisoformat(record.pop("at"))
    assert abs((datetime.now(UTC) - at).total_seconds()) < 60
    assert record == {
        "by": "arn:aws:iam::1:user/somebody", "practice": "oak", "baa_accepted_by": "Ana Vale",
        "baa_accepted_on": "2026-11-20", "merchant_category": "",
    }  # fmt: skip
    assert told(ready, "billfold-prod-data") == ["live", "live"], "looked at before, and then changed"
    for name in ("billfold-prod", "billfold-prod-site"):
        assert told(ready, name) == ["live"]
    steps = [(c[2], c[3].get("Name")) for c in ready.calls() if isinstance(c[3], dict)]
    made = [place for place, step in enumerate(steps) if step == ("create-change-set", None)]
    assert made[0] < steps.index(("put-parameter", RECORD)) < made[1], "what is half-way is live already"
    assert "What stays behind" in done.stdout


def test_without_a_yes_nothing_changes(ready: Account, backup: Path) -> None:
    done = go_live(ready, backup, typed="no\n")
    assert (done.returncode, ready.changed()) == (1, [])
    assert put(ready, RECORD) == []


def test_a_dry_run_shows_the_checklist_and_no_more(ready: Account, backup: Path) -> None:
    done = go_live(ready, backup, "--dry-run")
    assert (done.returncode, ready.changed()) == (0, [])
    assert done.stdout.count("  green  ") == LINES


def refused(how: str) -> list[Any]:
    return [{"refused": f"An error occurred ({how})"}]


PENDING = [{"Certificate": {"Status": "PENDING_VALIDATION"}}]
RED: dict[str, tuple[dict[str, Any], str]] = {
    "agreement": ({}, "accept it in AWS Artifact"),
    "certificate": ({"describe-certificate": PENDING}, "it is PENDING_VALIDATION"),
    "no certificate": ({"describe-certificate": refused("ResourceNotFoundException")}, "there is none"),
    "sender": ({"get-email-identity": refused("NotFoundException")}, "verify its domain"),
    "sandbox": ({"get-account": [{"SendQuota": {"MaxSendRate": 1.0}}]}, "ask for production access"),
    "webhook": ({"query": [{"Items": []}]}, "none came within 30 days"),
    "payment": ({"scan": [{"Items": [movement("import#charge#S-1")]}]}, "pay something in the portal"),
    "category": ({"get-parameter": [NO_PARAMETER]}, "--merchant-category"),
}


@pytest.mark.parametrize("line", RED)
def test_a_red_line_says_what_to_do_and_nothing_is_changed(ready: Account, backup: Path, line: str) -> None:
    answers, words = RED[line]
    ready.answers.update(answers)
    more = ("--baa-by", " ") if line == "agreement" else ()
    done = go_live(ready, backup, *more, "--yes")
    assert (done.returncode, ready.changed()) == (1, [])
    [red] = [text for text in done.stdout.splitlines() if text.startswith("  RED ")]
    assert words in red
    assert "prod is not ready to go live: 1 red. Nothing was changed" in done.stderr


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--baa-on", ""), "--baa-on YYYY-MM-DD"),
        (("--baa-on", "20 November"), "--baa-on YYYY-MM-DD"),
        (("--baa-on", "2126-01-01"), "that day is yet to come"),
        (("--merchant-category", "care"), "it has four digits"),
        (("--merchant-category", "0000"), "Stripe says 8099, and 0000 was stated"),
        (("--practice", ""), "name it: --practice PRACTICE"),
    ],
)
def test_what_is_stated_has_to_be_what_it_says(
    ready: Account, backup: Path, more: tuple[str, str], words: str
) -> None:
    done = go_live(ready, backup, *more, "--yes")
    assert (done.returncode, ready.changed()) == (1, [])
    assert words in done.stdout


def test_a_category_that_no_keys_tell_is_stated_and_kept(ready: Account, backup: Path) -> None:
    ready.answers["get-parameter"] = [NO_PARAMETER, NO_PARAMETER, {"Parameter": {"Value": "e" * 40}}]
    assert go_live(ready, backup, "--merchant-category", "8099").returncode == 0
    assert put(ready, RECORD)[0]["merchant_category"] == "8099"


@pytest.mark.parametrize(
    "how", ["cut short", "without a row", "a row altered", "another practice's", "old", "absent", "no text"]
)
def test_a_backup_that_is_none_is_red(ready: Account, backup: Path, how: str) -> None:
    lines = backup.read_text(encoding="utf-8").splitlines(keepends=True)
    if how == "cut short":
        backup.write_text("".join(lines[:-1]), encoding="utf-8")
    elif how == "without a row":
        last = json.dumps({"rows": 0, "sha256": hashlib.sha256(b"").hexdigest(), "seal": "s"})
        backup.write_text(lines[0] + last + "\n", encoding="utf-8")
    elif how == "a row altered":
        backup.write_text(
            "".join([lines[0], lines[1].replace("oak", "elm", 1), *lines[2:]]), encoding="utf-8"
        )
    elif how == "another practice's":
        backup.write_text("".join([lines[0].replace("oak", "elm"), *lines[1:]]), encoding="utf-8")
    elif how == "old":
        long_ago = datetime.now(UTC).timestamp() - 8 * 24 * 3600
        os.utime(backup, (long_ago, long_ago))
    elif how == "absent":
        backup.unlink()
    else:
        backup.write_bytes(b"\xff\xfe")
    done = go_live(ready, backup, "--yes")
    assert (done.returncode, ready.changed()) == (1, [])
    [red] = [text for text in done.stdout.splitlines() if text.startswith("  RED ")]
    assert "a backup was made" in red


def test_the_file_has_to_say_live_first(ready: Account, backup: Path) -> None:
    done = go_live(ready, backup, "--yes", stage=TRIAL)
    assert (done.returncode, ready.changed()) == (1, [])
    assert 'give it "kind": "live"' in done.stderr


def test_where_there_is_no_trial_there_is_nothing_to_go_live_with(ready: Account, backup: Path) -> None:
    ready.answers["describe-stacks billfold-prod-data"] = [ABSENT]
    done = go_live(ready, backup, "--yes")
    assert (done.returncode, ready.changed()) == (1, [])
    assert "there is nothing of prod" in done.stderr


def test_one_that_was_broken_off_goes_on_and_is_not_asked_again(ready: Account, backup: Path) -> None:
    """The record is there; the stacks are a trial's still."""
    ready.answers["get-parameter"] = [{"Parameter": {"Value": "e" * 40}}]
    ready.answers.update({"query": [{"Items": []}], "scan": [{}]})
    done = go_live(ready, backup, typed="")
    assert done.returncode == 0, done.stderr
    assert told(ready, "billfold-prod-data") == ["live"]
    assert put(ready, RECORD) == []


@pytest.mark.parametrize(
    ("replacement", "what"), [("True", "Anchors"), ("Conditional", "Anchors"), ("True", "AnchorsPolicy")]
)
def test_a_change_that_would_lose_data_is_found_before_anybody_goes_live(
    ready: Account, backup: Path, replacement: str, what: str
) -> None:
    ready.answers["describe-change-set billfold-prod-data"] = [changes("Modify", what, replacement)]
    done = go_live(ready, backup, "--yes")
    assert (done.returncode, ready.changed(), put(ready, RECORD)) == (1, [], [])
    assert f"would remove or replace {what}" in done.stderr


def test_a_policy_that_is_replaced_perhaps_loses_nothing(ready: Account, backup: Path) -> None:
    """As AWS says of one whose bucket changes in its place."""
    change = changes("Modify", "AnchorsPolicy", "Conditional")
    change["Changes"][0]["ResourceChange"]["ResourceType"] = "AWS::S3::BucketPolicy"
    ready.answers["describe-change-set billfold-prod-data"] = [change]
    assert go_live(ready, backup, "--yes").returncode == 0
