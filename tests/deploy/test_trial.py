"""Issue 18: a trial is deployed, tried and removed, and a run that is killed anywhere is gone on with."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from infra.deploy.checklist import Statements
from infra.deploy.template import DeployError
from tests.deploy.journeys import Client, open_practice, pay
from tests.deploy.permissions import refusals
from tests.deploy.trial import (
    ACCOUNT,
    STAGE,
    Killed,
    Killing,
    Operator,
    account_for_trials,
    deployed,
    deployed_before,
    left_of,
)

# At every so manyth changing operation a run is killed; `make soak PARTS=soak-kills` kills at each.
EVERY = int(os.environ.get("BILLFOLD_KILLS_EVERY", "6"))
# Each deploys all stacks, some of them several times.
pytestmark = [pytest.mark.ministack, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def account(package: Path, tmp_path: Path) -> Iterator[tuple[Operator, str]]:
    (tmp_path / "portal" / "assets").mkdir(parents=True)
    (tmp_path / "portal" / "index.html").write_text("a page", encoding="utf-8")
    (tmp_path / "portal" / "assets" / "a.js").write_text("a script", encoding="utf-8")
    with account_for_trials(tmp_path, package, tmp_path / "portal") as found:
        yield found


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.deploy.stacks._POLL_SECONDS", 0.05)
    monkeypatch.setattr("infra.deploy.removal._POLL_SECONDS", 0.05)


def _killed_everywhere(do: Callable[[], None], operator: Operator, monkeypatch: pytest.MonkeyPatch) -> int:
    """`do` again and again, each time killed some changing operations further on; how often, until it
    ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    monkeypatch.setattr("infra.deploy.turn.os.getpid", lambda: ended.pid)
    operator.asked = killing = Killing(EVERY)
    for times in range(200):
        try:
            do()
        except Killed:
            killing.again()
        else:
            return times
    raise AssertionError(f"never ended: {killing.seen}")


def test_18_of_two_operators_the_second_is_told_and_a_trial_goes_whole_though_its_removal_is_killed(
    account: tuple[Operator, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, stripe_url = account
    second, told = replace(first, says=[]), list[str]()
    asked: list[str] = []
    second.asked = asked.append

    def meanwhile(operation: str) -> None:
        if operation == "execute-change-set" and not told:
            for what in (second.deploy, second.remove):
                with pytest.raises(DeployError) as refused:
                    what()
                told.append(str(refused.value))

    first.asked = meanwhile
    first.deploy()
    assert len(told) == 2
    assert all("try is being changed by arn:aws:" in said and "Nothing was changed" in said for said in told)
    assert set(asked) == {"get-caller-identity", "put-parameter", "get-parameter"}
    cloud = deployed(first, stripe_url)
    open_practice(cloud, "fern", ["robin"])
    s3, bucket = cloud.client("s3"), f"billfold-{STAGE}-documents-{ACCOUNT}"
    for version in (b"one", b"two"):
        s3.put_object(Bucket=bucket, Key="kept", Body=version)
    s3.delete_object(Bucket=bucket, Key="kept")
    assert len(left_of(cloud)) > 50, "what is looked for is found while it is there"
    assert _killed_everywhere(second.remove, second, monkeypatch) > 8 // EVERY
    assert left_of(deployed_before(second)) == []
    [key] = cloud.client("kms").list_keys()["Keys"]
    state = cloud.client("kms").describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"]
    assert state == "PendingDeletion"


def test_18_killed_at_each_step_a_trial_comes_to_be_is_tried_and_goes_live_and_never_back(
    account: tuple[Operator, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    operator, stripe_url = account
    assert _killed_everywhere(operator.deploy, operator, monkeypatch) > 15 // EVERY
    operator.asked = lambda _: None
    cloud = deployed(operator, stripe_url)
    assert operator.exported()["BILLFOLD_PUBLIC_URL"] == cloud.public_url
    assert cloud.public_url.endswith(".cloudfront.net")
    stated = Statements("fern", "Ana Vale", "2026-11-20", "8099", operator.folder / "fern.jsonl")
    open_practice(cloud, "fern", ["robin"])
    with pytest.raises(DeployError, match="3 red"):  # webhook, test payment, backup
        operator.go_live(stated)
    pay(Client(cloud, "fern", "robin", patience=150.0))
    assert refusals(cloud) == []
    exported = cloud.billfold("export", "--practice", "fern", "--format", "jsonl")
    (operator.folder / "fern.jsonl").write_text(exported, encoding="utf-8")
    assert _killed_everywhere(lambda: operator.go_live(stated), operator, monkeypatch) > 8 // EVERY
    operator.asked = lambda _: None
    assert operator.exported()["BILLFOLD_PUBLIC_URL"] == "https://billing.example.com"
    table = cloud.client("dynamodb").describe_table(TableName=f"billfold-{STAGE}")["Table"]
    assert table["DeletionProtectionEnabled"] is True
    for what in (operator.deploy, operator.remove):
        with pytest.raises(DeployError, match="try is live"):
            what()
    operator.deploy("live")
