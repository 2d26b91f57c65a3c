"""`make deploy … --rotate-edge-secret`: at every moment the API takes what the CDN sends."""

from typing import Any

import pytest

from tests.infra.test_deploy import IN_HAND, NO_PARAMETER, Account, account, changes

__all__ = ["account"]
OLD = "o" * 64
NAME = "/billfold/prod/edge-secret"
APP, SITE = "billfold-prod", "billfold-prod-site"
CHANGED = changes("Modify", "Something")


def told(account: Account) -> list[tuple[str, dict[str, str]]]:
    """What stacks are told of the secret, and what is kept of it, in order."""
    seen = []
    for _, _, operation, given in account.calls():
        if operation == "create-change-set" and given["StackName"] in (APP, SITE):
            parameters = {one["ParameterKey"]: one["ParameterValue"] for one in given["Parameters"]}
            edge = {key: value for key, value in parameters.items() if key.startswith("EdgeSecret")}
            seen.append((given["StackName"], edge))
        if operation == "put-parameter" and given["Name"] == NAME:
            seen.append(("kept", {"Value": given["Value"]}))
    return seen


def kept(value: str) -> list[Any]:
    return [{"Parameter": {"Value": value}}]


def test_issue_13_7_the_api_takes_both_before_the_cdn_sends_the_new_one_and_one_after_that(
    account: Account,
) -> None:
    account.answers["get-parameter"] = kept(OLD)
    done = account.deploy("--yes", "--rotate-edge-secret")
    assert done.returncode == 0, done.stderr
    steps = told(account)
    new = steps[0][1]["Value"].partition(",")[0]
    assert len(new) == 64
    assert new != OLD
    assert steps == [
        ("kept", {"Value": f"{new},{OLD}"}),
        (APP, {"EdgeSecret": new, "EdgeSecretBefore": OLD}),
        (SITE, {"EdgeSecret": new}),
        (APP, {"EdgeSecret": new, "EdgeSecretBefore": new}),
        ("kept", {"Value": new}),
    ]
    assert new not in done.stdout + done.stderr
    put = [call[3] for call in account.calls("put-parameter") if call[3]["Name"] != IN_HAND]
    assert {(one["Type"], one["Overwrite"], one["KeyId"]) for one in put} == {
        ("SecureString", True, "alias/billfold-prod")
    }


@pytest.mark.parametrize("arguments", [["--yes"], ["--yes", "--rotate-edge-secret"]])
def test_issue_13_7_what_broke_off_is_gone_on_with_and_no_third_secret_is_made(
    account: Account, arguments: list[str]
) -> None:
    new = "n" * 64
    account.answers["get-parameter"] = kept(f"{new},{OLD}")
    account.deploy(*arguments)
    assert told(account) == [
        (APP, {"EdgeSecret": new, "EdgeSecretBefore": OLD}),
        (SITE, {"EdgeSecret": new}),
        (APP, {"EdgeSecret": new, "EdgeSecretBefore": new}),
        ("kept", {"Value": new}),
    ]


def test_issue_13_7_the_one_before_stays_valid_while_the_cdn_is_not_told(account: Account) -> None:
    account.answers["get-parameter"] = kept(OLD)
    account.answers[f"describe-change-set {SITE}"] = [CHANGED]
    done = account.deploy("--rotate-edge-secret", typed="no\n")
    assert done.returncode == 1
    assert [where for where, _ in told(account)] == ["kept", APP, SITE]


def test_issue_13_7_other_deployments_leave_it_as_it_is(account: Account) -> None:
    account.answers["get-parameter"] = kept(OLD)
    account.deploy("--yes")
    assert told(account) == [(APP, {"EdgeSecret": OLD, "EdgeSecretBefore": OLD}), (SITE, {"EdgeSecret": OLD})]


def test_issue_13_7_a_dry_run_makes_and_replaces_none(account: Account) -> None:
    account.answers["get-parameter"] = [NO_PARAMETER]
    account.deploy("--dry-run")
    assert not account.calls("put-parameter")
    with pytest.raises(SystemExit):
        account.deploy("--dry-run", "--rotate-edge-secret")
    assert "a dry run replaces no secret" in account.captured.readouterr().err
