"""The demo's loader as a process on the AWS emulator: killed in the middle, run again, run once more."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import boto3
import pytest

from sandbox.config import ROOT, SandboxConfig
from sandbox.resources import Resources, make_resources
from tests.support.ministack import Ministack

pytestmark = [pytest.mark.ministack, pytest.mark.slow, pytest.mark.timeout(400)]
COMMAND = [sys.executable, "-m", "sandbox.demo", "--json"]
# The same, but gone with its twentieth transaction: the accounts are there, and some of their rows.
KILLED = """
import itertools, os, runpy, signal
from chalicelib.ledger.store.ledgers import DynamoLedgers

written, commit_all = itertools.count(1), DynamoLedgers.commit_all

def commit_and_die(self, practice, changes):
    commit_all(self, practice, changes)
    if next(written) == 20:
        os.kill(os.getpid(), signal.SIGKILL)

DynamoLedgers.commit_all = commit_and_die
runpy.run_module("sandbox.demo", run_name="__main__")
"""


def test_a_killed_load_is_finished_by_the_next(ministack: Ministack, tmp_path: Path) -> None:
    environment = SandboxConfig(8000, tmp_path).child_environment(os.environ)
    names = {"AWS_ENDPOINT_URL": ministack.url, "BILLFOLD_TABLE": ministack.new_table()}
    names |= {"BILLFOLD_SECRETS_PREFIX": f"/billfold/{names['BILLFOLD_TABLE']}"}
    environment |= names
    make_resources(
        Resources.from_environment(environment), boto3.session.Session(region_name="us-east-1"),
        endpoint_url=ministack.url,
    )  # fmt: skip
    table = environment["BILLFOLD_TABLE"]

    first = subprocess.run([sys.executable, "-c", KILLED], cwd=ROOT, env=environment, check=False)
    assert first.returncode == -signal.SIGKILL
    broken = _kinds(ministack, table)
    assert broken["person"] == 0
    assert broken["entry"] > 0

    finished = json.loads(subprocess.check_output(COMMAND, cwd=ROOT, env=environment))
    whole = _kinds(ministack, table)
    assert finished["posted"] > 0
    assert (whole["client"], whole["charge"], whole["person"]) == (12, 220, 10)
    assert broken["entry"] < whole["entry"] == whole["marker"]
    again = json.loads(subprocess.check_output(COMMAND, cwd=ROOT, env=environment))
    assert again["posted"] == 0
    assert _kinds(ministack, table) == whole


def _kinds(ministack: Ministack, table: str) -> Counter[str]:
    """How many items of each kind the table holds, read as they are."""
    pages: Any = (
        ministack.client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    )
    return Counter(item["kind"]["S"] for page in pages for item in page["Items"])
