"""Before an existing stage is changed: what is red stops the deployment, and is named."""

import json
from typing import Any

import pytest

from chalicelib.version import VERSION
from tests.infra.test_deploy import (
    ABSENT,
    NO_PARAMETER,
    Account,
    account,
    kept,
    recovery,
)

__all__ = ["account"]
FORMAT, ROWS, RELEASE = (f"get-parameter /billfold/prod/{name}" for name in ("format", "rows", "release"))


def running(version: str, *reads: int) -> list[Any]:
    return [kept(json.dumps({"version": version, "reads": reads}))]


def ring(account: Account, *alarms: str) -> None:
    listed = [{"ResourceType": "AWS::CloudWatch::Alarm", "PhysicalResourceId": name} for name in alarms]
    account.answers["list-stack-resources"] = [{"StackResourceSummaries": listed}]
    account.answers["describe-alarms"] = [{"MetricAlarms": [{"AlarmName": name} for name in alarms]}]


def noted(account: Account) -> list[Any]:
    put = (call[3] for call in account.calls("put-parameter"))
    return [json.loads(given["Value"]) for given in put if given["Name"] == "/billfold/prod/release"]


def test_a_well_stage_of_the_same_release_is_asked_nothing(account: Account) -> None:
    done = account.deploy("--yes")
    assert (done.returncode, noted(account)) == (0, []), done.stderr


@pytest.mark.parametrize("red", ["alarms", "recovery", "export"])
def test_what_is_red_is_named_and_yes_does_not_skip_it(account: Account, red: str) -> None:
    if red == "alarms":
        ring(account, "billfold-prod-api-errors")
    if red == "recovery":
        account.answers["describe-continuous-backups"] = [recovery("DISABLED")]
    if red == "export":
        account.answers[RELEASE] = running("0.0.9", 1)
    done = account.deploy("--yes")
    assert (done.returncode, account.changed(), account.calls("create-change-set")) == (1, [], [])
    assert f"\n  {red}: " in done.stderr
    assert ("billfold-prod-api-errors" in done.stderr) == (red == "alarms")
    others = {"alarms", "recovery", "export"} - {red}
    assert account.deploy("--yes", *(f"--despite={other}" for other in others)).returncode == 1
    judged = account.deploy("--yes", f"--despite={red}")
    assert judged.returncode == 0, judged.stderr


def test_a_dry_run_shows_what_is_red_and_goes_on(account: Account) -> None:
    ring(account, "billfold-prod-api-errors")
    done = account.deploy("--dry-run")
    assert (done.returncode, "RED alarms: " in done.stdout) == (0, True)


def test_a_new_stage_has_nothing_to_lose_and_says_afterwards_what_it_reads(account: Account) -> None:
    account.answers["describe-continuous-backups"] = [recovery("DISABLED")]
    data = account.answers["describe-stacks billfold-prod-data"][0]
    # Asked for the kind, by the preflight, and as the stack is made.
    account.answers["describe-stacks billfold-prod-data"] = [ABSENT, ABSENT, ABSENT, data]
    account.answers[RELEASE] = [NO_PARAMETER]
    done = account.deploy("--yes")
    assert done.returncode == 0, done.stderr
    assert noted(account) == [{"version": VERSION, "reads": [1]}]


@pytest.mark.parametrize(
    ("stored", "reads", "said"),
    [
        (2, (1,), "Since billfold migrate --finish a release must read format 2 to be deployed."),
        (1, (2, 3), "Deploy a release first that reads formats 1 and 2"),
    ],
)
def test_a_release_that_does_not_read_what_is_stored_is_refused_whatever_is_given(
    account: Account, monkeypatch: pytest.MonkeyPatch, stored: int, reads: tuple[int, ...], said: str
) -> None:
    monkeypatch.setattr("infra.deploy.artefacts.stored_format.reads", lambda: reads)
    account.answers[FORMAT] = [kept(f"{stored} 1790000000")]
    every = [f"--despite={name}" for name in ("alarms", "recovery", "export")]
    done = account.deploy("--yes", *every)
    assert (done.returncode, account.changed(), account.calls("create-change-set")) == (1, [], [])
    assert said in done.stderr


@pytest.mark.parametrize("rows", [NO_PARAMETER, kept("1")])
def test_a_release_that_does_not_read_the_format_before_waits_for_the_walk_after_finish(
    account: Account, monkeypatch: pytest.MonkeyPatch, rows: Any
) -> None:
    monkeypatch.setattr("infra.deploy.artefacts.stored_format.reads", lambda: (2, 3))
    account.answers[RELEASE] = running("0.2.0", 1, 2)
    account.answers[FORMAT] = [kept("2 1790000000")]
    account.answers[ROWS] = [rows]
    every = [f"--despite={name}" for name in ("alarms", "recovery", "export")]
    done = account.deploy("--yes", *every)
    assert (done.returncode, account.changed(), account.calls("create-change-set")) == (1, [], [])
    assert "rows may still be of format 1, which" in done.stderr
    assert "Run billfold migrate first, with the release that runs now" in done.stderr
    account.answers[ROWS] = [kept("2")]
    done = account.deploy("--yes", "--despite=export")
    assert done.returncode == 0, done.stderr


def test_back_to_the_last_release_while_what_is_written_is_read_by_it(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While both run, no format beyond what both read can be put in force."""
    monkeypatch.setattr("infra.deploy.artefacts.stored_format.reads", lambda: (1, 2))
    account.answers[RELEASE] = running("0.3.0", 2, 3)
    account.answers[FORMAT] = [kept("2 1790000000")]
    done = account.deploy("--yes", "--despite=export")
    assert done.returncode == 0, done.stderr
    assert noted(account) == [{"version": "0.3.0", "reads": [2]}, {"version": VERSION, "reads": [1, 2]}]
    order = [call[2] for call in account.calls()]
    assert order.index("put-parameter") < len(order) - order[::-1].index("create-change-set")


def test_a_format_that_was_put_in_force_just_before_is_seen_once_more(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.answers[RELEASE] = running("0.2.0", 1, 2)
    account.answers[FORMAT] = [NO_PARAMETER, kept("2 1790000000")]
    done = account.deploy("--yes", "--despite=export")
    assert (done.returncode, "format 2 is written here" in done.stderr) == (1, True)
    made = [call[3]["StackName"] for call in account.calls("create-change-set")]
    assert made == ["billfold-prod-data"]
