"""`chalice local`, as those who know Chalice start an app: what it says without the sandbox."""

import json
from pathlib import Path

import pytest

from sandbox.config import ROOT, SandboxConfig
from tests.support.chalice_local import ChaliceLocal
from tests.support.ministack import free_port

HOW = "start the sandbox with `make run`, then `chalice local --stage local`."


def test_the_stage_local_is_the_sandbox_that_make_run_starts() -> None:
    stages = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))["stages"]
    environment = SandboxConfig(8000, Path(".billfold")).app_environment()
    del environment["PYTHONUNBUFFERED"]  # how the sandbox's processes write, no setting
    assert stages["local"] == {"environment_variables": environment}


@pytest.mark.parametrize("watched", [True, False], ids=["watching the files", "not watching"])
def test_without_the_sandbox_one_sentence_says_how_to_get_it(tmp_path: Path, *, watched: bool) -> None:
    config = SandboxConfig(free_port(in_a_row=5), tmp_path / "state")
    with ChaliceLocal(tmp_path / "project", config, watched=watched) as chalice:
        chalice.wait_for_the_end()
    assert f"billfold: nothing answers at {config.aws_url}; {HOW}" in chalice.output.splitlines()


def test_a_stage_without_settings_is_told_which_is_missing(tmp_path: Path) -> None:
    with ChaliceLocal(tmp_path / "project", None, watched=False) as chalice:
        chalice.wait_for_the_end()
    assert f"billfold: BILLFOLD_STAGE is not set; {HOW}" in chalice.output.splitlines()
