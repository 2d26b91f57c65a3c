"""`make deploy` with a recorder in the place of the AWS CLI: what it asks of AWS, and in which order.

`make soak` runs the same program with the real CLI against the local AWS (tests/soak/deploying.py).
"""

import hashlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chalicelib import settings
from chalicelib.version import VERSION
from infra.deploy.__main__ import main
from infra.deploy.aws import Aws, AwsError
from infra.deploy.stage import load as load_stage
from infra.deploy.template import ROOT, DeployError, deployable
from infra.table import load_template

ACCOUNT = "123456789012"
APP_TEMPLATE = ROOT / "infra" / "app.yaml"
SETTINGS = {
    "account": ACCOUNT,
    "region": "eu-central-1",
    "domain": "billing.example.com",
    "certificate_arn": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/0-0",
    "mail_from": "billing@example.com",
    "alarm_email": "ops@example.com",
}
TRIAL = {
    "kind": "trial", "account": ACCOUNT, "region": "eu-central-1", "mail_from": "me@example.com",
    "alarm_email": "me@example.com",
}  # fmt: skip
DATA_OUTPUTS = {
    "TableName": "t", "DocumentsBucket": "d", "AnchorsBucket": "a", "PackagesBucket": "packages-bucket",
}  # fmt: skip
APP_OUTPUTS = {
    "ApiDomain": "x.execute-api.example", "SettleQueueUrl": "https://s", "DocumentsQueueUrl": "https://d",
    "IssueQueueUrl": "https://i", "DeliveryQueueUrl": "https://v", "CatchUpQueueUrl": "https://c",
    "WorkShards": "4", "WorkShardsRead": "4",
    "CodeReserve": "0", "MailRate": "14", "StatementWorkers": "12",
}  # fmt: skip
SITE_OUTPUTS = {"FilesBucket": "files-bucket", "DistributionId": "E1", "CdnDomain": "d1.cloudfront.net"}
SAM = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Transform": "AWS::Serverless-2016-10-31",
    "Resources": {
        "F": {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "CodeUri": "./api.zip", "Handler": "app.app", "Runtime": "python3.11",
                "Role": "arn:aws:iam::1:role/x",
            },
        }
    },
}  # fmt: skip
IN_HAND = "/billfold/prod/in-hand"
ABSENT = {"refused": "An error occurred (ValidationError): Stack with id x does not exist"}
NO_PARAMETER = {"refused": "An error occurred (ParameterNotFound)"}
UNCHANGED = {"Status": "FAILED", "StatusReason": "The submitted information didn't contain changes."}
OUTPUTS_ONLY = {"Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE", "Changes": []}


def stack(outputs: dict[str, str], status: str = "UPDATE_COMPLETE") -> dict[str, Any]:
    listed = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
    ours = [{"ParameterKey": "Stage", "ParameterValue": "prod"}]
    return {"Stacks": [{"StackStatus": status, "Outputs": listed, "Parameters": ours}]}


def changes(action: str, resource: str, replacement: str = "False") -> dict[str, Any]:
    change = {"Action": action, "LogicalResourceId": resource, "Replacement": replacement}
    change["ResourceType"] = "AWS::X::Y"
    return {"Status": "CREATE_COMPLETE", "Changes": [{"ResourceChange": change}]}


def kept(value: str) -> dict[str, Any]:
    return {"Parameter": {"Value": value}}


def recovery(status: str) -> dict[str, Any]:
    described = {"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": status}}
    return {"ContinuousBackupsDescription": described}


def account_limit(concurrent: int, unreserved: int) -> dict[str, Any]:
    limit = {"ConcurrentExecutions": concurrent, "UnreservedConcurrentExecutions": unreserved}
    return {"AccountLimit": limit}


def up_to_date() -> dict[str, list[Any]]:
    """An account in which there is nothing to do."""
    return {
        "get-caller-identity": [{"Account": ACCOUNT, "Arn": "arn:aws:iam::1:user/somebody"}],
        "describe-stacks billfold-prod-data": [stack(DATA_OUTPUTS)],
        "describe-stacks billfold-prod": [stack(APP_OUTPUTS)],
        "describe-stacks billfold-prod-site": [stack(SITE_OUTPUTS)],
        "describe-change-set": [UNCHANGED],
        "get-email-identity": [{"VerifiedForSendingStatus": True}],
        "get-account": [{"SendQuota": {"MaxSendRate": 14.0, "Max24HourSend": 50000.0}}],
        "get-account-settings": [account_limit(1000, 1000)],
        "get-parameter": [{"Parameter": {"Value": "e" * 40}}],
        "get-parameter /billfold/prod/format": [NO_PARAMETER],
        "get-parameter /billfold/prod/release": [kept(json.dumps({"version": VERSION, "reads": [1]}))],
        "describe-continuous-backups": [recovery("ENABLED")],
    }


@dataclass(frozen=True)
class Done:
    """What a run came to."""

    returncode: int
    stdout: str
    stderr: str


@dataclass
class Account:
    """A made-up one; `answers` by operation, or by operation and stack; `made` are the calls of it."""

    home: Path
    patch: pytest.MonkeyPatch
    captured: pytest.CaptureFixture[str]
    made: list[list[Any]] = field(default_factory=list)
    answers: dict[str, list[Any]] = field(default_factory=up_to_date)

    def deploy(self, *arguments: str, typed: str = "", stage: Any = SETTINGS) -> Done:
        """Run `make deploy`'s program with the recorder in the place of the CLI."""
        files = {
            "stages/prod.json": json.dumps(stage),
            "package/template.json": json.dumps(SAM),
            "package/api.zip": "zip",
        }
        for name, text in files.items():
            (self.home / name).parent.mkdir(parents=True, exist_ok=True)
            (self.home / name).write_text(text, encoding="utf-8")
        folders = {"--stages": "stages", "--package": "package", "--portal": "portal"}
        where = [text for option, name in folders.items() for text in (option, str(self.home / name))]
        self.patch.setattr("sys.stdin", io.StringIO(typed))
        status = main(["--stage", "prod", *where, *arguments])
        printed = self.captured.readouterr()
        return Done(status, printed.out, printed.err)

    def aws(self, command: Sequence[str], **_: Any) -> "subprocess.CompletedProcess[str]":
        """In the place of `aws`: keeps the call; answers from its list, in turn, the last one for ever."""
        region, service, operation, *rest = command[2:]
        given: Any = rest
        if "--cli-input-json" in rest:
            given = json.loads(Path(rest[1].removeprefix("file://")).read_text(encoding="utf-8"))
        self.made.append([region, service, operation, given])
        named = given.get("StackName") or given.get("Name") if isinstance(given, dict) else None
        turns = self.answers.get(f"{operation} {named}") or self.answers.get(operation) or [""]
        answer = turns.pop(0) if len(turns) > 1 else turns[0]
        if isinstance(answer, dict) and "refused" in answer:
            return subprocess.CompletedProcess(command, 255, "", answer["refused"])
        return subprocess.CompletedProcess(command, 0, json.dumps(answer) if answer else "", "")

    def calls(self, operation: str = "") -> list[Any]:
        """[region, service, operation, what was given] of each call, in order."""
        return [call for call in self.made if operation in ("", call[2])]

    def changed(self) -> Sequence[str]:
        """Operations that change anything for good. Not that somebody has the stage in hand meanwhile."""
        reading = (
            "get-", "describe-", "head-", "scan", "query", "list-", "create-change-set", "delete-change-set",
        )  # fmt: skip
        return [c[2] for c in self.calls() if not c[2].startswith(reading) and not _is_in_hand(c[3])]


def _is_in_hand(given: Any) -> bool:
    return isinstance(given, dict) and given.get("Name") == IN_HAND


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Account:
    # The deployment test translates the real template; here it only has to be one.
    monkeypatch.setattr("infra.deploy.template._translated", lambda sam: sam)
    monkeypatch.setattr("infra.deploy.stacks._POLL_SECONDS", 0.01)
    made_up = Account(tmp_path, monkeypatch, capsys)
    monkeypatch.setattr("infra.deploy.aws.subprocess.run", made_up.aws)
    return made_up


def test_what_is_sent_is_in_a_file_for_the_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = "import os, sys; print(oct(os.stat(os.path.dirname(sys.argv[1])).st_mode)[-3:], file=sys.stderr)"
    script = f"""echo "$@" >&2; {sys.executable} -c '{look}' "${{6#file://}}"; exit 3"""
    (tmp_path / "aws").write_text(f"#!/bin/sh\n{script}\n")
    (tmp_path / "aws").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(AwsError) as refused:
        Aws("eu-central-1").call("ssm", "put-parameter", Name="x", Value="a secret")
    said = refused.value.text.splitlines()
    assert said[0].startswith("--region eu-central-1 ssm put-parameter --cli-input-json file://")
    assert "a secret" not in refused.value.text
    assert said[1] == "700"


def test_a_missing_cli_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(DeployError, match="AWS CLI is not installed"):
        Aws("eu-central-1").call("sts", "get-caller-identity")


def test_a_deployment_that_is_up_to_date_is_left_as_it_is(account: Account) -> None:
    done = account.deploy()
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("up to date") == 4
    assert account.changed() == ["cp", "sync"], "the template, and a look at the portal's assets"
    assert "https://billing.example.com/api/webhooks/<practice>/stripe" in done.stdout
    assert "export BILLFOLD_TABLE=t" in done.stdout


def test_the_command_is_told_what_the_functions_are_told_but_for_the_cdns_secret(account: Account) -> None:
    printed = account.deploy().stdout.splitlines()
    told = dict(line.removeprefix("export ").split("=", 1) for line in printed if line.startswith("export "))
    assert settings.load(told).public_url == "https://billing.example.com"
    functions = load_template(APP_TEMPLATE)["Globals"]["Function"]["Environment"]["Variables"]
    assert {*functions, "AWS_REGION"} - set(told) == {
        "BILLFOLD_EDGE_SECRET",
        "BILLFOLD_EDGE_SECRET_BEFORE",
        "BILLFOLD_WORK_SHARDS",  # the command writes into those that everybody reads
    }


def test_the_cdn_is_deployed_where_its_firewall_must_be_and_the_rest_in_its_region(account: Account) -> None:
    account.deploy()
    regions = {call[3]["StackName"]: call[0] for call in account.calls("create-change-set")}
    assert regions == {
        "billfold-prod-data": "eu-central-1",
        "billfold-prod": "eu-central-1",
        "billfold-prod-site": "us-east-1",
    }


def test_changes_are_shown_and_nothing_is_changed_unless_somebody_types_yes(account: Account) -> None:
    account.answers["describe-change-set billfold-prod-data"] = [changes("Modify", "DataKey")]
    done = account.deploy(typed="no\n")
    assert done.returncode == 1
    assert "modify  DataKey" in done.stdout
    assert "nothing was changed" in done.stderr
    assert account.changed() == []
    assert account.calls("delete-change-set")


@pytest.mark.parametrize("of", ["-data", "", "-site"])
@pytest.mark.parametrize("told", [[{"ParameterKey": "Stage", "ParameterValue": "prod-data"}], []])
def test_a_stack_of_another_stage_is_refused_before_a_change_is_asked_for(
    account: Account, of: str, told: list[Any]
) -> None:
    account.answers[f"describe-stacks billfold-prod{of}"][0]["Stacks"][0]["Parameters"] = told
    done = account.deploy("--yes")
    assert done.returncode == 1
    assert f"the stack billfold-prod{of} is not of prod" in done.stderr
    assert f"billfold-prod{of}" not in [c[3]["StackName"] for c in account.calls("create-change-set")]


@pytest.mark.parametrize("name", ["prod-data", "x-site"])
def test_no_stage_has_a_name_that_makes_its_stacks_those_of_another(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.json").write_text(json.dumps(TRIAL), encoding="utf-8")
    with pytest.raises(DeployError, match=f"{name} ends in -(data|site), as .* of another stage do"):
        load_stage(name, tmp_path)


def test_with_a_yes_the_change_set_that_was_shown_is_carried_out(account: Account) -> None:
    account.answers["describe-change-set billfold-prod-data"] = [changes("Modify", "DataKey")]
    done = account.deploy(typed="yes\n")
    assert done.returncode == 0, done.stderr
    [made] = [
        c[3]["ChangeSetName"] for c in account.calls("create-change-set") if "data" in c[3]["StackName"]
    ]
    [executed] = account.calls("execute-change-set")
    assert executed[3] == {"StackName": "billfold-prod-data", "ChangeSetName": made}


@pytest.mark.parametrize("replacement", ["True", "Conditional"])
def test_a_change_that_would_replace_data_is_refused_whatever_is_typed(
    account: Account, replacement: str
) -> None:
    account.answers["describe-change-set billfold-prod-data"] = [changes("Modify", "Table", replacement)]
    done = account.deploy("--yes")
    assert done.returncode == 1
    assert "would remove or replace Table" in done.stderr
    assert account.changed() == []


def test_a_dry_run_carries_nothing_out(account: Account) -> None:
    account.answers["describe-change-set"] = [changes("Modify", "Something")]
    done = account.deploy("--dry-run")
    assert done.returncode == 0, done.stderr
    assert account.changed() == ["cp"], "the template, for CloudFormation to read"


def test_a_dry_run_in_an_empty_account_shows_the_data_and_leaves_nothing_behind(account: Account) -> None:
    account.answers["describe-stacks billfold-prod-data"] = [ABSENT]
    account.answers["describe-change-set billfold-prod-data"] = [changes("Add", "Table")]
    done = account.deploy("--dry-run")
    assert "billfold-prod-data: a new stack" in done.stdout
    assert account.changed() == ["delete-stack"], "what was only under review"


def test_other_credentials_than_the_stages_are_refused_at_once(account: Account) -> None:
    account.answers["get-caller-identity"] = [{"Account": "999999999999", "Arn": "x"}]
    done = account.deploy("--yes")
    assert done.returncode == 1
    assert "account 999999999999" in done.stderr
    assert [call[2] for call in account.calls()] == ["get-caller-identity"]


def test_secrets_are_made_once_and_never_printed_or_put_on_a_command_line(account: Account) -> None:
    account.answers["get-parameter"] = [NO_PARAMETER] * 3 + [{"Parameter": {"Value": "e" * 40}}]
    done = account.deploy("--yes")
    assert done.returncode == 0, done.stderr
    made = {c[3]["Name"]: c[3] for c in account.calls("put-parameter") if c[3]["Name"] != IN_HAND}
    keys = "/billfold/prod/lookup-key", "/billfold/prod/token-key"
    assert set(made) == {*keys, "/billfold/prod/edge-secret"}
    for parameter in made.values():
        assert (parameter["Type"], parameter["Overwrite"]) == ("SecureString", False)
        assert parameter["KeyId"] == "alias/billfold-prod"
        assert parameter["Value"] not in done.stdout + done.stderr
    first = made[keys[1]]["Value"].removeprefix("1:")
    assert {len(bytes.fromhex(key)) for key in (made[keys[0]]["Value"], first)} == {32}


def test_a_sender_that_ses_does_not_know_is_warned_of(account: Account) -> None:
    account.answers["get-email-identity"] = [{"refused": "An error occurred (NotFoundException)"}]
    assert "no mail will be sent" in account.deploy().stdout


def test_code_is_uploaded_under_its_hash_once(account: Account) -> None:
    account.answers["head-object"] = [{"refused": "An error occurred (404): Not Found"}]
    account.deploy("--yes")
    copies = [call[3][1] for call in account.calls("cp")]
    assert sum(copy.startswith("s3://packages-bucket/code/") for copy in copies) == 1
    before = len(copies)
    account.answers["head-object"] = [{"ContentLength": 3}]
    account.deploy("--yes")
    assert len(account.calls("cp")) == before + 1, "the template alone"


def test_new_files_of_the_portal_are_uploaded_assets_first_and_the_cdn_forgets_the_old(
    account: Account,
) -> None:
    portal(account, "here.svg", "index.html", "words/es.json")
    account.answers["sync"] = ["upload: assets/a.js"]
    account.deploy("--yes")
    [assets] = [call[3] for call in account.calls("sync")]
    assert assets[1] == "s3://files-bucket/assets"
    assert "public, max-age=31536000, immutable" in assets
    pages = copied(account)
    assert list(pages) == ["here.svg", "words/es.json", "index.html"], "what is named before what names it"
    assert all("no-cache" in options for options in pages.values())
    operations = [call[2] for call in account.calls()]
    assert operations.index("sync") < len(operations) - operations[::-1].index("cp")
    [invalidation] = account.calls("create-invalidation")
    assert invalidation[3] == ["--distribution-id", "E1", "--paths", "/*"]


def test_a_page_of_the_same_size_is_compared_by_its_bytes_however_old_its_file_is(account: Account) -> None:
    """A build made before somebody else's last deployment: `aws s3 sync` would leave the other page there."""
    portal(account, "here.svg", "index.html")
    os.utime(account.home / "portal" / "index.html", (1_000_000_000, 1_000_000_000))
    account.answers["list-objects-v2"] = [bucket({"here.svg": "here.svg", "index.html": "INDEX.HTML"})]
    done = account.deploy("--yes")
    assert "the portal's files: uploaded" in done.stdout
    assert list(copied(account)) == ["index.html"]
    assert account.calls("create-invalidation")


def test_issue_18_assets_of_the_last_release_stay_for_pages_that_are_open(account: Account) -> None:
    """They ask for their chunks by name, after the new pages are there: nothing may take those away."""
    portal(account, "index.html")
    account.answers["list-objects-v2"] = [bucket({"assets/of-last-release.js": "x", "assets/a.js": "x"})]
    account.answers["sync"] = ["upload: assets/a.js"]
    assert account.deploy("--yes").returncode == 0
    [[*_, sync]] = account.calls("sync")
    assert "--delete" not in sync
    assert [
        call for call in account.calls() if call[2] in ("rm", "rb", "delete-object", "delete-objects")
    ] == []


def test_pages_whose_bytes_are_there_are_not_uploaded_and_the_cdn_keeps_them(account: Account) -> None:
    portal(account, "here.svg", "index.html")
    account.answers["list-objects-v2"] = [bucket({"here.svg": "here.svg", "index.html": "index.html"})]
    assert "the portal's files: up to date" in account.deploy("--yes").stdout
    assert not copied(account)
    assert not account.calls("create-invalidation")


CONTACT = {**SETTINGS, "security_contact": "security@example.com"}


def contact_of(account: Account) -> str:
    """What security.txt is uploaded with."""
    return (account.home / "package" / "security.txt").read_text(encoding="utf-8")


def test_issue_9_9_the_operators_contact_is_put_beside_the_portal_and_said_until_when(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.deploy.deployment._today", lambda: date(2026, 11, 29))
    done = account.deploy("--yes", stage=CONTACT)
    assert list(copied(account)) == [".well-known/security.txt"]
    [options] = copied(account).values()
    assert options[:4] == ["--content-type", "text/plain; charset=utf-8", "--cache-control", "no-cache"]
    assert contact_of(account) == (
        "Contact: mailto:security@example.com\nExpires: 2027-10-01T00:00:00Z\nPreferred-Languages: en\n"
        "Canonical: https://billing.example.com/.well-known/security.txt\n"
    )
    address = "https://billing.example.com/.well-known/security.txt"
    assert f"{address} holds until 2027-10-01: deploy again before" in done.stdout
    assert account.calls("create-invalidation")


def test_issue_9_9_the_same_contact_is_left_as_it_is_within_a_month(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.deploy.deployment._today", lambda: date(2026, 11, 29))
    account.deploy("--yes", stage=CONTACT)
    account.made.clear()
    account.answers["list-objects-v2"] = [bucket({".well-known/security.txt": contact_of(account)})]
    assert "the portal's files: up to date" in account.deploy("--yes", stage=CONTACT).stdout
    assert not copied(account)
    monkeypatch.setattr("infra.deploy.deployment._today", lambda: date(2026, 12, 1))
    account.deploy("--yes", stage=CONTACT)
    assert list(copied(account)) == [".well-known/security.txt"]


def test_issue_9_9_where_nobody_is_named_there_is_no_contact_and_an_old_one_is_taken_away(
    account: Account,
) -> None:
    done = account.deploy("--yes")
    assert "no https://billing.example.com/.well-known/security.txt: stages/prod.json names no" in done.stdout
    assert not copied(account)
    assert not account.calls("rm")
    account.answers["list-objects-v2"] = [bucket({".well-known/security.txt": "Contact: of old"})]
    account.deploy("--yes")
    [[*_, removed]] = account.calls("rm")
    assert removed == ["s3://files-bucket/.well-known/security.txt"]
    assert account.calls("create-invalidation")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"security_contact": "nobody"}, "security_contact is an e-mail address"),
        ({"security_contact": "a@example.com\nExpires: never"}, "security_contact is an e-mail address"),
        ({"security_policy": "https://example.com"}, "say more of a security_contact"),
        ({**CONTACT, "security_policy": "http://example.com"}, "begins with https://"),
        ({**CONTACT, "security_languages": "en es"}, "with commas between"),
    ],
)
def test_issue_9_9_a_contact_that_leads_nowhere_is_refused_before_anything_is_asked(
    account: Account, wrong: dict[str, str], words: str
) -> None:
    done = account.deploy(stage={**SETTINGS, **wrong})
    assert (done.returncode, words in done.stderr) == (1, True), done.stderr
    assert account.calls() == []


def portal(account: Account, *pages: str) -> None:
    """A built one; each page holds its own name."""
    for name in (*pages, "assets/a.js"):
        (account.home / "portal" / name).parent.mkdir(parents=True, exist_ok=True)
        (account.home / "portal" / name).write_text(name, encoding="utf-8")


def bucket(texts: dict[str, str]) -> dict[str, Any]:
    """As S3 lists it: with the MD5 of each file in quotes."""
    tags = {key: hashlib.md5(text.encode(), usedforsecurity=False) for key, text in texts.items()}
    return {"Contents": [{"Key": key, "ETag": f'"{tag.hexdigest()}"'} for key, tag in tags.items()]}


def copied(account: Account) -> dict[str, Sequence[str]]:
    """The pages put into the portal's bucket, in order, with the options of each."""
    made = [call[3] for call in account.calls("cp") if call[3][1].startswith("s3://files-bucket/")]
    return {target.removeprefix("s3://files-bucket/"): options for _, target, *options in made}


def test_a_release_that_only_adds_an_output_is_shown_and_carried_out(account: Account) -> None:
    before = {name: value for name, value in APP_OUTPUTS.items() if name != "IssueQueueUrl"}
    account.answers["describe-stacks billfold-prod"] = [stack(before), stack(APP_OUTPUTS)]
    account.answers["describe-change-set billfold-prod"] = [OUTPUTS_ONLY]
    done = account.deploy(typed="yes\n")
    assert done.returncode == 0, done.stderr
    assert "billfold-prod: changes\n  only its outputs change" in done.stdout
    assert [call[3]["StackName"] for call in account.calls("execute-change-set")] == ["billfold-prod"]
    assert "export BILLFOLD_ISSUE_QUEUE_URL=https://i" in done.stdout


def test_an_output_that_is_only_added_is_asked_about(account: Account) -> None:
    account.answers["describe-change-set billfold-prod"] = [OUTPUTS_ONLY]
    done = account.deploy(typed="no\n")
    assert (done.returncode, account.calls("execute-change-set")) == (1, [])
    assert "nothing was changed" in done.stderr


@pytest.mark.parametrize("named", ["billfold-prod-data", "billfold-prod", "billfold-prod-site"])
def test_an_output_that_a_stack_has_not_got_is_said_in_a_sentence(account: Account, named: str) -> None:
    account.answers[f"describe-stacks {named}"] = [stack({})]
    done = account.deploy()
    assert done.returncode == 1
    assert f"the stack {named} has no output " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_change_set_that_is_neither_made_nor_refused_is_not_taken_for_up_to_date(account: Account) -> None:
    account.answers["describe-change-set billfold-prod"] = [{"Status": "DELETE_COMPLETE"}]
    done = account.deploy()
    assert done.returncode == 1
    assert "billfold-prod: no change set could be made: DELETE_COMPLETE" in done.stderr


def test_a_translator_that_is_not_installed_is_said_with_what_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.deploy.template.TRANSLATOR_PYTHON", tmp_path / "none")
    with pytest.raises(DeployError, match="`make setup-test` installs it"):
        deployable(SAM, "bucket", {"./api.zip": "key"})


def test_why_a_stack_could_not_be_changed_is_said(account: Account) -> None:
    account.answers["describe-change-set billfold-prod"] = [changes("Add", "Alarms")]
    account.answers["describe-stacks billfold-prod"] = [
        stack(APP_OUTPUTS), stack(APP_OUTPUTS, "UPDATE_ROLLBACK_COMPLETE"),
    ]  # fmt: skip
    failed = {"LogicalResourceId": "Alarms", "ResourceStatus": "CREATE_FAILED"}
    failed["ResourceStatusReason"] = "no such key"
    account.answers["describe-stack-events"] = [{"StackEvents": [failed]}]
    done = account.deploy("--yes")
    assert done.returncode == 1
    assert "Alarms: no such key" in done.stderr
    assert "site" not in str(account.calls("create-change-set"))


def test_a_stack_whose_first_creation_failed_says_how_to_go_on(account: Account) -> None:
    account.answers["describe-stacks billfold-prod"] = [stack({}, "ROLLBACK_COMPLETE")]
    account.answers["describe-stack-events"] = [{"StackEvents": []}]
    done = account.deploy("--yes")
    assert done.returncode == 1
    assert "aws cloudformation delete-stack --stack-name billfold-prod" in done.stderr


def test_hsts_is_the_hosts_own_unless_the_stage_says_otherwise(account: Account) -> None:
    for stage, wanted in ((SETTINGS, "host"), ({**SETTINGS, "hsts": "preload"}, "preload")):
        account.made.clear()
        account.deploy(stage=stage)
        [front] = [
            c[3] for c in account.calls("create-change-set") if c[3]["StackName"] == "billfold-prod-site"
        ]
        told = {each["ParameterKey"]: each["ParameterValue"] for each in front["Parameters"]}
        assert told["Hsts"] == wanted
    refused = account.deploy(stage={**SETTINGS, "hsts": "always"})
    assert "hsts is one of host, subdomains, preload" in refused.stderr


def test_13_1_how_many_practices_are_asked_at_once_is_the_stages_to_say(account: Account) -> None:
    for stage, wanted in ((SETTINGS, "4"), ({**SETTINGS, "reconcile_concurrency": 12}, "12")):
        account.made.clear()
        account.deploy(stage=stage)
        made = [c[3] for c in account.calls("create-change-set") if c[3]["StackName"] == "billfold-prod"]
        [told] = [{p["ParameterKey"]: p["ParameterValue"] for p in each["Parameters"]} for each in made]
        assert told["ReconcileConcurrency"] == wanted
    for wrong in (1, 0, 100, "4"):
        refused = account.deploy(stage={**SETTINGS, "reconcile_concurrency": wrong})
        assert "reconcile_concurrency is a whole number from 2 to 99" in refused.stderr


@pytest.mark.parametrize("wrong", [{}, {**SETTINGS, "more": "x"}, {**SETTINGS, "domain": 1}, ["x"]])
def test_settings_that_are_not_complete_are_refused_with_an_example(account: Account, wrong: Any) -> None:
    done = account.deploy(stage=wrong)
    assert done.returncode == 1
    assert '"certificate_arn"' in done.stderr
    assert account.calls() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("account", "12345"),
        ("region", "Frankfurt"),
        ("domain", "https://billing.example.com"),
        ("domain", "localhost"),
        ("certificate_arn", f"arn:aws:acm:eu-central-1:{ACCOUNT}:certificate/0-0"),
        ("mail_from", "billing"),
        ("alarm_email", "ops@example"),
    ],
)
def test_issue_12_8_a_value_that_cannot_be_right_is_named_before_aws_is_asked(
    account: Account, field: str, value: str
) -> None:
    done = account.deploy(stage={**SETTINGS, field: value})
    assert done.returncode == 1
    assert f"prod.json: {field} is " in done.stderr
    assert value in done.stderr
    assert account.calls() == []


def test_issue_12_8_a_settings_path_that_is_a_folder_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "prod.json").mkdir()
    assert main(["--stage", "prod", "--stages", str(tmp_path)]) == 1
    assert "prod.json cannot be read: Is a directory" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("#!/nowhere\n", "the AWS CLI is not installed"),
        ("\0\0\0\0", "the AWS CLI on the PATH cannot be run: Exec format error"),
        ("#!/bin/sh\necho 'Welcome to the AWS CLI!'\n", "it printed no JSON, but: Welcome to the AWS CLI!"),
    ],
)
def test_issue_12_8_a_cli_that_does_not_work_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    (tmp_path / "aws").write_text(script)
    (tmp_path / "aws").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(DeployError) as refused:
        Aws("eu-central-1").call("sts", "get-caller-identity")
    assert said.lower() in str(refused.value).lower()


def test_issue_12_8_output_that_cannot_be_written_ends_it_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "prod.json").write_text(json.dumps(SETTINGS))
    (tmp_path / "aws").write_text(f"#!/bin/sh\necho '{json.dumps({'Account': ACCOUNT, 'Arn': 'a'})}'\n")
    (tmp_path / "aws").chmod(0o755)
    command = [sys.executable, "-m", "infra.deploy", "--stage", "prod", "--stages", str(tmp_path)]
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr == (
        "billfold: stopped at what is printed: No space left on device. Run it again to go on\n"
    )


def test_issue_12_8_which_stage_is_asked_before_anything_is_built() -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", "deploy", "STAGE="],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""
    assert done.stderr.startswith("billfold: which stage? make deploy STAGE=prod\n")
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("rate", "concurrent", "unreserved", "kept", "wanted"),
    [
        (14.0, 1000, 1000, 0, ("14", "12", "50", "50")),
        (14.0, 1000, 950, 50, ("14", "12", "50", "50")),  # the 50 are ours
        (14.0, 1000, 140, 0, ("14", "12", "50", "0")),  # others keep the rest
        (1.0, 10, 10, 0, ("1", "2", "5", "0")),  # a new account, in SES's own sandbox
        (90.0, 200, 200, 0, ("90", "40", "50", "50")),
        (2000.0, 100_000, 100_000, 50, ("2000", "1000", "50", "50")),
    ],
)
def test_the_pace_of_mail_is_read_from_the_account(
    account: Account, rate: float, concurrent: int, unreserved: int, kept: int, wanted: tuple[str, ...]
) -> None:
    """Issue 13, number 4: "the pace is read from the account at deploy"."""
    account.answers["get-account"] = [{"SendQuota": {"MaxSendRate": rate}}]
    account.answers["get-account-settings"] = [account_limit(concurrent, unreserved)]
    account.answers["describe-stacks billfold-prod"] = [stack({**APP_OUTPUTS, "CodeReserve": str(kept)})]
    done = account.deploy()
    assert done.returncode == 0
    [asked] = [c[3] for c in account.calls("create-change-set") if c[3]["StackName"] == "billfold-prod"]
    given = {each["ParameterKey"]: each["ParameterValue"] for each in asked["Parameters"]}
    names = ("MailRate", "StatementWorkers", "CodeWorkers", "CodeReserve")
    assert tuple(given[name] for name in names) == wanted
    assert f"SES takes {wanted[0]} mails a second" in done.stdout
