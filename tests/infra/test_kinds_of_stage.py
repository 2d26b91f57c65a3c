"""Issue 18: a trial is at the CDN's own name, and what a stage is stands in the account, not in its file."""

from typing import Any

import pytest

from tests.infra.test_deploy import (
    ABSENT,
    DATA_OUTPUTS,
    NO_PARAMETER,
    SETTINGS,
    SITE_OUTPUTS,
    TRIAL,
    Account,
    account,
    changes,
    stack,
)

__all__ = ["account"]
OWN = "https://d1.cloudfront.net"


def of_kind(kind: str) -> dict[str, Any]:
    """The data's stack, as it was told last."""
    found = stack(DATA_OUTPUTS)
    found["Stacks"][0]["Parameters"].append({"ParameterKey": "Kind", "ParameterValue": kind})
    return found


def told(account: Account, name: str, parameter: str) -> list[str]:
    """What a stack was told of that, deployment step by step."""
    made = [call[3] for call in account.calls("create-change-set") if call[3]["StackName"] == name]
    given = [{each["ParameterKey"]: each["ParameterValue"] for each in one["Parameters"]} for one in made]
    return [each[parameter] for each in given]


@pytest.fixture
def trial(account: Account) -> Account:
    """One that is deployed."""
    account.answers["describe-stacks billfold-prod-data"] = [of_kind("trial")]
    account.answers["get-parameter"] = [NO_PARAMETER, {"Parameter": {"Value": "e" * 40}}]
    return account


def test_a_file_that_says_no_kind_is_of_a_live_stage(account: Account) -> None:
    for stage in (SETTINGS, {**SETTINGS, "kind": "live"}):
        account.made.clear()
        done = account.deploy(stage=stage)
        assert (done.returncode, done.stdout.splitlines()[-1]) == (
            0, "after the first time: docs/deploy.md, section 4",
        )  # fmt: skip
        for name in ("billfold-prod-data", "billfold-prod", "billfold-prod-site"):
            assert told(account, name, "Kind") == ["live"]


def test_a_trial_is_told_the_cdns_own_name_once_it_has_one(account: Account) -> None:
    """Functions and CDN each want what only the other's stack tells."""
    account.answers["describe-stacks billfold-prod-data"] = [ABSENT, ABSENT, of_kind("trial")]
    account.answers["describe-stacks billfold-prod-site"] = [ABSENT, ABSENT, stack(SITE_OUTPUTS)]
    account.answers["describe-change-set"] = [changes("Add", "X")]
    done = account.deploy("--yes", stage=TRIAL)
    assert done.returncode == 0, done.stderr
    assert told(account, "billfold-prod", "PublicUrl") == ["https://not-yet.invalid", OWN]
    assert f"the portal:     {OWN}/<practice>/" in done.stdout
    assert f"export BILLFOLD_PUBLIC_URL={OWN}" in done.stdout
    assert "export BILLFOLD_STAGE_KIND=trial" in done.stdout
    assert "its DNS name" not in done.stdout
    assert "(docs/deploy.md, 4.3 to 4.6). --remove removes the trial" in done.stdout
    assert [told(account, "billfold-prod-site", name) for name in ("Domain", "CertificateArn")] == [[""]] * 2


def test_a_trial_that_is_up_to_date_is_told_its_name_at_once_and_has_no_firewall(trial: Account) -> None:
    done = trial.deploy(stage=TRIAL)
    assert done.returncode == 0, done.stderr
    assert told(trial, "billfold-prod", "PublicUrl") == [OWN]
    assert told(trial, "billfold-prod", "ApiFirewall") == ["off"]
    for name in ("billfold-prod-data", "billfold-prod", "billfold-prod-site"):
        assert told(trial, name, "Kind") == ["trial"]


@pytest.mark.parametrize(
    ("production", "words"), [(True, "a trial mails anybody"), (False, "verified addresses only")]
)
def test_whom_a_trial_mails_is_said(trial: Account, production: bool, words: str) -> None:
    quota = {"SendQuota": {"MaxSendRate": 14.0}, "ProductionAccessEnabled": production}
    trial.answers["get-account"] = [quota]
    assert words in trial.deploy(stage=TRIAL).stdout


@pytest.mark.parametrize(
    "wrong",
    [
        {**TRIAL, "domain": "billing.example.com"},
        {**TRIAL, "certificate_arn": SETTINGS["certificate_arn"]},
        {**TRIAL, "hsts": "preload"},
        {**TRIAL, "api_firewall": "on"},
        {key: value for key, value in TRIAL.items() if key != "mail_from"},
    ],
)
def test_what_a_trial_has_not_got_is_refused_with_an_example_of_one(account: Account, wrong: Any) -> None:
    done = account.deploy(stage=wrong)
    assert (done.returncode, account.calls()) == (1, [])
    assert '"kind": "trial"' in done.stderr
    assert '"certificate_arn"' not in done.stderr


def test_another_kind_is_refused_before_aws_is_asked(account: Account) -> None:
    done = account.deploy(stage={**SETTINGS, "kind": "test"})
    assert (done.returncode, account.calls()) == (1, [])
    assert "kind is one of live, trial" in done.stderr


@pytest.mark.parametrize("there", [stack(DATA_OUTPUTS), of_kind("live"), stack({}, "ROLLBACK_COMPLETE")])
def test_a_live_stage_never_becomes_a_trial_again(account: Account, there: Any) -> None:
    """One that was deployed before there were trials is live, too."""
    account.answers["describe-stacks billfold-prod-data"] = [there]
    done = account.deploy("--yes", stage=TRIAL)
    assert (done.returncode, account.changed()) == (1, [])
    assert "prod is live, and never becomes a trial again" in done.stderr


def test_a_trial_does_not_become_live_by_its_file_alone(trial: Account) -> None:
    done = trial.deploy("--yes")
    assert (done.returncode, trial.changed()) == (1, [])
    assert "prod is a trial: --go-live makes it live" in done.stderr


def test_a_stage_that_is_on_its_way_to_live_goes_on_and_not_back(trial: Account) -> None:
    """The record is there, and the stacks are still a trial's: whoever went live was broken off."""
    trial.answers["get-parameter"] = [{"Parameter": {"Value": "e" * 40}}]
    assert "never becomes a trial again" in trial.deploy("--yes", stage=TRIAL).stderr
    assert trial.changed() == []
    assert trial.deploy("--yes").returncode == 0
    assert told(trial, "billfold-prod-data", "Kind") == ["live"]
