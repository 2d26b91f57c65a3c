"""Issue 18: what a stage is, `make accept` asks of its account, not of its file alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.accept.__main__ import Acceptance, environment_of, main
from infra.deploy.template import DeployError
from tests.infra.accepting import STAGE
from tests.infra.test_deploy import (
    APP_OUTPUTS,
    DATA_OUTPUTS,
    NO_PARAMETER,
    SITE_OUTPUTS,
    TRIAL,
    Account,
    account,
    stack,
)

__all__ = ["account"]


def of_kind(kind: str) -> dict[str, Any]:
    found = stack(DATA_OUTPUTS)
    found["Stacks"][0]["Parameters"].append({"ParameterKey": "Kind", "ParameterValue": kind})
    return found


@pytest.fixture
def stages(account: Account, tmp_path: Path) -> Path:
    """Of `try` and `prod`, whose files say that both are trials."""
    for name in ("try", "prod"):
        (tmp_path / f"{name}.json").write_text(json.dumps(TRIAL), encoding="utf-8")
    account.answers |= {
        "describe-stacks billfold-try-data": [of_kind("trial")],
        "describe-stacks billfold-try": [stack(APP_OUTPUTS)],
        "describe-stacks billfold-try-site": [stack(SITE_OUTPUTS)],
        "get-parameter": [NO_PARAMETER],
    }
    return tmp_path


def test_an_export_is_restored_into_what_the_account_says_is_a_trial(stages: Path) -> None:
    assert environment_of("try", stages, STAGE)["BILLFOLD_STAGE"] == "try"


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("describe-stacks billfold-try-data", of_kind("live")),
        ("get-parameter", {"Parameter": {"Value": "{}"}}),
        ("get-caller-identity", {"Account": "1", "Arn": "arn:aws:iam::1:user/x"}),
    ],
)
def test_a_live_stage_or_another_account_is_refused_whatever_the_file_says(
    account: Account, stages: Path, asked: str, answer: Any
) -> None:
    account.answers[asked] = [answer]
    with pytest.raises(DeployError):
        environment_of("try", stages, STAGE)


def test_a_live_stage_whose_file_says_trial_is_not_accepted_as_one(
    account: Account, stages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Acceptance, "run", lambda *_: True)
    account.answers["describe-stacks billfold-prod-data"] = [of_kind("live")]
    assert main(["--stage", "prod", "--stages", str(stages), "--out", str(stages / "out")]) == 1
    assert "prod is live" in account.captured.readouterr().err
    account.answers["describe-stacks billfold-prod-data"] = [of_kind("trial")]
    assert main(["--stage", "prod", "--stages", str(stages), "--out", str(stages / "out")]) == 0
