"""Chalice's own commands, as those who know Chalice use them: what they say where they cannot work."""

import json
from pathlib import Path

import pytest

from sandbox.config import ROOT, SandboxConfig
from tests.support.chalice_local import ChaliceLocal, chalice
from tests.support.ministack import free_port

HOW = (
    "start the sandbox with `make run` and no PORT, where this stage looks for it, then "
    "`chalice local --stage local`."
)


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


def test_chalice_package_works_with_what_requirements_txt_brings(tmp_path: Path) -> None:
    done = chalice(tmp_path / "project", "package", "--stage", "prod", "out")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "project" / "out" / "deployment.zip").exists()


@pytest.mark.parametrize(
    ("arguments", "stage"), [([], "dev"), (["--stage", "local"], "local"), (["--stage=local"], "local")]
)
def test_a_stage_that_cannot_be_packed_names_the_one_that_can(
    arguments: list[str], stage: str, tmp_path: Path
) -> None:
    done = chalice(tmp_path / "project", "package", *arguments, "out")
    said = (
        f"billfold: the stage {stage} has no functions; run `chalice package --stage prod FOLDER` with "
        "AWS_DEFAULT_REGION set, or `make package` for what is deployed."
    )
    assert (done.returncode, done.stderr.splitlines()) == (1, [said])
    assert not (tmp_path / "project" / "out").exists()


def test_chalice_deploy_creates_nothing_and_names_the_command_that_does(tmp_path: Path) -> None:
    done = chalice(tmp_path / "project", "deploy", "--stage", "prod")
    said = (
        "billfold: `chalice deploy` would leave out the table, the buckets and the portal; "
        "run `make deploy STAGE=NAME` (docs/deploy.md)."
    )
    assert (done.returncode, done.stderr.splitlines()) == (1, [said])
