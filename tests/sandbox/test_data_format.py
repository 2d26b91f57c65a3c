"""A sandbox with data of another form says so instead of starting."""

from pathlib import Path

import pytest

from sandbox.config import SandboxConfig
from sandbox.data_format import check_format
from sandbox.supervisor import SandboxError


@pytest.fixture
def config(tmp_path: Path) -> SandboxConfig:
    return SandboxConfig(8000, tmp_path / "state")


def test_a_fresh_sandbox_is_stamped_and_starts_again(config: SandboxConfig) -> None:
    check_format(config)
    (config.state / "aws").mkdir()
    check_format(config)


def test_data_from_before_the_stamp_is_refused_with_what_to_do(config: SandboxConfig) -> None:
    (config.state / "aws" / "current").mkdir(parents=True)
    with pytest.raises(SandboxError, match="make reset"):
        check_format(config)


def test_what_a_start_cut_short_left_is_no_data(config: SandboxConfig) -> None:
    (config.state / "aws").mkdir(parents=True)
    check_format(config)


def test_data_of_another_form_is_refused(config: SandboxConfig) -> None:
    check_format(config)
    (config.state / "format").write_text("1\n", encoding="utf-8")
    with pytest.raises(SandboxError, match="state/ was made by another version"):
        check_format(config)
