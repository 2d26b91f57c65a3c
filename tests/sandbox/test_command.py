"""`scripts/billfold`: on a port that no sandbox can have (issue 12, number 8); and what it connects."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from sandbox import paypal_apps
from sandbox.config import ROOT, without_accounts
from sandbox.demo import command


def test_a_port_that_is_none_is_a_usage_error() -> None:
    asked = [str(ROOT / "scripts" / "billfold"), "verify", "--practice", "willow"]
    environment = {**without_accounts(os.environ), "PORT": "99999"}
    done = subprocess.run(asked, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "billfold: PORT is a number between 1 and 65531, not 99999\n"


@pytest.mark.parametrize(
    ("table", "module"), [("", "sandbox.demo.billfold"), ("billfold-prod", "chalicelib.entrypoints.cli")]
)
def test_a_deployments_command_needs_nothing_of_the_sandbox(tmp_path: Path, table: str, module: str) -> None:
    """Where a release is used, its packages are not there."""
    script, python = tmp_path / "scripts" / "billfold", tmp_path / ".venv" / "bin" / "python"
    for file in (script, python):
        file.parent.mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "billfold", script)
    python.write_text('#!/bin/sh\necho "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    environment = {**without_accounts(os.environ), "BILLFOLD_TABLE": table}
    done = subprocess.run(
        [str(script), "doctor"], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"-m {module} doctor\n"


@pytest.mark.parametrize("port", ["65533", "0", "-1", "eight", "1e3", "²"])
def test_so_is_whatever_else_is_no_port(
    port: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "environ", {**without_accounts(os.environ), "PORT": port})
    monkeypatch.setattr(sys, "argv", ["billfold", "verify", "--practice", "willow"])
    assert command.run() == 2
    assert capsys.readouterr().err == f"billfold: PORT is a number between 1 and 65531, not {port}\n"


@pytest.mark.parametrize(
    ("arguments", "status", "connects"),
    [
        (["practice", "create", "--file", "p.json"], 0, True),
        (["restore", "p.jsonl"], 0, True),
        (["restore", "p.jsonl"], 4, True),  # documents are missing
        (["restore", "p.jsonl"], 1, False),
        (["verify", "--practice", "elm"], 0, False),
    ],
)
def test_issue_12_1_a_practice_that_was_restored_is_connected_as_a_new_one_is(
    arguments: list[str], status: int, connects: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected: list[str] = []
    monkeypatch.setattr(os, "environ", {**os.environ, "PORT": "8000", "AWS_DEFAULT_REGION": "us-east-1"})
    monkeypatch.delitem(os.environ, "BILLFOLD_TABLE", raising=False)
    monkeypatch.setattr(sys, "argv", ["billfold", *arguments])
    monkeypatch.setattr(command, "main", lambda given: status)
    app = SimpleNamespace(practices=SimpleNamespace(practice_ids=lambda: ["elm"]))
    monkeypatch.setattr("chalicelib.bootstrap.app", lambda: app)
    monkeypatch.setattr(command, "connect_new", lambda config, ssm, practices: connected.extend(practices))
    monkeypatch.setattr(
        paypal_apps, "connect_new", lambda config, ssm, practices: connected.extend(practices)
    )
    assert command.run() == status
    assert connected == (["elm", "elm"] if connects else [])
