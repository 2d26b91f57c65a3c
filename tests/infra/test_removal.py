"""Issue 18: `--remove` takes a trial away whole and nothing else; of two operators one is at it."""

import contextlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from typing import Any, ClassVar, cast

import pytest

from infra.deploy import turn
from infra.deploy.aws import AwsError
from infra.deploy.stage import Stage
from infra.deploy.template import DeployError
from infra.deploy.turn import in_hand
from tests.infra.test_deploy import (
    ABSENT,
    ACCOUNT,
    DATA_OUTPUTS,
    IN_HAND,
    SETTINGS,
    TRIAL,
    Account,
    account,
    stack,
)

__all__ = ["account"]
TAKEN = {"refused": "An error occurred (ParameterAlreadyExists)"}
NOT_THERE = {"refused": "An error occurred (404): Not Found"}


def of_stage(stage: str, **more: str) -> dict[str, Any]:
    found = stack(DATA_OUTPUTS)
    told = {"Stage": stage, **more}
    found["Stacks"][0]["Parameters"] = [{"ParameterKey": k, "ParameterValue": v} for k, v in told.items()]
    return found


@pytest.fixture
def trial(account: Account) -> Account:
    """One that is deployed; each of its stacks goes as soon as it is told to."""
    for name in ("billfold-prod-site", "billfold-prod"):
        account.answers[f"describe-stacks {name}"] = [of_stage("prod")] * 3 + [ABSENT]
    account.answers["describe-stacks billfold-prod-data"] = [of_stage("prod", Kind="trial")] * 4 + [ABSENT]
    absent = {"refused": "An error occurred (ParameterNotFound)"}
    account.answers["get-parameter"] = [absent]
    account.answers["head-bucket"] = [NOT_THERE]
    account.answers["describe-log-groups"] = [{"logGroups": []}]
    account.answers["describe-table"] = [{"refused": "An error occurred (ResourceNotFoundException)"}]
    account.answers["describe-key"] = [{"KeyMetadata": {"KeyId": "k", "KeyState": "Enabled"}}]
    return account


def test_stacks_go_in_the_order_in_which_they_need_each_other_and_the_one_that_says_trial_last(
    trial: Account,
) -> None:
    done = trial.deploy("--remove", typed="yes\n", stage=TRIAL)
    assert done.returncode == 0, done.stderr
    gone = [(call[0], call[3]["StackName"]) for call in trial.calls("delete-stack")]
    assert gone == [
        ("us-east-1", "billfold-prod-site"), ("eu-central-1", "billfold-prod"),
        ("eu-central-1", "billfold-prod-data"),
    ]  # fmt: skip
    [key] = trial.calls("schedule-key-deletion")
    assert key[3] == {"KeyId": "k", "PendingWindowInDays": 7}
    assert "Its key waits 7 days" in done.stdout


def test_what_would_go_is_shown_and_stays_unless_somebody_types_yes(trial: Account) -> None:
    trial.answers["head-bucket"] = [""]
    done = trial.deploy("--remove", typed="no\n", stage=TRIAL)
    assert (done.returncode, trial.changed()) == (1, [])
    for what in (
        "the stack billfold-prod-site",
        f"billfold-prod-anchors-{ACCOUNT}",
        "the table billfold-prod",
    ):
        assert what in done.stdout
    assert "nothing was removed" in done.stderr


@pytest.mark.parametrize("file", [SETTINGS, TRIAL])
@pytest.mark.parametrize("there", [of_stage("prod"), of_stage("prod", Kind="live")])
def test_a_live_stage_is_not_removed_whatever_its_file_says(
    trial: Account, file: dict[str, str], there: dict[str, Any]
) -> None:
    trial.answers["describe-stacks billfold-prod-data"] = [there]
    done = trial.deploy("--remove", "--yes", stage=file)
    assert (done.returncode, trial.changed()) == (1, [])
    assert "prod is live: only a trial can be removed" in done.stderr


def test_a_stage_that_somebody_went_live_with_is_not_removed_though_its_stacks_say_trial(
    trial: Account,
) -> None:
    trial.answers["get-parameter"] = [{"Parameter": {"Value": "{}"}}]
    done = trial.deploy("--remove", "--yes", stage=TRIAL)
    assert (done.returncode, trial.changed()) == (1, [])
    assert "prod is live" in done.stderr


def test_the_functions_of_a_stage_called_prod_site_are_not_taken_for_the_cdn_of_prod(trial: Account) -> None:
    trial.answers["describe-stacks billfold-prod-site"] = [of_stage("prod-site")]
    done = trial.deploy("--remove", "--yes", stage=TRIAL)
    assert (done.returncode, trial.changed()) == (1, [])
    assert "the stack billfold-prod-site is not of prod" in done.stderr


def test_every_version_of_every_file_goes_before_its_bucket(trial: Account) -> None:
    trial.answers["head-bucket"] = [NOT_THERE] * 4 + ["", NOT_THERE]
    first = {"Versions": [{"Key": "a", "VersionId": "1"}], "DeleteMarkers": [{"Key": "a", "VersionId": "2"}]}
    trial.answers["list-object-versions"] = [first, {}]
    assert trial.deploy("--remove", "--yes", stage=TRIAL).returncode == 0
    [files] = trial.calls("delete-objects")
    both = [{"Key": "a", "VersionId": "1"}, {"Key": "a", "VersionId": "2"}]
    assert files[3] == {"Bucket": f"billfold-prod-site-{ACCOUNT}", "Delete": {"Objects": both, "Quiet": True}}
    assert [call[3]["Bucket"] for call in trial.calls("delete-bucket")] == [files[3]["Bucket"]]


def test_a_file_that_cannot_be_deleted_is_named_and_the_stage_stays_a_trial(trial: Account) -> None:
    trial.answers["head-bucket"] = [""]
    trial.answers["list-object-versions"] = [{"Versions": [{"Key": "a", "VersionId": "1"}]}]
    trial.answers["delete-objects"] = [{"Errors": [{"Key": "a", "Message": "Access Denied"}]}]
    done = trial.deploy("--remove", "--yes", stage=TRIAL)
    assert done.returncode == 1
    assert f"billfold-prod-site-{ACCOUNT}: a cannot be deleted: Access Denied" in done.stderr
    assert "billfold-prod-data" not in [call[3]["StackName"] for call in trial.calls("delete-stack")]


def test_logs_of_its_functions_go_and_those_of_a_stage_whose_name_goes_on_stay(trial: Account) -> None:
    names = ["billfold-prod-Sweep-AB12", "billfold-prod-2-Sweep-AB12", "billfold-prod-b-Sweep-AB12"]
    trial.answers["describe-log-groups"] = [
        {"logGroups": [{"logGroupName": f"/aws/lambda/{name}"} for name in names]}
    ]
    assert trial.deploy("--remove", "--yes", stage=TRIAL).returncode == 0
    gone = [call[3]["logGroupName"] for call in trial.calls("delete-log-group")]
    assert gone == ["/aws/lambda/billfold-prod-Sweep-AB12"]


def test_parameters_go_but_for_the_one_that_keeps_others_out(trial: Account) -> None:
    names = [*(f"/billfold/prod/practices/p{number}/stripe" for number in range(12)), IN_HAND]
    trial.answers["get-parameters-by-path"] = [{"Parameters": [{"Name": name} for name in names]}]
    assert trial.deploy("--remove", "--yes", stage=TRIAL).returncode == 0
    gone = [call[3]["Names"] for call in trial.calls("delete-parameters")]
    assert gone == [names[:10], names[10:12]]


def test_what_is_not_there_is_said(account: Account) -> None:
    account.answers["describe-stacks billfold-prod-data"] = [ABSENT]
    done = account.deploy("--remove", stage=TRIAL)
    assert (done.returncode, account.changed()) == (0, [])
    assert "there is nothing of prod" in done.stdout


# ------------------------------------------------------------ one operator at a time


def in_hand_of(**more: Any) -> dict[str, Any]:
    value = {"who": "arn:aws:iam::1:user/ana", "since": "2026-11-30 20:15 UTC", "at": "another", "pid": 1}
    return {"Parameter": {"Value": json.dumps({**value, **more})}}


@pytest.fixture
def taken(account: Account) -> Account:
    """By somebody at another machine."""
    account.answers["put-parameter"] = [TAKEN, ""]
    account.answers["get-parameter"] = [in_hand_of(), in_hand_of(), {"Parameter": {"Value": "e" * 40}}]
    return account


@pytest.mark.parametrize("what", [(), ("--rotate-edge-secret",)])
def test_the_second_of_two_operators_is_told_who_is_at_it_and_changes_nothing(
    taken: Account, what: tuple[str, ...]
) -> None:
    done = taken.deploy("--yes", *what)
    assert done.returncode == 1
    assert (
        "prod is being changed by arn:aws:iam::1:user/ana at another, since 2026-11-30 20:15" in done.stderr
    )
    assert [call[2] for call in taken.calls()] == ["get-caller-identity", "put-parameter", "get-parameter"]


def test_a_dry_run_changes_nothing_and_is_in_nobodys_way(taken: Account) -> None:
    assert taken.deploy("--dry-run").returncode == 0
    assert not [call for call in taken.calls("put-parameter") if call[3]["Name"] == IN_HAND]


def test_a_run_that_is_gone_is_gone_on_with_by_whoever_says_so(taken: Account) -> None:
    done = taken.deploy("--yes", "--take-over")
    assert done.returncode == 0, done.stderr
    assert "going on for arn:aws:iam::1:user/ana" in done.stdout
    assert not taken.calls("delete-parameter"), "it is not ours any more, as far as the account says"


def test_a_killed_run_of_the_same_machine_is_gone_on_with_at_once(account: Account) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    account.answers["put-parameter"] = [TAKEN, ""]
    account.answers["get-parameter"] = [
        in_hand_of(at=platform.node(), boot=turn._boot(), pid=ended.pid), {"Parameter": {"Value": "e" * 40}},
    ]  # fmt: skip
    assert account.deploy("--yes").returncode == 0


def test_a_run_of_the_same_machine_that_lives_keeps_others_out(account: Account) -> None:
    account.answers["put-parameter"] = [TAKEN, ""]
    account.answers["get-parameter"] = [in_hand_of(at=platform.node(), boot=turn._boot(), pid=os.getpid())]
    assert account.deploy("--yes").returncode == 1


def test_another_machine_of_that_name_or_before_a_new_start_is_not_taken_for_this_one(
    account: Account,
) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for boot in ({}, {"boot": "another"}):
        account.answers["put-parameter"] = [TAKEN, ""]
        gone = in_hand_of(at=platform.node(), pid=ended.pid, **boot)
        account.answers["get-parameter"] = [gone]
        assert account.deploy("--yes").returncode == 1


class Versions:
    """SSM, with all versions of the one parameter. `before` runs before each call, as another would."""

    def __init__(self) -> None:
        self.values: list[str] = []
        self.before: Callable[[str], None] = lambda _: None

    def call(self, _: str, operation: str, **given: Any) -> Any:
        self.before(operation)
        if operation == "put-parameter":
            if self.values and not given["Overwrite"]:
                raise AwsError("ssm put-parameter", "(ParameterAlreadyExists)")
            self.values.append(given["Value"])
            return {"Version": len(self.values)}
        version = given["Name"].partition(":")[2]
        if operation == "delete-parameter":
            self.values.clear()
            return {}
        if not self.values:
            raise AwsError("ssm get-parameter", "(ParameterNotFound)")
        return {"Parameter": {"Value": self.values[int(version or 0) - 1]}}


def test_of_two_who_take_over_a_run_that_is_gone_one_has_the_stage() -> None:
    """Both saw the one that is gone, and the second writes after the first."""
    stage, aws = Stage("prod", "1" * 12, "us-east-1", "a@b.cc", "a@b.cc"), Versions()
    aws.values.append(json.dumps({"who": "gone", "since": "then", "at": "another", "pid": 1}))
    first = contextlib.ExitStack()

    def ana_was_quicker(operation: str) -> None:
        if operation == "put-parameter" and len(aws.values) == 1 and seen:
            aws.before = lambda _: None
            first.enter_context(in_hand(cast(Any, aws), stage, "ana", said.append, take_over=True))
        seen.append(operation)

    seen, said = list[str](), list[str]()
    aws.before = ana_was_quicker
    with (
        pytest.raises(DeployError, match="prod is being changed by ana"),
        in_hand(cast(Any, aws), stage, "bo", said.append, take_over=True),
    ):
        raise AssertionError("two at once")
    assert json.loads(aws.values[-1])["who"] == "ana"
    first.close()
    assert aws.values == [], "and ana lets go of it at her end"


def test_the_stage_is_let_go_of_at_the_end_and_after_a_no(account: Account) -> None:
    given: list[Any] = []
    keep = account.aws

    def aws(command: Any, **more: Any) -> Any:
        done = keep(command, **more)
        last = account.made[-1]
        if last[2] == "put-parameter" and last[3]["Name"] == IN_HAND:
            given.append(last[3]["Value"])
            account.answers["get-parameter"] = [{"Parameter": {"Value": last[3]["Value"]}}]
        return done

    account.patch.setattr("infra.deploy.aws.subprocess.run", aws)
    account.answers["describe-change-set billfold-prod-data"] = [
        {"Status": "CREATE_COMPLETE", "Changes": [], "ExecutionStatus": "AVAILABLE"}
    ]
    assert account.deploy(typed="no\n").returncode == 1
    assert [call[3] for call in account.calls("delete-parameter")] == [{"Name": IN_HAND}]
    assert json.loads(given[0])["pid"] == os.getpid()


def test_of_those_who_wait_for_one_that_lets_go_aws_lets_one_have_the_stage() -> None:
    class Waiting:
        tried: ClassVar[list[bool]] = []

        def call(self, _service: str, operation: str, **given: Any) -> Any:
            if operation == "put-parameter":
                self.tried.append(given["Overwrite"])
                raise AwsError("ssm put-parameter", "(ParameterAlreadyExists)")
            if len(self.tried) == 1:
                raise AwsError("ssm get-parameter", "(ParameterNotFound)")
            return in_hand_of()

    said: list[str] = []
    stage = Stage("prod", "1" * 12, "us-east-1", "a@b.cc", "a@b.cc")
    aws: Any = Waiting()
    with (
        pytest.raises(DeployError, match="prod is being changed by arn:aws:iam::1:user/ana"),
        in_hand(aws, stage, "bo", said.append, take_over=False),
    ):
        raise AssertionError("two at once")
    assert (aws.tried, said) == ([False, False], [])
