"""Issue 18: `make accept` on a trial on the local AWS: what that can answer is asked, all else not tried."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.accept.__main__ import CHECKS, Acceptance, is_local, known_of
from infra.accept.answers import Consents, State, Subject
from infra.accept.outside import Billfold, PlainWeb
from infra.accept.record import begun, report
from infra.accept.redaction import redacted
from tests.deploy.journeys import open_practice
from tests.deploy.trial import BotoAws, Operator, account_for_trials, deployed

pytestmark = [pytest.mark.ministack, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def account(package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Operator, str]]:
    monkeypatch.setattr("infra.deploy.stacks._POLL_SECONDS", 0.05)
    (tmp_path / "portal").mkdir()
    (tmp_path / "portal" / "index.html").write_text("a page", encoding="utf-8")
    with account_for_trials(tmp_path, package, tmp_path / "portal") as found:
        yield found


def test_18_on_the_local_aws_what_it_can_answer_is_asked_and_nothing_else_is_green(
    account: tuple[Operator, str],
) -> None:
    operator, stripe_url = account
    operator.deploy()
    cloud = deployed(operator, stripe_url)
    open_practice(cloud, "fern", ["robin"])
    stage, asked = operator._stage("trial"), list[str]()
    home, edge = (
        BotoAws(region, operator.url, operator.certificate, asked.append)
        for region in (stage.region, "us-east-1")
    )
    commands = Billfold(lambda _: cloud.environment)
    consents = Consents("fern")

    def subject(at: datetime) -> Subject:
        return Subject(
            stage, home, edge, PlainWeb(), commands, consents, at, lambda _: None, operator.says.append
        )

    now = datetime.now(UTC)
    file = operator.folder / "accept" / "try.json"
    assert is_local({}, stage)
    record = begun(file, now=now, version="0.1.0", kind="trial", local=True, place="here", fresh=False)
    known = frozenset(known_of(stage, subject(now), "arn:aws:iam::000000000000:root", consents))
    acceptance = Acceptance(record, subject, known, operator.says.append, lambda: datetime.now(UTC))
    asked.clear()
    acceptance.run(CHECKS, frozenset())
    states = {name: State(kept.state) for name, kept in record.answers.items()}
    local = {check.name for check in CHECKS if check.local}
    tried = {name for name, state in states.items() if state is not State.NOT_TRIED}
    assert tried == {"ses-identity", "key", "iam-denies", "queues", "gateway-throttles", "books"}
    assert tried < local, "the others want a person, or a second stage"
    assert {name: record.answers[name].text for name in tried if states[name] is not State.GREEN} == {}
    reading = ("describe-", "get-", "list-", "query", "simulate-")
    changing = [name for name in asked if not name.startswith(reading)]
    assert changing == []
    text = report(record, CHECKS, lambda said: redacted(said, known))
    assert "it proves nothing of an account" in text
    # And red where a function is allowed what none may.
    role = cloud.role("sweep").rpartition("/")[2]
    table = f"arn:aws:dynamodb:{stage.region}:{stage.account}:table/{subject(now).data['TableName']}"
    allowed = {"Effect": "Allow", "Action": "dynamodb:Scan", "Resource": table}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    cloud.client("iam").put_role_policy(RoleName=role, PolicyName="more", PolicyDocument=policy)
    assert acceptance.run(CHECKS, frozenset({"iam-denies"})) is False
    assert record.answers["iam-denies"].text == "allowed: dynamodb:Scan"
